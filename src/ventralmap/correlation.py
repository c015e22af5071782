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


def correlate_held_out(prediction: Array, measured: Array, folds: NDArray[np.int64]) -> Array:
    """Pearson correlation of held-out predictions with measurements, mean over folds.

    Each fold is predicted by a fit to the others, so given that fit the correlation within the
    fold is zero on average when there is nothing to predict. A correlation over all folds at once
    is not: the higher a fold's mean and its chance correlation with a feature, the lower those
    of the other folds, so that it is negative.

    Parameters
    ----------
    prediction, measured
        Shape (n_stimuli, n_neuroids).
    folds
        Fold in which each stimulus is held out, shape (n_stimuli,).

    Returns
    -------
    ndarray, shape (n_neuroids,)
        Folds in which a neuroid's measurement is constant are left out of its mean; NaN if all
        are. A constant prediction correlates with nothing.
    """
    by_fold = [_correlate_fold(prediction, measured, folds == fold) for fold in np.unique(folds)]
    known = np.isfinite(by_fold)
    total, count = np.where(known, by_fold, 0.0).sum(axis=0), known.sum(axis=0)
    return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)


def _correlate_fold(prediction: Array, measured: Array, test: NDArray[np.bool_]) -> Array:
    r = correlate(prediction[test], measured[test])
    return np.where(np.ptp(measured[test], axis=0) > 0, r, np.nan)
