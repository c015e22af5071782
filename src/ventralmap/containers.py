"""HDF5 files, and so NetCDF 4, looked over before anything in them is believed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import h5py

from ventralmap.errors import InputError

SUSPICIOUS = 1 << 30  # bytes
RATIO = 300
"""Measured numbers shrink a few times; what grows so much more is made to fill the memory."""

DEEPEST = 10  # groups within groups


def check(path: Path) -> None:
    """Refuse an HDF5 file that reaches into other files, or that unpacks to too much.

    Parameters
    ----------
    path
        The file; one of another format is left to its reader.

    Raises
    ------
    InputError
        If it has external links, virtual data or data stored in other files; if groups lie too
        deep; if what it declares is far beyond its size, or beyond the memory of the machine.
    """
    if not h5py.is_hdf5(path):
        return
    with h5py.File(path) as file:
        check_size(path, sum(_bytes(stored, path) for stored in _datasets(file, path)))


def check_size(path: Path, declared: int) -> None:
    """Refuse a file whose contents, of so many bytes, cannot or should not be read."""
    size, memory = path.stat().st_size, _memory()
    if declared > SUSPICIOUS and declared > RATIO * size:
        raise InputError(
            f"{path}: its {size} bytes unpack to {declared / 1e9:.1f} GB; check where it comes "
            "from, or save it without compression"
        )
    if declared > memory:
        raise InputError(
            f"{path}: needs {declared / 1e9:.1f} GB, the machine has {memory / 1e9:.1f}; divide it "
            "into several datasets"
        )


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _datasets(group: h5py.Group, path: Path, depth: int = 0) -> Iterator[h5py.Dataset]:
    """Yield all datasets of a file that are reached without leaving it, links not followed."""
    if depth > DEEPEST:
        raise InputError(f"{path}: groups lie more than {DEEPEST} deep; save it anew")
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise InputError(f"{path}: '{name}' is a link; save the file with its data")
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _datasets(item, path, depth + 1)
        elif isinstance(item, h5py.Dataset):
            yield item


def _bytes(stored: h5py.Dataset, path: Path) -> int:
    if stored.is_virtual or stored.external:
        raise InputError(f"{path}: '{stored.name}' lies in other files; save it with its data")
    return int(stored.size or 0) * stored.dtype.itemsize
