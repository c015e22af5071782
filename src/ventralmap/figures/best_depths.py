"""Rows of tables that figures and captions of best layers show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ventralmap import scores as sc
from ventralmap.hierarchy import Hierarchy
from ventralmap.wording import interval, p_value, sentence, share


def several_layers(table: pd.DataFrame, layers: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of models with more than one layer, as far as `layers` tells, in the order of models."""
    if layers is not None:
        counts = layers.groupby("model")["layer"].nunique()
        table = table[table["model"].map(counts).fillna(2) > 1]
    else:
        table = table[~table["model"].map(sc.is_of_images)]
    order = sc.order_models(table["model"])
    return table.sort_values("model", key=lambda m: m.map(order.index), kind="stable")


def places(rows: pd.DataFrame, hierarchy: Hierarchy) -> list[tuple[str, str]]:
    """Dataset and area of each place on the axis: areas by the hierarchy, then datasets."""
    order, names = sc.order_areas(rows["area"], hierarchy), list(rows["dataset"].unique())
    pairs = {(str(d), str(a)) for d, a in zip(rows["dataset"], rows["area"], strict=True)}
    return sorted(pairs, key=lambda pair: (order.index(pair[1]), names.index(pair[0])))


def planted_depths(
    rows: pd.DataFrame, layers: pd.DataFrame | None, at: Sequence[tuple[str, str]]
) -> list[tuple[int, float]]:
    """Place and depth of each planted layer, of models under test."""
    if layers is None or "planted_layer" not in rows:
        return []
    known = layers.drop_duplicates(["model", "layer"]).set_index(["model", "layer"])["depth"]
    found = []
    for row in rows.dropna(subset=["planted_layer"]).itertuples():
        key = (row.model, row.planted_layer)
        if key in known.index and not sc.is_control(str(row.model)):
            found.append((at.index((str(row.dataset), str(row.area))), float(known[key])))
    return list(dict.fromkeys(found))


def hierarchy_scores(table: pd.DataFrame, method: str) -> Mapping[str, str]:
    """Write the hierarchy score of each model: ρ, its interval and p."""
    return {
        str(row["model"]): sentence(
            f"ρ = {share(row['rho'], 2)}",
            interval(row["ci_low"], row["ci_high"], 2) + ",",
            p_value(row["p"]),
        )
        for _, row in table[table["method"] == method].iterrows()
        if pd.notna(row["rho"])
    }
