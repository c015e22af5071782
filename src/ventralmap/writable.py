"""Whether a study can be written where it is to be, asked before its first job."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ventralmap.errors import InputError


def check(folder: str | os.PathLike[str]) -> None:
    """Try to write into a folder, or into the closest one above it that exists.

    Parameters
    ----------
    folder
        Where results will be.

    Raises
    ------
    InputError
        Naming the folder that cannot be written to.
    """
    there = next(path for path in [Path(folder), *Path(folder).parents] if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there):
            pass
    except OSError as error:
        raise InputError(
            f"{there}: cannot be written to ({error.strerror}); make it writable, free some space, "
            "or work in another folder (--directory)"
        ) from error
