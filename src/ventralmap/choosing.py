"""Which layer is chosen on some of the stimuli, and how similar it is on the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ventralmap import draws as dr
from ventralmap import folds
from ventralmap.comparators import compare
from ventralmap.rsa import mean_over_subjects

Array = NDArray[np.float64]

FEWEST_STIMULI = 3
"""Stimuli that a fold needs: they make the three pairs of which an RDM must have that many."""


def held_out(stimulus_ids: Sequence[str], n_folds: int, seed: int) -> NDArray[np.int64]:
    """Assign stimuli to folds that are large enough to have RDMs of their own.

    Parameters
    ----------
    stimulus_ids
        One id per stimulus, shape (n_stimuli,).
    n_folds
        Number of folds wanted, two or more; there are at most n_stimuli // `FEWEST_STIMULI`.
    seed
        Seed of the shuffle.

    Returns
    -------
    ndarray of int, shape (n_stimuli,)
        The fold in which each stimulus is held out; one fold of all stimuli, which leaves none to
        choose by, where there are not enough for two.
    """
    most = len(stimulus_ids) // FEWEST_STIMULI
    if most < 2:
        return np.zeros(len(stimulus_ids), np.int64)
    return folds.assign(stimulus_ids, min(n_folds, most), seed)


def nested_score(
    layers: Array, subjects: Array, fold: NDArray[np.int64], comparison: str = "spearman"
) -> float:
    """Similarity, on held-out stimuli, of the layer chosen on the others.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    fold
        Fold in which each stimulus is held out, shape (n_stimuli,), as `held_out`.
    comparison
        Name of the comparator.

    Returns
    -------
    float
        Mean over folds; pairs of a held-out with another stimulus are used on neither side. NaN
        where a fold, or what it leaves to choose by, has no similarity, as with fewer than twice
        `FEWEST_STIMULI` stimuli.
    """
    return of_chosen(compare(comparison, layers, subjects, dr.Draws(halves(fold))))


def halves(fold: NDArray[np.int64]) -> dr.Counts:
    """Count each stimulus where its fold is held out, and then where it is not.

    Parameters
    ----------
    fold
        Fold in which each stimulus is held out, shape (n_stimuli,).

    Returns
    -------
    ndarray of int, shape (2 n_folds, n_stimuli)
    """
    tests = (fold == np.unique(fold)[:, None]).astype(np.int64)  # (n_folds, n_stimuli)
    return np.concatenate([tests, 1 - tests])


def of_chosen(similarity: Array) -> float:
    """Mean over folds of the similarity of the layer that is best without the fold.

    Parameters
    ----------
    similarity
        On the stimuli of `halves`, shape (2 n_folds, n_layers, n_subjects).

    Returns
    -------
    float
        NaN where there is a layer, or a chosen one, without a similarity.
    """
    score = mean_over_subjects(
        similarity, np.ones((len(similarity), similarity.shape[2]), np.int64)
    )
    tested, training = np.split(score, 2)
    if np.isnan(training).any():
        return np.nan
    return float(np.mean(tested[np.arange(len(tested)), training.argmax(axis=1)]))
