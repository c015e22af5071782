"""When layers begin to be similar to recordings over time, and when they peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ventralmap.clusters import ClusterTest, first_cluster

Array = NDArray[np.float64]

LEAST_TIMES = 2
"""An onset is the begin of a significant cluster of at least so many times."""
FOUND = 0.9
"""An onset's interval is given where at least this share of the resamples has an onset."""


@dataclass(frozen=True)
class Latencies:
    """Onset and peak of each layer, in ms, of the data and of each resample of the subjects.

    Attributes
    ----------
    onset, peak
        Shape (n_layers,); no onset is NaN.
    onsets, peaks
        Shape (n_resamples, n_layers); no resamples for a single subject.
    """

    onset: Array
    peak: Array
    onsets: Array
    peaks: Array


def estimate(
    similarity: Array, times: Array, test: ClusterTest, counts: NDArray[np.int64]
) -> Latencies:
    """Estimate the latencies of each layer, and again in each resample.

    In a resample the cluster test is not run anew (Cichy et al. 2016 do): clusters are formed at
    the same t and compared with the same critical mass. The null distribution of flips depends
    on the subjects' noise, which resamples share.

    Parameters
    ----------
    similarity
        Shape (n_layers, n_subjects, n_times).
    times
        In ms, ascending, shape (n_times,).
    test
        Of these similarities.
    counts
        How often each subject is drawn, shape (n_resamples, n_subjects).

    Returns
    -------
    Latencies
    """
    n_layers = len(similarity)
    onsets, peaks = (np.full((len(counts), n_layers), np.nan) for _ in range(2))
    for layer, values in enumerate(similarity):
        mean, t = resampled_t(values, counts)  # (n_resamples, n_times)
        first = first_cluster(t, test.threshold, test.critical, LEAST_TIMES)
        onsets[:, layer] = _time_at(first, times)
        peaks[:, layer] = times[mean.argmax(axis=1)]
    significant = test.significant.astype(float)
    first = first_cluster(significant, 0.5, 0.0, LEAST_TIMES)
    peak = times[similarity.mean(axis=1).argmax(axis=1)]
    return Latencies(_time_at(first, times), peak, onsets, peaks)


def _time_at(position: NDArray[np.int64], times: Array) -> Array:
    return np.where(position >= 0, times[position], np.nan)


def resampled_t(values: Array, counts: NDArray[np.int64]) -> tuple[Array, Array]:
    """Mean over resampled subjects and its t, without copying any subject.

    A resample's variance is smaller than the population's by (n - 1) / n, more than the usual
    n - 1 corrects for; it is scaled up, so that t compares with that of the data.

    Parameters
    ----------
    values
        One curve per subject, shape (n_subjects, n_times).
    counts
        How often each subject is drawn, shape (n_resamples, n_subjects).

    Returns
    -------
    mean, t : ndarray, shape (n_resamples, n_times)
        t is 0 where all drawn subjects are the same.
    """
    n = counts.sum(axis=1, keepdims=True)
    mean = counts @ values / n
    variance = np.maximum(counts @ values**2 / n - mean**2, 0) * (n / (n - 1)) ** 2
    scale = np.abs(values).max() ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return mean, np.where(variance > 1e-12 * scale, mean / np.sqrt(variance / n), 0.0)


def draw(n_subjects: int, n: int, seed: int) -> NDArray[np.int64]:
    """Draw subjects with replacement, none where there is but one.

    Returns
    -------
    ndarray of int, shape (n, n_subjects)
        How often each is drawn.
    """
    if n_subjects < 2:  # one subject says nothing about others
        return np.zeros((0, n_subjects), dtype=np.int64)
    drawn = np.random.default_rng(seed).integers(n_subjects, size=(n, n_subjects))
    return np.array([np.bincount(d, minlength=n_subjects) for d in drawn])


def percentiles(n_subjects: int) -> tuple[float, float]:
    """Give the ends of a 95 % percentile interval over resampled subjects, in percent.

    For few subjects further out than 2.5 and 97.5: the plain interval is too narrow by
    sqrt((n - 1) / n), and by taking the normal distribution for Student's t. The expanded
    percentile interval (Hesterberg 2015, Am. Stat. 69:371) makes up for both.
    """
    outer = stats.norm.sf(
        np.sqrt(n_subjects / (n_subjects - 1)) * stats.t.isf(0.025, n_subjects - 1)
    )
    return 100 * outer, 100 * (1 - outer)


def rows(layer_columns: pd.DataFrame, found: Latencies, n_subjects: int) -> pd.DataFrame:
    """Make the rows of ``latency.csv``, one per layer; times in ms.

    An interval is empty without resamples; that of an onset also where there is no onset, or
    where fewer than `FOUND` of the resamples have one (`onset_found` is their share).
    """
    resampled = len(found.onsets) > 0
    share = np.mean(~np.isnan(found.onsets), axis=0) if resampled else np.nan
    known = ~np.isnan(found.onset) & (share >= FOUND)
    onset_low, onset_high = _interval(np.where(known, found.onsets, np.nan), n_subjects)
    peak_low, peak_high = _interval(found.peaks, n_subjects)
    return layer_columns.assign(
        onset_ms=found.onset,
        onset_ci_low=onset_low,
        onset_ci_high=onset_high,
        onset_found=share,
        peak_ms=found.peak,
        peak_ci_low=peak_low,
        peak_ci_high=peak_high,
        n_subjects=n_subjects,
    )


def _interval(samples: Array, n_subjects: int) -> tuple[Array, Array]:
    low, high = (np.full(samples.shape[1], np.nan) for _ in range(2))
    known = ~np.isnan(samples).all(axis=0)
    if len(samples) and known.any():
        low[known], high[known] = np.nanpercentile(
            samples[:, known], percentiles(n_subjects), axis=0
        )
    return low, high
