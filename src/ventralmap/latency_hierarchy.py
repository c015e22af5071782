"""Whether deeper layers are later: rank correlation of depth with peak and onset latency."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import resampling
from ventralmap.clusters import ClusterTest
from ventralmap.latency import FOUND, Latencies
from ventralmap.rank_correlation import rank_correlation

Array = NDArray[np.float64]

LEAST_LAYERS = 3
"""A rank correlation with depth needs so many layers."""
ROUNDING = 1e-9


def rows(depth: Array, found: Latencies, test: ClusterTest) -> pd.DataFrame:
    """Say whether deeper layers peak later, and whether they begin later.

    Layers resemble each other, so that an order of their latencies may arise by chance as a
    whole: relabelling layers would not test it. Subjects are what is sampled. The interval holds
    the middle 95 % of the rank correlations in resamples of the subjects; p, one-sided, is the
    share of resamples in which latency does not rise with depth, as in ``hierarchy.csv``. Layers
    without a significant time have no latency. Peaks and onsets can disagree (Kong et al. 2020),
    and a stronger similarity alone reaches significance earlier: both are given.

    Parameters
    ----------
    depth
        Shape (n_layers,).
    found
        Latencies of the layers.
    test
        Of the layers' similarities.

    Returns
    -------
    pandas.DataFrame
        A row for peak and for onset: latency, rho, ci_low, ci_high, p, n_layers.
    """
    used = test.significant.any(axis=1)
    kinds = {"peak": (found.peak, found.peaks), "onset": (found.onset, found.onsets)}
    return pd.DataFrame(
        [
            {"latency": kind, **_row(depth, *(np.where(used, x, np.nan) for x in values))}
            for kind, values in kinds.items()
        ]
    )


def _row(depth: Array, latency: Array, samples: Array) -> dict[str, float]:
    rho = float(rank_correlation(depth, latency, LEAST_LAYERS))
    found = np.where(np.isnan(latency), np.nan, samples)
    resampled = rank_correlation(depth, found, LEAST_LAYERS)
    known = ~np.isnan(resampled)
    enough = len(resampled) > 0 and known.mean() >= FOUND and not np.isnan(rho)
    low, high = np.percentile(resampled[known], resampling.PERCENTILES) if enough else [np.nan] * 2
    return {
        "rho": rho,
        "ci_low": low,
        "ci_high": high,
        "p": (1 + np.sum(~(resampled > 0))) / (1 + len(resampled)) if enough else np.nan,
        "n_layers": int((~np.isnan(latency)).sum()),
    }
