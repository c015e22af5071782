"""What layers explain alone, in common and together, area by area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style

BAR = 4.2 * style.MILLIMETRE
MARGINS = 11 * style.MILLIMETRE
HEAD = 12 * style.MILLIMETRE
NAMES = 62
"""Room for the names of the bars, in millimetres."""
COLUMNS = 3
PADDING = 2 * style.MILLIMETRE
TOGETHER = "#8C8C8C"  # light enough for a black line on it


class Part(NamedTuple):
    """One bar: its name, height, interval and colour."""

    name: str
    value: float
    low: float
    high: float
    colour: str


def variance(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot the variance that sets of layers explain, one panel per dataset and area.

    Parameters
    ----------
    table
        ``variance.csv``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        For each set a bar per layer (explained by it only), one for what is shared, and one for
        all layers together, with their 95 % intervals.
    """
    keys = panels(table, hierarchy)
    rows = [select(table, key) for key in keys]
    with style.context():
        figure, grid = _grid(len(keys), sum(len(list(parts(x))) for x in _sets(rows[0])), width)
        for axes, key, part in zip(grid, keys, rows, strict=True):
            _draw(axes, part)
            several = table["generalisation"].nunique() > 1
            labels.header(axes, _header(key, part, datasets, several))
        figure.supxlabel("held-out variance explained (R²), median over neuroids", size=7)
    return figure


def panels(table: pd.DataFrame, hierarchy: sc.Hierarchy) -> list[sc.Panel]:
    """List dataset x generalisation x area, areas in the hierarchy's order."""
    return sc.panels(table.rename(columns={"generalisation": "variant"}), hierarchy)


def select(table: pd.DataFrame, key: sc.Panel) -> pd.DataFrame:
    """Rows of one panel."""
    wanted = (table["dataset"] == key.dataset) & (table["area"] == key.area)
    return table[wanted & (table["generalisation"] == key.variant)]


def parts(rows: pd.DataFrame) -> Iterator[Part]:
    """List the bars of one set in one panel, top to bottom.

    Parameters
    ----------
    rows
        Of ``variance.csv``, one per layer of the set.
    """
    for position, (_, row) in enumerate(rows.iterrows()):
        colour = style.PALETTE[position % len(style.PALETTE)]
        yield _part(f"only {row['layer']}", row, "unique", colour)
    first = rows.iloc[0]
    yield _part("shared", first, "shared", style.LIGHT)
    yield _part("together", first, "r2", TOGETHER)


def _part(name: str, row: pd.Series, column: str, colour: str) -> Part:
    ends = (row[f"{column}_ci_low"], row[f"{column}_ci_high"])
    return Part(name, float(row[column]), float(ends[0]), float(ends[1]), colour)


def _sets(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in rows.groupby("set", sort=False)]


def _grid(n: int, n_bars: int, width: str) -> tuple[Figure, list[Axes]]:
    columns = min(n, COLUMNS) if grids.is_wide(width) else 1
    size = (style.inches(width), n_bars * BAR + HEAD)
    figure, panels = grids.grid(n, columns, size, MARGINS, sharex=True, sharey=True)
    # Text is a little wider at the resolution of the file than at that of the layout.
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=PADDING))
    return figure, panels


def _draw(axes: Axes, rows: pd.DataFrame) -> None:
    groups = [list(parts(part)) for part in _sets(rows)]
    bars = [part for group in groups for part in group]
    values, low, high = np.array([part[1:4] for part in bars], dtype=float).T
    y = np.arange(len(bars))
    axes.barh(y, values, height=0.72, color=[part.colour for part in bars], label="_parts")
    axes.hlines(y, low, high, color=style.BLACK, linewidth=0.9, zorder=3, label="_interval")
    axes.axvline(0, color=style.BLACK, linewidth=0.5, zorder=2, label="_zero")
    for border in np.cumsum([len(group) for group in groups])[:-1]:
        axes.axhline(border - 0.5, color=style.LIGHT, linewidth=0.5, label="_border")
    narrow = grids.figure_of(axes).get_figwidth() <= style.SINGLE
    room = NAMES * style.MILLIMETRE * 72 * (0.6 if narrow else 1)
    axes.set_yticks(y, [labels.fit(part.name, room) for part in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)  # the first at the top
    axes.tick_params(axis="y", length=0)
    axes.tick_params(labelbottom=True)


def _header(
    key: sc.Panel, rows: pd.DataFrame, datasets: sc.Metas, several: bool
) -> list[tuple[str, str]]:
    room = 110.0
    n = f"n = {int(rows['n_neuroids'].max())} neuroids, {int(rows['n_stimuli'].max())} images"
    grey = [labels.dataset(key.dataset, datasets, room), labels.fit(n, room)]
    if several:
        grey.insert(1, labels.fit(key.variant, room))
    return [(key.area, style.BLACK), *((line, style.GREY) for line in grey)]
