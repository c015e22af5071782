"""Ranks of layers by each method, and their dimensionality and alignment, over depth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ventralmap import scores as sc
from ventralmap.figures import labels, style

HEIGHT = 46 * style.MILLIMETRE
COLUMNS = 4
ROOM = 108.0


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
        for line in range(0, len(keys), COLUMNS):
            grid.ravel()[line].set_ylabel("rank of the layer")
        _spare(grid.ravel(), len(keys))
        figure.supxlabel("depth", size=7)
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
    for (method, part), colour in zip(
        rows.groupby("method", sort=False), style.PALETTE, strict=False
    ):
        part = part.sort_values("layer_index")
        low, high = part["rank_ci_low"], part["rank_ci_high"]
        axes.fill_between(part["depth"], low, high, color=colour, alpha=0.2, linewidth=0,
                          label="_interval")  # fmt: skip
        axes.plot(part["depth"], part["rank"], "o-", color=colour, markersize=2, label=str(method))
    axes.invert_yaxis()
    axes.legend(loc="best")


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
            _head(above, dataset, area, datasets)
            if column == 0:
                above.set_ylabel("effective dimensionality")
                below.set_ylabel("response variance in them")
        for number in range(len(keys), lines * COLUMNS):
            line, column = divmod(number, COLUMNS)
            _spare(grid[2 * line : 2 * line + 2, column], 0)
        if keys:
            grid[0][0].legend(loc="best")
        figure.supxlabel("depth", size=7)
    return figure


def _lines(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    chance = column.endswith("chance")
    for model, colour in zip(sc.order_models(rows["model"]), style.PALETTE, strict=False):
        part = rows[rows["model"] == model].sort_values("layer_index")
        how = {"linewidth": 0.7, "label": f"_{model}"} if chance else {"label": model}
        line = ":" if chance else "o-"
        axes.plot(part["depth"], part[column], line, color=colour, markersize=2, **how)
