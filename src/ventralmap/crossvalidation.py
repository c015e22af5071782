"""What every map from features to responses gives, and its use fold by fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ventralmap.namespaces import namespace

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


Inner = NDArray[np.int64]

Solver = Callable[[Array, Array, Array, "Inner | None"], Fit]
"""A map: called with the kernel of the training stimuli (n_train, n_train), that of the held-out
with the training stimuli (n_test, n_train), neither centred; the training responses (n_train,
n_neuroids); and the inner fold of each training stimulus (n_train,), or None for a map that needs
none."""


def cross_validate(
    solve: Solver,
    kernel: Array,
    responses: Array,
    folds: NDArray[np.int64],
    inner: Inner | None = None,
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
    inner
        For each fold, in the order of their numbers, the inner folds of the others, shape (n_folds,
        n_stimuli), as `folds.inner` makes them; None for a map that needs none.

    Returns
    -------
    list of Fit
        One per fold, in the order of their numbers.
    """
    numbers = np.unique(folds)
    nested = [None] * len(numbers) if inner is None else inner
    return [
        _fit_fold(solve, kernel, responses, folds == number, within)
        for number, within in zip(numbers, nested, strict=True)
    ]


def _fit_fold(
    solve: Solver,
    kernel: Array,
    responses: Array,
    test: NDArray[np.bool_],
    inner: Inner | None,
) -> Fit:
    return solve(
        kernel[np.ix_(~test, ~test)],
        kernel[np.ix_(test, ~test)],
        responses[~test],
        None if inner is None else inner[~test],
    )


def centre(train: Array, test: Array) -> tuple[Array, Array]:
    """Centre two kernels on the mean of the training features.

    Parameters
    ----------
    train
        Kernel of the training stimuli, shape (n_train, n_train).
    test
        Kernel of the test with the training stimuli, shape (n_test, n_train).

    Returns
    -------
    train, test : ndarray
        The kernels of the features minus their training mean (Schölkopf, Smola & Müller 1998,
        appendix A).
    """
    columns = train.mean(axis=0)
    grand = columns.mean()
    train_centred = train - columns - columns[:, None] + grand
    test_centred = test - columns - test.mean(axis=1, keepdims=True) + grand
    return train_centred, test_centred


def explained(residual: Array, of_means: Array) -> Array:
    """Share of the squared error of left-out means that a map removes.

    Parameters
    ----------
    residual
        Of training responses that were left out, shape (n_train, n_neuroids).
    of_means
        What the mean of the responses that were not left out leaves, shape (n_train, n_neuroids).

    Returns
    -------
    ndarray, shape (n_neuroids,)
        1 - PRESS / that of the means; zero for a neuroid that is silent in training.
    """
    xp = namespace(residual)
    total = xp.einsum("ij,ij->j", of_means, of_means)
    press = xp.einsum("ij,ij->j", residual, residual)
    return xp.where(total > 0, (total - press) / xp.where(total > 0, total, 1.0), 0.0)
