"""How far the layer that is most similar in a study is the best one in truth (RSA and CKA).

Of layers that hardly differ one is ahead by chance, so that a lead tells less than its standard
error says. How much layers differ in truth is read from how much they differ in the study beyond
what their errors explain, as in shrinkage estimation (Morris & Lysy 2012, Stat. Sci. 27:115).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import inference, resampling
from ventralmap.inference import Bootstrap

Array = NDArray[np.float64]

FINE = 500
"""Steps in which the share of chance is looked at."""


def samples(sample: Bootstrap) -> Array:
    """Resamples of layers that vary as their similarities would over new studies.

    Parameters
    ----------
    sample
        Of n_layers rows.

    Returns
    -------
    ndarray, shape (n_bootstrap, n_layers)
        The resamples, drawn out to the standard error of the gaps between the best layer and the
        others, each by more or less: its own error variance is a draw of what the one that was
        found may stand for, so that gaps have Student's t.
    """
    gaps, n = _gaps(sample), len(sample.samples)
    free = inference.degrees_of_freedom(gaps)
    wider = np.sqrt(free / _shuffled(stats.chi2(free), n))
    return _drawn_out(sample, gaps, wider)


def p_best(sample: Bootstrap) -> Array:
    """Share of resamples in which each layer is the best, chance leads allowed for.

    The estimate of a layer shrinks to the mean of all by the share B of their variance that is
    chance, and its variance by 1 - B. Which is the best stays the same if all instead keep their
    place, and resamples are drawn out by 1 / sqrt(1 - B). Each resample has a B of its own, as
    `chance` tells, and an error variance that follows from it: with those of `chance`, that is
    (d v + B (k - 1) S) / chi-squared with d + k - 1 degrees of freedom.

    Parameters
    ----------
    sample
        Of n_layers rows.

    Returns
    -------
    ndarray, shape (n_layers,)
        Sums to one; NaN where no resample is known.
    """
    gaps, n = _gaps(sample), len(sample.samples)
    share, (d, more, spread) = chance(sample), _observed(sample, gaps)
    varied = (d + share * spread) / _shuffled(stats.chi2(d + more), n)
    return resampling.p_best(_drawn_out(sample, gaps, np.sqrt(varied / (1 - share))))


def chance(sample: Bootstrap) -> Array:
    """Share of the variance between layers that is chance, as quantiles of its posterior.

    With k layers whose estimates have error variance v, known with d degrees of freedom, and
    variance S around their mean, and all shares B = v / (v + variance in truth) alike before, its
    density on (0, 1) is B ** ((k - 1) / 2) (1 + B (k - 1) S / (d v)) ** (-(k - 1 + d) / 2), by
    Bayes' rule from the chi-squared distributions of S and of v, which is integrated out.

    Parameters
    ----------
    sample
        Of n_layers rows.

    Returns
    -------
    ndarray, shape (n_bootstrap,)
        Zero where nothing varies, or there are not two layers.
    """
    n, (d, more, spread) = len(sample.samples), _observed(sample, _gaps(sample))
    if more == 0:
        return np.zeros(n)
    share = np.geomspace(1e-3 / (1 + spread), 1, FINE)
    log = (more / 2 + 1) * np.log(share) - (more + d) / 2 * np.log1p(share * spread / d)
    below = np.cumsum(np.exp(log - log.max()))  # of equal steps of the logarithm
    return np.interp((np.arange(n) + 0.5) / max(n, 1) * below[-1], below, share)


def _observed(sample: Bootstrap, gaps: Bootstrap) -> tuple[int, int, float]:
    """Degrees of freedom of the error, and of the layers; (k - 1) S / v.

    The second is zero where nothing varies, or there are not two layers.
    """
    known, of_gaps = sample.mean[~np.isnan(sample.mean)], inference.variance(gaps)
    d, more = inference.degrees_of_freedom(gaps), max(len(known) - 1, 0)
    if more == 0 or not (of_gaps > 0).any():
        return d, 0, 0.0
    return d, more, float(more * known.var(ddof=1) / (np.median(of_gaps[of_gaps > 0]) / 2))


def _shuffled(distribution: Any, n: int) -> Array:
    """Quantiles of a distribution, shape (n,), in an order that is always the same."""
    order = np.random.default_rng(0).permutation(n)
    return np.asarray(distribution.ppf((order + 0.5) / max(n, 1)))


def _drawn_out(sample: Bootstrap, gaps: Bootstrap, by: Array) -> Array:
    """Draw resamples out to the standard error of the gaps, each by a factor more, `by`."""
    factor = resampling.ratio(resampling.variance(gaps.samples), inference.variance(gaps))
    return resampling.around(sample.mean, sample.samples, factor * by[:, None])


def _gaps(sample: Bootstrap) -> Bootstrap:
    """How far each layer but the best lies below it."""
    best = int(np.argmax(np.where(np.isnan(sample.mean), -np.inf, sample.mean)))
    others = [row for row in range(len(sample.mean)) if row != best]
    return inference.below(sample, best).rows(others)
