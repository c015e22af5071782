"""Bootstrap summaries that encoding and RSA share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PERCENTILES = (2.5, 97.5)


def neuroid_resamples(subjects: NDArray, n: int, seed: int) -> list[NDArray[np.int64]]:
    """Draw of each subject as many neuroids as it has, with replacement; the subjects stay.

    Parameters
    ----------
    subjects
        Subject of each neuroid, shape (n_neuroids,).
    n
        Number of resamples.
    seed
        The same seed gives the same neuroids, so that layers and models are compared in pairs.

    Returns
    -------
    list of ndarray of int
        Positions of the drawn neuroids, `n` times.
    """
    random = np.random.default_rng(seed)
    parts = _by_subject(subjects)
    drawn = [part[random.integers(len(part), size=(n, len(part)))] for part in parts]
    return list(np.concatenate(drawn, axis=1))


def subject_resamples(subjects: NDArray, n: int, seed: int) -> list[NDArray[np.int64]]:
    """Draw subjects with replacement, each with all of its neuroids.

    Neuroids are not drawn again within a subject: the spread of the subjects' scores holds that of
    their neuroids already (Davison & Hinkley 1997, section 3.8).

    Parameters
    ----------
    subjects, n, seed
        As for `neuroid_resamples`.

    Returns
    -------
    list of ndarray of int
        Positions of the neuroids, `n` times; none at all where there is one subject. Their number
        varies where subjects have different numbers of neuroids.
    """
    parts = _by_subject(subjects)
    if len(parts) < 2:  # one subject says nothing about others
        return []
    drawn = np.random.default_rng(seed).integers(len(parts), size=(n, len(parts)))
    return [np.concatenate([parts[i] for i in row]) for row in drawn]


def _by_subject(subjects: NDArray) -> list[NDArray[np.int64]]:
    return [np.flatnonzero(subjects == subject) for subject in np.unique(subjects)]


def percentile_interval(samples: Array) -> tuple[Array, Array]:
    """95 % percentile interval over the first axis, shape (n_bootstrap, ...); NaN are left out."""
    if np.isnan(samples).all():
        return np.full(samples.shape[1:], np.nan), np.full(samples.shape[1:], np.nan)
    low, high = np.nanpercentile(samples, PERCENTILES, axis=0)
    return low, high


def variance(resamples: Array) -> Array:
    """Variance over resamples, (n_resamples, n_rows), of those that are known, (n_rows,)."""
    known = ~np.isnan(resamples)
    n = known.sum(axis=0)
    mean = np.divide(np.nansum(resamples, axis=0), n, out=np.zeros(n.shape), where=n > 0)
    square = (np.where(known, resamples - mean, 0.0) ** 2).sum(axis=0)
    return np.divide(square, n - 1, out=np.full(n.shape, np.nan), where=n > 1)


def ratio(resampled: Array, variance: Array) -> float:
    """Factor from the spread of resamples to that over new studies, median over gaps; 1 of none."""
    of_gaps = np.sqrt(variance / np.where(resampled > 0, resampled, np.nan))
    return float(np.median(of_gaps[np.isfinite(of_gaps)])) if np.isfinite(of_gaps).any() else 1.0


def around(value: Array, drawn: Array, factor: Array | float) -> Array:
    """Centre resamples on the value, and multiply how far each is from it."""
    n = (~np.isnan(drawn)).sum(axis=0)
    centre = np.divide(np.nansum(drawn, axis=0), n, out=np.zeros(drawn.shape[1:]), where=n > 0)
    return np.asarray(value + factor * (drawn - centre))


def best_layers(samples: Array) -> NDArray[np.int64]:
    """Best layer of each resample, shape (n_bootstrap,), from (n_bootstrap, n_layers).

    A layer without a score is not the best.
    """
    return np.argmax(np.where(np.isnan(samples), -np.inf, samples), axis=1)


def p_best(samples: Array) -> Array:
    """Share of resamples in which each layer is the best.

    Parameters
    ----------
    samples
        Scores, shape (n_bootstrap, n_layers).

    Returns
    -------
    ndarray, shape (n_layers,)
        Sums to one, over the resamples in which any layer has a score; NaN if there are none.
    """
    samples = samples[~np.isnan(samples).all(axis=1)]
    times = np.bincount(best_layers(samples), minlength=samples.shape[1])
    return times / len(samples) if len(samples) else np.full(samples.shape[1], np.nan)


def derived_seed(seed: int, *names: str) -> int:
    """Make a seed from the study's and from names, so that jobs draw independently."""
    words = [int.from_bytes(name.encode(), "little") for name in names]
    return int(np.random.SeedSequence([seed, *words]).generate_state(1)[0])
