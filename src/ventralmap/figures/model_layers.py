"""What layers of models are like: their receptive fields, and how apart they hold categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ventralmap import macaque
from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.method_words import named

ROW_HEIGHT = 52 * style.MILLIMETRE
MARGINS = 16 * style.MILLIMETRE
ROOM = 108.0
"""Points for the name of a dataset."""
MARKERS = {"encoding": "o", "rsa": "s", "cka": "^"}
"""Marker of the scores of each method."""

Draw = Callable[[Axes, pd.DataFrame, pd.DataFrame], None]


def model_layers(
    table: pd.DataFrame,
    correspondence: pd.DataFrame,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot receptive fields, separability and what it goes with, for each dataset.

    Parameters
    ----------
    table
        ``model_layers.csv``.
    correspondence
        ``correspondence.csv``.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``).
    width
        A key of `style.WIDTHS`. In a single column the first panel stands above the others.

    Returns
    -------
    matplotlib.figure.Figure
        Over depth, receptive fields (theoretical solid, effective thin; beside them those of
        macaque areas near the fovea, where degrees are known) and the accuracy of a
        linear readout of the categories; and, area by area, the score of each model's best layer
        over the accuracy of its last. Datasets without categories have the first panel alone.
    """
    names = list(dict.fromkeys(table["dataset"]))
    with style.context():
        told = table["separability"].notna().any()
        figure, grid = _grid(len(names), width) if told else _fields_grid(len(names), width)
        headed = labels.heading(figure, names, datasets)
        for row, name in zip(grid, names, strict=True):
            rows = table[table["dataset"] == name]
            own = correspondence[correspondence["dataset"] == name]
            drawn = _panels(rows)
            for axes, draw in zip(row, drawn, strict=False):
                draw(axes, rows, own)
            for spare in row[len(drawn) :]:
                spare.remove()
            if not headed:
                title = labels.dataset(name, datasets, ROOM, 7)
                labels.header(row[0], [(title, style.BLACK)])
        figure.legend(
            handles=_handles(table["model"], correspondence["method"] if told else ()),
            loc="outside lower center",
            ncols=3 if figure.get_figwidth() > style.SINGLE else 2,
        )
    return figure


def _grid(n: int, width: str) -> tuple[Figure, list[list[Axes]]]:
    """Make three panels per dataset: beside one another, or the first above the others."""
    wide = grids.is_wide(width)
    lines = n if wide else 2 * n
    size = (style.inches(width), lines * ROW_HEIGHT + MARGINS)
    figure = Figure(figsize=size, layout="constrained")
    spec = figure.add_gridspec(lines, 3 if wide else 2)
    places = [
        [spec[i, 0], spec[i, 1], spec[i, 2]]
        if wide
        else [spec[2 * i, :], spec[2 * i + 1, 0], spec[2 * i + 1, 1]]
        for i in range(n)
    ]
    return figure, [[figure.add_subplot(place) for place in row] for row in places]


def _fields_grid(n: int, width: str) -> tuple[Figure, list[list[Axes]]]:
    """Make one panel per dataset, where none has categories."""
    columns = min(n, 3) if grids.is_wide(width) else 1
    share = columns / 3 if grids.is_wide(width) else 1.0
    size = (max(share * style.inches(width), style.SINGLE), ROW_HEIGHT)
    figure, panels = grids.grid(n, columns, size, MARGINS)
    return figure, [[axes] for axes in panels]


def _panels(rows: pd.DataFrame) -> Sequence[Draw]:
    if rows["separability"].isna().all():
        return (_fields,)
    return (_fields, _separability, _against_score)


def colours(models: Sequence[str] | pd.Series) -> dict[str, str]:
    """Colour of each model, those under test first; controls are grey."""
    ordered = sc.order_models(models)
    tested = [m for m in ordered if not sc.is_control(m)]
    own = {m: style.PALETTE[i % len(style.PALETTE)] for i, m in enumerate(tested)}
    return {m: own.get(m, style.GREY) for m in ordered}


def _fields(axes: Axes, rows: pd.DataFrame, _: pd.DataFrame) -> None:
    known = rows["field_degrees"].notna().all()
    unit = "degrees" if known else "px"
    for model, colour in colours(rows["model"]).items():
        own = rows[rows["model"] == model]
        _line(axes, own, f"field_{unit}", model, colour)
        if len(own) > 1:
            axes.plot(
                own["depth"], own[f"effective_{unit}"], color=colour, linewidth=0.5,
                linestyle=style.line_of(model).dashes, label="_effective",
            )  # fmt: skip
    if known:
        _areas(axes)
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylabel(f"receptive field ({'°' if known else 'pixels'})")
    axes.set_xlabel("depth of layer")


def _areas(axes: Axes) -> None:
    """Draw the receptive fields of macaque areas as bars beside the layers."""
    for place, (area, (low, high)) in enumerate(macaque.field_sizes().items()):
        x, colour = 1.14 + 0.1 * place, style.area_colour(area)
        axes.plot([x, x], [low, high], color=colour, linewidth=3, solid_capstyle="butt",
                  label=f"_{area}")  # fmt: skip
        axes.annotate(
            area, (x, high), (0, 1), textcoords="offset points", ha="center", va="bottom",
            size=style.TINY, color=colour,
        )  # fmt: skip
    axes.set_xticks([0, 0.5, 1])


def _separability(axes: Axes, rows: pd.DataFrame, _: pd.DataFrame) -> None:
    for model, colour in colours(rows["model"]).items():
        _line(axes, rows[rows["model"] == model], "separability", model, colour)
    axes.axhline(rows["separability_chance"].max(), color=style.LIGHT, zorder=0.5, label="_chance")
    axes.set_ylabel("accuracy on categories")
    axes.set_xlabel("depth of layer")


def _line(axes: Axes, rows: pd.DataFrame, column: str, model: str, colour: str) -> None:
    line = style.line_of(model)
    x, y = rows["depth"].to_numpy(float), rows[column].to_numpy(float)
    if len(rows) == 1:  # one layer has no depth to speak of
        x, y = np.array([0.0, 1.0]), y.repeat(2)
    axes.plot(
        x, y, color=colour, linestyle=line.dashes, linewidth=line.width, zorder=line.zorder,
        label=model,
    )  # fmt: skip


def against_score(rows: pd.DataFrame, correspondence: pd.DataFrame) -> pd.DataFrame:
    """Put the accuracy of each model's last layer beside the scores of its best layers.

    Returns
    -------
    pandas.DataFrame
        A row per model, area and method: `model`, `area`, `method`, `accuracy`, `score`.
    """
    last = rows.sort_values("layer_index").groupby("model")["separability"].last()
    found = correspondence[["model", "area", "method", "score"]]
    return found.assign(accuracy=found["model"].map(last))


def _against_score(axes: Axes, rows: pd.DataFrame, correspondence: pd.DataFrame) -> None:
    for point in against_score(rows, correspondence).itertuples():
        colour = style.area_colour(str(point.area))
        axes.plot(
            point.accuracy, point.score, linestyle="none", marker=MARKERS[str(point.method)],
            markersize=4, color=colour, label=f"_{point.model}",
            markerfacecolor="none" if sc.is_control(str(point.model)) else colour,
        )  # fmt: skip
    x = 0.0
    for area in dict.fromkeys(correspondence["area"].astype(str)):
        axes.annotate(
            area, (0, 1), (x, 3), xycoords="axes fraction", textcoords="offset points",
            va="bottom", size=style.SMALL, color=style.area_colour(area),
        )  # fmt: skip
        x += labels.width(area, style.SMALL) + 8
    narrow = grids.figure_of(axes).get_figwidth() <= style.SINGLE
    axes.set_xlabel("accuracy of\nthe last layer" if narrow else "accuracy of the last layer")
    axes.set_ylabel("score of the best layer")


def _handles(models: pd.Series, methods: Iterable[str]) -> list[Line2D]:
    """Make the key: lines of the models, and markers of the methods that there are."""
    found = []
    for model, colour in colours(models).items():
        line = style.line_of(model)
        found.append(
            Line2D([], [], color=colour, linestyle=line.dashes, linewidth=line.width, label=model)
        )
    for method in [name for name in MARKERS if name in set(methods)]:
        found.append(
            Line2D([], [], color=style.BLACK, linestyle="none", marker=MARKERS[method],
                   markersize=4, label=f"score by {named(method)}")
        )  # fmt: skip
    return found
