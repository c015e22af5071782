"""Partial least squares regression of all neuroids at once (PLS2), from kernels.

Each component is the direction w of the features whose scores t = X w have the largest covariance
with some combination of the responses; what t explains is taken from both, and so on. With the
responses Y, all centred, w = X^T u for u = Y c, c the first eigenvector of Y^T K Y, so that only
K = X X^T is needed (Rosipal & Trejo 2001, whose iteration finds the same eigenvector). It is
scikit-learn's ``PLSRegression(scale=False)``, the map of Brain-Score (Schrimpf et al. 2018).

Arrays are NumPy's, or torch's (float64) on any device; what is returned is like what is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from ventralmap.crossvalidation import Fit, Inner, centre, explained
from ventralmap.namespaces import last_eigh, like, namespace

Array = NDArray[np.float64]

EXHAUSTED = 1e-10
"""Share of a norm below which what is left of it is rounding."""


DENSE = 200
"""Up to so many targets, all their covariances are formed: faster than products one by one."""


def fit(train: Array, test: Array, responses: Array, components: int, inner: Inner) -> Fit:
    """Fit by partial least squares, and predict held-out stimuli.

    Parameters
    ----------
    train
        Kernel of the training stimuli, centred or not, shape (n_train, n_train).
    test
        Kernel of the held-out with the training stimuli, shape (n_test, n_train).
    responses
        Of the training stimuli, shape (n_train, n_neuroids).
    components
        Number of components. There are no more than the rank of the centred training kernel, at
        most n_train - 1: all are taken where fewer than these are asked for, also within `inner`.
    inner
        Fold in which each training stimulus is left out for `training_r2`, shape (n_train,).

    Returns
    -------
    Fit
        Without alphas.
    """
    xp, one_each = namespace(responses), responses[0]
    return Fit(
        predict(train, test, responses, components),
        xp.full_like(one_each, xp.nan),
        xp.full_like(one_each, -1, dtype=xp.int64),
        explained(*_left_out(train, responses, components, inner)),
    )


def _left_out(
    kernel: Array, responses: Array, components: int, inner: Inner
) -> tuple[Array, Array]:
    """Residuals of the map and of the mean of the others, fold by fold, both like the responses."""
    xp = namespace(responses)
    residual, of_means = xp.empty_like(responses), xp.empty_like(responses)
    for fold in np.unique(inner):
        out = like(inner == fold, responses)
        others = kernel[:, ~out]
        predicted = predict(others[~out], others[out], responses[~out], components)
        residual[out] = responses[out] - predicted
        of_means[out] = responses[out] - responses[~out].mean(axis=0)
    return residual, of_means


def predict(train: Array, test: Array, responses: Array, components: int) -> Array:
    """Predict held-out stimuli.

    With T the scores and U the weights of the training stimuli, the prediction is
    K_test U (T^T K U)^-1 T^T Y (Rosipal & Trejo 2001, equation 10).

    Parameters
    ----------
    train, test, responses, components
        As for `fit`.

    Returns
    -------
    ndarray, shape (n_test, n_neuroids)
    """
    inner, outer = centre(train, test)
    mean = responses.mean(axis=0)
    xp = namespace(inner)
    left, values, right = xp.linalg.svd(responses - mean, full_matrices=False)
    targets = left * values  # (n_train, rank), the responses in their own basis
    scores, weights = decompose(inner, targets, components)
    loadings = xp.linalg.solve(scores.T @ inner @ weights, scores.T @ targets)
    return outer @ (weights @ loadings) @ right + mean


def decompose(kernel: Array, targets: Array, components: int) -> tuple[Array, Array]:
    """Find the scores of the training stimuli, and the weights that give them.

    Parameters
    ----------
    kernel
        Centred training kernel, shape (n, n).
    targets
        Centred responses, in any orthonormal basis, shape (n, n_targets).
    components
        How many to find.

    Returns
    -------
    scores, weights : ndarray, shape (n, n_components)
        T, orthonormal, and U. Fewer than `components` where the features or what is left of the
        responses are exhausted before.
    """
    xp, remaining = namespace(kernel), targets
    scores, weights = (xp.empty_like(kernel[:, :components]) for _ in range(2))
    for found in range(scores.shape[1]):
        u = _leading(kernel, remaining)
        t = _without(kernel @ u, scores[:, :found])
        t = _without(t, scores[:, :found])  # once more, for what rounding left
        if _is_rounding(remaining, targets) or _is_rounding(t, kernel):
            return scores[:, :found], weights[:, :found]
        scores[:, found], weights[:, found] = t / xp.linalg.norm(t), u
        remaining = _without(remaining, scores[:, found : found + 1])
    return scores, weights


def _is_rounding(left: Array, of: Array) -> bool:
    norm = namespace(left).linalg.norm
    return bool(norm(left) <= EXHAUSTED * norm(of))


def _without(columns: Array, scores: Array) -> Array:
    """Take from columns what the scores, orthonormal, explain of them."""
    return columns - scores @ (scores.T @ columns)


def _leading(kernel: Array, remaining: Array) -> Array:
    """Find u = Y c, of unit length, for the first eigenvector c of Y^T K Y, shape (n,)."""
    n_targets = remaining.shape[1]
    if n_targets == 1:
        return _of_unit_length(remaining[:, 0])
    if n_targets > DENSE and isinstance(remaining, np.ndarray):
        return _of_unit_length(remaining @ _first_eigenvector(kernel, remaining))
    products = remaining.T @ (kernel @ remaining)
    return _of_unit_length(remaining @ last_eigh(products, 1)[1][:, 0])


def _first_eigenvector(kernel: Array, remaining: Array) -> Array:
    """Find c of many targets, shape (n_targets,), without forming Y^T K Y."""
    start = np.ones(remaining.shape[1])
    covariance = LinearOperator(
        (len(start), len(start)),
        lambda c: remaining.T @ (kernel @ (remaining @ c)),
        dtype=np.float64,
    )
    return eigsh(covariance, k=1, v0=start)[1][:, 0] if np.any(covariance @ start) else start


def _of_unit_length(u: Array) -> Array:
    return u / (float(namespace(u).linalg.norm(u)) or 1.0)
