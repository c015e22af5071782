"""Where each method ranks each layer of an area: whether they agree on which is best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ventralmap import resampling
from ventralmap.matches import Match

Array = NDArray[np.float64]

COLUMNS = [
    "dataset", "model", "area", "method", "layer", "layer_index", "depth", "score", "rank",
    "rank_ci_low", "rank_ci_high",
]  # fmt: skip


def ranks(scores: Array) -> Array:
    """Rank layers by their scores, 1 the best, ties sharing the mean of theirs.

    Parameters
    ----------
    scores
        Shape (..., n_layers); NaN where there is none.

    Returns
    -------
    ndarray
        The same shape; NaN where there is no score.
    """
    return np.asarray(stats.rankdata(-scores, axis=-1, nan_policy="omit"))


def table(matches: Sequence[Match]) -> pd.DataFrame:
    """Make `agreement.csv`.

    Parameters
    ----------
    matches
        Of all datasets, models, areas and methods, with resampled scores of each layer.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, area, method and layer: score, rank and the 95 % percentile
        interval of the rank over the resamples of the method. Models with one layer are left out.
    """
    found = [row for match in matches if len(match.layers) > 1 for row in _of_match(match)]
    return pd.DataFrame(found, columns=COLUMNS)


def _of_match(match: Match) -> list[dict[str, Any]]:
    low, high = resampling.percentile_interval(ranks(match.samples))
    return _rows(match.key, match.layers, match.depth, match.scores, low, high)


def _rows(
    key: tuple[str, str, str, str],
    layers: Sequence[str],
    depth: Array,
    scores: Array,
    low: Array,
    high: Array,
) -> list[dict[str, Any]]:
    about = dict(zip(("dataset", "model", "area", "method"), key, strict=True))
    rank = ranks(np.asarray(scores, dtype=float))
    return [
        about
        | {
            "layer": layer,
            "layer_index": index,
            "depth": depth[index],
            "score": scores[index],
            "rank": rank[index],
            "rank_ci_low": low[index],
            "rank_ci_high": high[index],
        }
        for index, layer in enumerate(layers)
    ]


def correlations(agreement: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation of every two methods over the layers of each model and area.

    Parameters
    ----------
    agreement
        ``agreement.csv``.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, model, area, first, second, rho.
    """
    found = []
    for key, rows in agreement.groupby(["dataset", "model", "area"], sort=False):
        wide = rows.pivot(index="layer_index", columns="method", values="score")
        names = list(dict.fromkeys(rows["method"]))
        for position, first in enumerate(names):
            for second in names[position + 1 :]:
                rho = wide[first].corr(wide[second], method="spearman")
                found.append((*key, first, second, rho))
    return pd.DataFrame(found, columns=["dataset", "model", "area", "first", "second", "rho"])
