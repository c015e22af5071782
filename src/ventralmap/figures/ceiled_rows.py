"""Rows of tables that figures and captions of explained variance show."""

from __future__ import annotations

import pandas as pd

from ventralmap import scores as sc


def relative(
    table: pd.DataFrame, intervals: pd.DataFrame, neuroids: pd.DataFrame
) -> tuple[pd.DataFrame, str]:
    """Bring what is drawn into the form of `ventralmap.scores.tidy`.

    Returns
    -------
    scores
        Of the first generalisation of each dataset. ``score`` is explained variance, areas without
        a reliable neuroid being left out, or r where there is none in any.
    value
        ``"ev_ceiled"`` or ``"r"``.
    """
    keys = ["dataset", "model", "layer", "area", "generalisation"]
    first = intervals[[*keys, "ev_ceiled_ci_low", "ev_ceiled_ci_high"]]
    rows = table.merge(first, on=keys)
    if neuroids["ev_ceiled"].isna().all():
        return sc.tidy(rows), "r"
    ends = {f"r_ci_{end}": rows[f"ev_ceiled_ci_{end}"].where(rows["subject"] == "all")
            for end in ("low", "high")}  # fmt: skip
    known = rows.assign(r=rows["ev_ceiled"], reliability=1.0, n_neuroids=rows["n_reliable"], **ends)
    areas = known.groupby(["dataset", "area"])["n_reliable"].transform("max")
    return sc.tidy(known[areas > 0]), "ev_ceiled"


def best_layers(neuroids: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Layer of each dataset, area and model that the neuroids are of."""
    columns = ["dataset", "area", "model", "layer"]
    found = neuroids[columns].drop_duplicates().itertuples(index=False)
    return {(str(d), str(a), str(m)): str(layer) for d, a, m, layer in found}


def best_rows(key: sc.Panel, scores: pd.DataFrame, neuroids: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of a panel that are of the best layers of the models, in their order.

    Parameters
    ----------
    key
        The panel.
    scores
        From `relative`.
    neuroids
        As for `explained`.
    """
    rows, best = sc.select(scores, key), best_layers(neuroids)
    wanted = [
        best.get((key.dataset, key.area, str(m))) == layer
        for m, layer in zip(rows["model"], rows["layer"], strict=True)
    ]
    order = sc.order_models(scores["model"])
    return rows[wanted].sort_values("model", key=lambda m: m.map(order.index), kind="stable")


def counts(neuroids: pd.DataFrame, key: sc.Panel, value: str) -> tuple[int, int, int]:
    """Count neuroids of a panel: all, those with the value, and subjects.

    Parameters
    ----------
    neuroids
        As for `explained`.
    key
        The panel.
    value
        ``"ev_ceiled"`` or ``"r"``.
    """
    rows = neuroids[(neuroids["dataset"] == key.dataset) & (neuroids["area"] == key.area)]
    one = rows[rows["model"] == rows["model"].iloc[0]]
    return len(one), int(one[value].notna().sum()), one["subject"].nunique()
