"""Map of layers x time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from ventralmap.figures import labels, style

Array = NDArray[np.float64]

COLOURS = "Greys"
NAME = 52.0
"""Points for the name of a layer."""


def time_map(
    axes: Axes,
    rows: pd.DataFrame,
    named: Sequence[tuple[str, tuple[float, float, float, float]]],
    scale: Normalize,
) -> AxesImage:
    """Draw the similarity of each layer (rows, the first at the bottom) at each time.

    Parameters
    ----------
    axes
        Where.
    rows
        Of ``timecourse.csv``, of one dataset, model and area.
    named
        Layers whose names are written, each with its colour.
    scale
        Of the similarities.

    Returns
    -------
    matplotlib.image.AxesImage
        The map; lines are around what is significant.
    """
    values, layers, time = matrix(rows, "similarity")
    significant = matrix(rows, "significant")[0] > 0
    x, y = edges(time), np.arange(len(layers) + 1, dtype=float) - 0.5
    image = axes.imshow(
        values, cmap=COLOURS, norm=scale, origin="lower", aspect="auto", interpolation="none",
        extent=(x[0], x[-1], y[0], y[-1]),
    )  # fmt: skip
    around = LineCollection(outline(significant, x, y), colors=style.VERMILION, linewidths=0.8)
    around.set_label("_significant")
    axes.add_collection(around)
    axes.axvline(0, color=style.GREY, linewidth=0.5, label="_onset")
    shown = [(layers.index(layer), layer, colour) for layer, colour in named if layer in layers]
    axes.set_yticks([at for at, _, _ in shown], [labels.fit(name, NAME) for _, name, _ in shown])
    for text, (_, _, colour) in zip(axes.get_yticklabels(), shown, strict=True):
        text.set_color(colour)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(x[0], x[-1])
    return image


def matrix(rows: pd.DataFrame, column: str) -> tuple[Array, list[str], Array]:
    """Arrange a column of one model and area by layer and time.

    Returns
    -------
    values : ndarray, shape (n_layers, n_times)
    layers : list of str
    time : ndarray, shape (n_times,)
    """
    order = rows.sort_values(["layer_index", "time_ms"], kind="stable")
    layers = [str(layer) for layer in dict.fromkeys(order["layer"])]
    table = rows.pivot(index="layer", columns="time_ms", values=column).reindex(layers)
    return table.to_numpy(float), layers, table.columns.to_numpy(float)


def edges(centres: Array) -> Array:
    """Borders halfway between centres in ascending order, shape (n + 1,)."""
    if len(centres) < 2:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    inner = (centres[1:] + centres[:-1]) / 2
    return np.array([2 * centres[0] - inner[0], *inner, 2 * centres[-1] - inner[-1]])


def outline(mask: NDArray[np.bool_], x: Array, y: Array) -> list[list[tuple[float, float]]]:
    """Lines around the cells of a grid that are in a mask.

    Parameters
    ----------
    mask
        Shape (n_rows, n_columns).
    x, y
        Borders of the columns and of the rows, one more than these.

    Returns
    -------
    list
        Segments of two points: borders of which one side is in the mask and the other is not.
    """
    padded = np.pad(mask, 1)
    level = np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1])
    upright = np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1])
    along = [[(x[j], y[i]), (x[j + 1], y[i])] for i, j in level]
    across = [[(x[j], y[i]), (x[j], y[i + 1])] for i, j in upright]
    return along + across
