"""Panels side by side: how many, how large, and how much room each has."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ventralmap.figures import style

NOTHING = "no model with several layers"
"""Why a figure has no panel."""


def is_wide(width: str) -> bool:
    """Whether a figure of a width, a key of `style.WIDTHS`, takes more than one column."""
    return style.inches(width) > style.SINGLE


def grid(
    n: int, columns: int, size: tuple[float, float], margin: float, **options: Any
) -> tuple[Figure, list[Axes]]:
    """Make n panels in rows.

    Parameters
    ----------
    n
        Number of panels; without any the figure says why.
    columns
        How many stand side by side.
    size
        Width of the figure and height of a row, inches.
    margin
        Inches that the figure is higher than its rows.
    options
        For ``Figure.subplots``.

    Returns
    -------
    figure
        Its layout is constrained.
    panels
        Row by row.
    """
    width, height = size
    rows = max(-(-n // columns), 1)
    figure = Figure(figsize=(width, rows * height + margin), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, **options).ravel()
    for spare in panels[n:]:
        spare.remove()
    if not n:
        figure.set_layout_engine("none")  # which would warn
        figure.text(0.5, 0.5, NOTHING, ha="center")
    return figure, list(panels[:n])


def figure_of(axes: Axes) -> Figure:
    """Return the whole figure that a panel is in."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def columns_beside(axes: Axes) -> int:
    """Return how many columns the grid of a panel has."""
    spec = axes.get_subplotspec()
    assert spec is not None
    return spec.get_gridspec().ncols


def room(axes: Axes, taken: float) -> float:
    """Return the points of a panel's share of the width, without what is `taken` of it."""
    return float(figure_of(axes).get_figwidth()) * 72 / columns_beside(axes) - taken
