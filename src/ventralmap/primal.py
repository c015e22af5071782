"""Ridge regression from features of few dimensions, for more stimuli than dimensions.

The same objective as in `ridge`, solved for the weights: with Z (n, p) the centred training
features and Z^T Z = V diag(s) V^T, those of the components T = Z V are T^T y / (s + alpha) (Hastie,
Tibshirani & Friedman 2009, section 3.4.1). Nothing is of the size n x n: memory is O(n p), time
O(n p^2).

Arrays are NumPy's, or torch's (float64) on any device; what is returned is like what is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ventralmap.crossvalidation import Fit, Inner, explained
from ventralmap.leaving_out import AtAlpha
from ventralmap.namespaces import eigh, like, namespace
from ventralmap.ridge import select_alpha

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """Principal components of centred training features Z, Z^T Z = V diag(s) V^T.

    Attributes
    ----------
    values
        Eigenvalues s, shape (p,), not negative.
    vectors
        V in columns, shape (p, p).
    scores
        T = Z V, shape (n, p).
    """

    values: Array
    vectors: Array
    scores: Array


LeftOut = Callable[[Components, Array], AtAlpha]
"""Called with the components and the centred responses (n, n_neuroids), makes what gives the
residuals of training responses that were left out."""


def decompose(features: Array) -> Components:
    """Find the principal components of centred features, shape (n, p)."""
    values, vectors = eigh(features.T @ features)
    return Components(values.clip(min=0), vectors, features @ vectors)


def one_by_one(components: Components, centred: Array) -> AtAlpha:
    """Residuals of leave-one-out prediction, exact and without refitting.

    The residual of stimulus i is e_i / (1 - h_ii) (`leaving_out.loo_residuals`), its leverage
    h_ii = 1/n + the sum over components of T_ij^2 / (s_j + alpha).

    Parameters
    ----------
    components
        Of the training features.
    centred
        Training responses minus their mean, shape (n, n_neuroids).

    Returns
    -------
    callable
        From alpha, which may be infinite, to an ndarray of shape (n, n_neuroids).
    """
    scores, projected = components.scores, components.scores.T @ centred  # (p, n_neuroids)
    squared, n = scores**2, len(scores)

    def at_alpha(alpha: float) -> Array:
        inverse = 1 / (components.values + alpha)  # (p,)
        residual = centred - scores @ (inverse[:, None] * projected)
        leverage_left = 1 - 1 / n - squared @ inverse  # 1 - h_ii, (n,)
        return residual / leverage_left[:, None]

    return at_alpha


def in_folds(components: Components, centred: Array, folds: Inner) -> AtAlpha:
    """Residuals of leaving whole folds out, by a decomposition without each.

    Parameters
    ----------
    components
        Of the training features.
    centred
        Training responses minus their mean, shape (n, n_neuroids).
    folds
        Fold in which each training stimulus is left out, shape (n,); at least two.

    Returns
    -------
    callable
        From alpha, which may be infinite, to an ndarray of shape (n, n_neuroids).
    """
    masks = [like(folds == fold, centred) for fold in np.unique(folds)]
    # Ridge does not change with rotation: the components serve as features.
    scores = components.scores
    maps = [_map(scores[~out], scores[out], centred[~out]) for out in masks]

    def at_alpha(alpha: float) -> Array:
        residual = namespace(centred).empty_like(centred)
        for out, predict in zip(masks, maps, strict=True):
            residual[out] = centred[out] - predict(alpha)
        return residual

    return at_alpha


def _map(train: Array, test: Array, responses: Array) -> AtAlpha:
    """Make what predicts the responses to test features (n_test, n_neuroids) for an alpha."""
    centre, mean = train.mean(axis=0), responses.mean(axis=0)
    return _predict(decompose(train - centre), test - centre, responses - mean, mean)


def _predict(components: Components, test: Array, centred: Array, mean: Array) -> AtAlpha:
    """Make the same from the components; all are centred on the training stimuli."""
    outer = test @ components.vectors  # (n_test, p)
    projected = components.scores.T @ centred  # (p, n_neuroids)
    # alpha is one number, or one of each neuroid
    return lambda alpha: outer @ (projected / (components.values[:, None] + alpha)) + mean


def fit(
    train: Array,
    test: Array,
    responses: Array,
    relative_alphas: Array,
    left_out: LeftOut = one_by_one,
) -> Fit:
    """Fit by ridge regression, each neuroid with its own alpha, and predict held-out stimuli.

    It equals `ridge.fit` on the kernels of the features.

    Parameters
    ----------
    train
        Features of the training stimuli, centred or not, shape (n_train, p). For n_train up to p
        `ridge.fit` is the faster, and accurate where alpha is small.
    test
        Features of the held-out stimuli, shape (n_test, p).
    responses
        Of the training stimuli, shape (n_train, n_neuroids).
    relative_alphas
        Grid of alphas in units of the training kernel's mean eigenvalue, shape (n_alphas,).
    left_out
        How training stimuli are left out to choose alpha: one by one, or in folds.

    Returns
    -------
    Fit
    """
    centre, mean = train.mean(axis=0), responses.mean(axis=0)
    components, centred = decompose(train - centre), responses - mean
    scale = float(components.values.sum()) / len(train) or 1.0
    alphas = like(relative_alphas * scale, train)
    at_alpha = left_out(components, centred)
    index, residual = select_alpha(at_alpha, centred, alphas)
    prediction = _predict(components, test - centre, centred, mean)(alphas[index])
    return Fit(prediction, alphas[index], index, explained(residual, at_alpha(np.inf)))
