"""Files of MATLAB's -v7.3: HDF5, in which the axes are reversed."""

from __future__ import annotations

from pathlib import Path

import h5py

from ventralmap.errors import InputError


def variable(file: h5py.File, name: str, path: Path) -> h5py.Dataset:
    """Return a variable of a MATLAB file that is open, or a field of one: ``structure/field``.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if not isinstance(file.get(name), h5py.Dataset):
        raise InputError(
            f"{path}: has no variable '{name}', only {', '.join(file) or 'nothing'}; check where"
            " it comes from"
        )
    return file[name]


def texts(file: h5py.File, name: str, path: Path) -> list[str]:
    """Read a cell array of text: references to arrays of UTF-16 codes.

    Raises
    ------
    InputError
        If there is none of this name, or it is no cell array.
    """
    cells = variable(file, name, path)
    if h5py.check_ref_dtype(cells.dtype) is None:
        raise InputError(f"{path}: '{name}' is no cell array of text; check where it comes from")
    return ["".join(map(chr, file[cell][()].ravel())) for cell in cells[()].ravel()]
