"""Interactive plots over time: layers as a map, one layer as a curve, and areas of a fusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ventralmap import chart_parts as cp
from ventralmap import charts_areas
from ventralmap import scores as sc
from ventralmap.figures.style import BLUE, GREY, area_colour
from ventralmap.model_names import trained_twin
from ventralmap.wording import counted, p_value, share

MOST_CELLS = 12_000
"""Of a recording's maps together: with more, every second time or fewer is shown."""
SYMBOL = "mean Spearman ρ"
MILLISECONDS = "time from stimulus onset (ms)"


def charts(tables: Mapping[str, pd.DataFrame], hierarchy: sc.Hierarchy) -> list[cp.Chart]:
    """Specify the plots of a study's time courses and fusion; none where it has neither.

    Parameters
    ----------
    tables
        ``timecourse`` and ``fusion``, where the study has them.
    hierarchy
        The study's areas, early to late.
    """
    found: list[cp.Chart] = []
    if "timecourse" in tables and len(tables["timecourse"]):
        recordings = _recordings(tables["timecourse"])
        found += [_maps(recordings), _curves(recordings)]
    if "fusion" in tables and len(tables["fusion"]):
        found.append(_fusion(tables["fusion"], hierarchy))
    return found


def _recordings(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split time courses by recording, thinned where there are very many times."""
    groups = table.groupby(["dataset", "area"], sort=False)
    return {f"{area} ({dataset})": thinned(rows) for (dataset, area), rows in groups}


def thinned(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep every k-th time, k the smallest with which at most `MOST_CELLS` rows are left."""
    step = -(-len(rows) // MOST_CELLS)
    kept = np.sort(rows["time_ms"].unique())[::step]
    return rows[rows["time_ms"].isin(kept)]


def _maps(recordings: Mapping[str, pd.DataFrame]) -> cp.Chart:
    plots = {name: _maps_of(rows) for name, rows in recordings.items()}
    return cp.Chart(
        "layer-time",
        "Layers over time",
        "Each cell is a layer (rows, the first at the bottom) at a time. Point at a cell, touch it,"
        " or go to it with the arrow keys, for its value, interval and n.",
        ("Recording", "Model"),
        plots,
        {name: charts_areas.beside(list(maps)) for name, maps in plots.items()},
        ("timecourse",),
    )


def _maps_of(rows: pd.DataFrame) -> dict[str, cp.Spec]:
    scale = (float(rows["similarity"].min()), float(rows["similarity"].max()))
    return {
        model: _map(rows[rows["model"] == model], model, layers, scale)
        for model, layers in sc.layer_lists(rows).items()
    }


def _map(rows: pd.DataFrame, model: str, layers: list[str], scale: tuple[float, float]) -> cp.Spec:
    times = np.sort(rows["time_ms"].unique())
    cells = rows.assign(text=_texts(rows, len(layers)))
    values = cells.pivot(index="layer", columns="time_ms", values="similarity")
    texts = cells.pivot(index="layer", columns="time_ms", values="text")
    values, texts = (t.reindex(index=layers, columns=times) for t in (values, texts))
    top = rows.loc[rows["similarity"].idxmax()]
    return cp.heat_map(
        values.to_numpy(float),
        [cp.plain(layer) for layer in layers],
        times.tolist(),
        texts.fillna("").to_numpy().tolist(),
        label=f"{SYMBOL} of {counted(len(layers), 'layer')} of {model} over time; highest:"
        f" {top['layer']} at {top['time_ms']:g} ms ({share(top['similarity'])})",
        scale=scale,
        title=SYMBOL,
        across=MILLISECONDS,
    )


def _texts(rows: pd.DataFrame, n_layers: int) -> list[str]:
    """Write what is shown of each layer at each time."""
    return [
        cp.lines(
            f"<b>{cp.plain(row['layer'])}</b>, {_ms(row['time_ms'])}",
            *_what(row),
            cp.placed(row["layer_index"], n_layers, row["depth"]),
        )
        for row in rows.to_dict("records")
    ]


def _ms(time: float) -> str:
    return f"{time:g} ms".replace("-", "−")


def _what(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    """Write value, n and test of a row of a table over time."""
    n = f"n = {counted(int(row['n_subjects']), 'subject')}, {int(row['n_stimuli']):,} images"
    value = cp.valued(SYMBOL, row["similarity"], row["ci_low"], row["ci_high"])
    test = "" if pd.isna(row["p"]) else f"cluster {p_value(row['p'])}"
    return value, n, test.replace("<", "&lt;")


def _curves(recordings: Mapping[str, pd.DataFrame]) -> cp.Chart:
    plots = {name: _curves_of(rows) for name, rows in recordings.items()}
    return cp.Chart(
        "layer-curve",
        "One layer over time",
        "Line: mean over subjects; band: 95 % interval; dots: significant times. The same layer of"
        " the untrained twin, where there is one, is dashed.",
        ("Recording", "Layer"),
        plots,
        {name: [_highest(recordings[name])] for name in plots},
        ("timecourse",),
    )


def _family(model: str) -> str:
    """Name of a network, the same for it and its untrained twins."""
    return trained_twin(model) if sc.is_control(model) and not sc.is_of_images(model) else model


def _curves_of(rows: pd.DataFrame) -> dict[str, cp.Spec]:
    keyed = rows.assign(family=rows["model"].map(_family))
    models = {m: i for i, m in enumerate(sc.order_models(rows["model"]))}
    keyed = keyed.sort_values(["layer_index", "time_ms"], kind="stable")
    keyed = keyed.sort_values("model", key=lambda c: c.map(models), kind="stable")
    return {
        _name(str(family), str(layer)): _curve(part, _name(str(family), str(layer)))
        for (family, layer), part in keyed.groupby(["family", "layer"], sort=False)
    }


def _name(model: str, layer: str) -> str:
    return layer if layer == model else f"{model}: {layer}"


def _highest(rows: pd.DataFrame) -> str:
    """Name of the layer of a model under test that is most similar at any time."""
    tested = rows[[not sc.is_control(str(model)) for model in rows["model"]]]
    shown = tested if len(tested) else rows
    top = shown.loc[shown["similarity"].idxmax()]
    return _name(_family(str(top["model"])), str(top["layer"]))


def _curve(rows: pd.DataFrame, name: str) -> cp.Spec:
    traces: list[dict[str, Any]] = []
    for model, part in rows.groupby("model", sort=False):
        control = sc.is_control(str(model))
        traces += band(part, str(model), GREY if control else BLUE, "dash" if control else "solid")
    return cp.line_plot(
        traces, label=f"{SYMBOL} of {name} over time", across=MILLISECONDS, upwards=SYMBOL
    )


def band(rows: pd.DataFrame, name: str, colour: str, dash: str) -> list[dict[str, Any]]:
    """Specify the line of a curve with its interval and dots where it is significant.

    Parameters
    ----------
    rows
        A row per time, sorted: time_ms, similarity, ci_low, ci_high, p, significant, n_subjects,
        n_stimuli.
    name
        As in the legend.
    colour
        As ``#0072B2``.
    dash
        ``solid`` or ``dash``.
    """
    times, value = rows["time_ms"].to_numpy(float), rows["similarity"].to_numpy(float)
    ends = rows.dropna(subset=["ci_low", "ci_high"])
    around = [*ends["time_ms"], *ends["time_ms"][::-1]]
    edge = np.concatenate([ends["ci_high"], ends["ci_low"][::-1]])
    texts = [
        cp.lines(f"<b>{cp.plain(name)}</b>, {_ms(row['time_ms'])}", *_what(row))
        for row in rows.to_dict("records")
    ]
    common = {"type": "scatter", "name": cp.plain(name), "legendgroup": name}
    area = {
        "x": around,
        "y": cp.numbers(edge),
        "fill": "toself",
        "fillcolor": f"{colour}33",
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
    }
    line = {
        "x": times.tolist(),
        "y": cp.numbers(value),
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "mode": "lines+markers",
        "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"color": colour, "size": [6 if s else 0.5 for s in rows["significant"]]},
    }
    return [common | area, common | line]


def _fusion(table: pd.DataFrame, hierarchy: sc.Hierarchy) -> cp.Chart:
    order = sc.order_areas(table["area"], hierarchy)
    plots: dict[str, dict[str, cp.Spec]] = {}
    for (dataset, recording), rows in table.groupby(["dataset", "recording"], sort=False):
        traces = []
        for area in (a for a in order if a in set(rows["area"])):
            part = rows[rows["area"] == area].sort_values("time_ms")
            traces += band(part, area, area_colour(area), "solid")
        name = f"{recording} ({dataset})"
        label = f"{SYMBOL} of {name} with areas over time"
        plots[name] = {
            "all areas": cp.line_plot(traces, label=label, across=MILLISECONDS, upwards=SYMBOL)
        }
    return cp.Chart(
        "fusion-curve",
        "Areas over time",
        "Similarity of the RDMs of a recording over time with those of areas. Line: mean over"
        " subjects; band: 95 % interval; dots: significant times.",
        ("Recording", ""),
        plots,
        {name: ["all areas"] for name in plots},
        ("fusion",),
    )
