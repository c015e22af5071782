"""Banded ridge regression on several layers, and what each of them explains alone.

Each layer has its own penalty (Dupré la Tour et al. 2022), so that one that predicts nothing is
shrunk away instead of diluting the others. A penalty per layer is a weight per kernel and one
common penalty: candidate weights are drawn, and ridge regression on the weighted sum of the kernels
chooses, for each neuroid, its weights and its alpha inside the training stimuli. This is himalaya's
random search, but for one eigendecomposition per candidate instead of one for each inner fold too.

Arrays of a fit are NumPy's, or torch's (float64) on any device.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from ventralmap import leaving_out, ridge
from ventralmap.crossvalidation import centre
from ventralmap.namespaces import like, namespace

Array = NDArray[np.float64]

CANDIDATES = 20
CONCENTRATIONS = (0.1, 1.0)
"""Of the Dirichlet distributions that weights are drawn from, in turn: sparse and even."""


@dataclass(frozen=True)
class Bands:
    """What one fit to several layers gives.

    Attributes
    ----------
    prediction
        Of the held-out stimuli, shape (n_test, n_neuroids).
    weights
        Of each layer's kernel, which sum to 1, shape (n_layers, n_neuroids).
    training_r2
        Variance explained of training responses that were left out, shape (n_neuroids,).
    """

    prediction: Array
    weights: Array
    training_r2: Array


def candidates(n_layers: int, seed: int, n: int = CANDIDATES) -> Array:
    """Draw weights of kernels.

    Parameters
    ----------
    n_layers
        Number of kernels.
    seed
        Seed of the draws.
    n
        How many to draw beside the even weights and each layer alone.

    Returns
    -------
    ndarray, shape (n_candidates, n_layers)
        Each row sums to 1; a single layer has the one weight that there is.
    """
    if n_layers == 1:
        return np.ones((1, 1))
    random = np.random.default_rng(seed)
    drawn = [
        random.dirichlet(np.full(n_layers, CONCENTRATIONS[i % len(CONCENTRATIONS)]))
        for i in range(n)
    ]
    return np.vstack([np.full(n_layers, 1 / n_layers), np.eye(n_layers), *drawn])


def fit(
    train: Array,
    test: Array,
    responses: Array,
    relative_alphas: Array,
    weights: Array,
    left_out: leaving_out.LeftOut = leaving_out.one_by_one,
) -> Bands:
    """Fit by banded ridge regression, and predict held-out stimuli.

    Parameters
    ----------
    train
        Kernels of the training stimuli, centred or not, shape (n_layers, n_train, n_train).
    test
        Kernels of the held-out with the training stimuli, shape (n_layers, n_test, n_train).
    responses
        Of the training stimuli, shape (n_train, n_neuroids).
    relative_alphas
        Grid of alphas in units of the mean eigenvalue of the weighted sum, shape (n_alphas,).
    weights
        Candidates, of kernels scaled to a mean eigenvalue of 1, shape (n_candidates, n_layers).
    left_out
        How training stimuli are left out to choose: one by one, or in folds.

    Returns
    -------
    Bands
    """
    inner, outer = _scaled(train, test)
    fits = [
        ridge.fit(
            _summed(weight, inner), _summed(weight, outer), responses, relative_alphas, left_out
        )
        for weight in weights
    ]
    xp = namespace(responses)
    explained = xp.stack([found.training_r2 for found in fits])  # (n_candidates, n_neuroids)
    best, neuroid = explained.argmax(0), like(range(responses.shape[1]), responses)
    predictions = xp.stack([found.prediction for found in fits])  # (n_candidates, n_test, ...)
    chosen = like(weights, responses)[best]
    return Bands(predictions[best, :, neuroid].T, chosen.T, explained[best, neuroid])


def _scaled(train: Array, test: Array) -> tuple[list[Array], list[Array]]:
    """Centre kernels on the training stimuli and scale them to a mean eigenvalue of 1 there."""
    pairs = [centre(inner, outer) for inner, outer in zip(train, test, strict=True)]
    scales = [float(inner.trace()) / len(inner) or 1.0 for inner, _ in pairs]
    return (
        [inner / scale for (inner, _), scale in zip(pairs, scales, strict=True)],
        [outer / scale for (_, outer), scale in zip(pairs, scales, strict=True)],
    )


def _summed(weight: Array, kernels: list[Array]) -> Array:
    """Weighted sum of kernels."""
    parts = (float(share) * kernel for share, kernel in zip(weight, kernels, strict=True))
    return reduce(add, parts)


def subsets(n_layers: int) -> list[list[int]]:
    """List the layers of all fits that variance partitioning needs: all, and all but each."""
    every = list(range(n_layers))
    return [every, *([j for j in every if j != i] for i in every)]


def partition(r2: Array) -> tuple[Array, Array]:
    """Divide explained variance into what only one layer explains and what several do.

    unique_i = R2(all) - R2(all but i), shared = R2(all) - sum of unique_i (Borcard, Legendre &
    Drapeau 1992). Of held-out R2 either may be negative: adding a layer can make predictions worse,
    and layers that only predict together (suppression) share less than nothing.

    Parameters
    ----------
    r2
        Of the fits of `subsets`, in that order, shape (1 + n_layers, ...).

    Returns
    -------
    unique : ndarray, shape (n_layers, ...)
    shared : ndarray, shape (...)
    """
    unique = r2[0] - r2[1:]
    return unique, r2[0] - unique.sum(axis=0)


def held_out_r2(errors: Iterable[tuple[Array, Array]]) -> Array:
    """Variance explained over all held-out stimuli.

    Parameters
    ----------
    errors
        Of each fold: the residuals of the predictions, and those of the mean response to the
        training stimuli, both of shape (n_test, n_neuroids).

    Returns
    -------
    ndarray, shape (n_neuroids,)
        1 - sum of squares of the former / that of the latter; zero for a silent neuroid.
    """
    residual, of_means = (np.concatenate(part) for part in zip(*errors, strict=True))
    total = (of_means**2).sum(axis=0)
    left = (residual**2).sum(axis=0)
    return np.divide(total - left, total, out=np.zeros_like(total), where=total > 0)
