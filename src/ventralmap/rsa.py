"""Representational similarity of layers and areas, with ceilings and resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import draws as dr
from ventralmap.ceilings import ceiling as ceiling
from ventralmap.comparators import Layers, compare
from ventralmap.relabelling import relabelled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bootstrap:
    """Similarity of each layer under three ways of resampling, each (n_bootstrap, n_layers)."""

    stimuli: Array
    subjects: Array
    both: Array


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

    Returns
    -------
    Bootstrap
    """
    stimuli, drawn = dr.resample(n_stimuli, len(subjects), n, seed)
    observed = per_subject(layers, subjects, comparison)[None]
    resampled = compare(comparison, layers, subjects, dr.Draws(stimuli))
    once = np.ones_like(drawn)
    return Bootstrap(_mean(resampled, once), _mean(observed, drawn), _mean(resampled, drawn))


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


def variance(sample: Bootstrap) -> Array:
    """Variance of the similarity over both new stimuli and new subjects.

    Resampling both at once counts the measurement noise three times; the correction is
    2 (v_stimuli + v_subjects) - v_both, kept between the larger of the two and v_both
    (Schütt et al. 2023, eqs. 10-11).

    Parameters
    ----------
    sample
        The three bootstraps.

    Returns
    -------
    ndarray, shape (n_layers,)
    """
    stimuli, subjects, both = (
        values.var(axis=0, ddof=1) for values in (sample.stimuli, sample.subjects, sample.both)
    )
    corrected = 2 * (stimuli + subjects) - both
    return np.maximum(np.minimum(corrected, both), np.maximum(stimuli, subjects))


def interval(
    similarity: Array, sample: Bootstrap, n_stimuli: int, n_subjects: int
) -> tuple[Array, Array]:
    """95 % confidence interval of the similarity, by Student's t.

    Parameters
    ----------
    similarity
        Mean over subjects, shape (n_layers,).
    sample
        The three bootstraps.
    n_stimuli, n_subjects
        Sizes. With one subject the interval is over stimuli alone.

    Returns
    -------
    low, high : ndarray, shape (n_layers,)
    """
    single = n_subjects < 2
    spread = np.sqrt(sample.stimuli.var(axis=0, ddof=1) if single else variance(sample))
    free = (n_stimuli if single else min(n_stimuli, n_subjects)) - 1
    width = stats.t.ppf(0.975, free) * spread
    return similarity - width, similarity + width


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
        One-sided p, (1 + number of permutations at least as similar) / (1 + n).
    """
    random, prepared = np.random.default_rng(seed), Layers(comparison, layers)
    labels = np.array([random.permutation(n_stimuli) for _ in range(n)])
    observed = relabelled(prepared, subjects, np.arange(n_stimuli)[None])
    exceeded = (relabelled(prepared, subjects, labels) >= observed - 1e-12).sum(axis=0)
    return (1 + exceeded) / (1 + n)


def nested_score(
    layers: Array, subjects: Array, folds: NDArray[np.int64], comparison: str = "spearman"
) -> float:
    """Similarity, on held-out stimuli, of the layer chosen on the others.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    folds
        Fold in which each stimulus is held out, shape (n_stimuli,).
    comparison
        Name of the comparator.

    Returns
    -------
    float
        Mean over folds; pairs of a held-out with another stimulus are used on neither side.
    """
    held_out = (folds == np.unique(folds)[:, None]).astype(np.int64)  # (n_folds, n_stimuli)
    draws = dr.Draws(np.concatenate([held_out, 1 - held_out]))
    similarity = compare(comparison, layers, subjects, draws)
    score = _mean(similarity, np.ones((len(similarity), len(subjects)), np.int64))
    tested, training = np.split(score, 2)
    return float(np.mean(tested[np.arange(len(tested)), training.argmax(axis=1)]))
