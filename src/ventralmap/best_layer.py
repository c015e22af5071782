"""How far the layer with the highest score in a study is the best one in truth.

Of layers that hardly differ one is ahead by chance, so that a lead tells less than its standard
error says. How much layers differ in truth is read from how much they differ in the study beyond
what their errors explain, as in shrinkage estimation (Morris & Lysy 2012, Stat. Sci. 27:115).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import inference, resampling, two_factor
from ventralmap.inference import Bootstrap

Array = NDArray[np.float64]

FINE = 500
"""Steps in which the share of chance is looked at."""

SIMILARITIES, NEUROIDS = 0, -1
"""Power of the share of chance that its density is before a study, for RSA and CKA, and encoding.

All shares are alike where errors are known for what they are. Those of encoding allow for fits to
other training stimuli (`two_factor.of_stimuli`), which layers share in part: simulated gaps vary a
fifth less than they say, so that less of them is left to chance.
"""


@dataclass(frozen=True)
class Layers:
    """Scores of layers, and how they vary.

    Attributes
    ----------
    value
        Shape (n_layers,); NaN where a layer has no score.
    drawn
        The same when resampled, shape (n_resamples, n_layers).
    variance
        Of the gap between the best layer and each other over new studies, shape (n_layers - 1,).
    free
        Degrees of freedom of this variance.
    prior
        See `SIMILARITIES`.
    """

    value: Array
    drawn: Array
    variance: Array
    free: float
    prior: int


def of_similarities(sample: Bootstrap) -> Layers:
    """Take layers' mean similarities (RSA and CKA)."""
    best = _best(sample.mean)
    gaps = inference.below(sample, best).rows(_others(sample.mean, best))
    free = inference.degrees_of_freedom(gaps)
    return Layers(sample.mean, sample.samples, inference.variance(gaps), free, SIMILARITIES)


def of_neuroids(sample: two_factor.Sample, kind: str = "both") -> Layers:
    """Take layers' scores over neuroids (encoding); `kind` is a key of `two_factor.SPREADS`."""
    best = _best(sample.value)
    others = _others(sample.value, best)
    gaps = sample.map(lambda rows: rows[..., [best]] - rows[..., others])
    spread = two_factor.SPREADS[kind](gaps)
    free = float(np.median(spread.free)) if others else 1.0
    return Layers(sample.value, sample.drawn(kind), spread.variance, free, NEUROIDS)


def samples(layers: Layers) -> Array:
    """Resamples of layers that vary as their scores would over new studies.

    Parameters
    ----------
    layers
        Scores and how they vary.

    Returns
    -------
    ndarray, shape (n_resamples, n_layers)
        The resamples, drawn out to the standard error of the gaps between the best layer and the
        others, each by more or less: its own error variance is a draw of what the one that was
        found may stand for, so that gaps have Student's t.
    """
    wider = np.sqrt(layers.free / _shuffled(stats.chi2(layers.free), len(layers.drawn)))
    return _drawn_out(layers, wider)


def p_best(layers: Layers) -> Array:
    """Share of resamples in which each layer is the best, chance leads allowed for.

    The estimate of a layer shrinks to the mean of all by the share B of their variance that is
    chance, and its variance by 1 - B. Which is the best stays the same if all instead keep their
    place, and resamples are drawn out by 1 / sqrt(1 - B). Each resample has a B of its own, as
    `chance` tells, and an error variance that follows from it: with those of `chance`, that is
    (d v + B (k - 1) S) / chi-squared with d + k - 1 degrees of freedom.

    Parameters
    ----------
    layers
        Scores and how they vary.

    Returns
    -------
    ndarray, shape (n_layers,)
        Sums to one; NaN where no resample is known.
    """
    share, (more, spread) = chance(layers), _observed(layers)
    freely = _shuffled(stats.chi2(layers.free + more), len(layers.drawn))
    varied = (layers.free + share * spread) / freely
    return resampling.p_best(_drawn_out(layers, np.sqrt(varied / (1 - share))))


def chance(layers: Layers) -> Array:
    """Share of the variance between layers that is chance, as quantiles of its posterior.

    With k layers whose estimates have error variance v, known with d degrees of freedom, and
    variance S around their mean, and the density B ** prior of the share B = v / (v + variance in
    truth) before, its density on (0, 1) is B ** ((k - 1) / 2 + prior) times
    (1 + B (k - 1) S / (d v)) ** (-(k - 1 + d) / 2), by Bayes' rule from the chi-squared
    distributions of S and of v, which is integrated out.

    Parameters
    ----------
    layers
        Scores and how they vary.

    Returns
    -------
    ndarray, shape (n_resamples,)
        Zero where nothing varies, or there are not two layers.
    """
    n, d, (more, spread) = len(layers.drawn), layers.free, _observed(layers)
    if more == 0:
        return np.zeros(n)
    share = np.geomspace(1e-3 / (1 + spread), 1, FINE)
    log = (more / 2 + layers.prior + 1) * np.log(share)
    log -= (more + d) / 2 * np.log1p(share * spread / d)
    below = np.cumsum(np.exp(log - log.max()))  # of equal steps of the logarithm
    return np.interp((np.arange(n) + 0.5) / max(n, 1) * below[-1], below, share)


def _observed(layers: Layers) -> tuple[int, float]:
    """Degrees of freedom of the layers, and (k - 1) S / v.

    Zero where nothing varies, or there are not two layers.
    """
    known, of_gaps = layers.value[~np.isnan(layers.value)], layers.variance
    more = max(len(known) - 1, 0)
    if more == 0 or not (of_gaps > 0).any():
        return 0, 0.0
    return more, float(more * known.var(ddof=1) / (np.median(of_gaps[of_gaps > 0]) / 2))


def _shuffled(distribution: Any, n: int) -> Array:
    """Quantiles of a distribution, shape (n,), in an order that is always the same."""
    order = np.random.default_rng(0).permutation(n)
    return np.asarray(distribution.ppf((order + 0.5) / max(n, 1)))


def _drawn_out(layers: Layers, by: Array) -> Array:
    """Draw resamples out to the standard error of the gaps, each by a factor more, `by`."""
    best = _best(layers.value)
    gaps = layers.drawn[:, [best]] - layers.drawn[:, _others(layers.value, best)]
    factor = resampling.ratio(resampling.variance(gaps), layers.variance)
    return resampling.around(layers.value, layers.drawn, factor * by[:, None])


def _best(value: Array) -> int:
    return int(resampling.best_layers(value[None])[0])


def _others(value: Array, best: int) -> list[int]:
    return [row for row in range(len(value)) if row != best]
