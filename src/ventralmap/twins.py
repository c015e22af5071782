"""Untrained twins of several seeds: their mean and spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ventralmap.model_names import UNTRAINED
from ventralmap.model_names import several_twins as several

SCORES = {
    "encoding": ("r", ("dataset", "area", "subject", "generalisation")),
    "rsa": ("similarity", ("dataset", "area")),
}
"""By method: the column of the score, and what beside model and layer names a row."""
COLUMNS = [
    "dataset", "model", "area", "method", "generalisation", "layer", "layer_index", "depth",
    "score", "n_seeds", "twin_mean", "twin_sd", "twin_lowest", "twin_highest",
]  # fmt: skip


def merged(scores: pd.DataFrame) -> pd.DataFrame:
    """Show the twins of a model as one: the mean over seeds, from the lowest to the highest.

    Parameters
    ----------
    scores
        Of `ventralmap.scores.tidy`.

    Returns
    -------
    pandas.DataFrame
        With `n_seeds` beside; the intervals of each seed, its p and its p_best are dropped.
    """
    parts = [scores.assign(n_seeds=1)]
    for model, names in several(scores["model"]).items():
        of_twins = parts[0]["model"].isin(names)
        parts.append(_mean(parts[0][of_twins], model + UNTRAINED))
        parts[0] = parts[0][~of_twins]
    return pd.concat(parts) if len(parts) > 1 else parts[0]


def _mean(rows: pd.DataFrame, model: str) -> pd.DataFrame:
    keys = ["dataset", "variant", "area", "subject", "layer"]
    groups = rows.groupby(keys, sort=False, dropna=False)
    shown = groups.first().reset_index()  # what is the same for all seeds
    scores = groups["score"].agg(["mean", "min", "max"]).reset_index()
    return shown.assign(
        model=model,
        n_seeds=rows["model"].nunique(),
        score=scores["mean"],
        low=scores["min"],
        high=scores["max"],
        subjects_low=np.nan,
        subjects_high=np.nan,
        p_best=np.nan,
        p_fdr=np.nan,
    )[rows.columns]


def table(scores: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Make `twins.csv`: scores of models beside those of their untrained twins.

    Parameters
    ----------
    scores
        ``encoding.csv`` and ``rsa.csv``, those that there are, by the name without the suffix.

    Returns
    -------
    pandas.DataFrame
        For models with twins of several seeds, a row per dataset, area, method, generalisation and
        layer; `score` is that of the trained model, empty where it is not in the study, `twin_sd`
        the standard deviation over seeds (n - 1). Encoding: of all subjects together.
    """
    parts = [_of_method(method, scores[method]) for method in SCORES if method in scores]
    rows = [part for part in parts if len(part)]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)


def _of_method(method: str, scores: pd.DataFrame) -> pd.DataFrame:
    column, labels = SCORES[method]
    if "subject" in scores:
        scores = scores[scores["subject"] == "all"]
    keys = [*labels, "layer"]
    parts = [
        _of_model(scores, model, names, column, keys)
        for model, names in several(scores["model"]).items()
    ]
    found = pd.concat(parts) if parts else pd.DataFrame()
    return found.assign(method=method).reindex(columns=COLUMNS)


def _of_model(
    scores: pd.DataFrame, model: str, names: Sequence[str], column: str, keys: list[str]
) -> pd.DataFrame:
    groups = scores[scores["model"].isin(names)].groupby(keys, sort=False)
    found = groups[["layer_index", "depth"]].first()
    own = scores[scores["model"] == model].set_index(keys)[column]
    return found.assign(
        model=model,
        score=own.reindex(found.index),
        n_seeds=len(names),
        twin_mean=groups[column].mean(),
        twin_sd=groups[column].std(),
        twin_lowest=groups[column].min(),
        twin_highest=groups[column].max(),
    ).reset_index()
