"""RDMs of areas beside those of their best layers, on a rank scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from ventralmap.errors import InputError
from ventralmap.figures import grids, labels, style

Array = NDArray[np.float64]
MOST_PIXELS = 320
MOST_LABELS = 20
LABEL_GAP = 7.5
NAME_WIDTH = 66


def rdm_panels(
    measured: Mapping[str, Array],
    model: Mapping[str, tuple[str, Array]],
    categories: Sequence[str] | None = None,
    *,
    dataset: str = "",
    simulated: bool = False,
    width: str = "double",
) -> Figure:
    """Plot the RDM of each area above that of its best layer; beside it in a single column.

    Parameters
    ----------
    measured
        RDM of each area, shape (n_stimuli, n_stimuli), in the order of the panels.
    model
        For each area the name of the layer and its RDM, stimuli in the same order.
    categories
        Category of each stimulus, shape (n_stimuli,): stimuli are sorted by it, categories in
        order of first appearance. None: stimuli stay as they are.
    dataset
        Title of the dataset.
    simulated
        Whether to write that the data are.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    matplotlib.figure.Figure
        Dissimilarities as percentiles; a pair that is NaN is grey.

    Raises
    ------
    InputError
        When RDMs or categories differ in their number of stimuli.
    """
    check_sizes(measured, model, categories)
    order, bounds, names = arrange(categories, len(next(iter(measured.values()))))
    pairs = [(area, measured[area], *model[area]) for area in measured]
    with style.context():
        figure, panels = grid(len(pairs), _beside(names), width)
        for place, (area, seen, layer, made) in zip(panels, pairs, strict=True):
            first, second = (rdm[np.ix_(order, order)] for rdm in (seen, made))
            image = _panel(place[0], first, bounds, (area, "measured"))
            _panel(place[1], second, bounds, (layer, f"best layer for {area}"))
        leftmost = panels[0] if grids.is_wide(width) else panels[:, 0]
        for axes in leftmost:
            _name_categories(axes, bounds, names, len(order))
        bar = figure.colorbar(image, ax=panels, shrink=0.4, aspect=20, pad=0.02)
        bar.set_label("dissimilarity (percentile)")
        bar.set_ticks([0, 50, 100])
        title(figure, dataset, simulated)
    return figure


def check_sizes(
    measured: Mapping[str, Array],
    model: Mapping[str, tuple[str, Array]],
    categories: Sequence[str] | None,
) -> None:
    """Raise `InputError` when RDMs or categories differ in their number of stimuli."""
    sizes = {area: rdm.shape for area, rdm in measured.items()}
    sizes |= {layer: rdm.shape for layer, rdm in model.values()}
    n = next(iter(sizes.values()))[0]
    for name, shape in sizes.items():
        if shape != (n, n):
            raise InputError(f"RDM of {name} has shape {shape}, expected {(n, n)}: same stimuli")
    if categories is not None and len(categories) != n:
        raise InputError(f"{len(categories)} categories for {n} stimuli: give one per stimulus")


def percentiles(rdm: Array) -> Array:
    """Rank the dissimilarities of an RDM, 0 (smallest) to 100 (largest).

    Parameters
    ----------
    rdm
        Symmetric, shape (n, n); NaN where a pair was not measured. Its diagonal is not used.

    Returns
    -------
    ndarray, shape (n, n)
        Percentiles, ties at their mean, NaN where `rdm` is; the diagonal is 0.
    """
    upper = np.triu_indices(len(rdm), 1)
    values = rdm[upper]
    known = ~np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ranks[known] = 100 * (pd.Series(values[known]).rank().to_numpy() - 1) / max(known.sum() - 1, 1)
    out = np.zeros_like(rdm, dtype=float)
    out[upper] = ranks
    return out + out.T


def arrange(
    categories: Sequence[str] | None, n: int
) -> tuple[NDArray[np.intp], list[int], list[str]]:
    """Sort stimuli by category.

    Parameters
    ----------
    categories
        Category of each stimulus, or None.
    n
        Number of stimuli.

    Returns
    -------
    order : ndarray of int, shape (n,)
        Positions of the stimuli, those of a category together in their own order.
    bounds : list of int
        Where each category starts in that order, and `n`.
    names : list of str
        The categories in order of first appearance; empty without categories.
    """
    if categories is None:
        return np.arange(n), [0, n], []
    names = list(dict.fromkeys(str(c) for c in categories))
    codes = np.array([names.index(str(c)) for c in categories])
    counts = np.bincount(codes, minlength=len(names))
    return np.argsort(codes, kind="stable"), [0, *np.cumsum(counts).tolist()], names


def shrink(image: Array, most: int = MOST_PIXELS) -> Array:
    """Average blocks of an image until no side has more than `most` pixels, NaN left out.

    Parameters
    ----------
    image
        Shape (n, n).
    most
        Largest side.
    """
    n = len(image)
    if n <= most:
        return image
    starts = np.unique(np.linspace(0, n, most + 1).astype(int)[:-1])

    def add(a: Array) -> Array:
        return np.add.reduceat(np.add.reduceat(a, starts, axis=0), starts, axis=1)

    known = add((~np.isnan(image)).astype(float))
    total = add(np.nan_to_num(image))
    return np.divide(total, known, out=np.full_like(total, np.nan), where=known > 0)


def _beside(names: Sequence[str]) -> float:
    """Inches for the names of categories and the colour bar."""
    written = names if len(names) <= MOST_LABELS else []
    widest = max((labels.width(_short(name), style.SMALL) for name in written), default=0.0)
    return widest / 72 + 0.85


def grid(n: int, beside: float, width: str) -> tuple[Figure, np.ndarray]:
    """Make two square panels for each of n areas.

    Parameters
    ----------
    n
        Number of areas.
    beside
        Inches for what stands beside the panels.
    width
        A key of `style.WIDTHS`.

    Returns
    -------
    figure
    panels : ndarray of Axes, shape (n, 2)
        Those of an area are above one another, or side by side in a single column.
    """
    wide = grids.is_wide(width)
    columns, rows = (n, 2) if wide else (2, n)
    most = style.inches(width)
    side = min((most - beside) / columns, 50 * style.MILLIMETRE)
    size = (min(most, columns * (side + 0.05) + beside), rows * (side + 0.3) + 0.25)
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(rect=(0.02, 0, 0.97, 1)))
    panels = figure.subplots(rows, columns, squeeze=False)
    return figure, panels.T if wide else panels


def _panel(axes: Axes, rdm: Array, bounds: Sequence[int], words: tuple[str, str]) -> AxesImage:
    n = len(rdm)
    image = axes.imshow(
        shrink(percentiles(rdm)), cmap=style.SEQUENTIAL, vmin=0, vmax=100, interpolation="none",
        extent=(0, n, n, 0),
    )  # fmt: skip
    axes.set_facecolor(style.LIGHT)
    for bound in bounds[1:-1]:
        axes.axhline(bound, color="white", linewidth=0.5, label="_bound")
        axes.axvline(bound, color="white", linewidth=0.5, label="_bound")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    labels.header(axes, [(labels.fit(words[0], 110, 7), "black"), (words[1], style.GREY)])
    return image


def _name_categories(axes: Axes, bounds: Sequence[int], names: Sequence[str], n: int) -> None:
    height = 40 * style.MILLIMETRE * 72
    if not names or len(names) > MOST_LABELS:
        axes.set_ylabel(f"{n:,} images" + (f" of {len(names)} categories" if names else ""))
        return
    centres = [(a + b) / 2 for a, b in pairwise(bounds)]
    places = labels.spread(centres, LABEL_GAP * n / height, 0.02 * n, 0.98 * n)
    where = blended_transform_factory(axes.transAxes, axes.transData)
    for centre, place, name in zip(centres, places, names, strict=True):
        axes.annotate(
            _short(name), (0, centre), xytext=(-0.06, place), xycoords=where,
            textcoords=where, ha="right", va="center", size=style.SMALL, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": style.GREY, "shrinkA": 0,
                        "shrinkB": 1},
        )  # fmt: skip


def _short(category: str) -> str:
    return labels.fit(category, NAME_WIDTH)


def title(figure: Figure, dataset: str, simulated: bool) -> None:
    """Write the title of the dataset above the figure."""
    meta = {"name": dataset, "title": dataset, "simulated": simulated}
    lines = labels.titled(dataset, [meta], figure.get_figwidth() * 72 - 20)
    if lines:
        figure.suptitle("\n".join(lines), size=7, x=0.01, ha="left")
