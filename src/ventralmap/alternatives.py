"""Texts that stand for the figures of a report where they cannot be seen, written from the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from ventralmap import comparison_words
from ventralmap import scores as sc
from ventralmap.wording import counted, listing, sentence, share

Tables = Mapping[str, pd.DataFrame]
MOST = 8
"""Panels that are described one by one."""


def text(key: str, number: int, title: str, tables: Tables) -> str:
    """Say what a figure shows.

    Parameters
    ----------
    key
        Of the figure, as in ``illustrations.draw``.
    number, title
        As above its caption.
    tables
        Those of the study.

    Returns
    -------
    str
        What kind of figure it is, its main values where its tables are known, and where to look
        for the others.
    """
    kind = next((kind for kind in _OF_KIND if key.startswith(kind)), None)
    seen = _OF_KIND[kind](tables) if kind and _TABLE[kind] in tables else ""
    return sentence(f"Figure {number}: {title}.", seen, "The caption describes it further.")


def _depth(table: str) -> Callable[[Tables], str]:
    return lambda tables: sentence(
        "Lines of score over depth, a panel per area.", _highest(tables[table])
    )


def _map(table: str) -> Callable[[Tables], str]:
    return lambda tables: sentence(
        "Maps of layers by areas, a map per model.", _highest(tables[table])
    )


def _highest(table: pd.DataFrame) -> str:
    """Name the best layer of the tested models in each panel, beside that of their controls."""
    scores = sc.tidy(table)
    scores = scores[scores["subject"] == "all"]
    groups = scores.groupby(["dataset", "variant", "area"], sort=False)
    differ = [n for n, column in enumerate(("dataset", "variant")) if scores[column].nunique() > 1]
    parts = [
        f"{' '.join([key[2], *(f'({key[n]})' for n in differ)])}: {_tops(rows)}"
        for key, rows in list(groups)[:MOST]
        if rows["score"].notna().any()
    ]
    more = f"; {len(groups) - MOST} more panels" if len(groups) > MOST else ""
    return f"Highest {_symbol(table)}, {'; '.join(parts)}{more}." if parts else ""


def _symbol(table: pd.DataFrame) -> str:
    if sc.method(table) == "encoding":
        return "median r"
    return f"mean {comparison_words.symbol(table.get('comparison', ()))}"


def _tops(rows: pd.DataFrame) -> str:
    tops = []
    for model in sc.order_models(rows["model"]):
        top = sc.best(rows[rows["model"] == model])
        if top is not None:
            layer = "" if top["layer"] == model else f" {top['layer']}"
            tops.append(f"{model}{layer} {share(top['score'])}")
    return listing(tops)


def _timecourse(tables: Tables) -> str:
    rows = tables["timecourse"]
    parts = []
    for (dataset, model, area), of_model in rows.groupby(["dataset", "model", "area"], sort=False):
        top = of_model.loc[of_model["similarity"].idxmax()]
        parts.append(
            f"{area} ({dataset}), {model}: highest at {top['time_ms']:g} ms for {top['layer']}"
            f" ({share(top['similarity'])})"
        )
    return sentence(
        "Lines of similarity over time, and latency over depth.", f"{'; '.join(parts[:MOST])}."
    )


def _fusion(tables: Tables) -> str:
    rows = tables["fusion"]
    tops = rows.loc[
        rows.groupby(["dataset", "recording", "area"], sort=False)["similarity"].idxmax()
    ]
    parts = [
        f"{top['area']}: highest at {top['time_ms']:g} ms ({share(top['similarity'])})"
        for _, top in tops.iterrows()
    ]
    return sentence("Lines of similarity over time, one per area.", f"{'; '.join(parts[:MOST])}.")


def _model_layers(tables: Tables) -> str:
    rows = tables["model_layers"].drop_duplicates(["model", "layer"])
    parts = [
        f"{model}: effective field {part['effective_px'].iloc[0]:.0f} to"
        f" {part['effective_px'].iloc[-1]:.0f} pixels from the first to the last of"
        f" {counted(len(part), 'layer')}"
        for model, part in rows.groupby("model", sort=False)
        if part["effective_px"].notna().all()
    ]
    return f"{'; '.join(parts[:MOST])}." if parts else ""


def _rdms(tables: Tables) -> str:
    return (
        "Square maps of the dissimilarity of each pair of images: above of areas, below of their"
        " best layers. How alike they are is in the table RSA."
    )


_OF_KIND: dict[str, Callable[[Tables], str]] = {
    "encoding_depth": _depth("encoding"),
    "encoding_map": _map("encoding"),
    "rsa_depth": _depth("rsa"),
    "rsa_map": _map("rsa"),
    "timecourse": _timecourse,
    "fusion": _fusion,
    "model_layers": _model_layers,
    "rdms_": _rdms,
}
"""By the begin of a figure's key."""
_TABLE = {
    "encoding_depth": "encoding",
    "encoding_map": "encoding",
    "rsa_depth": "rsa",
    "rsa_map": "rsa",
    "timecourse": "timecourse",
    "fusion": "fusion",
    "model_layers": "model_layers",
    "rdms_": "correspondence",
}
"""The table that each needs."""
