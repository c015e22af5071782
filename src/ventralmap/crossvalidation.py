"""What every map from features to responses gives, and its use fold by fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """What one fit to the training stimuli gives.

    Attributes
    ----------
    prediction
        Of the held-out stimuli, in the units of the responses, shape (n_test, n_neuroids).
    alpha
        Regularisation of each neuroid, shape (n_neuroids,); NaN for a map that has none.
    alpha_index
        Its position on the grid, shape (n_neuroids,); -1 for a map that has none.
    training_r2
        Variance explained inside the training stimuli by predictions of stimuli left out there,
        relative to the intercept alone, shape (n_neuroids,).
    """

    prediction: Array
    alpha: Array
    alpha_index: NDArray[np.int64]
    training_r2: Array


Solver = Callable[[Array, Array, Array, "NDArray | None"], Fit]
"""A map: called with the kernel of the training stimuli (n_train, n_train), that of the held-out
with the training stimuli (n_test, n_train), neither centred; the training responses (n_train,
n_neuroids); and a label per training stimulus (n_train,) if stimuli of one label belong together,
or None."""


def cross_validate(
    solve: Solver,
    kernel: Array,
    responses: Array,
    folds: NDArray[np.int64],
    groups: NDArray | None = None,
) -> list[Fit]:
    """Predict each fold by a fit to the others.

    Parameters
    ----------
    solve
        The map.
    kernel
        Gram matrix of the features, shape (n_stimuli, n_stimuli).
    responses
        Shape (n_stimuli, n_neuroids).
    folds
        Fold in which each stimulus is held out, shape (n_stimuli,).
    groups
        One label per stimulus, shape (n_stimuli,), or None.

    Returns
    -------
    list of Fit
        One per fold, in the order of their numbers.
    """
    return [_fit_fold(solve, kernel, responses, folds == fold, groups) for fold in np.unique(folds)]


def _fit_fold(
    solve: Solver,
    kernel: Array,
    responses: Array,
    test: NDArray[np.bool_],
    groups: NDArray | None,
) -> Fit:
    return solve(
        kernel[np.ix_(~test, ~test)],
        kernel[np.ix_(test, ~test)],
        responses[~test],
        None if groups is None else groups[~test],
    )


def explained(residual: Array, centred: Array) -> Array:
    """Share of the squared error of leave-one-out means that a map removes.

    Parameters
    ----------
    residual
        Of training responses that were left out, shape (n_train, n_neuroids).
    centred
        The training responses minus their mean, shape (n_train, n_neuroids).

    Returns
    -------
    ndarray, shape (n_neuroids,)
        1 - PRESS / that of the mean of the others; zero for a neuroid that is silent in training.
    """
    n = len(centred)
    of_means = centred * n / (n - 1)  # what is left of y when the mean of the others is predicted
    total = np.einsum("ij,ij->j", of_means, of_means)
    press = np.einsum("ij,ij->j", residual, residual)
    return np.divide(total - press, total, out=np.zeros_like(total), where=total > 0)
