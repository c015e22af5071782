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

from ventralmap import scores as sc
from ventralmap.figures import depth, grids, labels, map_marks, style

CELL_HEIGHT = 3.6 * style.MILLIMETRE
CELL_WIDTH = 13 * style.MILLIMETRE
NAMES = 26 * style.MILLIMETRE
MARGINS = 34 * style.MILLIMETRE
LEAST_SHOWN = 0.05
GAP = 0.4  # between a model's first layer and the models of one layer, in rows


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
        One map per model with more than one layer, all on one colour scale; the models of one
        layer are rows of their own below each map. The best layer is framed; numbers are the
        probability of being best, where at least `LEAST_SHOWN`; a bar at the right of a column
        spans the interval of the best layer's depth; a triangle at its left marks a planted
        layer.
    """
    scores, how = sc.tidy(table), sc.method(table)
    scores = scores[scores["subject"] == "all"]
    found = correspondence[correspondence["method"] == how]
    columns = sc.panels(scores, hierarchy)
    models, flat = _by_layers(scores)
    with style.context():
        figure, grid = _grid(scores, models, flat, columns, width)
        headed = labels.heading(figure, (c.dataset for c in columns), datasets)
        image = None
        for axes, model in zip(grid, models, strict=True):
            image = _map(axes, scores, model, columns, _scale(scores))
            _flat_rows(axes, scores, flat, columns, _scale(scores))
            map_marks.draw(
                axes, scores[scores["model"] == model], found[found["model"] == model], columns
            )
            _label(axes, scores, model, flat, columns, None if headed else datasets)
        if image is not None:
            bar = figure.colorbar(image, ax=grid, shrink=0.5, aspect=25, pad=0.02)
            bar.set_label(depth.score_label(table))
            bar.outline.set_visible(False)
    return figure


def _by_layers(scores: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Models that have maps, and those of one layer, which are rows."""
    lists = sc.layer_lists(scores)
    models = [model for model, layers in lists.items() if len(layers) > 1]
    return models, [model for model in lists if model not in models]


def _grid(
    scores: pd.DataFrame,
    models: Sequence[str],
    flat: Sequence[str],
    columns: Sequence[sc.Panel],
    width: str,
) -> tuple[Figure, list[Axes]]:
    tallest = max(len(layers) for layers in sc.layer_lists(scores).values()) + len(flat)
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
        spare.text(0.5, 0.5, grids.NOTHING, ha="center")
        spare.set_axis_off()
    return figure, list(grid[: len(models)])


def _scale(scores: pd.DataFrame) -> Normalize:
    return Normalize(scores["score"].min(), scores["score"].max())


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
    image = _image(axes, values, scale, bottom=-0.5)
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


def _image(axes: Axes, values: np.ndarray, scale: Normalize, bottom: float) -> AxesImage:
    """Colour cells of height 1, the first row at the bottom; missing ones are grey."""
    n_rows, n_columns = values.shape
    colours = colormaps[style.SEQUENTIAL].with_extremes(bad=style.LIGHT)
    return axes.imshow(
        values, cmap=colours, norm=scale, origin="lower", aspect="auto", interpolation="none",
        extent=(-0.5, n_columns - 0.5, bottom, bottom + n_rows),
    )  # fmt: skip


def _flat_rows(
    axes: Axes,
    scores: pd.DataFrame,
    flat: Sequence[str],
    columns: Sequence[sc.Panel],
    scale: Normalize,
) -> None:
    """Add the models of one layer below the map, the first on top."""
    top = axes.get_ylim()[1]
    if not flat:
        return
    rows = [_matrix(scores, model, columns, "score") for model in reversed(flat)]
    bottom = _flat_row(len(flat) - 1) - 0.5
    _image(axes, np.concatenate(rows), scale, bottom).set_label("_one layer")
    axes.set_ylim(bottom, top)


def _flat_row(position: int) -> float:
    """Centre of the row of a model of one layer."""
    return -1 - GAP - position


def ink(fraction: float) -> str:
    """Black or white, whichever stands out from the colour at a fraction of the scale.

    By relative luminance (WCAG 2.1): both contrasts are equal at 0.179.
    """
    rgb = np.array(colormaps[style.SEQUENTIAL](float(fraction))[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return "black" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "white"


def _label(
    axes: Axes,
    scores: pd.DataFrame,
    model: str,
    flat: Sequence[str],
    columns: Sequence[sc.Panel],
    datasets: sc.Metas | None,
) -> None:
    layers = sc.layer_lists(scores)[model]
    step = -(-len(layers) // 60)  # more rows than that would overlap
    rows = {float(i): layers[i] for i in range(0, len(layers), step)}
    rows |= {_flat_row(i): name for i, name in enumerate(flat)}
    axes.set_yticks(list(rows), [labels.fit(name, 70) for name in rows.values()])
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
