"""Noise ceilings of RSA: how similar any RDM can be to those of the subjects (Nili et al. 2014)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ventralmap.comparators import compare, compare_with_last
from ventralmap.draws import Draws

Array = NDArray[np.float64]


def centred_ranks(rdms: Array) -> Array:
    """Rank the pairs that each RDM has, less the mean rank, and scaled to those of the most pairs.

    Halves and whole numbers where all have as many pairs, so that equal means of ranks are equal.
    """
    n = (~np.isnan(rdms)).sum(axis=1, keepdims=True)
    ranks = rankdata(rdms, axis=1, nan_policy="omit")
    return (ranks - (n + 1) / 2) * (n.max() / n)


def standard_scores(rdms: Array) -> Array:
    """Centre and scale each RDM over the pairs that it has."""
    mean = np.nanmean(rdms, axis=1, keepdims=True)
    return (rdms - mean) / np.nanstd(rdms, axis=1, keepdims=True)


def unit_squares(rdms: Array) -> Array:
    """Divide each RDM by the root of the mean square of the pairs that it has."""
    return rdms / np.sqrt(np.nanmean(rdms**2, axis=1, keepdims=True))


SCALES: Mapping[str, Callable[[Array], Array]] = {
    "spearman": centred_ranks,
    "rho-a": centred_ranks,
    "tau-a": centred_ranks,
    "pearson": standard_scores,
    "cosine": unit_squares,
    "whitened-cosine": unit_squares,
    "whitened-pearson": standard_scores,
}
"""What makes the mean RDM the most similar to all; as rsatoolbox does, for tau-a nearly so."""


def ceiling(subjects: Array, comparison: str = "spearman") -> tuple[float, float]:
    """Lower and upper noise ceiling of the mean similarity (Nili et al. 2014).

    The upper one is that of the mean of all subjects' scaled RDMs with each; the lower one, of
    the mean of the others'.

    Parameters
    ----------
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
    comparison
        Name of the comparator.

    Returns
    -------
    low, high : float
        As rsatoolbox computes them; NaN for a single subject.
    """
    if len(subjects) < 2:
        return np.nan, np.nan
    whole = compare(comparison, _mean(SCALES[comparison](subjects)), subjects)
    return float(np.nanmean(with_others(subjects, comparison))), float(np.nanmean(whole))


def with_others(subjects: Array, comparison: str, draws: Draws | None = None) -> Array:
    """Similarity of each subject with the others' mean RDM: the lower ceiling, subject by subject.

    Parameters
    ----------
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
    comparison
        Name of the comparator.
    draws
        Resamples of the stimuli, for which the mean RDM is not made anew; by default every
        stimulus once.

    Returns
    -------
    ndarray, shape (n_draws, n_subjects)
        With its mean over subjects, as drawn, the lower ceiling is resampled like the layers. NaN
        for a single subject.
    """
    if len(subjects) < 2:
        return np.full((1 if draws is None else len(draws), 1), np.nan)
    others = _others(subjects, comparison)
    if not np.isnan(subjects).any():  # one comparison of all takes a quarter of the time
        every = compare(comparison, others, subjects, draws)
        return np.diagonal(every, axis1=1, axis2=2).copy()
    found = [
        compare(comparison, others[[i]], subjects[[i]], draws)[:, 0, 0]
        for i in range(len(subjects))
    ]
    return np.array(found).T


def _others(subjects: Array, comparison: str) -> Array:
    """Mean RDM of all others for each subject, shape (n_subjects, n_pairs)."""
    scaled = SCALES[comparison](subjects)
    return np.concatenate([_mean(np.delete(scaled, i, axis=0)) for i in range(len(subjects))])


def with_others_and_among(
    subjects: Array, comparison: str, draws: Draws | None = None
) -> tuple[Array, Array]:
    """Give `with_others` and `among` from one comparison, where that can be."""
    if len(subjects) < 2 or np.isnan(subjects).any():
        return with_others(subjects, comparison, draws), among(subjects, comparison, draws)
    rows = np.concatenate([_others(subjects, comparison), subjects])
    every = compare_with_last(comparison, rows, len(subjects), draws)
    own, rest = np.split(every, [len(subjects)], axis=1)
    return np.diagonal(own, axis1=1, axis2=2).copy(), rest


def among(subjects: Array, comparison: str, draws: Draws | None = None) -> Array:
    """Similarity of every subject with every other, shape (n_draws, n_subjects, n_subjects).

    NaN where any subject lacks a pair, so that they are not all compared on the same.
    """
    if np.isnan(subjects).any():
        n = 1 if draws is None else len(draws)
        return np.full((n, len(subjects), len(subjects)), np.nan)
    return compare(comparison, subjects, subjects, draws)


def others_drawn(similarity: Array, times: NDArray[np.int64]) -> Array:
    """By how much a subject's ceiling changes when the others are drawn, some more often.

    A subject is part of the others' mean of all others: over new subjects the lower ceiling varies
    by whom it is compared with as well as by whom it is of. With a_jk the similarity of subjects
    that count c, that of subject i with the mean of the others is sum_j c_j a_ij over the root of
    sum_jk c_j c_k a_jk, j and k not i; exact for comparisons that are products of vectors which
    are averaged (pearson, cosine), near for ranks.

    Parameters
    ----------
    similarity
        As `among`, of n_draws draws or of one.
    times
        How often each subject counts, shape (n_draws, n_subjects).

    Returns
    -------
    ndarray, shape (n_draws, n_subjects)
        Zero where nobody else is drawn, or similarities are unknown.
    """
    change = _with_weighted(similarity, times) - _with_weighted(similarity, np.ones_like(times))
    return np.nan_to_num(change)


def _with_weighted(similarity: Array, times: NDArray[np.int64]) -> Array:
    """Similarity of each subject with the mean of the others, weighted; see `others_drawn`."""
    itself = np.diagonal(similarity, axis1=1, axis2=2)
    total = (similarity @ times[:, :, None].astype(float))[..., 0]
    top = total - times * itself
    square = (times * total).sum(axis=1, keepdims=True) - 2 * times * total + times**2 * itself
    nobody = np.full(top.shape, np.nan)
    return np.divide(top, np.sqrt(np.maximum(square, 0)), out=nobody, where=square > 1e-9)


def _mean(rdms: Array) -> Array:
    """Mean of the subjects that have a pair, shape (1, n_pairs); NaN where none has."""
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        return np.nanmean(rdms, axis=0, keepdims=True)
