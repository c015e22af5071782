"""Representational similarity of layers and areas, with ceilings and resampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import ranks
from ventralmap.rdm import condense

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bootstrap:
    """Similarity of each layer under three ways of resampling, each (n_bootstrap, n_layers)."""

    stimuli: Array
    subjects: Array
    both: Array


def per_subject(layers: Array, subjects: Array) -> Array:
    """Spearman correlation of every layer's RDM with every subject's.

    Parameters
    ----------
    layers
        Condensed RDMs, shape (n_layers, n_pairs).
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs).

    Returns
    -------
    ndarray, shape (n_layers, n_subjects)
    """
    return ranks.spearman(_sort(layers), _sort(subjects), np.ones(layers.shape[1]))


def ceiling(subjects: Array) -> tuple[float, float]:
    """Lower and upper noise ceiling of the mean Spearman correlation (Nili et al. 2014).

    Parameters
    ----------
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs).

    Returns
    -------
    low, high : float
        As rsatoolbox computes them; NaN for a single subject.
    """
    if len(subjects) < 2:
        return np.nan, np.nan
    from rsatoolbox.inference import boot_noise_ceiling
    from rsatoolbox.rdm import RDMs

    low, high = boot_noise_ceiling(RDMs(subjects), method="spearman", rdm_descriptor="index")
    return float(low), float(high)


def bootstrap(layers: Array, subjects: Array, n_stimuli: int, n: int, seed: int) -> Bootstrap:
    """Resample stimuli, subjects and both.

    The same seed gives the same resamples, so that models can be compared pairwise.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs).
    n_stimuli
        Number of stimuli.
    n
        Number of resamples.
    seed
        Seed of the resamples.

    Returns
    -------
    Bootstrap
    """
    random = np.random.default_rng(seed)
    sorted_layers, sorted_subjects = _sort(layers), _sort(subjects)
    observed = ranks.spearman(sorted_layers, sorted_subjects, np.ones(layers.shape[1]))
    samples = []
    for _ in range(n):
        counts = _resample(n_stimuli, random, least=3)
        share = _resample(len(subjects), random) / len(subjects)
        r = ranks.spearman(sorted_layers, sorted_subjects, ranks.pair_weights(counts))
        samples.append((r.mean(axis=1), observed @ share, r @ share))
    return Bootstrap(*(np.array(s) for s in zip(*samples, strict=True)))


def _resample(n: int, random: np.random.Generator, least: int = 1) -> NDArray[np.int64]:
    """Count how often each of n is drawn; at least `least` different ones are."""
    while True:
        counts = np.bincount(random.integers(n, size=n), minlength=n)
        if (counts > 0).sum() >= min(least, n):
            return counts


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


def permutation_p(layers: Array, subjects: Array, n_stimuli: int, n: int, seed: int) -> Array:
    """Test each layer against zero by relabelling the stimuli of the recordings.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs).
    n_stimuli
        Number of stimuli.
    n
        Number of permutations.
    seed
        Seed of the permutations.

    Returns
    -------
    ndarray, shape (n_layers,)
        One-sided p, (1 + number of permutations at least as similar) / (1 + n).
    """
    random = np.random.default_rng(seed)
    z_layers, z_subjects = (_standard_ranks(rdms) for rdms in (layers, subjects))
    mean = _square(z_subjects.mean(axis=0), n_stimuli)  # the mean correlation is linear in it
    observed = z_layers @ condense(mean)
    exceeded = np.zeros(len(layers))
    for _ in range(n):
        labels = random.permutation(n_stimuli)
        exceeded += z_layers @ condense(mean[np.ix_(labels, labels)]) >= observed - 1e-12
    return (1 + exceeded) / (1 + n)


def nested_score(layers: Array, subjects: Array, folds: NDArray[np.int64]) -> float:
    """Similarity, on held-out stimuli, of the layer chosen on the others.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs).
    folds
        Fold in which each stimulus is held out, shape (n_stimuli,).

    Returns
    -------
    float
        Mean over folds; pairs of a held-out with another stimulus are used on neither side.
    """
    sorted_layers, sorted_subjects = _sort(layers), _sort(subjects)

    def score(mask: NDArray[np.bool_]) -> Array:
        weights = ranks.pair_weights(mask.astype(int))
        return ranks.spearman(sorted_layers, sorted_subjects, weights).mean(axis=1)

    held_out = [score(folds == f)[np.argmax(score(folds != f))] for f in np.unique(folds)]
    return float(np.mean(held_out))


def _sort(rdms: Array) -> list[ranks.Sorted]:
    return [ranks.sort(rdm) for rdm in rdms]


def _standard_ranks(rdms: Array) -> Array:
    weights = np.ones(rdms.shape[1])
    return ranks.standardise(stats.rankdata(rdms, axis=1), weights)


def _square(condensed: Array, n: int) -> Array:
    square = np.zeros((n, n))
    square[np.triu_indices(n, k=1)] = condensed
    return square + square.T
