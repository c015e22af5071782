"""Ranks of layers by each method, and their dimensionality and alignment, over depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ventralmap import scores as sc
from ventralmap.figures import labels, style
from ventralmap.figures.model_layers import colours

HEIGHT = 46 * style.MILLIMETRE
COLUMNS = 4
ROOM = 108.0
METHODS = {"encoding": style.BLUE, "rsa": style.VERMILION, "cka": style.GREEN}
"""Colour of each method, the same in every panel."""


def agreement(table: pd.DataFrame, hierarchy: sc.Hierarchy, *, datasets: sc.Metas = ()) -> Figure:
    """Plot the rank of each layer of the first model by each method, a panel per dataset and area.

    Parameters
    ----------
    table
        ``agreement.csv``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds.

    Returns
    -------
    matplotlib.figure.Figure
        Lines with 95 % intervals, where there are any; the best rank at the top.
    """
    table = of_first_model(table)
    keys = panels(table, hierarchy)
    with style.context():
        figure, grid = _grid(len(keys), 1)
        for axes, (dataset, area) in zip(grid[0], keys, strict=False):
            _ranks(axes, _own(table, dataset, area))
            _head(axes, dataset, area, datasets)
            axes.set_xlabel("depth of layer")
        for line in range(0, len(keys), COLUMNS):
            grid.ravel()[line].set_ylabel("rank of the layer")
        _spare(grid.ravel(), len(keys))
        _key(figure, {m: (c, "-") for m, c in METHODS.items() if (table["method"] == m).any()})
    return figure


def of_first_model(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the first model that is under test, or of the first one."""
    models = sc.order_models(table["model"])
    return table[table["model"] == models[0]] if models else table


def panels(table: pd.DataFrame, hierarchy: sc.Hierarchy) -> list[tuple[str, str]]:
    """List dataset x area: datasets as they come, areas in the hierarchy's order."""
    order, names = sc.order_areas(table["area"], hierarchy), list(table["dataset"].unique())
    found = table[["dataset", "area"]].drop_duplicates().itertuples(index=False)
    pairs = [(str(dataset), str(area)) for dataset, area in found]
    return sorted(pairs, key=lambda key: (names.index(key[0]), order.index(key[1])))


def _own(table: pd.DataFrame, dataset: str, area: str) -> pd.DataFrame:
    return table[(table["dataset"] == dataset) & (table["area"] == area)]


def _grid(n: int, rows: int) -> tuple[Figure, NDArray]:
    lines = max(-(-n // COLUMNS), 1)
    size = (style.DOUBLE, rows * lines * HEIGHT)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows * lines, COLUMNS, squeeze=False)
    return figure, grid.reshape(rows, -1) if rows == 1 else grid


def _spare(axes: NDArray, n: int) -> None:
    for empty in axes[n:]:
        empty.set_axis_off()


def _ranks(axes: Axes, rows: pd.DataFrame) -> None:
    for method, part in rows.groupby("method", sort=False):
        part, colour = part.sort_values("layer_index"), METHODS[str(method)]
        low, high = part["rank_ci_low"], part["rank_ci_high"]
        axes.fill_between(part["depth"], low, high, color=colour, alpha=0.2, linewidth=0,
                          label="_interval")  # fmt: skip
        axes.plot(part["depth"], part["rank"], "o-", color=colour, markersize=2, label=str(method))
    axes.invert_yaxis()


def _key(figure: Figure, lines: Mapping[str, tuple[str, Any]]) -> None:
    """Say below the panels what has which colour and dashes."""
    handles = [
        Line2D([], [], color=colour, linestyle=dashes, label=name)
        for name, (colour, dashes) in lines.items()
    ]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))


def _head(axes: Axes, dataset: str, area: str, datasets: sc.Metas) -> None:
    name = labels.dataset(dataset, datasets, ROOM)
    labels.header(axes, [(area, style.BLACK), (name, style.GREY)])


def spectra(table: pd.DataFrame, hierarchy: sc.Hierarchy, *, datasets: sc.Metas = ()) -> Figure:
    """Plot dimensionality (above) and alignment (below) over depth, a column per dataset and area.

    Parameters
    ----------
    table
        ``spectra.csv``.
    hierarchy, datasets
        As for `agreement`.

    Returns
    -------
    matplotlib.figure.Figure
        A line per model; dotted, the share expected of responses without structure.
    """
    keys = panels(table, hierarchy)
    with style.context():
        lines = max(-(-len(keys) // COLUMNS), 1)
        figure = Figure(figsize=(style.DOUBLE, 2 * lines * HEIGHT), layout="constrained")
        grid = figure.subplots(2 * lines, COLUMNS, squeeze=False)
        for number, (dataset, area) in enumerate(keys):
            line, column = divmod(number, COLUMNS)
            above, below = grid[2 * line][column], grid[2 * line + 1][column]
            rows = _own(table, dataset, area)
            _lines(above, rows, "dimensionality")
            _lines(below, rows, "power_leading")
            _lines(below, rows, "power_leading_chance")
            above.set_ylim(bottom=0)
            below.set_ylim(0, 1.03)
            below.set_xlabel("depth of layer")
            _head(above, dataset, area, datasets)
            if column == 0:
                above.set_ylabel("effective dimensionality")
                below.set_ylabel("response variance in them")
        for number in range(len(keys), lines * COLUMNS):
            line, column = divmod(number, COLUMNS)
            _spare(grid[2 * line : 2 * line + 2, column], 0)
        models = colours(table["model"])
        _key(figure, {m: (colour, style.line_of(m).dashes) for m, colour in models.items()})
    return figure


def _lines(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    chance = column.endswith("chance")
    for model, colour in colours(rows["model"]).items():
        part = rows[rows["model"] == model].sort_values("layer_index")
        line = style.line_of(model)
        how: dict[str, Any] = {"linewidth": line.width, "linestyle": line.dashes, "marker": "o"}
        if chance:
            how = {"linewidth": 0.5, "linestyle": ":"}
        axes.plot(part["depth"], part[column], color=colour, markersize=2, label=model, **how)
