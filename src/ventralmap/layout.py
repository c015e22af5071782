"""Where things lie in a dataset folder, found without importing anything heavy.

Snakemake asks for these while it parses a workflow, so neither NumPy nor xarray is needed here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from reprlib import repr as brief
from typing import Any

import yaml

from ventralmap.errors import InputError, suggest

REQUIRED_KEYS = (
    "name",
    "title",
    "citation",
    "licence",
    "species",
    "stimulus_degrees",
    "measurement",
)
OPTIONAL_KEYS = ("simulated", "background")
IMAGES = "stimuli"
LARGEST = 1 << 16  # bytes of a dataset.yaml
DEEPEST = 50  # brackets in it, all together
LONGEST = 100  # characters of a name that becomes part of file names


def response_file(folder: Path) -> Path | None:
    """Return the file with the responses, ``responses.nc`` or ``responses.csv``, if there is one.

    Raises
    ------
    InputError
        If both are there: nothing says which is meant.
    """
    found = [path for name in ("responses.nc", "responses.csv") if (path := folder / name).exists()]
    if len(found) > 1:
        raise InputError(f"{folder}: holds both responses.nc and responses.csv; keep one of them")
    for path in found:
        _check_file(path)
    return found[0] if found else None


def _check_file(path: Path) -> None:
    if not path.is_file():  # opening a pipe would wait for ever
        raise InputError(f"{path}: not a file; put the data there")


def rdm_files(folder: Path) -> list[Path]:
    """Return the files with RDMs, ``rdms.nc`` and ``rdms_<name>.nc`` (or ``.h5``), by name.

    Raises
    ------
    InputError
        If one name exists in both forms.
    """
    found = sorted(p for p in folder.glob("rdms*") if re.fullmatch(r"rdms(_.+)?\.(nc|h5)", p.name))
    stems = [path.stem for path in found]
    for path in found:
        if stems.count(path.stem) > 1:
            raise InputError(f"{folder}: holds {path.stem} as .nc and as .h5; keep one of them")
        _check_file(path)
    return found


def all_files(folder: Path) -> list[Path]:
    """Return every file that a dataset is made of, in a fixed order."""
    responses = response_file(folder)
    optional = [folder / "neuroids.csv", folder / "truth.csv"]
    images = (p for p in (folder / IMAGES).rglob("*") if p.is_file() and p.name[0] != ".")
    return [
        folder / "dataset.yaml",
        folder / "stimuli.csv",
        *([responses] if responses else []),
        *rdm_files(folder),
        *(path for path in optional if path.exists()),
        *sorted(images),
    ]


def read_meta(folder: Path) -> dict[str, Any]:
    """Read and check ``dataset.yaml``.

    Parameters
    ----------
    folder
        The dataset folder.

    Returns
    -------
    dict
        The keys of `REQUIRED_KEYS` and any of `OPTIONAL_KEYS`.

    Raises
    ------
    InputError
        If the folder or the file is missing or not YAML, if a key is missing or unknown, or if a
        value makes no sense.
    """
    path = folder / "dataset.yaml"
    if not folder.is_dir():
        raise InputError(f"{folder}: no such dataset folder; check the path under `datasets`")
    if not path.is_file():
        raise InputError(f"{path}: missing; write it with the keys {', '.join(REQUIRED_KEYS)}")
    meta = _parse(path)
    _check_keys(meta, path)
    _check_values(meta, path)
    return meta


def _parse(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path}: larger than {LARGEST} bytes; keep the description alone")
    try:
        text = path.read_text(encoding="utf-8")
        _check_written_out(text, path)
        _check_unique(yaml.compose(text, yaml.SafeLoader), path)
        meta = yaml.safe_load(text)
    # ValueError: an impossible date, or bytes that are no UTF-8
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid YAML ({error}); correct that line") from error
    if not isinstance(meta, dict):
        raise InputError(f"{path}: should hold `key: value` lines; write one per key")
    return {str(key): value for key, value in meta.items()}


def _check_written_out(text: str, path: Path) -> None:
    """Refuse aliases and nests: few lines of them can take more time and memory than there is."""
    depth = 0
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            raise InputError(f"{path}: has an alias (`*name`); write the text itself")
        depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
        if depth > DEEPEST:
            raise InputError(f"{path}: has more than {DEEPEST} brackets; write `key: value` lines")


def _check_unique(root: yaml.Node | None, path: Path) -> None:
    """Refuse a key that is there twice, of which YAML would take the last."""
    keys = [key.value for key, _ in root.value] if isinstance(root, yaml.MappingNode) else []
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"{path}: key '{key}' is there twice; keep one line")


def _check_keys(meta: Mapping[str, Any], path: Path) -> None:
    for key in meta:
        if key not in REQUIRED_KEYS + OPTIONAL_KEYS:
            hint = suggest(key, REQUIRED_KEYS + OPTIONAL_KEYS)
            raise InputError(f"{path}: unknown key '{key}'; {hint}")
    for key in REQUIRED_KEYS:
        if key not in meta:
            raise InputError(f"{path}: key '{key}' is missing; add a line `{key}: ...`")


def _check_values(meta: Mapping[str, Any], path: Path) -> None:
    for key in set(REQUIRED_KEYS) - {"stimulus_degrees"}:
        if not isinstance(meta[key], str) or not meta[key].strip():
            raise InputError(
                f"{path}: {key} is {brief(meta[key])}; write it as quoted, non-empty text"
            )
    if len(meta["name"]) > LONGEST:
        raise InputError(f"{path}: name is longer than {LONGEST} characters; give a short one")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", meta["name"]):
        raise InputError(
            f"{path}: name '{meta['name']}' is used in file names; "
            "use letters, digits, '_', '-' and '.' only"
        )
    if not _is_size(meta["stimulus_degrees"]):
        raise InputError(
            f"{path}: stimulus_degrees is {brief(meta['stimulus_degrees'])}; "
            "write the width of the images in degrees of visual angle, or null if unknown"
        )
    if not isinstance(meta.get("simulated", False), bool):
        raise InputError(f"{path}: simulated is {brief(meta['simulated'])}; write true or false")


def _is_size(degrees: object) -> bool:
    if degrees is None:
        return True
    number = isinstance(degrees, int | float) and not isinstance(degrees, bool)
    return number and 0 < degrees < 360  # type: ignore[operator]
