"""Distances of responses that noise does not enlarge: crossnobis, from repetitions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ventralmap.arrays import mean_shown

Array = NDArray[np.float64]


def distance(responses: Array, precision: Array | None = None) -> Array:
    """Cross-validated squared Mahalanobis distance per neuroid (Walther et al. 2016).

    With K_ij the mean of x_ia' P x_jb over all pairs of different repetitions a and b, and P the
    precision of the noise, d_ij = (K_ii + K_jj - 2 K_ij) / n_neuroids. As the noise of different
    repetitions is independent it adds nothing on average, and distances of equal patterns may be
    negative: nothing is clipped. Where all stimuli have all repetitions this is the distance of
    rsatoolbox with a fold for each repetition; where they have not, all pairs that there are
    count, so that no split into halves has to be drawn.

    Parameters
    ----------
    responses
        Of one subject's neuroids, shape (n_stimuli, n_repetitions, n_neuroids). A repetition counts
        where no neuroid is NaN.
    precision
        P, shape (n_neuroids, n_neuroids); by default the inverse of `noise_covariance` of the same
        responses. That is not independent of them, which leaves a positive offset: small where
        there are many more residuals, n_stimuli (n_repetitions - 1), than neuroids. It is the same
        for all pairs where all stimuli were shown equally often, and left as rsatoolbox has it;
        else it is taken off (`offsets`).

    Returns
    -------
    ndarray, shape (n_stimuli, n_stimuli)
        NaN for a stimulus that was not shown twice.
    """
    shown = shown_to_all(responses)
    n, there = shown.sum(axis=1), shown.astype(float)
    known = np.linalg.inv(noise_covariance(responses)) if precision is None else precision
    half: Array = np.linalg.cholesky(known)
    white = np.where(shown[..., None], responses, 0.0) @ half  # (n_stimuli, n_repetitions, v)
    total, flat = white.sum(axis=1), white.reshape(len(white), -1)
    pairs = np.outer(n, n) - there @ there.T
    kernel = (total @ total.T - flat @ flat.T) / np.where(pairs > 0, pairs, np.nan)
    diagonal = np.diag(kernel)
    if precision is None and len(np.unique(n[n > 1])) > 1:
        diagonal = diagonal - offsets(responses)
    return (diagonal + diagonal[:, None] - 2 * kernel) / responses.shape[2]


def noise_covariance(responses: Array) -> Array:
    """Covariance of the noise, from how repetitions differ from the mean of their stimulus.

    rsatoolbox's estimate, shrunk towards its diagonal (Schäfer & Strimmer 2005): neuroids differ in
    their noise, so that their own variances, not a common one, are what is left when there are
    too few repetitions to tell their covariances.

    Parameters
    ----------
    responses
        As for `distance`.

    Returns
    -------
    ndarray, shape (n_neuroids, n_neuroids)
    """
    from rsatoolbox.data.noise import cov_from_residuals

    left, free = _residuals(responses)
    return cov_from_residuals(
        left[shown_to_all(responses)], dof=free.sum(), method="shrinkage_diag"
    )


def offsets(responses: Array) -> Array:
    """Noise left in K_ii, as its repetitions had a part in the estimate of the precision.

    With P_i the precision estimated without stimulus i, and r_ia the residuals of its repetitions,
    it is sum_a r_ia' (P_i - P) r_ia / (n_i (n_i - 1)): P fits these residuals, so that what is
    subtracted for them in K_ii is too little; P_i does not.

    Parameters
    ----------
    responses
        As for `distance`.

    Returns
    -------
    ndarray, shape (n_stimuli,)
        0 for a stimulus that was not shown twice.
    """
    left, free = _residuals(responses)
    flat, covariance = left.reshape(-1, left.shape[2]), noise_covariance(responses)
    whole = flat.T @ flat
    shrinkage = _shrinkage(covariance, whole / free.sum())
    found = np.zeros(len(left))
    for i in np.flatnonzero(free > 0):
        without = shrinkage * (whole - left[i].T @ left[i]) / (free.sum() - free[i])
        both = np.linalg.solve(np.stack([without, covariance]), left[i].T)  # (2, v, n_repetitions)
        found[i] = np.vdot(left[i].T, both[0] - both[1]) / (free[i] * (free[i] + 1))
    return found


def _residuals(responses: Array) -> tuple[Array, NDArray[np.int64]]:
    """Residuals about the stimulus' mean, 0 where not shown; degrees of freedom per stimulus."""
    shown = shown_to_all(responses)
    trials = np.where(shown[..., None], responses, np.nan)
    left = trials - mean_shown(trials)[:, None]
    return np.where(shown[..., None], left, 0.0), np.maximum(shown.sum(axis=1) - 1, 0)


def _shrinkage(shrunk: Array, plain: Array) -> Array:
    """Find what a covariance was multiplied with, element by element: 1 on the diagonal."""
    off = ~np.eye(len(plain), dtype=bool)
    kept = shrunk[off] @ plain[off] / (plain[off] @ plain[off])
    return np.where(off, kept, 1.0)


def shown_to_all(responses: Array) -> NDArray[np.bool_]:
    """Tell the repetitions that all neuroids have, shape (n_stimuli, n_repetitions)."""
    return np.asarray(~np.isnan(responses).any(axis=2))
