"""The tables of recovery: a row per simulated recording, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from ventralmap.errors import InputError
from ventralmap.rank_correlation import rank_correlation

RECORDING = [
    "dataset", "area", "method", "simulated_model", "simulated_layer", "draw", "noise",
    "share_neuroids", "share_stimuli",
]  # fmt: skip
"""What a recording is, analysed by a method."""
GROUP = [
    "dataset", "area", "simulated_model", "model", "method", "noise", "share_neuroids",
    "share_stimuli",
]  # fmt: skip
"""What a rate is of."""
SURE = 0.8
"""A p_best that counts as sure."""


def recovery_table(parts: Sequence[pd.DataFrame], layers: dict[str, list[str]]) -> pd.DataFrame:
    """Make `recovery.csv`.

    Parameters
    ----------
    parts
        What `analysis.analyse` found, by dataset and method.
    layers
        Of each model, first to last: "within one layer" is defined where those of the model that
        is analysed have the names of those that are simulated, as its untrained twin's.

    Returns
    -------
    pandas.DataFrame
        A row per recording, model and method, with within_one, and whether the model has the
        highest score of all that were analysed (model_best, where there are several).

    Raises
    ------
    InputError
        If there are no recordings.
    """
    table = pd.concat(parts, ignore_index=True)
    if table.empty:
        raise InputError(
            "recovery: no dataset has an area with three neuroids or RDMs; leave recovery out"
        )
    same = [
        layers[row.model] == layers[row.simulated_model] for row in table.itertuples(index=False)
    ]
    off = (table["chosen_index"] - table["simulated_index"]).abs()
    within = np.where(np.array(same) & off.notna(), off <= 1, np.nan)
    exact = np.where(np.array(same) & off.notna(), off == 0, np.nan)
    scores = table.groupby(RECORDING)["score"]
    best = np.where(
        scores.transform("count") > 1, table["score"] == scores.transform("max"), np.nan
    )
    return table.assign(exact=exact, within_one=within, model_best=best)


def summary_table(table: pd.DataFrame) -> pd.DataFrame:
    """Make `recovery_summary.csv` from `recovery.csv`: a row per kind of recording and method.

    Returns
    -------
    pandas.DataFrame
        Rates over recordings from all layers, with the Clopper-Pearson interval of within_one;
        depth_rho, the rank correlation of the depths simulated and chosen; how often layers with a
        p_best of `SURE` or more were the right ones.
    """
    groups = table.groupby(GROUP, sort=False)
    found = [dict(zip(GROUP, key, strict=True)) | _summary(rows) for key, rows in groups]
    return pd.DataFrame(found)


def _summary(rows: pd.DataFrame) -> dict[str, Any]:
    chosen = rows["chosen_depth"].to_numpy(float)
    sure = rows[(rows["p_best"] >= SURE) & rows["exact"].notna()]
    low, high = _interval(rows["within_one"])
    return {
        "n_neuroids": int(rows["n_neuroids"].max()),
        "n_stimuli": int(rows["n_stimuli"].max()),
        "n_recordings": len(rows),
        "exact": rows["exact"].mean(),
        "within_one": rows["within_one"].mean(),
        "within_one_low": low,
        "within_one_high": high,
        "depth_rho": float(rank_correlation(rows["simulated_depth"].to_numpy(float), chosen)),
        "model_best": rows["model_best"].mean(),
        "p_best": rows["p_best"].mean(),
        "n_sure": len(sure),
        "sure_right": sure["exact"].mean(),
    }


def _interval(values: pd.Series) -> tuple[float, float]:
    """95 % interval of a rate (Clopper & Pearson 1934)."""
    known = values.dropna()
    if not len(known):
        return np.nan, np.nan
    ends = binomtest(int(known.sum()), len(known)).proportion_ci(method="exact")
    return float(ends.low), float(ends.high)
