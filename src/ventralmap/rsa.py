"""Representational similarity of layers and areas, with ceilings and resampling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ventralmap import ceilings, folds
from ventralmap import draws as dr
from ventralmap.comparators import Layers, compare
from ventralmap.inference import Bootstrap
from ventralmap.relabelling import relabelled

Array = NDArray[np.float64]

FEWEST_STIMULI = 3
"""Stimuli that a fold needs: they make the three pairs of which an RDM must have that many."""


def per_subject(layers: Array, subjects: Array, comparison: str = "spearman") -> Array:
    """Similarity of every layer's RDM with every subject's.

    Parameters
    ----------
    layers
        Condensed RDMs, shape (n_layers, n_pairs).
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
    comparison
        Name of the comparator.

    Returns
    -------
    ndarray, shape (n_layers, n_subjects)
    """
    return compare(comparison, layers, subjects)[0]


def bootstrap(
    layers: Array,
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
    drawn: dr.Counts | None = None,
) -> Bootstrap:
    """Resample stimuli, subjects and both.

    The same seed gives the same resamples, so that models can be compared pairwise.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    n_stimuli
        Number of stimuli.
    n
        Number of resamples.
    seed
        Seed of the resamples, which are those of `draws.resample`.
    comparison
        Name of the comparator.
    drawn
        How often each subject is drawn instead, shape (n, n_subjects), such as those of
        `draws.subjects_of_areas`.

    Returns
    -------
    Bootstrap
    """
    stimuli, own = dr.resample(n_stimuli, len(subjects), n, seed)
    observed = compare(comparison, layers, subjects)
    resampled = compare(comparison, layers, subjects, dr.Draws(stimuli))
    return summarise(observed, resampled, own if drawn is None else drawn, n_stimuli)


def summarise(
    observed: Array, resampled: Array, drawn: NDArray[np.int64], n_stimuli: int
) -> Bootstrap:
    """Take means over subjects of similarities and of their resamples.

    Parameters
    ----------
    observed
        Shape (1, n_rows, n_subjects).
    resampled
        Under resampled stimuli, shape (n_bootstrap, n_rows, n_subjects).
    drawn
        How often each subject is drawn, shape (n_bootstrap, n_subjects).
    n_stimuli
        Of how many.
    """
    once = np.ones_like(drawn)
    ways = [_mean(resampled, once), _mean(observed, drawn), _mean(resampled, drawn)]
    return Bootstrap(_mean(observed, once[:1])[0], np.array(ways), n_stimuli, drawn.shape[1])


def _mean(similarity: Array, times: NDArray[np.int64]) -> Array:
    """Mean over subjects that each count `times`, of those whose similarity is known.

    Parameters
    ----------
    similarity
        Shape (n_draws or 1, n_layers, n_subjects).
    times
        Shape (n_draws, n_subjects).

    Returns
    -------
    ndarray, shape (n_draws, n_layers)
    """
    share = times[:, None] * ~np.isnan(similarity)
    with np.errstate(invalid="ignore"):
        return np.vecdot(np.nan_to_num(similarity), share) / share.sum(axis=-1)


def ceiling_bootstrap(
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
    drawn: dr.Counts | None = None,
) -> Bootstrap:
    """Resample the lower noise ceiling, as `bootstrap` does layers, in one row.

    A subject's ceiling is the similarity with the mean of all other subjects, which are not
    resampled themselves; NaN for a single subject.
    """
    stimuli, own = dr.resample(n_stimuli, len(subjects), n, seed)
    observed = ceilings.with_others(subjects, comparison)
    resampled = ceilings.with_others(subjects, comparison, dr.Draws(stimuli))
    drawn = own if drawn is None else drawn
    return summarise(observed[:, None], resampled[:, None], drawn, n_stimuli)


def permutation_p(
    layers: Array,
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
) -> Array:
    """Test each layer against chance by relabelling the stimuli of the recordings.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    n_stimuli
        Number of stimuli.
    n
        Number of permutations.
    seed
        Seed of the permutations.
    comparison
        Name of the comparator.

    Returns
    -------
    ndarray, shape (n_layers,)
        One-sided p, (1 + number of permutations at least as similar) / (1 + n), those of unknown
        similarity counted; NaN where the observed similarity is unknown.
    """
    random, prepared = np.random.default_rng(seed), Layers(comparison, layers)
    labels = np.array([random.permutation(n_stimuli) for _ in range(n)])
    observed = relabelled(prepared, subjects, np.arange(n_stimuli)[None])
    exceeded = (~(relabelled(prepared, subjects, labels) < observed - 1e-12)).sum(axis=0)
    return np.where(np.isnan(observed[0]), np.nan, (1 + exceeded) / (1 + n))


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
    tests = (fold == np.unique(fold)[:, None]).astype(np.int64)  # (n_folds, n_stimuli)
    draws = dr.Draws(np.concatenate([tests, 1 - tests]))
    similarity = compare(comparison, layers, subjects, draws)
    score = _mean(similarity, np.ones((len(similarity), len(subjects)), np.int64))
    tested, training = np.split(score, 2)
    if np.isnan(training).any():
        return np.nan
    return float(np.mean(tested[np.arange(len(tested)), training.argmax(axis=1)]))
