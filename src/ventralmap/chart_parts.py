"""What the interactive charts of a report share: cells, scales, and specifications for plotly."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ventralmap.figures.maps import ink
from ventralmap.figures.style import LIGHT
from ventralmap.wording import MISSING, interval, share

Spec = Mapping[str, Any]
"""Data and layout of one plot, as plotly.js takes them, and ``label``, what it shows."""

COLOURS = "Viridis"
ROW, MARGIN, ABOVE, LEAST = 22, 125, 10, 260
"""Pixels: height of a layer, what lies above and below the map, above it, and the least height."""
MOST_WRITTEN = 6
"""Columns of a map up to which its values are written into its cells."""
DIGITS = 4


class Chart(NamedTuple):
    """An interactive chart: one plot at a time in each panel, chosen from two lists.

    Attributes
    ----------
    key
        Unique name; an anchor in the report.
    title
        Plain text.
    note
        How to read it; plain text.
    lists
        What the two lists choose; the second is that of each panel, and is not shown where it has
        no name.
    plots
        By the choice in the first list, then by that in the second.
    starts
        The second choice of each panel at first, by the first choice.
    figures
        Keys of the report's figures that show the same without a script, on paper too.
    """

    key: str
    title: str
    note: str
    lists: tuple[str, str]
    plots: Mapping[str, Mapping[str, Spec]]
    starts: Mapping[str, Sequence[str]]
    figures: tuple[str, ...]

    @property
    def most_panels(self) -> int:
        """Panels that stand side by side at most."""
        return max(map(len, self.starts.values()))

    @property
    def tallest(self) -> int:
        """Pixels of the tallest of its plots."""
        plots = (plot for each in self.plots.values() for plot in each.values())
        return max(int(plot["layout"]["height"]) for plot in plots)


def plain(text: object) -> str:
    """Escape a text of the study: plotly reads some tags in labels, but no quotes."""
    return html.escape(str(text), quote=False)


def lines(*parts: str) -> str:
    """Join the lines of a hover text that are not empty."""
    return "<br>".join(part for part in parts if part)


def valued(symbol: str, value: float, low: float, high: float, about: str = "95 % CI") -> str:
    """Write a value with its interval: ``ρ = .508, 95 % CI [.465, .551]``."""
    known = interval(low, high)
    return f"{symbol} = {share(value)}" + (f", {about} {known}" if known else "")


def placed(position: float, n: int, depth: float) -> str:
    """Say where a layer lies in its network: ``layer 3 of 20, depth 0.11``."""
    where = MISSING if np.isnan(depth) else f"{depth:.2f}"
    return f"layer {int(position) + 1} of {n}, depth {where}"


def numbers(values: NDArray[np.float64]) -> list[Any]:
    """Round for the page; what is missing becomes None, which JSON can hold."""
    rounded = np.round(np.asarray(values, float), DIGITS)
    return np.where(np.isnan(rounded), None, rounded + 0.0).tolist()  # type: ignore[call-overload]


def heat_map(
    values: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[Any],
    texts: Sequence[Sequence[str]],
    *,
    label: str,
    scale: tuple[float, float],
    title: str,
    framed: Sequence[tuple[int, int]] = (),
    across: str = "",
) -> Spec:
    """Specify a heat map.

    Parameters
    ----------
    values
        Shape (row, column); NaN where there is none.
    rows, columns
        Their names, the first row at the bottom; escaped, as they may be.
    texts
        What is shown of each cell, shape as `values`.
    label
        What the map shows, for those who cannot see it.
    scale
        Values of the first and the last colour.
    title
        Of the colours.
    framed
        Row and column of the cells to frame.
    across
        Title of the columns' axis, where they are numbers; else they are names, and values are
        written into the cells of up to `MOST_WRITTEN`.

    Returns
    -------
    dict
        Plain objects, the same on every run.
    """
    trace = {
        "type": "heatmap",
        "z": numbers(values),
        "x": list(columns),
        "y": list(rows),
        "text": [list(row) for row in texts],
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
        "colorscale": COLOURS,
        "zmin": scale[0],
        "zmax": scale[1],
        "xgap": 0 if across else 2,
        "ygap": 1,
        "colorbar": _bar(title, height(len(rows))),
    }
    names = {} if across else {"type": "category", "range": [-0.5, len(columns) - 0.5]}
    return {
        "data": [trace, *([] if across else _written(values, rows, columns, scale))],
        "layout": _layout(height(len(rows)))
        | {
            "xaxis": _axis(across) | names,
            "yaxis": _axis("") | {"type": "category", "range": [-0.5, len(rows) - 0.5]},
            "shapes": [frame for cell in framed for frame in _frames(*cell)],
        },
        "label": label,
    }


def _bar(title: str, pixels: int) -> dict[str, Any]:
    """Specify the bar of colours above a map: names of columns may be long below it."""
    return {
        "orientation": "h",
        "thickness": 10,
        "ypad": 0,
        "len": 1,
        "title": {"text": title, "side": "top"},
        "y": 1 + 6 / (pixels - MARGIN),
        "yanchor": "bottom",
        "outlinewidth": 0,
    }


def _written(
    values: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[Any],
    scale: tuple[float, float],
) -> list[dict[str, Any]]:
    """Write the values into their cells where there is room, each in an ink that stands out."""
    if len(columns) > MOST_WRITTEN:
        return []
    low, high = scale
    known = [
        (row, column, float(value))
        for (row, column), value in np.ndenumerate(values)
        if not np.isnan(value)
    ]
    inks = [ink((value - low) / (high - low) if high > low else 0) for *_, value in known]
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": [columns[column] for _, column, _ in known],
            "y": [rows[row] for row, _, _ in known],
            "text": [share(value, 2) for *_, value in known],
            "textfont": {"color": inks, "size": 11},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def height(n_rows: int) -> int:
    """Pixels of a map with so many rows."""
    return max(LEAST, ROW * n_rows + MARGIN)


def _layout(pixels: int) -> dict[str, Any]:
    return {
        "height": pixels,
        "margin": {"l": 8, "r": 12, "t": ABOVE, "b": 40},
        "font": {"family": "system-ui, Segoe UI, Helvetica, Arial, sans-serif", "size": 12,
                 "color": "#1a1a1a"},
        "plot_bgcolor": LIGHT,
        "dragmode": False,
        "hoverlabel": {"align": "left", "bgcolor": "#ffffff", "font": {"color": "#1a1a1a"}},
    }  # fmt: skip


def _axis(title: str) -> dict[str, Any]:
    return {
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "showgrid": False,
        "zeroline": False,
        "title": {"text": title},
    }


def _frames(row: int, column: int) -> list[dict[str, Any]]:
    """Frame a cell in black and white, so that it stands out from any colour."""
    corners = {"x0": column - 0.46, "x1": column + 0.46, "y0": row - 0.44, "y1": row + 0.44}
    return [
        {"type": "rect", **corners, "line": {"color": colour, "width": width}}
        for colour, width in (("#000000", 4), ("#ffffff", 1.5))
    ]


def line_plot(
    traces: Sequence[Mapping[str, Any]], *, label: str, across: str, upwards: str
) -> Spec:
    """Specify a plot of lines over time, with a line at zero.

    Parameters
    ----------
    traces
        Of plotly's type scatter.
    label
        What the plot shows, for those who cannot see it.
    across, upwards
        Titles of the axes.
    """
    return {
        "data": list(traces),
        "layout": _layout(360)
        | {
            "plot_bgcolor": "#ffffff",
            "margin": {"l": 8, "r": 12, "t": 10, "b": 50},
            "xaxis": _axis(across) | {"ticks": "outside", "zeroline": True, "zerolinecolor": LIGHT},
            "yaxis": _axis(upwards)
            | {"ticks": "outside", "zeroline": True, "zerolinecolor": "#888888"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "hovermode": "closest",
        },
        "label": label,
    }
