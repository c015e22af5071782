"""Which layer is chosen for recordings simulated from each layer, and how often it is right."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.method_words import named

COLUMNS = 4
HEIGHT = 44 * style.MILLIMETRE
KEY_HEIGHT = 8 * style.MILLIMETRE
CHANGES = {
    "noise": "times the data's noise",
    "share_neuroids": "share of the neuroids",
    "share_stimuli": "share of the images",
}
GOAL = 0.95


def recovery(
    table: pd.DataFrame,
    summary: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot confusion matrices and rates of recovery, eight panels per dataset and area.

    Parameters
    ----------
    table, summary
        ``recovery.csv`` and ``recovery_summary.csv``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Above, for `COLUMNS` methods, how often each layer was chosen for each simulated one; below,
        how often the chosen one was within one layer, against noise, neuroids and images, and
        whether p_best is right.
    """
    keys = panels(summary, hierarchy)
    methods = shown(summary)
    with style.context():
        columns = COLUMNS if grids.is_wide(width) else COLUMNS // 2
        lines = len(keys) * 2 * COLUMNS // columns
        size = (style.inches(width), lines * HEIGHT + KEY_HEIGHT)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(lines, columns, squeeze=False).reshape(len(keys), 2 * COLUMNS)
        for line, (dataset, area) in zip(grid, keys, strict=True):
            rows = _own(table, dataset, area)
            above, below = line[:COLUMNS], line[COLUMNS:]
            _matrices(above, rows, methods, dataset, area, datasets)
            _rates(below[:3], _own(summary, dataset, area), methods)
            _probabilities(below[3], rows, methods)
        handles, names = grid[0][COLUMNS].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=columns)
    return figure


def panels(summary: pd.DataFrame, hierarchy: sc.Hierarchy) -> list[tuple[str, str]]:
    """List dataset x area, areas in the hierarchy's order."""
    order = sc.order_areas(summary["area"], hierarchy)
    found = summary[["dataset", "area"]].drop_duplicates().itertuples(index=False)
    return sorted(
        ((str(dataset), str(area)) for dataset, area in found),
        key=lambda key: (key[0], order.index(key[1])),
    )


def shown(summary: pd.DataFrame) -> list[str]:
    """Methods that are shown: those that are not RSA, and the RSA that is right most often."""
    usual = like_the_data(_itself(summary))
    rates = usual.groupby("method", sort=False)["within_one"].mean()
    of_rdms = rates[rates.index.str.startswith("rsa ")]
    best = [str(of_rdms.idxmax())] if len(of_rdms) else []
    others = [str(name) for name in rates.index if not str(name).startswith("rsa ")]
    order = ["ridge", "pls", *best, "cka"]
    return sorted([*others, *best], key=order.index)


def like_the_data(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of recordings with the noise, neuroids and stimuli of the real one."""
    return table[(table[list(CHANGES)] == 1).all(axis=1)]


def _itself(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in which the simulated model is analysed."""
    return table[table["model"] == table["simulated_model"]]


def _own(table: pd.DataFrame, dataset: str, area: str) -> pd.DataFrame:
    return _itself(table[(table["dataset"] == dataset) & (table["area"] == area)])


def confusion(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Share of the recordings of each layer (rows) for which each (columns) was chosen.

    Parameters
    ----------
    rows
        Of ``recovery.csv``, one at least, for which a layer was chosen.

    Returns
    -------
    ndarray, shape (n_layers, n_layers)
    """
    n = int(rows[["simulated_index", "chosen_index"]].max().max()) + 1
    counts = np.zeros((n, n))
    np.add.at(counts, (rows["simulated_index"].astype(int), rows["chosen_index"].astype(int)), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _matrices(
    grid: NDArray,
    rows: pd.DataFrame,
    methods: list[str],
    dataset: str,
    area: str,
    datasets: sc.Metas,
) -> None:
    usual = like_the_data(rows)
    for axes, method in zip(grid, methods, strict=False):
        own = usual[usual["method"] == method].dropna(subset=["chosen_index"])
        if own.empty:
            axes.set_axis_off()
        else:
            image = confusion(own)
            axes.imshow(image, cmap="Greys", vmin=0, vmax=1, origin="lower", label="_confusion")
            ticks = range(0, len(image), -(-len(image) // 5))
            axes.set(xticks=ticks, yticks=ticks)
        axes.set_xlabel("chosen layer")
        axes.set_box_aspect(1)
        if axes is not grid[0]:
            labels.header(axes, [(labels.fit(named(method), 95.0), style.BLACK)])
    grid[0].set_ylabel("simulated layer")
    room = [(area, style.BLACK), (labels.dataset(dataset, datasets, 110.0), style.GREY)]
    labels.header(grid[0], [*room, (named(methods[0]), style.BLACK)])
    for axes in grid[len(methods) :]:
        axes.set_axis_off()


def _rates(grid: NDArray, rows: pd.DataFrame, methods: list[str]) -> None:
    for axes, (column, name) in zip(grid, CHANGES.items(), strict=True):
        others = [other for other in CHANGES if other != column]
        part = rows[(rows[others] == 1).all(axis=1)].sort_values(column)
        for method, colour, marker in zip(methods, style.PALETTE, style.MARKERS, strict=False):
            own = part[part["method"] == method]
            axes.plot(own[column], own["within_one"], "-", marker=marker, color=colour,
                      label=named(method))  # fmt: skip
            axes.vlines(own[column], own["within_one_low"], own["within_one_high"], color=colour,
                        linewidth=0.6, label="_interval")  # fmt: skip
        axes.axhline(GOAL, color=style.GREY, linewidth=0.5, linestyle=":", label="_goal")
        axes.set_ylim(0, 1.03)
        axes.set_xscale("log")
        values = sorted(part[column].unique())
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.minorticks_off()
        axes.set_xlabel(labels.fit(name, 110.0))
    grid[0].set_ylabel("within one layer")


def probabilities(rows: pd.DataFrame, n_bins: int = 5) -> pd.DataFrame:
    """Compare p_best with how often the layer is the simulated one, bin by bin.

    Returns
    -------
    pandas.DataFrame
        A row per bin of equal width that is not empty: given, right, n.
    """
    known = rows.dropna(subset=["p_best", "exact"])
    number = np.minimum((known["p_best"] * n_bins).astype(int), n_bins - 1)
    parts = known.groupby(number)
    found = parts.agg(given=("p_best", "mean"), right=("exact", "mean"), n=("exact", "size"))
    return found.reset_index(drop=True)


def _probabilities(axes: Axes, rows: pd.DataFrame, methods: list[str]) -> None:
    axes.plot([0, 1], [0, 1], color=style.LIGHT, linewidth=0.7, label="_diagonal")
    for method, colour, marker in zip(methods, style.PALETTE, style.MARKERS, strict=False):
        found = probabilities(rows[rows["method"] == method])
        axes.plot(found["given"], found["right"], "-", color=colour, linewidth=0.7, label="_line")
        axes.scatter(found["given"], found["right"], s=2 + found["n"] / 3, color=colour,
                     marker=marker, label=f"_{method}")  # fmt: skip
    axes.set_xlim(0, 1.03)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("p_best")
    axes.set_ylabel("right")
