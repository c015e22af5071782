"""Explained variance over depth, relative to its ceiling, and its distribution over neuroids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ventralmap import scores as sc
from ventralmap.figures import depth, grids, labels, legends, panel, style
from ventralmap.figures.ceiled_rows import best_layers, best_rows, counts, relative
from ventralmap.wording import interval, sentence, share

CURVE_HEIGHT = 50 * style.MILLIMETRE
NAMES = {"ev_ceiled": "explained / explainable variance", "r": "held-out r"}
NEUROIDS_HEIGHT = 30 * style.MILLIMETRE
MARGINS = 22 * style.MILLIMETRE
BINS = 24
ROOM = 100.0
"""Points for a line above a panel."""
SCALE = 0.72
"""Height of the highest bar of a histogram, the distance of two histograms being 1."""


def explained(
    table: pd.DataFrame,
    intervals: pd.DataFrame,
    neuroids: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot explained variance over depth, and below it the neuroids of the best layers.

    Parameters
    ----------
    table
        ``encoding.csv``.
    intervals, neuroids
        From `ventralmap.explained.interval_table` and `neuroid_table`.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels per dataset and area: r |r| / reliability over depth with 95 % bands, the
        ceiling being 1; and a histogram of it over neuroids for the best layer of each model, with
        median and quartiles. Held-out r takes its place where no neuroid of the study is reliable.
    """
    scores, value = relative(table, intervals, neuroids)
    keys = sc.panels(scores, hierarchy)
    best = best_layers(neuroids)
    with style.context():
        figure, above, below = _grid(len(keys), width)
        edges = np.histogram_bin_edges(neuroids[value].dropna(), BINS)
        headed = labels.heading(figure, (key.dataset for key in keys), datasets)
        for curves, units, key in zip(above, below, keys, strict=True):
            own = {m: layer for (d, a, m), layer in best.items() if (d, a) == _of(key)}
            panel.draw(curves, scores, key, "encoding", {}, best=own)
            metas = None if headed else datasets
            labels.header(curves, _header(key, scores, neuroids, value, metas))
            _distributions(units, neuroids, scores["model"], key, value, edges)
        _label(above, below, sc.layer_lists(scores), value)
        how = "explained" if value == "ev_ceiled" else "encoding"
        handles = legends.handles(scores.assign(p_fdr=np.nan), how, False)
        columns = 3 if grids.is_wide(width) and len(keys) > 1 else 2
        figure.legend(handles=handles, loc="outside lower center", ncols=columns)
    return figure


def _of(key: sc.Panel) -> tuple[str, str]:
    return key.dataset, key.area


def _grid(n: int, width: str) -> tuple[Figure, list[Axes], list[Axes]]:
    columns = depth.columns_of(n, width)
    lines = -(-n // columns)
    size = (
        style.SINGLE if n == 1 else style.inches(width),
        lines * (CURVE_HEIGHT + NEUROIDS_HEIGHT) + MARGINS,
    )
    figure = Figure(figsize=size, layout="constrained")
    ratios = [CURVE_HEIGHT, NEUROIDS_HEIGHT] * lines
    grid = figure.subplots(2 * lines, columns, squeeze=False, height_ratios=ratios)
    above, below = list(grid[::2].ravel()), list(grid[1::2].ravel())
    for spare in (*above[n:], *below[n:]):
        spare.remove()
    return figure, above[:n], below[:n]


def _header(
    key: sc.Panel,
    scores: pd.DataFrame,
    neuroids: pd.DataFrame,
    value: str,
    datasets: sc.Metas | None,
) -> list[tuple[str, str]]:
    n, scored, _ = counts(neuroids, key, value)
    grey = [] if datasets is None else [labels.dataset(key.dataset, datasets, ROOM)]
    grey.append(labels.fit(f"n = {scored} of {n} neuroids", ROOM))
    found = _best(key, scores, neuroids)
    return [
        (key.area, style.BLACK),
        *((line, style.GREY) for line in grey),
        *([(labels.fit(found, ROOM), style.BLACK)] if found else []),
    ]


def _best(key: sc.Panel, scores: pd.DataFrame, neuroids: pd.DataFrame) -> str:
    """Best layer of the model under test and its score, where there is one model."""
    tested = [m for m in sc.order_models(scores["model"]) if not sc.is_control(m)]
    rows = best_rows(key, scores, neuroids)
    rows = rows[rows["model"].isin(tested)]
    if len(tested) != 1 or rows.empty:
        return ""
    row = rows.iloc[0]
    numbers = sentence(share(row["score"], 2), interval(row["low"], row["high"], 2))
    return f"{row['layer']}: {numbers}"


def _distributions(
    axes: Axes,
    neuroids: pd.DataFrame,
    models: pd.Series,
    key: sc.Panel,
    value: str,
    edges: NDArray[np.float64],
) -> None:
    """Draw a histogram for each model, the first at the top, all on one scale."""
    rows = neuroids[(neuroids["dataset"] == key.dataset) & (neuroids["area"] == key.area)]
    own = {
        m: rows.loc[rows["model"] == m, value].dropna().to_numpy() for m in sc.order_models(models)
    }
    colours = panel.model_colours(models, key.area)
    tallest = max(np.histogram(values, edges)[0].max() for values in own.values())
    for level, (model, values) in enumerate(own.items()):
        _histogram(axes, values, edges, (len(own) - 1 - level, SCALE / max(tallest, 1)), model,
                   colours[model])  # fmt: skip
    axes.set_ylim(-0.3, len(own) - 0.2)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(edges[0], edges[-1])


def _histogram(
    axes: Axes,
    values: NDArray[np.float64],
    edges: NDArray[np.float64],
    place: tuple[float, float],
    model: str,
    colour: str,
) -> None:
    (base, scale), line = place, style.line_of(model)
    counted = np.histogram(values, edges)[0]
    seen = np.flatnonzero(counted)
    if not len(seen):
        return
    inner = slice(seen[0], seen[-1] + 1)
    heights, edges = base + scale * counted[inner], edges[seen[0] : seen[-1] + 2]
    axes.stairs(
        heights, edges, baseline=base, fill=True, color=colour, alpha=0.25, linewidth=0,
        label=f"_{model}",
    )  # fmt: skip
    axes.stairs(
        heights, edges, baseline=base, color=colour, linewidth=0.7, linestyle=line.dashes,
        label=f"_outline of {model}",
    )  # fmt: skip
    low, middle, high = np.percentile(values, [25, 50, 75])
    axes.plot([low, high], [base - 0.12] * 2, color=colour, linewidth=1.2, label="_quartiles",
              solid_capstyle="butt")  # fmt: skip
    axes.plot(middle, base - 0.12, marker="|", markersize=5, color=style.BLACK,
              markeredgewidth=1.2, label="_median")  # fmt: skip


def _label(
    above: Sequence[Axes], below: Sequence[Axes], lists: Mapping[str, list[str]], value: str
) -> None:
    name = NAMES[value]
    low = min(axes.get_ylim()[0] for axes in above)
    high = max(axes.get_ylim()[1] for axes in above)
    depth.name_depths(above, lists)
    columns = grids.columns_beside(above[0])
    narrow = columns > 1 and grids.figure_of(above[0]).get_figwidth() <= style.SINGLE
    for place, (curves, units) in enumerate(zip(above, below, strict=True)):
        curves.set_ylim(low, high)
        units.set_xlabel(name.replace(" / ", " /\n") if narrow else name)
        if place % columns == 0:
            curves.set_ylabel(f"{name}\n(median over neuroids)")
            units.set_ylabel("neuroids")
        else:
            curves.tick_params(labelleft=False)
