"""Ranks of layers by each method, and their dimensionality and alignment, over depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.figures.model_layers import colours
from ventralmap.method_words import METHODS as METHOD_NAMES

HEIGHT = 46 * style.MILLIMETRE
KEY_HEIGHT = 10 * style.MILLIMETRE
ROOM = 84.0
METHODS: dict[str, tuple[str, str, Any]] = {
    "encoding": (style.BLUE, "o", "-"),
    "rsa": (style.VERMILION, "s", (0, (4, 1.5))),
    "cka": (style.GREEN, "^", (0, (1, 1.2))),
}
"""Colour, marker and dashes of each method, the same in every panel."""


def agreement(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot the rank of each layer of the first model by each method, a panel per dataset and area.

    Parameters
    ----------
    table
        ``agreement.csv``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Lines with 95 % intervals, where there are any; the best rank at the top.
    """
    table = of_first_model(table)
    keys = panels(table, hierarchy)
    with style.context():
        figure, grid, columns = _grid(len(keys), width)
        headed = labels.heading(figure, table["dataset"], datasets)
        for place, (axes, (dataset, area)) in enumerate(zip(grid, keys, strict=True)):
            _ranks(axes, own(table, dataset, area))
            _head(axes, dataset, area, None if headed else datasets)
            axes.set_xlabel("depth of layer")
            if place % columns == 0:
                axes.set_ylabel("rank of the layer")
        used = {METHOD_NAMES[m]: METHODS[m] for m in METHODS if (table["method"] == m).any()}
        _key(figure, used)
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


def own(table: pd.DataFrame, dataset: str, area: str) -> pd.DataFrame:
    """Rows of one dataset and area."""
    return table[(table["dataset"] == dataset) & (table["area"] == area)]


def _grid(n: int, width: str) -> tuple[Figure, list[Axes], int]:
    most = 4 if grids.is_wide(width) else 2
    columns = 3 if most == 4 and n in (5, 6, 9) else max(min(n, most), 1)
    figure, panels = grids.grid(n, columns, (style.inches(width), HEIGHT), KEY_HEIGHT)
    return figure, panels, columns


def _ranks(axes: Axes, rows: pd.DataFrame) -> None:
    for method, part in rows.groupby("method", sort=False):
        part, (colour, marker, dashes) = part.sort_values("layer_index"), METHODS[str(method)]
        low, high = part["rank_ci_low"], part["rank_ci_high"]
        axes.fill_between(part["depth"], low, high, color=colour, alpha=0.2, linewidth=0,
                          label="_interval")  # fmt: skip
        axes.plot(part["depth"], part["rank"], color=colour, marker=marker, linestyle=dashes,
                  markersize=2.5, linewidth=0.9, label=METHOD_NAMES[str(method)])  # fmt: skip
    last = int(rows["layer_index"].max()) + 1
    axes.set_yticks([1, *range(5, last + 1, 5)] if last > 6 else range(1, last + 1))
    axes.set_ylim(last + 0.6, 0.4)


def _key(figure: Figure, looks: Mapping[str, tuple[str, str, Any]]) -> None:
    """Say below the panels what has which colour, marker and dashes."""
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=dashes, label=name, markersize=2.5)
        for name, (colour, marker, dashes) in looks.items()
    ]
    columns = 4 if figure.get_figwidth() > style.SINGLE else 2
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=columns)


def _head(axes: Axes, title: str, area: str, datasets: sc.Metas | None) -> None:
    name = [] if datasets is None else [(labels.dataset(title, datasets, ROOM), style.GREY)]
    labels.header(axes, [(area, style.BLACK), *name])


def spectra(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot dimensionality over depth for each dataset, and alignment for each of its areas.

    Parameters
    ----------
    table
        ``spectra.csv``.
    hierarchy, datasets, width
        As for `agreement`.

    Returns
    -------
    matplotlib.figure.Figure
        A line per model; dotted, the share expected of responses without structure.
    """
    keys = [
        key
        for name in table["dataset"].unique()
        for key in ((str(name), None), *panels(table[table["dataset"] == name], hierarchy))
    ]
    models = colours(table["model"])
    looks = {
        model: (colour, style.MARKERS[i % len(style.MARKERS)], style.line_of(model).dashes)
        for i, (model, colour) in enumerate(models.items())
    }
    with style.context():
        figure, grid, _ = _grid(len(keys), width)
        headed = labels.heading(figure, table["dataset"], datasets)
        for axes, (dataset, area) in zip(grid, keys, strict=True):
            rows = table[table["dataset"] == dataset]
            if area is None:
                _dimensionality(axes, rows, looks)
            else:
                _alignment(axes, rows[rows["area"] == area], looks)
            _head(axes, dataset, area or "all areas", None if headed else datasets)
            axes.set_xlabel("depth of layer")
        _key(figure, looks)
    return figure


def _dimensionality(
    axes: Axes, rows: pd.DataFrame, looks: Mapping[str, tuple[str, str, Any]]
) -> None:
    """Draw what is of a layer and the images, so that all areas have the same."""
    each = rows.drop_duplicates(["model", "layer"])
    _lines(axes, each, "dimensionality", looks)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("effective dimensionality")


def _alignment(axes: Axes, rows: pd.DataFrame, looks: Mapping[str, tuple[str, str, Any]]) -> None:
    _lines(axes, rows, "power_leading", looks)
    _lines(axes, rows, "power_leading_chance", looks)
    axes.set_ylim(0, 1.03)
    axes.set_ylabel("share of variance\nin leading dimensions")


def _lines(
    axes: Axes, rows: pd.DataFrame, column: str, looks: Mapping[str, tuple[str, str, Any]]
) -> None:
    chance = column.endswith("chance")
    for model, (colour, marker, dashes) in looks.items():
        part = rows[rows["model"] == model].sort_values("layer_index")
        how: dict[str, Any] = {"linewidth": 1.0, "linestyle": dashes, "marker": marker}
        if chance:
            how = {"linewidth": 0.5, "linestyle": ":"}
        name = f"_chance of {model}" if chance else model
        axes.plot(part["depth"], part[column], color=colour, markersize=2.5, label=name, **how)
