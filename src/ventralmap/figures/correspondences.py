"""Depth of the layer that each area matches best, trained beside untrained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.figures.best_depths import (
    hierarchy_scores,
    places,
    planted_depths,
    several_layers,
)
from ventralmap.method_words import METHODS
from ventralmap.model_names import trained_twin
from ventralmap.wording import share

HEIGHT = 62 * style.MILLIMETRE
MARGINS = 14 * style.MILLIMETRE
LETTER = 36.0
"""Least points between two areas at which their labels are level."""


def correspondence(
    table: pd.DataFrame,
    hierarchies: pd.DataFrame | None,
    hierarchy: sc.Hierarchy,
    *,
    layers: pd.DataFrame | None = None,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot the depth of the best layer of each area, a panel per method.

    Parameters
    ----------
    table
        ``correspondence.csv``.
    hierarchies
        ``hierarchy.csv``: the hierarchy score of each model and method.
    hierarchy
        The study's areas, early to late.
    layers
        ``model_layers.csv``: depths of the planted layers.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Points with 95 % intervals: models under test filled, their untrained twins open, side by
        side; below each area its best layer and p_best, where one model is under test.
    """
    found = several_layers(table, layers)
    methods = [method for method in METHODS if (found["method"] == method).any()]
    with style.context():
        figure, grid = _grid(len(methods), width)
        headed = labels.heading(figure, table["dataset"], datasets)
        for axes, method in zip(grid, methods, strict=False):
            _panel(axes, found[found["method"] == method], hierarchy, layers, headed)
            labels.header(axes, _header(axes, found, method, hierarchies))
        for axes in grid[:: _columns(len(methods), width)]:
            axes.set_ylabel("depth of the best layer")
        figure.legend(handles=_handles(found), loc="outside lower center", ncols=4)
    return figure


def _grid(n: int, width: str) -> tuple[Figure, list[Axes]]:
    size = (style.inches(width), HEIGHT)
    return grids.grid(n, _columns(n, width), size, MARGINS, sharey=True)


def _columns(n: int, width: str) -> int:
    return max(n, 1) if grids.is_wide(width) else 1


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    layers: pd.DataFrame | None,
    headed: bool,
) -> None:
    at = places(rows, hierarchy)
    models = list(dict.fromkeys(rows["model"]))
    offsets = np.linspace(-0.16, 0.16, len(models)) if len(models) > 1 else [0.0]
    for model, offset in zip(models, offsets, strict=True):
        for _, row in rows[rows["model"] == model].iterrows():
            x = at.index((str(row["dataset"]), str(row["area"])))
            _point(axes, x + float(offset), row, models)
    _planted(axes, rows, layers, at)
    axes.set_xlim(-0.5, len(at) - 0.5)
    axes.set_ylim(-0.04, 1.04)
    _name_areas(axes, rows, at, headed)


def _point(axes: Axes, x: float, row: pd.Series, models: Sequence[str]) -> None:
    look = looks(models, str(row["area"]))[str(row["model"])]
    ends = [row["depth_ci_low"], row["depth_ci_high"]]
    axes.plot([x, x], ends, color=look.colour, linewidth=1.0, linestyle=look.dashes,
              label="_interval", solid_capstyle="butt")  # fmt: skip
    axes.plot(
        x, row["depth"], linestyle="none", marker=look.marker, color=look.colour, markersize=5,
        markerfacecolor=look.face, markeredgewidth=0.9, zorder=3, label=f"_{row['model']}",
    )  # fmt: skip


class Look(NamedTuple):
    """How a model is drawn: colour, marker, colour inside of it, and dashes."""

    colour: str
    marker: str
    face: str
    dashes: Any


def looks(models: Sequence[str], area: str) -> dict[str, Look]:
    """Say how each model is drawn in an area: open if it is a control, with its twin's marker."""
    tested = [m for m in models if not sc.is_control(m)]
    several = len(tested) > 1
    marked = list(dict.fromkeys([*tested, *(trained_twin(m) for m in models)]))
    found = {}
    for model in models:
        place = marked.index(trained_twin(model))
        own = style.PALETTE[place % len(style.PALETTE)] if several else style.area_colour(area)
        trained = model in tested
        coloured = trained or (several and trained_twin(model) in tested)
        colour = own if coloured else style.GREY
        found[model] = Look(
            colour,
            style.MARKERS[place % len(style.MARKERS)],
            colour if trained else "white",
            style.line_of(model).dashes,
        )
    return found


def _planted(
    axes: Axes, rows: pd.DataFrame, layers: pd.DataFrame | None, at: Sequence[tuple[str, str]]
) -> None:
    for x, depth in planted_depths(rows, layers, at):
        axes.plot([x - 0.3, x + 0.3], [depth] * 2, color=style.BLACK, linewidth=0.7, zorder=1,
                  linestyle=(0, (1, 1.5)), label="_planted")  # fmt: skip


def _name_areas(
    axes: Axes, rows: pd.DataFrame, at: Sequence[tuple[str, str]], headed: bool
) -> None:
    """Write below each place its area, its dataset where they differ, best layer and p_best."""
    room = _width(axes) / max(len(at), 1)
    level = room >= LETTER
    fits = room - 5 if level else 90.0
    several = rows["dataset"].nunique() > 1 and not headed
    names = []
    for dataset, area in at:
        own = rows[(rows["dataset"] == dataset) & (rows["area"] == area)]
        words = [area, *([dataset] if several else []), *_best(own)]
        fitted = [labels.fit(word, fits) for word in words]
        names.append("\n".join(fitted) if level else labels.fit(" · ".join(words), 120))
    axes.set_xticks(range(len(at)), names, rotation=0 if level else 90)
    axes.tick_params(axis="x", length=0)


def _best(rows: pd.DataFrame) -> list[str]:
    tested = rows[[not sc.is_control(str(m)) for m in rows["model"]]]
    if len(tested) != 1:
        return []
    row = tested.iloc[0]
    return [str(row["best_layer"]), f"({share(row['p_best'], 2)})"]


def _width(axes: Axes) -> float:
    """Points of a panel's width, the room of the axis taken off."""
    return grids.room(axes, 16)


def _header(
    axes: Axes, found: pd.DataFrame, method: str, hierarchies: pd.DataFrame | None
) -> list[tuple[str, str]]:
    lines = [(METHODS[method], style.BLACK)]
    scores = {} if hierarchies is None else hierarchy_scores(hierarchies, method)
    shown = [str(model) for model in dict.fromkeys(found["model"]) if model in scores]
    for model, words in zip(shown, _scored(shown, scores, _width(axes) - 8), strict=True):
        colour = style.GREY if sc.is_control(model) else style.BLACK
        lines += [(line, colour) for line in words]
    return lines


def _scored(models: Sequence[str], scores: Mapping[str, str], room: float) -> list[list[str]]:
    """Lines of each model, name and score: in one line where all fit, else each in its own."""
    level = [f"{model}: {scores[model]}" for model in models]
    if all(labels.width(line, style.SMALL) <= room for line in level):
        return [[line] for line in level]
    return [[*labels.wrap(f"{model}:", room), scores[model]] for model in models]


def _handles(found: pd.DataFrame) -> list[Line2D]:
    models = list(dict.fromkeys(found["model"]))
    one = sum(not sc.is_control(m) for m in models) == 1
    handles = []
    for model, look in looks(models, "").items():
        colour = look.colour
        if one:  # in the panels it has the area's colour
            colour = style.GREY if sc.is_control(model) else style.BLACK
        face = look.face if look.face == "white" else colour
        handles.append(
            Line2D([], [], color=colour, marker=look.marker, markerfacecolor=face, label=model,
                   markersize=4, linestyle=look.dashes, linewidth=1.0)
        )  # fmt: skip
    if "planted_layer" in found and found["planted_layer"].notna().any():
        handles.append(Line2D([], [], color=style.BLACK, linewidth=0.7, linestyle=(0, (1, 1.5)),
                              label="planted layer"))  # fmt: skip
    return handles
