"""How far the layer that is most similar in a study is the best one in truth (RSA and CKA).

Of layers that hardly differ one is ahead by chance, so that a lead tells less than its standard
error says. How much layers differ in truth is read from how much they differ in the study beyond
what their errors explain, as in shrinkage estimation (Morris & Lysy 2012, Stat. Sci. 27:115).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
        The resamples, drawn out so that the gaps between the best layer and the others have the
        spread that their intervals have (`resampling.drawn_out`).
    """
    gaps = _gaps(sample)
    free = np.full(gaps.mean.shape, inference.degrees_of_freedom(gaps))
    plain = resampling.variance(gaps.samples)
    return resampling.drawn_out(sample.mean, sample.samples, plain, inference.variance(gaps), free)


def p_best(sample: Bootstrap) -> Array:
    """Share of resamples in which each layer is the best, chance leads allowed for.

    The estimate of a layer shrinks to the mean of all by the share B of their variance that is
    chance, and its variance by 1 - B. Which is the best stays the same if all instead keep their
    place, and resamples are drawn out by 1 / sqrt(1 - B); each has a B of its own, as `chance`
    tells.

    Parameters
    ----------
    sample
        Of n_layers rows.

    Returns
    -------
    ndarray, shape (n_layers,)
        Sums to one; NaN where no resample is known.
    """
    if not len(sample.samples):
        return np.full(sample.mean.shape, np.nan)
    drawn, share = samples(sample), chance(sample)
    return resampling.p_best(resampling.around(sample.mean, drawn, 1 / np.sqrt(1 - share[:, None])))


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
    n, known, gaps = len(sample.samples), sample.mean[~np.isnan(sample.mean)], _gaps(sample)
    of_gaps = inference.variance(gaps)
    error = np.median(of_gaps[of_gaps > 0]) / 2 if (of_gaps > 0).any() else 0.0
    if error == 0 or len(known) < 2:
        return np.zeros(n)
    spread, d = (len(known) - 1) * known.var(ddof=1) / error, inference.degrees_of_freedom(gaps)
    share = (np.arange(FINE) + 0.5) / FINE
    log = (len(known) - 1) / 2 * np.log(share)
    log -= (len(known) - 1 + d) / 2 * np.log1p(share * spread / d)
    below = np.cumsum(np.exp(log - log.max()))
    return np.interp((np.arange(n) + 0.5) / n * below[-1], below, share)


def _gaps(sample: Bootstrap) -> Bootstrap:
    """How far each layer but the best lies below it."""
    best = int(np.argmax(np.where(np.isnan(sample.mean), -np.inf, sample.mean)))
    others = [row for row in range(len(sample.mean)) if row != best]
    return inference.below(sample, best).rows(others)
