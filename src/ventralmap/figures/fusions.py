"""Fusion of recordings over time with areas, and what the best layers explain of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ventralmap import scores as sc
from ventralmap.figures import grids, labels, style
from ventralmap.figures.timecourses import mark_significant

COLUMNS = 3
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1, 1, 1)))
"""Of areas, so that they differ without colour."""
ROW_HEIGHT = 60 * style.MILLIMETRE


def fusion(
    fusion: pd.DataFrame,
    commonality: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot the fusion of each recording with all areas, and a panel per area of its parts.

    Parameters
    ----------
    fusion
        ``fusion.csv``.
    commonality
        ``commonality.csv``.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        For each dataset and recording: similarity to each area over time, bars where it is
        significant; then, per area, the variance that the fusion explains (grey) and the part of
        it that the best layer of each model explains in common.
    """
    blocks = recordings(fusion)
    sizes = [1 + fusion[_is(fusion, *key)]["area"].nunique() for key in blocks]
    with style.context():
        figure, rows = _grid(sizes, width)
        headed = labels.heading(figure, fusion["dataset"], datasets)
        for key, panels in zip(blocks, rows, strict=True):
            curves, parts = fusion[_is(fusion, *key)], commonality[_is(commonality, *key)]
            areas = sc.order_areas(curves["area"], hierarchy)
            _fusion(panels[0], curves, areas)
            labels.header(panels[0], _header(curves, key, None if headed else datasets))
            for axes, area in zip(panels[1:], areas, strict=True):
                _parts(axes, parts[parts["area"] == area], area)
            top = 1.6 * max(axes.get_ylim()[1] for axes in panels[1:])  # room for the legend
            for axes in panels[1:]:
                axes.set_ylim(top=top)
    return figure


def recordings(fusion: pd.DataFrame) -> list[tuple[str, str]]:
    """List dataset and recording of each block of the figure."""
    rows = fusion[["dataset", "recording"]].drop_duplicates()
    return [(str(d), str(r)) for d, r in rows.itertuples(index=False)]


def best_layers(parts: pd.DataFrame) -> dict[str, str]:
    """Layer of each model whose commonality, at its highest, is the highest; models in order."""
    peaks = parts.groupby(["model", "layer"], sort=False)["commonality"].max()
    return {model: str(peaks[model].idxmax()) for model in sc.order_models(parts["model"])}


def _is(table: pd.DataFrame, dataset: str, recording: str) -> pd.Series:
    return (table["dataset"] == dataset) & (table["recording"] == recording)


def _grid(sizes: Sequence[int], width: str) -> tuple[Figure, list[list[Axes]]]:
    columns = COLUMNS if grids.is_wide(width) else 1
    rows = [-(-size // columns) for size in sizes]
    height = sum(rows) * ROW_HEIGHT + 6 * style.MILLIMETRE
    figure = Figure(figsize=(style.inches(width), height), layout="constrained")
    blocks = figure.subfigures(len(sizes), 1, squeeze=False, height_ratios=rows)[:, 0]
    return figure, [
        _panels(block, (n, min(size, columns)), size)
        for block, n, size in zip(blocks, rows, sizes, strict=True)
    ]


def _panels(block: Figure, shape: tuple[int, int], size: int) -> list[Axes]:
    panels = list(block.subplots(*shape, squeeze=False).ravel())
    for spare in panels[size:]:
        spare.remove()
    for axes in panels[:size]:
        axes.set_xlabel("time after stimulus onset (ms)")
    return panels[:size]


def _header(
    rows: pd.DataFrame, key: tuple[str, str], datasets: sc.Metas | None
) -> list[tuple[str, str]]:
    n = int(rows["n_subjects"].max())
    name = [] if datasets is None else [(labels.dataset(key[0], datasets, 150), style.GREY)]
    return [
        (f"{key[1]}: fusion with areas", style.BLACK),
        *name,
        (f"n = {n} {'subject' if n == 1 else 'subjects'}", style.GREY),
    ]


def _fusion(axes: Axes, rows: pd.DataFrame, areas: Sequence[str]) -> None:
    _zero(axes)
    for level, area in enumerate(areas):
        part = rows[rows["area"] == area].sort_values("time_ms")
        colour = style.area_colour(area)
        axes.fill_between(
            part["time_ms"], part["ci_low"], part["ci_high"], color=colour, alpha=0.2, linewidth=0
        )
        axes.plot(part["time_ms"], part["similarity"], color=colour, label=area,
                  linestyle=DASHES[level % len(DASHES)])  # fmt: skip
        mark_significant(axes, part, colour, level, len(areas))
    axes.set_ylabel("RDM similarity (Spearman ρ)")
    axes.margins(x=0.01)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom - 0.045 * len(areas) * (top - bottom), top)  # room for the bars
    axes.legend(loc="upper left", handlelength=2)


def _parts(axes: Axes, rows: pd.DataFrame, area: str) -> None:
    """Draw the variance that an area explains, and the part of it of each model's best layer."""
    _zero(axes)
    ceiling = rows.drop_duplicates("time_ms").sort_values("time_ms")
    axes.fill_between(
        ceiling["time_ms"], 0, ceiling["ceiling"], color=style.LIGHT, linewidth=0,
        label="area alone (R²)",
    )  # fmt: skip
    for model, layer in best_layers(rows).items():
        part = rows[(rows["model"] == model) & (rows["layer"] == layer)].sort_values("time_ms")
        line = style.line_of(model)
        colour = style.GREY if sc.is_control(model) else style.area_colour(area)
        axes.fill_between(
            part["time_ms"], part["ci_low"], part["ci_high"], color=colour, alpha=0.2, linewidth=0
        )
        name = model if model == layer else f"{model}: {layer}"
        axes.plot(
            part["time_ms"], part["commonality"], color=colour, linestyle=line.dashes,
            linewidth=line.width, zorder=line.zorder, label="\n".join(labels.wrap(name, 110)),
        )  # fmt: skip
    axes.set_ylabel("explained variance R²")
    axes.margins(x=0.01)
    axes.legend(loc="upper left", handlelength=1.6, borderaxespad=0.1)
    labels.header(axes, [(f"{area}: what layers explain", style.BLACK)])


def _zero(axes: Axes) -> None:
    axes.axhline(0, color=style.LIGHT, linewidth=0.5, zorder=0, label="_zero")
    axes.axvline(0, color=style.LIGHT, linewidth=0.5, zorder=0, label="_onset")
