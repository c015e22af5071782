"""What the report says a dataset can tell apart, and by which method."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ventralmap.method_words import named
from ventralmap.wording import listing

GOAL = 0.95
CHANGES = {
    "noise": "{:g} times the noise variance",
    "share_neuroids": "{n_neuroids} neuroids",
    "share_stimuli": "{n_stimuli} images",
}


def paragraphs(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write a paragraph per dataset and area; none without ``recovery_summary``."""
    if "recovery_summary" not in tables:
        return []
    summary = tables["recovery_summary"]
    groups = summary.assign(method=summary["method"].map(named)).groupby(
        ["dataset", "area"], sort=False
    )
    return [_paragraph(str(dataset), str(area), rows) for (dataset, area), rows in groups]


def _paragraph(dataset: str, area: str, rows: pd.DataFrame) -> str:
    own = rows[rows["model"] == rows["simulated_model"]]
    usual = own[(own[list(CHANGES)] == 1).all(axis=1)].sort_values("within_one", ascending=False)
    first = usual.iloc[0]
    parts = [
        f"{area} ({dataset}): of recordings simulated from single layers of"
        f" {first['simulated_model']}, with {first['n_neuroids']} neuroids, {first['n_stimuli']}"
        " images and the noise of the data, the layer chosen is the right one or next to it in"
        f" {listing(_rate(row) for _, row in usual.iterrows())}.",
        _advice(usual),
        _changed(own, usual),
        _sure(usual),
        _models(rows, str(first["method"])),
        "The simulations take a neuron to be a sparse, local, linear readout of one layer: real"
        " ones need not be, so these rates are the most that can be hoped for.",
    ]
    return " ".join(part for part in parts if part)


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _rate(row: pd.Series) -> str:
    ends = f"{100 * row['within_one_low']:.0f}–{100 * row['within_one_high']:.0f}"
    return f"{_percent(row['within_one'])} ({ends}) by {row['method']}"


def _advice(usual: pd.DataFrame) -> str:
    """Name the best method, and those whose intervals reach or do not reach that of the best."""
    best, others = usual.iloc[0], usual.iloc[1:]
    worse = others["within_one_high"] < best["within_one_low"]
    alike, bad = others.loc[~worse, "method"], others.loc[worse, "method"]
    reached = best["within_one"] >= GOAL
    parts = [
        f"Use {best['method']}"
        if reached
        else f"No method reaches {_percent(GOAL)}: with these data a best layer stands for a range"
        f" of layers. Best is {best['method']}",
        f"not shown to be worse: {listing(alike)}" if len(alike) else "",
        f"worse: {listing(bad)}" if len(bad) else "",
    ]
    return "; ".join(part for part in parts if part) + "."


def _changed(own: pd.DataFrame, usual: pd.DataFrame) -> str:
    """Say for each change which method finds most, and how many."""
    found = []
    for column, text in CHANGES.items():
        others = [name for name in CHANGES if name != column]
        part = own[(own[others] == 1).all(axis=1) & (own[column] != 1)]
        for value, rows in part.groupby(column):
            best = rows.loc[rows["within_one"].idxmax()]
            about = text.format(value, **best[["n_neuroids", "n_stimuli"]])
            found.append(f"{_percent(best['within_one'])} with {about} ({best['method']})")
    return f"The best method then finds {listing(found)}." if found else ""


def _sure(usual: pd.DataFrame) -> str:
    known = usual[usual["n_sure"] > 0]
    if known.empty:
        return ""
    rates = listing(
        f"{_percent(row['sure_right'])} of {int(row['n_sure'])} by {row['method']}"
        for _, row in known.iterrows()
    )
    return f"Layers with a p_best of .8 or more were the very layer in {rates}."


def _models(rows: pd.DataFrame, method: str) -> str:
    """Say how often the model itself scored highest of all that were analysed."""
    own = rows[(rows["model"] == rows["simulated_model"]) & (rows["method"] == method)]
    rate = own["model_best"].dropna()
    if rate.empty or rows["model"].nunique() < 2:
        return ""
    others = listing(name for name in rows["model"].unique() if name not in set(own["model"]))
    return f"By {method}, the model itself scored higher than {others} in {_percent(rate.iloc[0])}."
