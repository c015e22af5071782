"""First filters of networks, and their shapes beside those of simple cells of macaque V1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ventralmap import gabor_fits, macaque
from ventralmap import scores as sc
from ventralmap.figures import style

ROW_HEIGHT = {"double": 50 * style.MILLIMETRE, "single": 92 * style.MILLIMETRE}
LIMITS = (0.05, 3.0)
"""Of n_x and n_y; what is beyond them is drawn on the border."""
PLACES = {
    "double": ((0.01, 0.4, 0.24, 0.88), (0.49, 0.71, 0.24, 0.88), (0.79, 0.98, 0.24, 0.88)),
    "single": ((0.01, 0.99, 0.55, 0.94), (0.14, 0.49, 0.13, 0.46), (0.63, 0.98, 0.13, 0.46)),
}
"""Left, right, lower and upper border of each panel of a row, in widths and heights of the row."""
COLUMNS = 16
"""Filters side by side."""

Images = Mapping[str, Sequence[Mapping[str, Any]]]
"""By model, what `filters.describe` says: layer, fit, explained, image."""


def filters(table: pd.DataFrame, images: Images, *, width: str = "double") -> Figure:
    """Draw the filters of each network, their orientations and frequencies, and their shapes.

    Parameters
    ----------
    table
        ``filters.csv``.
    images
        Of the networks, those without filters too.
    width
        A key of `style.WIDTHS`. In a single column the filters stand above the other panels.

    Returns
    -------
    matplotlib.figure.Figure
        A row per network: the filters of its first layers, good fits first; frequency over
        orientation; and n_y over n_x of good fits over the published region of macaque V1.
    """
    models = sc.order_models(list(images))
    with style.context():
        figure = Figure(figsize=(style.inches(width), len(models) * ROW_HEIGHT[width]))
        for row, model in enumerate(models):
            left, middle, right = (_place(figure, x, row, len(models)) for x in PLACES[width])
            left.set_title(model, loc="left")
            _mosaic(left, images[model])
            own = of_model(table, model)
            for axes, draw in ((middle, _tuning), (right, _shapes)):
                draw(axes, own) if len(own) else axes.remove()
    return figure


def _place(
    figure: Figure, borders: tuple[float, float, float, float], row: int, n_rows: int
) -> Axes:
    """Add a panel to a row, counted from the top, between its borders (`PLACES`)."""
    left, right, low, high = borders
    return figure.add_axes(
        (left, (n_rows - 1 - row + low) / n_rows, right - left, (high - low) / n_rows)
    )


def of_model(table: pd.DataFrame, model: str) -> pd.DataFrame:
    """Take the rows of a model in the first dataset that has it."""
    rows = table[table["model"] == model]
    return rows[rows["dataset"] == rows["dataset"].iloc[0]] if len(rows) else rows


def _mosaic(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    """Show filters layer by layer, each scaled to its largest weight, grey being zero."""
    axes.axis("off")
    if not rows:
        axes.text(0, 0.5, "no layer that sees a\nsmall piece of the image", va="center")
        return
    height = 0.0
    for layer in dict.fromkeys(row["layer"] for row in rows):
        own = [row for row in rows if row["layer"] == layer]
        own.sort(key=lambda row: (row["fit"] != "good", -row.get("explained", 0.0)))
        axes.text(0, -height, _counted(own), va="bottom", size=style.SMALL)
        sheet = tiled([np.array(row["image"]) for row in own])
        tall = sheet.shape[0] / sheet.shape[1]
        extent = (0, 1, -height - tall - 0.02, -height - 0.02)
        axes.imshow(sheet, extent=extent, interpolation="nearest")
        height += tall + 0.12
    axes.set(xlim=(0, 1), ylim=(-max(height, 0.37), 0.08), aspect="equal", anchor="NW")


def _counted(rows: Sequence[Mapping[str, Any]]) -> str:
    good = sum(row["fit"] == "good" for row in rows)
    size, n_filters = rows[0]["size_px"], rows[0]["n_filters"]
    shown = f"{len(rows)} of {n_filters}" if len(rows) < n_filters else f"{n_filters}"
    fitted = "not fitted" if size < gabor_fits.SMALLEST else f"{good} well fitted"
    return f"{rows[0]['layer']}: {shown} filters, {size} × {size} pixels, {fitted}"


def tiled(images: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Lay filters, (size, size, 3) from -1 to 1, side by side in one image from 0 to 1.

    Returns
    -------
    ndarray, shape (height, width, 3)
        White between them; `COLUMNS` in a row.
    """
    size = len(images[0])
    n_rows = -(-len(images) // COLUMNS)
    gap = max(1, round(size / 7))
    sheet = np.ones((n_rows * (size + gap) - gap, COLUMNS * (size + gap) - gap, 3))
    for place, image in enumerate(images):
        y, x = ((size + gap) * i for i in divmod(place, COLUMNS))
        sheet[y : y + size, x : x + size] = (image + 1) / 2
    return sheet


def _tuning(axes: Axes, rows: pd.DataFrame) -> None:
    unit = "degrees" if rows["peak_frequency_degrees"].notna().all() else "px"
    good = rows["fit"] == "good"
    others, fitted = rows[~good], rows[good]
    axes.plot(
        others["peak_orientation"], others[f"peak_frequency_{unit}"], linestyle="none", marker="o",
        markerfacecolor="none", markeredgewidth=0.5, color=style.GREY, label="peak",
    )  # fmt: skip
    axes.plot(
        fitted["orientation"], fitted[f"frequency_{unit}"], linestyle="none", marker="o",
        color=style.BLUE, label="fit",
    )  # fmt: skip
    axes.set(xlim=(-5, 185), xticks=[0, 45, 90, 135, 180], xlabel="orientation of the carrier (°)")
    axes.set_ylim(bottom=0)
    axes.set_ylabel(f"frequency (cycles/{'°' if unit == 'degrees' else 'pixel'})")


def _shapes(axes: Axes, rows: pd.DataFrame) -> None:
    most, edges = macaque.SIMPLE_CELLS.max(), macaque.EDGES
    for i, j in np.argwhere(macaque.SIMPLE_CELLS > 0):
        corner = (edges[i], edges[j])
        width, height = edges[i + 1] - edges[i], edges[j + 1] - edges[j]
        shade = 0.08 + 0.4 * macaque.SIMPLE_CELLS[i, j] / most
        axes.add_patch(Rectangle(corner, width, height, color=style.BLACK, alpha=shade, lw=0))
    _outline(axes)
    good = rows[rows["fit"] == "good"]
    shapes = (good[name].clip(*LIMITS) for name in ("n_x", "n_y"))
    axes.plot(*shapes, linestyle="none", marker="o", color=style.BLUE, clip_on=False, label="fit")
    axes.set(xscale="log", yscale="log", xlim=LIMITS, ylim=LIMITS, aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0.1, 0.3, 1, 3], labels=["0.1", "0.3", "1", "3"])
        axis.set_ticks([], minor=True)
    axes.set(xlabel="n_x (width in periods)", ylabel="n_y (length in periods)")


def _outline(axes: Axes) -> None:
    """Draw the border of the published region, where a bin of it has none beside it."""
    inside = np.pad(macaque.region(), 1)
    edges = macaque.EDGES
    for i, j in np.argwhere(inside):
        x, y = edges[i - 1 : i + 1], edges[j - 1 : j + 1]
        for there, side in (
            (inside[i - 1, j], ([x[0], x[0]], y)),
            (inside[i + 1, j], ([x[1], x[1]], y)),
            (inside[i, j - 1], (x, [y[0], y[0]])),
            (inside[i, j + 1], (x, [y[1], y[1]])),
        ):
            if not there:
                axes.plot(*side, color=style.BLACK, linewidth=0.7, label="_region")
