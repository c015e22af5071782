"""Pearson correlation of many pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def correlate(a: Array, b: Array) -> Array:
    """Pearson correlation of matching columns.

    Parameters
    ----------
    a, b
        Shape (n, n_columns).

    Returns
    -------
    ndarray, shape (n_columns,)
        Zero where one of the columns is constant: a constant prediction explains nothing.
    """
    a = a - a.mean(axis=0)
    b = b - b.mean(axis=0)
    norm = np.sqrt(np.einsum("ij,ij->j", a, a) * np.einsum("ij,ij->j", b, b))
    product = np.einsum("ij,ij->j", a, b)
    return np.divide(product, norm, out=np.zeros_like(product), where=norm > 0)
