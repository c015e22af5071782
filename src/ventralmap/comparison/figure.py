"""Scores of models with their intervals, a panel per dataset and area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ventralmap.comparison.leaderboard import PANEL
from ventralmap.figures import labels, style

ROW = 4.2 * style.MILLIMETRE
HEAD = 15 * style.MILLIMETRE
FOOT = 14 * style.MILLIMETRE
METHODS = {"encoding": "held-out r", "rsa": "similarity of RDMs", "cka": "debiased CKA"}


def scores(board: pd.DataFrame) -> Figure:
    """Draw the scores of one method: a row per study and model, whiskers for their intervals.

    Parameters
    ----------
    board
        Rows of one method, from `leaderboard.leaderboard`.

    Returns
    -------
    matplotlib.figure.Figure
        A dot per score of a best layer (filled for models under test), its 95 % interval, a bar at
        the nested score, and the ceiling as a grey line or band where it is known.
    """
    panels = [part for _, part in board.groupby(PANEL, sort=False)]
    columns = min(2, len(panels))
    heights = _heights(panels, columns)
    with style.context():
        size = (style.DOUBLE if columns > 1 else style.SINGLE * 1.3, sum(heights) + FOOT)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(
            len(heights), columns, squeeze=False, height_ratios=heights, sharex=True
        )
        for axes, part in zip(grid.ravel(), panels, strict=False):
            _panel(axes, part)
        for axes in grid.ravel()[: len(panels)][-columns:]:  # the lowest of each column
            axes.set_xlabel(METHODS.get(str(board["method"].iloc[0]), "score"))
        for spare in grid.ravel()[len(panels) :]:
            spare.remove()
        figure.legend(handles=_legend(board), loc="outside lower center", ncols=4)
    return figure


def _heights(panels: list[pd.DataFrame], columns: int) -> list[float]:
    """Height of each row of panels, by the largest number of models in it."""
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    return [max(len(part) for part in row) * ROW + HEAD for row in rows]


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    several = part["study"].nunique() > 1
    names = [f"{r.model} ({r.study})" if several else str(r.model) for r in part.itertuples()]
    for place, row in enumerate(part.to_dict("records")):
        _score(axes, place, row)
    axes.set_yticks(range(len(part)), [labels.fit(name, 110) for name in names])
    axes.set_ylim(len(part) - 0.4, -0.6)
    axes.axvline(0, color=style.LIGHT, linewidth=0.6, zorder=0)
    axes.tick_params(labelbottom=True)
    first = part.iloc[0]
    labels.header(
        axes,
        [
            (str(first["area"]), style.BLACK),
            (labels.fit(str(first["dataset"]), 170), style.GREY),
            (labels.fit(str(first["scored_by"]), 170), style.GREY),
        ],
    )


def _score(axes: Axes, place: int, row: dict[str, Any]) -> None:
    colour = style.GREY if row["control"] else style.area_colour(str(row["area"]))
    _ceiling(axes, place, row["ceiling_low"], row["ceiling_high"])
    axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, linewidth=1)
    face = "white" if row["control"] else colour
    axes.plot(row["score"], place, "o", color=colour, markerfacecolor=face, markersize=4)
    axes.plot(row["score_nested"], place, "|", color=style.BLACK, markersize=6)


def _ceiling(axes: Axes, place: int, low: float, high: float) -> None:
    if np.isnan([low, high]).any():
        return
    ends = [place - 0.35, place + 0.35]
    if low == high:
        axes.plot([low, low], ends, color=style.LIGHT, linewidth=2, zorder=0)
    else:
        axes.fill_betweenx(ends, low, high, color=style.LIGHT, linewidth=0, zorder=0)


def _legend(board: pd.DataFrame) -> list[Any]:
    black: dict[str, Any] = {"color": style.BLACK, "linewidth": 1, "markersize": 4}
    handles: list[Any] = [
        Line2D([], [], marker="o", label="best layer, 95 % interval", **black),
        Line2D([], [], marker="o", markerfacecolor="white", label="control", **black),
        Line2D([], [], marker="|", linestyle="none", color=style.BLACK, label="nested score"),
    ]
    if board["ceiling_low"].notna().any():
        handles.append(Patch(facecolor=style.LIGHT, label="ceiling"))
    return handles
