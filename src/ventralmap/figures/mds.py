"""Stimuli arranged in two dimensions by an RDM: alike images lie close to one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ventralmap.figures import labels, rdms, style
from ventralmap.wording import share

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

DECIMALS = 4
"""Of coordinates, so that the last digits of a machine's eigenvectors change no file."""
CANVAS = 480
"""Pixels of a panel's side."""
MOST_STIMULI = 500
"""Stimuli that are arranged, at most: time grows with their third power."""
MOST_PICTURES = 100
FILLED = 0.4
"""Share of a panel that pictures would cover if none overlapped."""
LARGEST = 48
"""Pixels of the side of a picture, at most."""


class Arrangement(NamedTuple):
    """Stimuli in the plane, of an area or of a layer.

    Attributes
    ----------
    name
        Of the area or layer.
    what
        What it is: measured, or the best layer of which area.
    points
        Shape (n_stimuli, 2).
    rho
        Spearman correlation of their distances with the dissimilarities.
    """

    name: str
    what: str
    points: Array
    rho: float


def arrangements(
    measured: Mapping[str, Array], model: Mapping[str, tuple[str, Array]]
) -> list[tuple[Arrangement, Arrangement]]:
    """Arrange the stimuli by the RDM of each area, and by that of its best layer.

    Parameters
    ----------
    measured
        RDM of each area, shape (n_stimuli, n_stimuli).
    model
        For each area the name of the layer and its RDM, stimuli in the same order.

    Returns
    -------
    list
        Of an area and its layer; that of the layer is turned to lie on that of the area.

    Raises
    ------
    InputError
        When RDMs differ in their number of stimuli.
    """
    rdms.check_sizes(measured, model, None)
    found = []
    for area, rdm in measured.items():
        layer, made = model[area]
        seen = arrange(rdm)
        turned = onto(arrange(made), seen)
        own = Arrangement(area, "measured", seen, agreement(seen, rdm))
        best = Arrangement(layer, f"best for {area}", turned, agreement(turned, made))
        found.append((own, best))
    return found


def mds_panels(
    pairs: Sequence[tuple[Arrangement, Arrangement]],
    pictures: Mapping[int, Picture],
    *,
    dataset: str = "",
    simulated: bool = False,
    width: str = "double",
) -> Figure:
    """Plot the stimuli as areas arrange them, and below as their best layers do.

    Parameters
    ----------
    pairs
        From `arrangements`.
    pictures
        Position of a stimulus, and its image, shape (height, width, 4); the others are dots.
    dataset
        Title of the dataset.
    simulated
        Whether to write that the data are.
    width
        A key of `style.WIDTHS`. In a single column the layer is beside the area.

    Returns
    -------
    matplotlib.figure.Figure
        Two dimensions of classical multidimensional scaling of percentiles, an area and its layer
        on the same scale.
    """
    with style.context():
        figure, grid = rdms.grid(len(pairs), 0.1, width)
        for panels, pair in zip(grid, pairs, strict=True):
            reach = 1.12 * max(float(np.abs(one.points).max()) for one in pair) or 1.0
            for axes, one in zip(panels, pair, strict=True):
                _panel(axes, one.points, pictures, reach)
                name = labels.fit(one.name, 110, 7)
                what = f"{one.what}, ρ = {share(one.rho, 2)}"
                labels.header(axes, [(name, style.BLACK), (what, style.GREY)])
        rdms.title(figure, dataset, simulated)
    return figure


def arrange(rdm: Array) -> Array:
    """Two dimensions by classical multidimensional scaling (Torgerson 1952) of percentiles.

    The two leading eigenvectors of -J D² J / 2, with J the centring matrix, each times the root of
    its eigenvalue. In each the entry farthest from zero is positive, the first of several.

    Parameters
    ----------
    rdm
        Symmetric, shape (n, n); a pair that is NaN counts as the mean pair.

    Returns
    -------
    ndarray, shape (n, 2)
    """
    square = rdms.percentiles(rdm) / 100
    square = np.where(np.isnan(square), 0.5, square) ** 2
    centred = square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    points = vectors[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0))
    rounded = np.round(np.abs(points), DECIMALS)
    farthest = points[rounded.argmax(axis=0), [0, 1]]
    return np.round(points * np.where(farthest < 0, -1, 1), DECIMALS)


def onto(points: Array, target: Array) -> Array:
    """Turn, reflect and scale points to lie on others as well as may be (Schönemann 1966).

    Parameters
    ----------
    points, target
        Centred, shape (n, 2).

    Returns
    -------
    ndarray, shape (n, 2)
        As large as the target: the roots of the sums of squares are the same.
    """
    left, _, right = np.linalg.svd(points.T @ target)
    size, wished = np.linalg.norm(points), np.linalg.norm(target)
    scale = wished / size if size > 0 else 1.0
    return np.round(points @ left @ right * scale, DECIMALS)


def agreement(points: Array, rdm: Array) -> float:
    """Spearman correlation of the distances of points with the dissimilarities they stand for."""
    rows, columns = np.triu_indices(len(rdm), 1)
    between = np.linalg.norm(points[rows] - points[columns], axis=1)
    pairs = pd.DataFrame({"shown": between, "given": rdm[rows, columns]}).dropna()
    return float(pairs.rank().corr().iloc[0, 1])


def spread(order: Sequence[int], most: int) -> list[int]:
    """Take at most so many positions, evenly over an order, and sort them."""
    picks = np.linspace(0, len(order) - 1, min(len(order), most)).round().astype(int)
    return sorted(int(order[i]) for i in picks)


def _panel(axes: Axes, points: Array, pictures: Mapping[int, Picture], reach: float) -> None:
    dots = [i for i in range(len(points)) if i not in pictures]
    axes.plot(*points[dots].T, linestyle="none", marker=".", markersize=2.5, markeredgewidth=0,
              color=style.GREY, alpha=0.6, label="_stimuli", zorder=1)  # fmt: skip
    axes.imshow(
        paste(points / reach, pictures), extent=(-reach, reach, -reach, reach), zorder=2,
        interpolation="none",
    )  # fmt: skip
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set(visible=True, color=style.LIGHT)


def paste(points: Array, pictures: Mapping[int, Picture]) -> Picture:
    """Paste pictures into a transparent square, the first ones lowest.

    Parameters
    ----------
    points
        Centre of each stimulus, -1 to 1 from left to right and from bottom to top.
    pictures
        As for `mds_panels`.

    Returns
    -------
    ndarray, shape (CANVAS, CANVAS, 4)
    """
    canvas = np.zeros((CANVAS, CANVAS, 4), dtype=np.uint8)
    for i, picture in pictures.items():
        height, width = picture.shape[:2]
        x, y = (points[i] * (1, -1) + 1) / 2 * CANVAS
        left = int(np.clip(round(x - width / 2), 0, CANVAS - width))
        top = int(np.clip(round(y - height / 2), 0, CANVAS - height))
        under = canvas[top : top + height, left : left + width]
        seen = picture[..., 3:] > 127
        under[:] = np.where(seen, picture, under)
    return canvas


def side(n: int) -> int:
    """Pixels of the longer side of each of n pictures."""
    return int(min(LARGEST, CANVAS * np.sqrt(FILLED / max(n, 1))))
