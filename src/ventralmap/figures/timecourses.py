"""Similarity over time for layers along the network, and when it begins and peaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ventralmap import scores as sc
from ventralmap.figures import labels, style

ROW_HEIGHT = 56 * style.MILLIMETRE
MOST_LAYERS = 5
# The lightest colours of the map would be faint lines on white.
DARK_PART = 0.88


def timecourse(
    timecourse: pd.DataFrame,
    latency: pd.DataFrame,
    *,
    layers: Sequence[str] | None = None,
    datasets: sc.Metas = (),
    truth: pd.DataFrame | None = None,
) -> Figure:
    """Plot similarity over time (left) and latency over depth (right) for each model and area.

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

    Returns
    -------
    matplotlib.figure.Figure
        A row per dataset, model and area, models under test first. Bars under the curves mark
        significant times.
    """
    keys = rows_of(timecourse)
    with style.context():
        figure, grid = _grid(len(keys))
        for (left, right), key in zip(grid, keys, strict=True):
            curves = _of(timecourse, key)
            _curves(left, curves, chosen_layers(curves, layers))
            _latencies(right, _of(latency, key), None if sc.is_control(key[1]) else truth, key[2])
            labels.header(left, _header(curves, key, datasets))
        _match_limits(grid)
    return figure


def rows_of(timecourse: pd.DataFrame) -> list[tuple[str, str, str]]:
    """List dataset, model and area of each row of the figure, models under test first."""
    columns = ["dataset", "model", "area"]
    models = sc.order_models(timecourse["model"])
    found = [
        (str(d), str(m), str(a))
        for d, m, a in timecourse[columns].drop_duplicates().itertuples(index=False)
    ]
    datasets = list(timecourse["dataset"].unique())
    return sorted(found, key=lambda k: (datasets.index(k[0]), models.index(k[1])))


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


def _grid(rows: int) -> tuple[Figure, np.ndarray]:
    size = (style.DOUBLE, rows * ROW_HEIGHT + 8 * style.MILLIMETRE)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, 2, squeeze=False, width_ratios=[1.6, 1])
    for left, right in grid:
        left.set_ylabel("RDM similarity")
        right.set_ylabel("latency (ms)")
    grid[-1, 0].set_xlabel("time after stimulus onset (ms)")
    grid[-1, 1].set_xlabel("depth of layer (0 first, 1 last)")
    return figure, grid


def _match_limits(grid: np.ndarray) -> None:
    for column in grid.T:
        low = min(axes.get_ylim()[0] for axes in column)
        high = max(axes.get_ylim()[1] for axes in column)
        for axes in column:
            axes.set_ylim(low, high)


def _header(
    rows: pd.DataFrame, key: tuple[str, str, str], datasets: sc.Metas
) -> list[tuple[str, str]]:
    subjects, stimuli = int(rows["n_subjects"].max()), int(rows["n_stimuli"].max())
    unit = "subject" if subjects == 1 else "subjects"
    return [
        (f"{key[2]}: {key[1]}", style.BLACK),
        (labels.dataset(key[0], datasets, 270), style.GREY),
        (f"n = {subjects} {unit}, {stimuli} images", style.GREY),
    ]


def colour_of(depth: float) -> tuple[float, float, float, float]:
    """Colour of a layer by its depth."""
    red, green, blue, alpha = colormaps[style.SEQUENTIAL](DARK_PART * float(depth))
    return red, green, blue, alpha


def _curves(axes: Axes, rows: pd.DataFrame, layers: Sequence[str]) -> None:
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
    axes.margins(x=0.01)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom - 0.035 * len(layers) * (top - bottom), top)  # room for the bars
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), handlelength=1.2)


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


def _latencies(axes: Axes, rows: pd.DataFrame, truth: pd.DataFrame | None, area: str) -> None:
    for kind, fill in (("peak", style.BLACK), ("onset", "white")):
        known = rows.dropna(subset=[f"{kind}_ms"])
        if len(known):
            x, low, high = known["depth"], known[f"{kind}_ci_low"], known[f"{kind}_ci_high"]
            axes.vlines(x, low, high, color=style.BLACK, linewidth=0.6, label=f"_{kind}")
            axes.plot(
                x, known[f"{kind}_ms"], linestyle="none", marker="o", markersize=3.2, label=kind,
                color=style.BLACK, markerfacecolor=fill, markeredgewidth=0.7,
            )  # fmt: skip
    _planted(axes, rows, truth, area)
    axes.set_xlim(-0.05, 1.05)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handletextpad=0.3)


def _planted(axes: Axes, rows: pd.DataFrame, truth: pd.DataFrame | None, area: str) -> None:
    if truth is None or "peak_ms" not in truth:
        return
    planted = truth[truth["area"] == area].dropna(subset=["peak_ms"])
    joined = planted[["layer", "peak_ms"]].merge(
        rows[["layer", "depth"]].drop_duplicates(), on="layer"
    )
    axes.plot(
        joined["depth"], joined["peak_ms"], linestyle="none", marker="x", markersize=5,
        markeredgewidth=1.2, color=style.VERMILION, label="planted peak", zorder=5,
    )  # fmt: skip
