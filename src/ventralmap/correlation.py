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


def correlate_shown(a: Array, b: Array) -> Array:
    """Pearson correlation of matching columns over the rows that both have.

    Parameters
    ----------
    a, b
        Shape (n, n_columns), NaN where a value is missing.

    Returns
    -------
    ndarray, shape (n_columns,)
        Zero where one of the columns is constant in these rows, or where there are none.
    """
    both = ~(np.isnan(a) | np.isnan(b))
    return correlate(a, b) if both.all() else correlate(_filled(a, both), _filled(b, both))


def _filled(values: Array, known: NDArray[np.bool_]) -> Array:
    """Put the mean of what is known, which adds to no product, in the place of the rest.

    All is relative to the least, so that what is constant stays so to the last digit.
    """
    least = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
    above, n = np.where(known, values - least, 0.0), known.sum(axis=0)
    mean = np.divide(above.sum(axis=0), n, out=np.zeros(len(n)), where=n > 0)
    return np.where(known, above, mean)


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
