"""Similarity over time for layers along the network, and when it begins and peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.figures.latencies import latencies, latency_scores
from ventralmap.figures.time_maps import time_map

ROW_HEIGHT = 52 * style.MILLIMETRE
STACKED_HEIGHT = 40 * style.MILLIMETRE
BAR_HEIGHT = 12 * style.MILLIMETRE
MOST_LAYERS = 5
# The lightest colours of the map would be faint lines on white.
DARK_PART = 0.82


def timecourse(
    timecourse: pd.DataFrame,
    latency: pd.DataFrame,
    *,
    layers: Sequence[str] | None = None,
    datasets: sc.Metas = (),
    truth: pd.DataFrame | None = None,
    hierarchy: pd.DataFrame | None = None,
    width: str = "double",
) -> Figure:
    """Plot similarity over time, as curves and as a map, and latency over depth.

    Parameters
    ----------
    timecourse
        ``timecourse.csv``.
    latency
        ``latency.csv``.
    layers
        Layers whose time courses are drawn; by default five, evenly spread over the depth.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    truth
        ``truth.csv`` with ``peak_ms``: planted peaks (area, layer, peak_ms) are crosses.
    hierarchy
        ``latency_hierarchy.csv``: how latency goes with depth.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Three panels per dataset, area and model with several layers, models under test first.
        Bars under the curves, and lines in the map, mark significant times; a model with one
        layer is a broken line among the curves of the others.
    """
    keys = rows_of(timecourse)
    scale = Normalize(0, max(float(timecourse["similarity"].max()), 1e-9))
    with style.context():
        figure, grid = _grid(len(keys), width)
        headed = labels.heading(figure, timecourse["dataset"], datasets)
        for panels, key in zip(grid, keys, strict=True):
            rows, late = _of(timecourse, key), _of(latency, key)
            shown = chosen_layers(rows, layers)
            _curves(panels[0], rows, shown, flat_models(timecourse, key))
            named = [(layer, colour_of(_depth(rows, layer))) for layer in shown]
            image = time_map(panels[1], rows, named, scale)
            latencies(panels[2], late, None if sc.is_control(key[1]) else truth, key[2])
            labels.header(panels[0], _header(rows, key, None if headed else datasets))
            labels.header(panels[1], [("all layers", style.BLACK)])
            goes = {} if hierarchy is None else latency_scores(_of(hierarchy, key))
            lines = [(f"{kind}: {text}", style.BLACK) for kind, text in goes.items()]
            labels.header(panels[2], [("latency", style.BLACK), *lines])
        below = grid[:, 1] if grids.is_wide(width) else grid
        bar = figure.colorbar(image, ax=below, orientation="horizontal", aspect=25, pad=0.02,
                              shrink=0.8)  # fmt: skip
        bar.set_label("RDM similarity")
        bar.outline.set_visible(False)
        _match_limits(grid)
    return figure


def rows_of(timecourse: pd.DataFrame) -> list[tuple[str, str, str]]:
    """List dataset, model and area of each row of the figure, models under test first.

    Models with one layer have none, unless all models are such.
    """
    columns = ["dataset", "model", "area"]
    models = sc.order_models(timecourse["model"])
    counts = timecourse.groupby(columns, sort=False)["layer"].nunique()
    several = counts[counts > 1] if (counts > 1).any() else counts
    found = [(str(d), str(m), str(a)) for d, m, a in several.index]
    datasets = list(timecourse["dataset"].unique())
    return sorted(found, key=lambda k: (datasets.index(k[0]), models.index(k[1])))


def flat_models(timecourse: pd.DataFrame, key: tuple[str, str, str]) -> dict[str, pd.DataFrame]:
    """Rows of the models with one layer that stand beside those of a row of the figure."""
    dataset, model, area = key
    beside = timecourse[(timecourse["dataset"] == dataset) & (timecourse["area"] == area)]
    counts = beside.groupby("model", sort=False)["layer"].nunique()
    names = [str(name) for name in counts.index[counts == 1] if name != model]
    return {name: beside[beside["model"] == name].sort_values("time_ms") for name in names}


def chosen_layers(rows: pd.DataFrame, layers: Sequence[str] | None) -> list[str]:
    """Layers to draw: those asked for that exist, else up to `MOST_LAYERS` evenly over depth."""
    ordered = list(dict.fromkeys(rows.sort_values("layer_index", kind="stable")["layer"]))
    if layers is not None:
        return [layer for layer in ordered if layer in layers]
    picks = np.linspace(0, len(ordered) - 1, min(MOST_LAYERS, len(ordered))).round().astype(int)
    return [ordered[i] for i in picks]


def _of(table: pd.DataFrame, key: tuple[str, str, str]) -> pd.DataFrame:
    dataset, model, area = key
    return table[
        (table["dataset"] == dataset) & (table["model"] == model) & (table["area"] == area)
    ]


def _depth(rows: pd.DataFrame, layer: str) -> float:
    return float(rows.loc[rows["layer"] == layer, "depth"].iloc[0])


def _grid(rows: int, width: str) -> tuple[Figure, np.ndarray]:
    """Make three panels for each row: beside one another, or one below the other."""
    wide = grids.is_wide(width)
    lines, columns = (rows, 3) if wide else (3 * rows, 1)
    height = ROW_HEIGHT if wide else STACKED_HEIGHT
    size = (style.inches(width), lines * height + BAR_HEIGHT)
    figure = Figure(figsize=size, layout="constrained")
    ratios = [1.35, 1, 1] if wide else [1]
    grid = figure.subplots(lines, columns, squeeze=False, width_ratios=ratios).reshape(rows, 3)
    for left, _, right in grid:
        left.set_ylabel("RDM similarity")
        right.set_ylabel("latency (ms)")
    for line in grid if not wide else grid[-1:]:
        line[0].set_xlabel("time after stimulus onset (ms)")
        line[1].set_xlabel("time (ms)")
        line[2].set_xlabel("depth of layer (0 first, 1 last)")
    return figure, grid


def _match_limits(grid: np.ndarray) -> None:
    for column in grid[:, [0, 2]].T:
        low = min(axes.get_ylim()[0] for axes in column)
        high = max(axes.get_ylim()[1] for axes in column)
        for axes in column:
            axes.set_ylim(low, high)


def _header(
    rows: pd.DataFrame, key: tuple[str, str, str], datasets: sc.Metas | None
) -> list[tuple[str, str]]:
    subjects, stimuli = int(rows["n_subjects"].max()), int(rows["n_stimuli"].max())
    unit = "subject" if subjects == 1 else "subjects"
    grey = [] if datasets is None else [labels.dataset(key[0], datasets, 160)]
    grey.append(f"n = {subjects} {unit}, {stimuli} images")
    return [
        (labels.fit(f"{key[2]}: {key[1]}", 160, 7), style.BLACK),
        *((line, style.GREY) for line in grey),
    ]


def colour_of(depth: float) -> tuple[float, float, float, float]:
    """Colour of a layer by its depth."""
    red, green, blue, alpha = colormaps[style.SEQUENTIAL](DARK_PART * float(depth))
    return red, green, blue, alpha


def _curves(
    axes: Axes, rows: pd.DataFrame, layers: Sequence[str], flat: Mapping[str, pd.DataFrame]
) -> None:
    axes.axhline(0, color=style.LIGHT, linewidth=0.5, zorder=0, label="_zero")
    axes.axvline(0, color=style.LIGHT, linewidth=0.5, zorder=0, label="_onset")
    for level, layer in enumerate(layers):
        part = rows[rows["layer"] == layer].sort_values("time_ms")
        colour = colour_of(part["depth"].iloc[0])
        axes.fill_between(
            part["time_ms"], part["ci_low"], part["ci_high"], color=colour, alpha=0.15, linewidth=0
        )
        axes.plot(part["time_ms"], part["similarity"], color=colour, label=layer)
        mark_significant(axes, part, colour, level, len(layers))
    for model, part in flat.items():
        line = style.line_of(model)
        axes.plot(
            part["time_ms"], part["similarity"], color=style.GREY, linestyle=line.dashes,
            linewidth=line.width, label=model,
        )  # fmt: skip
    axes.margins(x=0.01)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom - 0.035 * len(layers) * (top - bottom), top)  # room for the bars
    if flat:
        handles = [line for line in axes.get_lines() if line.get_label() in flat]
        axes.legend(handles=handles, loc="upper left", handlelength=1.6, borderaxespad=0)


def mark_significant(
    axes: Axes, rows: pd.DataFrame, colour: tuple[float, ...] | str, level: int, levels: int
) -> None:
    """Draw a bar over each significant time, as wide as the time step.

    Parameters
    ----------
    axes
        Where the curves are.
    rows
        Of one curve, with `time_ms` and `significant`.
    colour
        Of the bar.
    level, levels
        Which bar it is, from the top, and of how many.
    """
    time = rows["time_ms"].to_numpy(float)
    step = np.median(np.diff(time)) if len(time) > 1 else 1.0
    marked = time[rows["significant"].to_numpy(bool)]
    axes.broken_barh(
        [(t - step / 2, step) for t in marked],
        (0.012 + 0.025 * (levels - level - 1), 0.017),
        transform=axes.get_xaxis_transform(),
        facecolor=colour,
        linewidth=0,
        label="_significant",
    )
