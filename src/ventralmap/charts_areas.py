"""Interactive maps of layers and areas, by every measure that a study has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import chart_parts as cp
from ventralmap import comparison_words, method_words
from ventralmap import scores as sc
from ventralmap.model_names import UNTRAINED
from ventralmap.wording import counted, share

Tables = Mapping[str, pd.DataFrame]
CEILED = {"r_ceiled": "r / √reliability", "ev_ceiled": "r |r| / reliability"}
NOTE = (
    "Each cell is a layer (rows, the first at the bottom) and an area (columns). Point at a cell,"
    " touch it, or go to it with the arrow keys, for its value, interval, n and depth. Frame: the"
    " best layer. The colours of all models are on one scale."
)


class Measure(NamedTuple):
    """A way to score layers.

    Attributes
    ----------
    name
        As in the list of measures.
    symbol
        As before a value.
    unit
        What was measured: neuroid or subject.
    scores
        As `scores.tidy`, of all subjects together.
    """

    name: str
    symbol: str
    unit: str
    scores: pd.DataFrame


def measures(tables: Tables) -> list[Measure]:
    """List the measures that the tables hold, those of a generalisation or comparison apart.

    Parameters
    ----------
    tables
        Any of ``encoding``, ``rsa`` and ``cka``.
    """
    found: list[Measure] = []
    if "encoding" in tables:
        found += _of_encoding(tables["encoding"])
    if "rsa" in tables:
        symbol = f"mean {comparison_words.symbol(tables['rsa']['comparison'])}"
        found += _by_variant("RSA", symbol, "subject", tables["rsa"])
    if "cka" in tables:
        found += _by_variant("CKA", "mean CKA", "subject", tables["cka"])
    return [measure for measure in found if measure.scores["score"].notna().any()]


def _of_encoding(table: pd.DataFrame) -> Iterator[Measure]:
    yield from _by_variant("Encoding: r", "median r", "neuroid", table)
    for column, formula in CEILED.items():
        if column in table:
            yield from _by_variant(
                f"Encoding: {column}", f"median {formula}", "neuroid", _ceiled(table, column)
            )


def _ceiled(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put a ceiled score in the place of r: it is of the reliable neuroids, without interval."""
    unknown = dict.fromkeys(("r_ci_low", "r_ci_high", "p_best"), np.nan)
    return table.assign(r=table[column], n_neuroids=table["n_reliable"], **unknown)


def _by_variant(name: str, symbol: str, unit: str, table: pd.DataFrame) -> Iterator[Measure]:
    scores = sc.tidy(table)
    scores = scores[scores["subject"] == "all"]
    for variant, rows in scores.groupby("variant", sort=False):
        held_out = method_words.HELD_OUT.get(str(variant), str(variant))
        about = {"neuroid": f" ({held_out} held out)", "subject": f" ({variant})"}[unit]
        yield Measure(name + ("" if variant == name else about), symbol, unit, rows)


def chart(tables: Tables, hierarchy: sc.Hierarchy, datasets: sc.Metas) -> cp.Chart | None:
    """Specify the maps of all measures and models.

    Parameters
    ----------
    tables
        Any of ``encoding``, ``rsa`` and ``cka``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds.

    Returns
    -------
    Chart or None
        None where no measure has a value.
    """
    found = measures(tables)
    if not found:
        return None
    plots = {m.name: _maps(m, hierarchy, datasets) for m in found}
    return cp.Chart(
        "layer-area",
        "Layers and areas",
        NOTE,
        ("Measure", "Model"),
        plots,
        {name: beside(list(maps)) for name, maps in plots.items()},
        ("encoding_map", "rsa_map", "encoding_depth", "rsa_depth"),
    )


def beside(models: Sequence[str]) -> list[str]:
    """Pick a model under test and, to stand beside it, its untrained twin or another model."""
    first, *rest = sc.order_models(models)
    twins = [model for model in rest if model.startswith(first + UNTRAINED)]
    return [first, *(twins or rest)[:1]]


def _maps(measure: Measure, hierarchy: sc.Hierarchy, datasets: sc.Metas) -> dict[str, cp.Spec]:
    scores = measure.scores
    columns = sc.panels(scores, hierarchy)
    several = len({column.area for column in columns}) < len(columns)  # hovering names the dataset
    names = [cp.plain(c.area) + (f"<br>{cp.plain(c.dataset)}" if several else "") for c in columns]
    scale = (float(scores["score"].min()), float(scores["score"].max()))
    return {
        model: _map(measure, model, layers, columns, names, scale)
        for model, layers in sc.layer_lists(scores).items()
    }


def _map(
    measure: Measure,
    model: str,
    layers: Sequence[str],
    columns: Sequence[sc.Panel],
    names: Sequence[str],
    scale: tuple[float, float],
) -> cp.Spec:
    rows = measure.scores[measure.scores["model"] == model]
    cells = [sc.select(rows, column).set_index("layer").reindex(layers) for column in columns]
    values = np.stack([cell["score"].to_numpy(float) for cell in cells], axis=1)
    texts = [
        [
            _text(measure, cell.iloc[i], layer, area, len(layers))
            for cell, area in zip(cells, columns, strict=True)
        ]
        for i, layer in enumerate(layers)
    ]
    return cp.heat_map(
        values,
        [cp.plain(layer) for layer in layers],
        names,
        texts,
        label=_label(measure, model, columns, layers, values),
        scale=scale,
        title=measure.symbol,
        framed=_best(values) if len(layers) > 1 else [],
    )


def _text(measure: Measure, row: pd.Series, layer: str, column: sc.Panel, n: int) -> str:
    """Write what is shown of a cell."""
    if pd.isna(row["score"]):
        return cp.lines(f"<b>{cp.plain(layer)}</b>, {cp.plain(column.area)}", "no score")
    seeds = row.get("n_seeds", 1)
    of_seeds = f"range of {int(seeds)} seeds" if seeds > 1 else "95 % CI"
    best = "" if pd.isna(row["p_best"]) else f"p_best {share(row['p_best'], 2)}"
    return cp.lines(
        f"<b>{cp.plain(layer)}</b>, {cp.plain(column.area)} ({cp.plain(column.dataset)})",
        cp.valued(measure.symbol, row["score"], row["low"], row["high"], of_seeds),
        _n(row, measure.unit),
        cp.placed(row["layer_index"], n, row["depth"]),
        best,
    )


def _n(row: pd.Series, unit: str) -> str:
    known = [(row["n_measured"], unit), (row["n_stimuli"], "image")]
    counts = [counted(int(n), noun) for n, noun in known if not pd.isna(n)]
    return f"n = {', '.join(counts)}" if counts else ""


def _best(values: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Row and column of the highest value of each column that has any."""
    known = np.flatnonzero(~np.isnan(values).all(axis=0))
    return [(int(np.nanargmax(values[:, column])), int(column)) for column in known]


def _label(
    measure: Measure,
    model: str,
    columns: Sequence[sc.Panel],
    layers: Sequence[str],
    values: NDArray[np.float64],
) -> str:
    """Say what a map shows, for those who cannot see it."""
    best = [
        f"{columns[column].area} {layers[row]} ({share(values[row, column])})"
        for row, column in _best(values)
    ]
    return (
        f"{measure.name} of {counted(len(layers), 'layer')} of {model} with"
        f" {counted(len(columns), 'area')}; highest: {', '.join(best) or 'none'}"
    )
