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
    varies = (np.ptp(a, axis=0) > 0) & (np.ptp(b, axis=0) > 0)
    a = a - a.mean(axis=0)
    b = b - b.mean(axis=0)
    norm = np.sqrt(np.einsum("ij,ij->j", a, a) * np.einsum("ij,ij->j", b, b))
    product = np.einsum("ij,ij->j", a, b)
    return np.divide(product, norm, out=np.zeros_like(product), where=varies & (norm > 0))


def correlate_fold(prediction: Array, measured: Array) -> Array:
    """Pearson correlation of predictions with measurements within one held-out fold.

    Each fold is predicted by a fit to the others, so given that fit the correlation within the
    fold is zero on average when there is nothing to predict. A correlation over all folds at once
    is not: the higher a fold's mean and its chance correlation with a feature, the lower those
    of the other folds, so that it is negative.

    Parameters
    ----------
    prediction, measured
        Of the held-out stimuli, shape (n_test, n_neuroids).

    Returns
    -------
    ndarray, shape (n_neuroids,)
        NaN where the measurement is constant: such a fold says nothing of the neuroid. A constant
        prediction correlates with nothing.
    """
    r = correlate(prediction, measured)
    return np.where(np.ptp(measured, axis=0) > 0, r, np.nan)
