"""Hashes that a user accepts for published files that nobody has pinned yet."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import NoReturn

from ventralmap.errors import InputError
from ventralmap.files import sha256

FILE = "accepted.csv"
"""Lies in the folder of downloads; columns file (`<dataset>/<file>`) and sha256."""


def accepted(name: str, folder: Path) -> str | None:
    """Return the hash that the user has accepted for a file, None if there is none.

    Parameters
    ----------
    name
        ``<dataset>/<file>``.
    folder
        Of downloads.

    Raises
    ------
    InputError
        If what stands there is not a hash.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = {row.get("file"): row.get("sha256") or "" for row in csv.DictReader(file)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a readable CSV file ({error}); save it as UTF-8") from error
    if name in rows and not re.fullmatch("[0-9a-f]{64}", rows[name]):
        raise InputError(f"{path}: sha256 of {name} is not 64 hexadecimal digits; correct the line")
    return rows.get(name)


def refuse(name: str, url: str, aside: Path, folder: Path) -> NoReturn:
    """Refuse a file that has arrived and that the user has not accepted, and say how to.

    Parameters
    ----------
    name
        ``<dataset>/<file>``.
    url
        Where it is published.
    aside
        Where it is kept until it is accepted; removed if it cannot be what its name says.
    folder
        Of downloads.

    Raises
    ------
    InputError
        Always, with size and hash of the file.
    """
    if name.endswith(".zip") and not zipfile.is_zipfile(aside):
        aside.unlink()
        raise InputError(
            f"{name}: what came from {url} is no zip archive (a web page?); download it by hand "
            "and put it into the folder VENTRALMAP_MIRROR under this name"
        )
    digest, path = sha256(aside), folder / FILE
    raise InputError(
        f"{name}: no hash of it is known; what came has {aside.stat().st_size} bytes and sha256 "
        f"{digest}; if you trust it, add the line '{name},{digest}' to {path} "
        f"{'' if path.exists() else '(first line: file,sha256) '}and run again"
    )
