"""Layer x area map: where in a network each area finds its best match, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from ventralmap import scores as sc
from ventralmap.figures import depth, grids, labels, style

CELL_HEIGHT = 3.6 * style.MILLIMETRE
CELL_WIDTH = 13 * style.MILLIMETRE
NAMES = 26 * style.MILLIMETRE
MARGINS = 34 * style.MILLIMETRE
LEAST_SHOWN = 0.05


def layer_area_map(
    table: pd.DataFrame,
    correspondence: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    width: str = "double",
) -> Figure:
    """Plot the score of each layer (rows, first at the bottom) with each area (columns).

    Parameters
    ----------
    table
        ``encoding.csv`` or ``rsa.csv``.
    correspondence
        ``correspondence.csv``: depth intervals and planted layers of the method of `table`.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds (``name``, ``title``, ``simulated``).
    width
        A key of `style.WIDTHS`: the most that is taken. In a single column maps are stacked.

    Returns
    -------
    matplotlib.figure.Figure
        One map per model with more than one layer, all on one colour scale. The best layer is
        framed; numbers are the probability of being best, where at least `LEAST_SHOWN`; a bar at
        the right of a column spans the interval of the best layer's depth; a triangle at its left
        marks a planted layer.
    """
    scores, how = sc.tidy(table), sc.method(table)
    scores = scores[scores["subject"] == "all"]
    found = correspondence[correspondence["method"] == how]
    columns = sc.panels(scores, hierarchy)
    models = [m for m, layers in sc.layer_lists(scores).items() if len(layers) > 1]
    with style.context():
        figure, grid = _grid(scores, models, columns, width)
        headed = labels.heading(figure, (c.dataset for c in columns), datasets)
        image = None
        for axes, model in zip(grid, models, strict=True):
            image = _map(axes, scores, model, columns, _scale(scores, models))
            _mark(axes, scores[scores["model"] == model], found[found["model"] == model], columns)
            _label(axes, scores, model, columns, None if headed else datasets)
        if image is not None:
            bar = figure.colorbar(image, ax=grid, shrink=0.5, aspect=25, pad=0.02)
            bar.set_label(depth.score_label(table))
            bar.outline.set_visible(False)
    return figure


def _grid(
    scores: pd.DataFrame, models: Sequence[str], columns: Sequence[sc.Panel], width: str
) -> tuple[Figure, list[Axes]]:
    tallest = max(len(layers) for layers in sc.layer_lists(scores).values())
    n = max(len(models), 1)
    wished = n * (NAMES + CELL_WIDTH * len(columns)) + 0.6
    narrow = not grids.is_wide(width)
    long = len({c.dataset for c in columns}) > 1
    height = max(12, tallest) * CELL_HEIGHT + MARGINS * (1.5 if long else 0.7)
    inches = style.SINGLE if narrow or wished <= style.SINGLE else style.DOUBLE
    figure = Figure(figsize=(inches, height * (n if narrow else 1)), layout="constrained")
    shape = (n, 1) if narrow else (1, n)
    grid = figure.subplots(*shape, squeeze=False).ravel()
    for spare in grid[len(models) :]:
        spare.text(0.5, 0.5, "no model with several layers", ha="center")
        spare.set_axis_off()
    return figure, list(grid[: len(models)])


def _scale(scores: pd.DataFrame, models: Sequence[str]) -> Normalize:
    shown = scores.loc[scores["model"].isin(models), "score"]
    return Normalize(shown.min(), shown.max())


def _matrix(
    scores: pd.DataFrame, model: str, columns: Sequence[sc.Panel], value: str
) -> np.ndarray:
    """Values, shape (layer, column), NaN where the table has no row."""
    layers = sc.layer_lists(scores)[model]
    out = np.full((len(layers), len(columns)), np.nan)
    for position, column in enumerate(columns):
        rows = sc.select(scores, column)
        values = rows[rows["model"] == model].set_index("layer")[value]
        out[:, position] = values.reindex(layers).to_numpy(float)
    return out


def _map(
    axes: Axes,
    scores: pd.DataFrame,
    model: str,
    columns: Sequence[sc.Panel],
    scale: Normalize,
) -> AxesImage:
    values = _matrix(scores, model, columns, "score")
    image = axes.imshow(
        values, cmap=style.SEQUENTIAL, norm=scale, origin="lower", aspect="auto",
        interpolation="none",
    )  # fmt: skip
    axes.set_facecolor(style.LIGHT)
    for border in range(1, len(columns)):
        axes.axvline(border - 0.5, color="white", linewidth=2.5, zorder=2, label="_border")
    for (row, column), chance in np.ndenumerate(_matrix(scores, model, columns, "p_best")):
        if chance >= LEAST_SHOWN:
            colour = ink(scale(values[row, column]))
            axes.text(
                column - 0.06, row, f"{chance:.2f}", ha="center", va="center_baseline",
                color=colour, size=style.TINY,
            )  # fmt: skip
    return image


def ink(fraction: float) -> str:
    """Black or white, whichever stands out from the colour at a fraction of the scale.

    By relative luminance (WCAG 2.1): both contrasts are equal at 0.179.
    """
    rgb = np.array(colormaps[style.SEQUENTIAL](float(fraction))[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "white"


def _mark(
    axes: Axes, scores: pd.DataFrame, found: pd.DataFrame, columns: Sequence[sc.Panel]
) -> None:
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


def _label(
    axes: Axes,
    scores: pd.DataFrame,
    model: str,
    columns: Sequence[sc.Panel],
    datasets: sc.Metas | None,
) -> None:
    layers = sc.layer_lists(scores)[model]
    step = -(-len(layers) // 60)  # more rows than that would overlap
    shown = range(0, len(layers), step)
    axes.set_yticks(list(shown), [labels.fit(layers[i], 70) for i in shown])
    names, rotation = _column_names(columns, _column_width(axes, columns))
    axes.set_xticks(range(len(columns)), names, rotation=rotation)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    notes = [] if datasets is None else _notes(columns, datasets)
    labels.header(axes, [(model, style.BLACK), *notes])


def _column_width(axes: Axes, columns: Sequence[sc.Panel]) -> float:
    """Points between two columns, the layers' names and the colour bar taken off."""
    maps, width = grids.columns_beside(axes), grids.figure_of(axes).get_figwidth()
    return ((width - 0.6) / maps - NAMES) * 72 / len(columns)


def _column_names(columns: Sequence[sc.Panel], room: float) -> tuple[list[str], int]:
    """Names of the columns and their rotation: upright where all fit.

    A name is the area, with the dataset and variant only where columns differ in them.
    """
    fields = [f for f in ("dataset", "variant") if len({getattr(c, f) for c in columns}) > 1]
    parts = [[c.area, *(labels.fit(getattr(c, f), 90) for f in fields)] for c in columns]
    if all(labels.width(text, style.SMALL) < room - 4 for part in parts for text in part):
        return ["\n".join(part) for part in parts], 0
    return [" · ".join(part[::-1]) for part in parts], 90


def _notes(columns: Sequence[sc.Panel], datasets: sc.Metas) -> list[tuple[str, str]]:
    names = {c.dataset for c in columns}
    simulated = sorted(n for n in names if sc.is_simulated(n, datasets))
    return [(labels.fit(f"simulated: {', '.join(simulated)}", 150), style.GREY)] * bool(simulated)
