"""Which layers are worse than the best one, allowing for the best having been picked.

The layer that is most similar in a study is ahead of the others by chance too: among layers that
are alike, the best is far from the worst. A gap is therefore compared with the largest gap between
any two layers that resampling makes of nothing (single-step max-T over all pairs, Westfall &
Young 1993; Tukey's range test is the same for independent means).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import inference
from ventralmap.inference import Bootstrap

Array = NDArray[np.float64]


def p_below_best(sample: Bootstrap) -> Array:
    """Two-sided p that a row is as good as the best, family-wise over the rows.

    Parameters
    ----------
    sample
        Of n_rows rows.

    Returns
    -------
    ndarray, shape (n_rows,)
        As `p_of_gaps`; NaN for the best row.
    """
    best = int(np.argmax(sample.mean))
    p = p_of_gaps(inference.below(sample, best), sample)
    p[best] = np.nan
    return p


def p_of_gaps(gaps: Bootstrap, sample: Bootstrap) -> Array:
    """Two-sided p that rows are alike, family-wise over all pairs of rows.

    A gap is divided by its standard error (`inference.variance`). Its Student's t
    is made the z of the same tail probability, as few subjects leave the standard error uncertain,
    which resamples do not show. p is (1 + k) / (1 + n), where in k of the n resamples in which all
    rows are known the largest gap of any two, as a z, is no smaller. Each pair's resampled gaps are
    centred and divided by their own spread: resampling both stimuli and subjects counts the
    measurement noise three times, so that their spread itself is too large.

    Parameters
    ----------
    gaps
        Differences of rows of `sample`, n_gaps of them.
    sample
        The rows.

    Returns
    -------
    ndarray, shape (n_gaps,)
        At least the p of the one difference (`inference.p_different`), which is 1 where nothing
        varies.
    """
    largest = np.sort(_largest_gaps(sample.samples))
    as_large = len(largest) - np.searchsorted(largest, _z(gaps))
    return np.maximum((1 + as_large) / (1 + len(largest)), inference.p_different(gaps))


def interval_below_best(sample: Bootstrap) -> tuple[Array, Array]:
    """95 % interval of how far each row lies below the best, for all rows at once.

    The gap, give or take its standard error times what the z of no more than 5 % of the largest
    gaps exceeds, made a Student's t of the same tail probability: the dual of `p_below_best`, for
    the best row was picked, and the one that seems farthest below it will be looked at.

    Returns
    -------
    low, high : ndarray, shape (n_rows,)
        Zero for the best row; never narrower than the interval of the one difference.
    """
    gap = inference.below(sample, int(np.argmax(sample.mean)))
    free, z = inference.degrees_of_freedom(gap), stats.norm.isf(0.025)
    largest = _largest_gaps(sample.samples)
    if len(largest):
        z = max(float(np.quantile(largest, 0.95)), z)
    width = stats.t.isf(stats.norm.sf(z), free) * np.sqrt(inference.variance(gap))
    return gap.mean - width, gap.mean + width


def _z(gaps: Bootstrap) -> Array:
    """Make each row's t a normal deviate as far out, (n_rows,); 0 where nothing varies."""
    spread = np.sqrt(inference.variance(gaps))
    t = np.divide(np.abs(gaps.mean), spread, out=np.zeros(spread.shape), where=spread > 0)
    return np.asarray(-stats.norm.ppf(stats.t.sf(t, inference.degrees_of_freedom(gaps))))


def _largest_gaps(samples: Array) -> Array:
    """Largest standardised gap of any two rows in each resample.

    Parameters
    ----------
    samples
        Shape (n_bootstrap, n_rows); NaN where not known.

    Returns
    -------
    ndarray, shape (n_known,)
        Of the pairs of rows whose gap varies, in the resamples in which all rows are known: one
        that is not must not take its pairs, and with them the correction, out of all others.
    """
    known = ~np.isnan(samples)
    samples = samples[:, known.any(axis=0)]  # a row that is never known has no gap
    samples = samples[~np.isnan(samples).any(axis=1)]
    largest = np.zeros(len(samples))
    for row in range(1, samples.shape[1] if len(samples) > 1 else 0):
        gaps = samples[:, :row] - samples[:, [row]]
        gaps, spread = gaps - gaps.mean(axis=0), gaps.std(axis=0, ddof=1)
        z = np.divide(np.abs(gaps), spread, out=np.zeros(gaps.shape), where=spread > 0)
        largest = np.maximum(largest, z.max(axis=1))
    return largest
