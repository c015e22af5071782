"""Files that are either whole or absent, and their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # pandas and xarray take a second to import; not every job needs them
    import pandas as pd
    import xarray as xr


@contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path next to `path` that replaces it on success.

    Parameters
    ----------
    path
        The file or folder to make. Its parent is created; an existing one is replaced.

    Yields
    ------
    pathlib.Path
        Where to write: a name that does not exist yet, with the same suffix.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield scratch / target.name
        _replace(scratch / target.name, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def remove_scratch(folder: str | os.PathLike[str]) -> list[Path]:
    """Remove what `atomic` left behind where it was killed.

    Parameters
    ----------
    folder
        Where to look, at any depth. Nobody else may be writing there.

    Returns
    -------
    list of pathlib.Path
        The temporary folders that were removed.
    """
    found = [path for path in sorted(Path(folder).rglob(".*")) if _is_scratch(path)]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return found


def _is_scratch(path: Path) -> bool:
    """Tell whether a path is a folder of `atomic`: `.<name>.<8 letters>`, with `<name>` in it."""
    match = re.fullmatch(r"\.(.+)\.[a-z0-9_]{8}", path.name)
    if match is None or not path.is_dir() or path.is_symlink():
        return False
    return {child.name for child in path.iterdir()} <= {match[1]}


def _replace(source: Path, target: Path) -> None:
    if source.is_dir() and target.is_dir():
        shutil.rmtree(target)
    os.replace(source, target)


def sha256(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    return digest(path, "sha256")


def digest(path: str | os.PathLike[str], algorithm: str) -> str:
    """Return the hash of a file by one of hashlib's algorithms, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def sha256_of_folder(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of the files of a folder, of their names and contents.

    It is the hash of one line per file in the order of their paths, ``<hash>  <path>``, as
    ``sha256sum`` writes them; hidden files, such as Snakemake's mark, do not count.
    """
    folder = Path(path)
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
    lines = [
        f"{sha256(folder / name)}  {name}\n"
        for name in names
        if (folder / name).is_file() and not any(part[0] == "." for part in name.split("/"))
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def write_json(path: str | os.PathLike[str], content: Mapping[str, Any]) -> None:
    """Write a JSON file, whole or not at all."""
    with atomic(path) as scratch:
        scratch.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def write_csv(path: str | os.PathLike[str], table: pd.DataFrame) -> None:
    """Write a table without its index, whole or not at all."""
    with atomic(path) as scratch:
        table.to_csv(scratch, index=False, lineterminator="\n")


def write_netcdf(path: str | os.PathLike[str], content: xr.Dataset) -> None:
    """Write a NetCDF file, whole or not at all."""
    with atomic(path) as scratch:
        content.to_netcdf(scratch, engine="h5netcdf")
