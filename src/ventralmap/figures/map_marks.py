"""Marks on a layer x area map: the best layer, how surely it is the best, and planted layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ventralmap import scores as sc


def draw(
    axes: Axes, scores: pd.DataFrame, found: pd.DataFrame, columns: Sequence[sc.Panel]
) -> None:
    """Frame the best layer of each column, span the interval of its depth, mark planted layers.

    Parameters
    ----------
    axes
        A map with a row for each layer, the first at 0, and a column for each of `columns`.
    scores, found
        The model's rows of the tidy scores and of ``correspondence.csv``.
    columns
        What the columns are of.
    """
    for x, column in enumerate(columns):
        top = sc.best(sc.select(scores, column))
        rows = found[(found["dataset"] == column.dataset) & (found["area"] == column.area)]
        if top is not None:
            _frame(axes, x, int(top["layer_index"]))
        for _, row in rows.iterrows():
            if column.variant == _first_variant(scores, column.dataset):
                _interval(axes, x, row, scores)
            planted = row.get("planted_layer")
            index = scores.loc[scores["layer"] == planted, "layer_index"]
            if len(index) and not sc.is_control(str(row["model"])):
                _triangle(axes, x, int(index.iloc[0]))


def _first_variant(scores: pd.DataFrame, dataset: str) -> str:
    """Name the variant that ``correspondence.csv`` is of."""
    return str(scores.loc[scores["dataset"] == dataset, "variant"].iloc[0])


def _frame(axes: Axes, x: int, row: int) -> None:
    for colour, width in (("black", 1.8), ("white", 0.8)):
        frame = Rectangle((x - 0.45, row - 0.46), 0.76, 0.92, zorder=3, clip_on=False)
        frame.set(fill=False, edgecolor=colour, linewidth=width, label="_best")
        axes.add_patch(frame)


def _interval(axes: Axes, x: int, row: pd.Series, scores: pd.DataFrame) -> None:
    steps = scores["layer_index"].max()
    ends = [float(row["depth_ci_low"]) * steps, float(row["depth_ci_high"]) * steps]
    if np.isnan(ends).any():
        return
    for colour, width in (("black", 2.4), ("white", 1.0)):
        axes.plot(
            [x + 0.4] * 2, ends, color=colour, linewidth=width, zorder=4, label="_interval",
            solid_capstyle="round", clip_on=False,
        )  # fmt: skip


def _triangle(axes: Axes, x: int, row: int) -> None:
    axes.plot(
        x - 0.49, row, marker=">", markersize=3.5, color="white", markeredgecolor="black",
        markeredgewidth=0.6, zorder=4, label="_planted", clip_on=False,
    )  # fmt: skip
