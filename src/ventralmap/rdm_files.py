"""What figures take from saved RDMs, read without rsatoolbox, which takes seconds to import."""

from __future__ import annotations

import os

import h5py
import numpy as np
from numpy.typing import NDArray

from ventralmap.errors import InputError

Array = NDArray[np.float64]


def mean(path: str | os.PathLike[str], descriptor: str, value: str) -> Array:
    """Mean of the RDMs of a file that have a value of a descriptor.

    Parameters
    ----------
    path
        As ``rdm.save`` writes it.
    descriptor
        What tells its RDMs apart: layer or area.
    value
        Name of a layer or an area.

    Returns
    -------
    ndarray, shape (n_stimuli, n_stimuli)
        Mean over the RDMs that have a pair; NaN where none has.

    Raises
    ------
    InputError
        When the file has no such RDM.
    """
    with h5py.File(path) as file:
        names = file[f"rdm_descriptors/{descriptor}"].asstr()[()]
        rows = np.flatnonzero(names == value)
        if not len(rows):
            raise InputError(f"{path}: no RDM of {descriptor} {value}; delete the file")
        pairs = file["dissimilarities"][rows].astype(float)
    return expand(_mean(pairs))


def _mean(pairs: Array) -> Array:
    """Mean over rows of what is known, NaN where nothing is."""
    known = ~np.isnan(pairs)
    total, n = np.where(known, pairs, 0.0).sum(axis=0), known.sum(axis=0)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)


def expand(pairs: Array) -> Array:
    """Write the upper triangle of a symmetric matrix, shape (n (n - 1) / 2,), as the whole."""
    n = round((1 + np.sqrt(1 + 8 * len(pairs))) / 2)
    square = np.zeros((n, n))
    square[np.triu_indices(n, 1)] = pairs
    return square + square.T
