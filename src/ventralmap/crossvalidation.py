"""What every map from features to responses gives, and its use fold by fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ventralmap.namespaces import namespace
from ventralmap.stored import StoredLayers

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
none. A map of features gets those of the training (n_train, p) and of the held-out stimuli (n_test,
p) instead of kernels."""

Rows = NDArray[np.bool_] | NDArray[np.int64]
Between = Callable[[Array, Rows, Rows], Array]
"""Takes from a layer's matrix what a map gets of some stimuli (rows) in relation to others
(columns)."""


def of_kernel(kernel: Array, rows: Rows, columns: Rows) -> Array:
    """Take the kernel of some stimuli with others, shape (n_rows, n_columns)."""
    return kernel[rows][:, columns]  # a third less time than both at once


def of_features(features: Array, rows: Rows, columns: Rows) -> Array:
    """Take the features of some stimuli, shape (n_rows, p), whatever the others are."""
    return features[rows].astype(np.float64)


@dataclass(frozen=True)
class Source:
    """What a map is fitted to.

    Attributes
    ----------
    layers
        Of each layer a matrix, as `cross_validate` takes it; one at a time of a file.
    rows
        Where the stimuli are in the matrices, shape (n_stimuli,).
    between
        How blocks are taken from a matrix.
    """

    layers: Array | StoredLayers
    rows: NDArray[np.int64]
    between: Between

    def of(self, layer: Array, stimuli: NDArray[np.bool_]) -> Array:
        """Return the matrix of some stimuli, shape (n_stimuli,), of that of a layer."""
        rows = self.rows[stimuli]
        return self.between(layer, rows, rows)


def cross_validate(
    solve: Solver,
    layer: Array,
    responses: Array,
    folds: NDArray[np.int64],
    inner: Inner | None = None,
    between: Between = of_kernel,
    numbers: NDArray[np.int64] | None = None,
) -> list[Fit]:
    """Predict each fold by a fit to the others.

    Parameters
    ----------
    solve
        The map.
    layer
        Gram matrix of the features, shape (n_stimuli, n_stimuli); features, shape (n_stimuli, p),
        for a map of these.
    responses
        Shape (n_stimuli, n_neuroids).
    folds
        Fold in which each stimulus is held out, shape (n_stimuli,).
    inner
        For each fold, in the order of their numbers, the inner folds of the others, shape (n_folds,
        n_stimuli), as `folds.inner` makes them; None for a map that needs none.
    between
        How the map's arguments are taken from `layer`.
    numbers
        The folds to predict, those of `inner`; all when not given.

    Returns
    -------
    list of Fit
        One per fold, in the order of their numbers.
    """
    numbers = np.unique(folds) if numbers is None else numbers
    nested = [None] * len(numbers) if inner is None else inner
    return [
        _fit_fold(solve, partial(between, layer), responses, folds == number, within)
        for number, within in zip(numbers, nested, strict=True)
    ]


def _fit_fold(
    solve: Solver,
    between: Callable[[Rows, Rows], Array],
    responses: Array,
    test: NDArray[np.bool_],
    inner: Inner | None,
) -> Fit:
    return solve(
        between(~test, ~test),
        between(test, ~test),
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
    train_centred, test_centred = train - columns, test - columns
    train_centred -= (columns - grand)[:, None]
    test_centred -= (test.mean(axis=1) - grand)[:, None]
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
