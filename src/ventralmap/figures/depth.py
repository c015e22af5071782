"""Score over depth: how well each layer of each model predicts each area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ventralmap import comparison_words
from ventralmap import scores as sc
from ventralmap.figures import brackets, grids, labels, legends, panel, style
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
    pairs: pd.DataFrame | None = None,
    width: str = "double",
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
    pairs
        ``rsa_pairs.csv``: some differences of layers (`brackets.contrasts`) are marked, where one
        model is under test.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Lines with 95 % bands per model; a model with one layer is a level line. A ceiling that is
        NaN is not drawn.
    """
    scores, how = sc.tidy(table), sc.method(table)
    keys = sc.panels(scores, hierarchy)
    planted = [sc.planted(correspondence, key, how) for key in keys]
    compared = differences(scores, keys, pairs, correspondence)
    room = brackets.headroom(max((len(chosen) for chosen in compared), default=0))
    with style.context():
        figure, grid = _grid(len(keys), width)
        headed = labels.heading(figure, (key.dataset for key in keys), datasets)
        for axes, key, layers in zip(grid, keys, planted, strict=True):
            panel.draw(axes, scores, key, how, layers, headroom=room)
            metas = None if headed else datasets
            labels.header(axes, _header(axes, scores, key, how, metas, layers))
        _add_brackets(grid, scores, keys, compared, room)
        _label_axes(grid, sc.layer_lists(scores), score_label(table))
        handles = legends.handles(scores, how, any(planted))
        columns = 3 if figure.get_figwidth() > style.SINGLE else 2
        figure.legend(handles=handles, loc="outside lower center", ncols=columns)
    return figure


def differences(
    scores: pd.DataFrame,
    keys: Sequence[sc.Panel],
    pairs: pd.DataFrame | None,
    correspondence: pd.DataFrame | None,
) -> list[list[brackets.Contrast]]:
    """Differences of layers that the panels show: none where several models are under test."""
    tested = [m for m in sc.order_models(scores["model"]) if not sc.is_control(m)]
    if len(tested) != 1:
        return [[] for _ in keys]
    return [brackets.contrasts(pairs, correspondence, key, tested[0]) for key in keys]


def _add_brackets(
    grid: Sequence[Axes],
    scores: pd.DataFrame,
    keys: Sequence[sc.Panel],
    compared: Sequence[Sequence[brackets.Contrast]],
    room: float,
) -> None:
    if not room:
        return
    low, high = grid[0].get_ylim()  # the panels share it
    grid[0].set_ylim(low, low + (high - low) / (1 - room))
    for axes, key, chosen in zip(grid, keys, compared, strict=True):
        rows = sc.select(scores, key)
        tested = [m for m in rows["model"].unique() if not sc.is_control(m)]
        brackets.draw(axes, chosen, rows[rows["model"].isin(tested)], room)


def score_label(table: pd.DataFrame) -> str:
    """Name the score of a table as on an axis."""
    if sc.method(table) == "encoding":
        return "held-out r, median over neuroids"
    return f"{comparison_words.symbol(table['comparison'])} of RDMs"


def columns_of(n: int, width: str) -> int:
    """Say how many of n panels stand beside one another in a figure of a width."""
    most = 3 if grids.is_wide(width) else 2
    return 2 if n in (2, 4) else min(n, most)


def _grid(n: int, width: str) -> tuple[Figure, list[Axes]]:
    columns = columns_of(n, width)
    size = (style.SINGLE if n == 1 else style.inches(width), ROW_HEIGHT)
    figure, panels = grids.grid(n, columns, size, MARGINS, sharex=True, sharey=True)
    for axes in panels[-columns:]:  # a column's lowest, also where the last row is short
        axes.tick_params(labelbottom=True)
    return figure, panels


def _header(
    axes: Axes,
    scores: pd.DataFrame,
    key: sc.Panel,
    how: str,
    datasets: sc.Metas | None,
    planted: Mapping[str, str],
) -> list[tuple[str, str]]:
    room, rows = _room(axes), sc.select(scores, key)
    grey = [] if datasets is None else [labels.dataset(key.dataset, datasets, room)]
    if scores["variant"].nunique() > 1:
        held_out = "held out: " if how == "encoding" else ""
        grey.append(labels.fit(held_out + key.variant, room))
    grey.append(labels.fit(counts(rows, how), room))
    found = _best_and_planted(rows, planted)
    level = labels.width("; ".join(found), style.SMALL) <= room
    black = [labels.fit(x, room) for x in (["; ".join(found)] if level and found else found)]
    return [
        (key.area, style.BLACK),
        *((line, style.GREY) for line in grey),
        *((line, style.BLACK) for line in black),
    ]


def _room(axes: Axes) -> float:
    """Points from a panel's left spine to its neighbour; the axis labels take about 30."""
    return grids.room(axes, 30)


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


def _best_and_planted(rows: pd.DataFrame, planted: Mapping[str, str]) -> list[str]:
    tested = [m for m in sc.order_models(rows["model"]) if not sc.is_control(m)]
    if len(tested) != 1 or (rows["model"] == tested[0]).sum() < 2:
        return []  # the markers have to do: several names would not fit
    top = sc.best(rows[rows["model"] == tested[0]])
    if top is None:
        return []
    chance = "" if pd.isna(top["p_best"]) else f" ({top['p_best']:.2f})"
    return [f"best {top['layer']}{chance}", *(f"planted {x}" for x in planted.values())]


def _label_axes(grid: Sequence[Axes], lists: Mapping[str, list[str]], score: str) -> None:
    grids.figure_of(grid[0]).supylabel(score, size=7)
    name_depths(grid, lists)


def name_depths(grid: Sequence[Axes], lists: Mapping[str, list[str]]) -> None:
    """Name the layers below panels where all models have the same, else say what depth is.

    Parameters
    ----------
    grid
        Panels whose x is depth.
    lists
        Layers of each model, from `ventralmap.scores.layer_lists`.
    """
    deep = {tuple(layers) for layers in lists.values() if len(layers) > 1}
    for axes in grid:
        axes.set_xlim(-0.03, 1.03)
        if len(deep) == 1:
            _tick_layers(axes, next(iter(deep)))
        else:
            axes.set_xticks([0, 0.5, 1] if deep else [])
            if deep and axes.xaxis.get_tick_params()["labelbottom"]:
                axes.set_xlabel("depth of layer (0 first, 1 last)")


def _tick_layers(axes: Axes, layers: Sequence[str]) -> None:
    """Name the layers, each k-th where all would overlap."""
    step = -(-7 * (len(layers) - 1) // int(_room(axes)))
    shown = range(0, len(layers), step)
    places = [i / (len(layers) - 1) for i in shown]
    axes.set_xticks(places, [labels.fit(layers[i], 70) for i in shown])
    axes.tick_params(axis="x", labelrotation=90)
