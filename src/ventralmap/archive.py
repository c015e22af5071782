"""Unpack zip archives without trusting what they say."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath, PureWindowsPath
from unicodedata import normalize

from ventralmap.errors import InputError
from ventralmap.files import atomic

MAX_BYTES = 1 << 32
MAX_MEMBERS = 100_000
IMPOSSIBLE = {
    errno.ENAMETOOLONG,
    errno.EINVAL,
    errno.EILSEQ,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
}
"""Errors of the file system that come from names."""


def unpack(
    archive: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    max_bytes: int = MAX_BYTES,
) -> list[Path]:
    """Unpack the regular files of a zip archive.

    Parameters
    ----------
    archive
        The archive.
    folder
        The folder to make, as a whole or not at all; an existing one is replaced.
    max_bytes
        The most that the unpacked files may declare, and so take up, together.

    Returns
    -------
    list of pathlib.Path
        The files, in the order of the archive.

    Raises
    ------
    InputError
        If the archive is damaged or encrypted; if a member would land outside the folder (an
        absolute path, ``..``), is a link or another special file, or is there twice; if the
        members are larger than allowed or than declared.
    """
    archive, folder = Path(archive), Path(folder)
    try:
        with zipfile.ZipFile(archive) as source, atomic(folder) as scratch:
            members = [member for member in source.infolist() if not member.is_dir()]
            _check(archive, source.infolist(), max_bytes)
            scratch.mkdir()
            for member in members:
                _extract(source, member, scratch / member.filename)
    except InputError:
        raise
    except OSError as error:  # a name that no file can have; a full disk is another matter
        if error.errno not in IMPOSSIBLE:
            raise
        raise InputError(f"{archive}: damaged archive ({error}); download it again") from error
    except Exception as error:  # on damaged archives, zipfile raises errors of any kind
        raise InputError(f"{archive}: damaged archive ({error}); download it again") from error
    return [folder / member.filename for member in members]


def _check(archive: Path, members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise InputError(f"{archive}: has {len(members)} members; check where it comes from")
    names = Counter(_folded(member.filename) for member in members)
    files = {_folded(member.filename) for member in members if not member.is_dir()}
    for member in members:
        twice = names[_folded(member.filename)] > 1
        within = any(
            str(parent) in files for parent in PurePosixPath(_folded(member.filename)).parents
        )
        problem = _problem(member) or ("is there twice" if twice else None)
        problem = problem or ("lies in another file" if within else None)
        if problem:
            raise InputError(f"{archive}: member '{member.filename}' {problem}; do not use it")
    declared = sum(member.file_size for member in members)
    if declared > max_bytes:
        raise InputError(
            f"{archive}: unpacks to {declared} bytes, more than the {max_bytes} allowed; "
            "check where it comes from"
        )


def _folded(name: str) -> str:
    """Return a member's path as file systems see it that know no case, or one form of letters."""
    return str(PurePosixPath(normalize("NFC", name).casefold()))


def _problem(member: zipfile.ZipInfo) -> str | None:
    path = PurePosixPath(member.filename)
    windows = PureWindowsPath(member.filename)
    kind = stat.S_IFMT(member.external_attr >> 16)  # 0 if the archiver did not say
    if path.is_absolute() or windows.drive or ".." in path.parts or "\\" in member.filename:
        return "would land outside the folder"
    if kind not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
        return "is a link or another special file"
    return "is encrypted" if member.flag_bits & 1 else None


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # `open` stops at the declared size and checks the CRC, so no member outgrows its declaration
    with source.open(member) as packed, target.open("xb") as file:
        shutil.copyfileobj(packed, file)
    if target.stat().st_size != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename} is shorter than declared")
