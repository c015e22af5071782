"""Score over depth: how well each layer of each model predicts each area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ventralmap import comparison_words
from ventralmap import scores as sc
from ventralmap.figures import labels, panel, style
from ventralmap.wording import span

MEASURED = {"encoding": "neuroids", "rsa": "subjects"}
ROW_HEIGHT = 47 * style.MILLIMETRE
MARGINS = 24 * style.MILLIMETRE


def score_over_depth(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    correspondence: pd.DataFrame | None = None,
) -> Figure:
    """Plot score over depth, one panel per dataset and area.

    Parameters
    ----------
    table
        ``encoding.csv`` or ``rsa.csv`` of any number of datasets, models and areas.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    correspondence
        ``correspondence.csv``: where its ``planted_layer`` is given, that layer is marked.

    Returns
    -------
    matplotlib.figure.Figure
        Lines with 95 % bands per model; a model with one layer is a level line. A ceiling that is
        NaN is not drawn.
    """
    scores, how = sc.tidy(table), sc.method(table)
    keys = sc.panels(scores, hierarchy)
    with style.context():
        figure, grid = _grid(len(keys))
        planted = [sc.planted(correspondence, key, how) for key in keys]
        for axes, key, layers in zip(grid, keys, planted, strict=True):
            panel.draw(axes, scores, key, how, layers)
            labels.header(axes, _header(axes, scores, key, how, datasets, layers))
        _label_axes(grid, sc.layer_lists(scores), score_label(table))
        handles = _legend(scores, how, any(planted))
        figure.legend(handles=handles, loc="outside lower center", ncols=3 if len(keys) > 1 else 2)
    return figure


def score_label(table: pd.DataFrame) -> str:
    """Name the score of a table as on an axis."""
    if sc.method(table) == "encoding":
        return "held-out r, median over neuroids"
    return f"{comparison_words.symbol(table['comparison'])} of RDMs"


def _grid(n: int) -> tuple[Figure, list[Axes]]:
    columns = 2 if n in (2, 4) else min(n, 3)
    rows = -(-n // columns)
    size = (style.SINGLE if n == 1 else style.DOUBLE, rows * ROW_HEIGHT + MARGINS)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for (
        column
    ) in grid.T:  # a column's lowest panel has the labels, also where the last row is short
        column[(n - 1 - list(grid[0]).index(column[0])) // columns].tick_params(labelbottom=True)
    for spare in grid.ravel()[n:]:
        spare.remove()
    return figure, list(grid.ravel()[:n])


def _header(
    axes: Axes,
    scores: pd.DataFrame,
    key: sc.Panel,
    how: str,
    datasets: sc.Metas,
    planted: Mapping[str, str],
) -> list[tuple[str, str]]:
    room, rows = _room(axes), sc.select(scores, key)
    grey = [labels.dataset(key.dataset, datasets, room), labels.fit(counts(rows, how), room)]
    if scores["variant"].nunique() > 1:
        grey.insert(1, labels.fit(key.variant, room))
    found = _best_and_planted(rows, planted)
    black = [labels.fit(found, room)] if found else []
    return [
        (key.area, style.BLACK),
        *((line, style.GREY) for line in grey),
        *((line, style.BLACK) for line in black),
    ]


def _room(axes: Axes) -> float:
    """Points from a panel's left spine to its neighbour; the axis labels take about 30."""
    figure, spec = axes.get_figure(root=True), axes.get_subplotspec()
    assert isinstance(figure, Figure)
    assert spec is not None
    return float(figure.get_figwidth()) * 72 / spec.get_gridspec().ncols - 30


def counts(rows: pd.DataFrame, how: str) -> str:
    """Write a panel's n: neuroids or subjects, and images.

    Parameters
    ----------
    rows
        Of one panel, from `ventralmap.scores.tidy`.
    how
        ``"encoding"`` or ``"rsa"``.
    """
    measured, stimuli = (rows[c].dropna().astype(int) for c in ("n_measured", "n_stimuli"))
    unit = MEASURED[how].removesuffix("s" if (measured == 1).all() else "?")
    return f"n = {span(measured)} {unit}, {span(stimuli)} images"


def _best_and_planted(rows: pd.DataFrame, planted: Mapping[str, str]) -> str:
    tested = [m for m in sc.order_models(rows["model"]) if not sc.is_control(m)]
    if len(tested) != 1 or (rows["model"] == tested[0]).sum() < 2:
        return ""  # the markers have to do: several names would not fit
    top = sc.best(rows[rows["model"] == tested[0]])
    if top is None:
        return ""
    chance = "" if pd.isna(top["p_best"]) else f" ({top['p_best']:.2f})"
    return f"best {top['layer']}{chance}" + "".join(f"; planted {x}" for x in planted.values())


def _label_axes(grid: Sequence[Axes], lists: Mapping[str, list[str]], score: str) -> None:
    figure = grid[0].get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.supylabel(score, size=7)
    grid[0].set_xlim(-0.03, 1.03)
    deep = {tuple(layers) for layers in lists.values() if len(layers) > 1}
    if len(deep) == 1:
        _tick_layers(grid, next(iter(deep)))
        return
    grid[0].set_xticks([0, 0.5, 1] if deep else [])
    for axes in grid:
        if deep and axes.xaxis.get_tick_params()["labelbottom"]:
            axes.set_xlabel("depth of layer (0 first, 1 last)")


def _tick_layers(grid: Sequence[Axes], layers: Sequence[str]) -> None:
    """Name the layers, each k-th where all would overlap."""
    step = -(-7 * (len(layers) - 1) // int(_room(grid[0])))
    shown = range(0, len(layers), step)
    places = [i / (len(layers) - 1) for i in shown]
    grid[0].set_xticks(places, [labels.fit(layers[i], 70) for i in shown])
    for axes in grid:
        axes.tick_params(axis="x", labelrotation=90)


def _legend(scores: pd.DataFrame, how: str, planted: bool) -> list[Artist]:
    models = sc.order_models(scores["model"])
    tested = [m for m in models if not sc.is_control(m)]
    colours = panel.model_colours(scores["model"], "")
    if len(tested) == 1:
        colours[tested[0]] = style.BLACK  # in the panels it has the area's colour
    handles: list[Artist] = [_line_handle(m, colours[m]) for m in models]
    lists = sc.layer_lists(scores)
    if any(len(lists[m]) > 1 for m in tested):
        handles.append(
            _marker("o", "best layer (p_best in brackets)" if len(tested) == 1 else "best layer")
        )
    return handles + _optional_handles(scores, how, planted)


def _optional_handles(scores: pd.DataFrame, how: str, planted: bool) -> list[Artist]:
    handles: list[Artist] = []
    if planted:
        handles.append(_marker("v", "planted layer"))
    panels = [part for _, part in scores.groupby(["dataset", "variant", "area"])]
    if any(len(panel.several_subjects(part)) for part in panels):
        handles.append(_marker(".", "single subjects"))
    if (scores["p_fdr"] < panel.SIGNIFICANT).any():
        handles.append(_marker("|", "p < .05 (FDR)"))
    if scores[["ceiling_low", "ceiling_high"]].notna().all(axis=1).any():
        handles.append(_ceiling_handle(how))
    return handles


def _line_handle(model: str, colour: str) -> Line2D:
    line = style.line_of(model)
    return Line2D([], [], color=colour, linestyle=line.dashes, linewidth=line.width, label=model)


def _marker(marker: str, label: str) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=marker, color=style.BLACK, markersize=4, label=label
    )


def _ceiling_handle(how: str) -> Artist:
    if how == "rsa":
        return Patch(facecolor=style.LIGHT, label="noise ceiling, lower to upper")
    return Line2D([], [], color=style.GREY, linewidth=2, alpha=0.45, label="ceiling √reliability")
