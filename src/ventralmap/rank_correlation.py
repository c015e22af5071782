"""Spearman correlation of one order with many, as of depth with resampled latencies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]


def rank_correlation(fixed: Array, values: Array, least: int = 2) -> Array:
    """Spearman correlation over the values that are known, with average ranks of ties.

    Parameters
    ----------
    fixed
        Shape (n,), such as the depths of layers.
    values
        Shape (..., n), NaN where not known.
    least
        How many must be known.

    Returns
    -------
    ndarray, shape (...)
        NaN where fewer than `least` are known, or where all on either side are the same.
    """
    known = ~np.isnan(values)
    z = [_centred_ranks(np.where(known, side, np.nan)) for side in (fixed, values)]
    product, *squares = (
        np.nansum(a * b, axis=-1) for a, b in ((z[0], z[1]), *zip(z, z, strict=True))
    )
    defined = (known.sum(axis=-1) >= least) & (squares[0] > 0) & (squares[1] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(defined, product / np.sqrt(squares[0] * squares[1]), np.nan)


def _centred_ranks(values: Array) -> Array:
    ranks = stats.rankdata(values, axis=-1, nan_policy="omit")
    n = np.maximum((~np.isnan(values)).sum(axis=-1, keepdims=True), 1)
    return ranks - np.nansum(ranks, axis=-1, keepdims=True) / n
