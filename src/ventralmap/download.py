"""Download published files: resumed where they stopped, refused on a wrong hash."""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pooch
import requests

import ventralmap
from ventralmap import acceptance, progress
from ventralmap.errors import InputError, suggest
from ventralmap.files import atomic, digest

SOURCES = Path(ventralmap.__file__).parents[2] / "data" / "sources.csv"
MIRROR = "VENTRALMAP_MIRROR"
TIMEOUT = 30  # seconds without an answer or a byte
CHUNK = 1 << 16  # bytes
UNPINNED = "to be pinned on first download"


@dataclass(frozen=True)
class Source:
    """A row of ``data/sources.csv``: where a published file is and what it must be.

    Where the publisher tells another hash than SHA-256, and nobody has had the file to make
    that, `sha256` is that hash after its name, as in ``sha1:...``; `bytes` may be unknown then. A
    file that nobody has pinned yet has the sha256 `UNPINNED` and no bytes.
    """

    dataset: str
    file: str
    url: str
    sha256: str
    bytes: int | None
    licence: str

    @property
    def name(self) -> str:
        """The file's path under a mirror and under the folder of downloads."""
        return f"{self.dataset}/{self.file}"

    @property
    def hash(self) -> tuple[str, str]:
        """The algorithm's name, as hashlib has it, and the digits."""
        algorithm, _, digits = self.sha256.rpartition(":")
        return algorithm or "sha256", digits

    @property
    def pinned(self) -> bool:
        """Whether a hash is known that the file must have."""
        return self.sha256 != UNPINNED


def read_sources(path: Path = SOURCES) -> list[Source]:
    """Read the table of published files.

    Raises
    ------
    InputError
        If the table is not there, as outside a clone of the repository.
    """
    if not path.is_file():
        raise InputError(f"{path}: missing; run from a clone of the repository, which holds it")
    with path.open(newline="", encoding="utf-8") as file:
        return [_source(**row) for row in csv.DictReader(file)]


def _source(*, bytes: str, **text: str) -> Source:
    return Source(**text, bytes=int(bytes) if bytes else None)


def fetch(
    dataset: str, file: str, folder: str | os.PathLike[str], *, sources: Path = SOURCES
) -> Path:
    """Return the path of a published file, downloading it first if need be.

    ``VENTRALMAP_MIRROR`` (a folder or base URL) is tried first, as ``<mirror>/<dataset>/<file>``,
    then the address in the table. A file whose hash is not in the table is used only once the user
    has written the hash that it came with into ``<folder>/accepted.csv``.

    Parameters
    ----------
    dataset, file
        The row of the table.
    folder
        Where downloads lie; the file goes to ``<folder>/<dataset>/<file>``.
    sources
        The table, with the columns dataset, file, url, sha256, bytes, licence.

    Returns
    -------
    pathlib.Path
        A complete file with the hash of the table.

    Raises
    ------
    InputError
        If the table has no such row, if no place has the file, if it arrived cut short (the part
        is kept and continued next time), if its hash is wrong (what arrived is removed), or if
        no hash is known: what arrived is kept aside, and its hash is told.
    """
    source = _with_accepted(_find(dataset, file, sources), Path(folder))
    target = Path(folder) / dataset / file
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target):
        aside = target.with_name(f"{target.name}.unaccepted")
        if not source.pinned:
            if not aside.exists():
                _download(source, aside)
            acceptance.refuse(source.name, source.url, aside, Path(folder))
        if aside.exists() and not target.exists():
            aside.replace(target)  # its hash is checked as that of any file that is there
        if target.exists():
            _check_hash(target, target, source, "delete it and run again to download it anew")
        else:
            _download(source, target)
    return target


def _find(dataset: str, file: str, path: Path) -> Source:
    rows = {source.name: source for source in read_sources(path)}
    name = f"{dataset}/{file}"
    if name not in rows:
        raise InputError(f"{path}: has no file '{name}'; {suggest(name, rows)}")
    return rows[name]


def _with_accepted(source: Source, folder: Path) -> Source:
    """Fill in the hash that the user has accepted for a file whose hash is not in the table."""
    found = None if source.pinned else acceptance.accepted(source.name, folder)
    return replace(source, sha256=found) if found else source


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    # two jobs may want one file at once: the second waits, and finds it there
    with target.with_name(f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(source: Source, target: Path) -> None:
    failures = []
    for place in _places(source):
        try:
            return _obtain(source, place, target)
        except (OSError, requests.RequestException) as error:
            failures.append(f"{place}: {type(error).__name__}")
    raise InputError(
        f"{source.name} cannot be had ({'; '.join(failures)}); "
        f"check the network, or set {MIRROR} to a folder that holds {source.name}"
    )


def _places(source: Source) -> list[str]:
    mirror = os.environ.get(MIRROR)
    return [*([f"{mirror.rstrip('/')}/{source.name}"] if mirror else []), source.url]


def _obtain(source: Source, place: str, target: Path) -> None:
    if "://" not in place:
        with atomic(target) as scratch:
            shutil.copyfile(Path(place).expanduser(), scratch)
            if source.pinned:
                _check_hash(scratch, place, source, f"put the right file into {MIRROR}")
        return
    pooch.retrieve(
        place,
        known_hash=":".join(source.hash) if source.pinned else None,
        fname=target.name,
        path=target.parent,
        downloader=partial(_resume, part=target.with_name(f"{target.name}.part"), source=source),
    )


def _resume(url: str, output: str, _: object, *, part: Path, source: Source) -> None:
    """Download for pooch: go on from what an interruption left in `part`."""
    have = part.stat().st_size if part.exists() else 0
    size = source.bytes
    if size is None or have < size:
        size = _get(url, part, have, source)
    if size is not None and part.stat().st_size < size:
        raise InputError(
            f"{url}: the download stopped at {part.stat().st_size} of {size} bytes; "
            "run again to go on from there"
        )
    try:
        if source.pinned:
            _check_hash(part, url, source, f"nothing was kept; put the right file into {MIRROR}")
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def _get(url: str, part: Path, have: int, source: Source) -> int | None:
    """Download what is missing; return the size of the whole file where that is known."""
    # "identity": the bytes, and their number, of the file and not of a compressed stream
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            return have  # nothing is missing
        answer.raise_for_status()
        resumed = answer.status_code == requests.codes.partial_content
        start = have if resumed else 0
        announced = answer.headers.get("Content-Length")
        size = source.bytes or (start + int(announced) if announced else None)
        _save(answer, part, start, size)
    return size


def _save(answer: requests.Response, part: Path, have: int, size: int | None) -> None:
    """Append the answer to what is there; a connection that breaks leaves what has come."""
    bar = progress.bar(desc=part.stem, total=size, initial=have, unit="B", unit_scale=True)
    broken = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)
    with part.open("ab" if have else "wb") as file, bar, suppress(*broken):
        for chunk in answer.iter_content(CHUNK):
            file.write(chunk)
            bar.update(len(chunk))
            if size is not None and file.tell() > size:  # the wrong file: do not fill the disk
                return


def _check_hash(path: Path, origin: str | Path, source: Source, remedy: str) -> None:
    algorithm, digits = source.hash
    found = digest(path, algorithm)
    if found != digits:
        raise InputError(f"{origin}: {algorithm} is {found}, should be {digits}; {remedy}")
