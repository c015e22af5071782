"""One page of what a dataset is: images, counts, reliability of neuroids, an RDM per area."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from ventralmap.figures import rdms, style
from ventralmap.overview import Overview

MOST_IMAGES = 24
THUMBNAIL = 96  # pixels
MOST_AREAS = 8
MOST_LINES = 16
IN_A_ROW = 4
WIDTH = 210  # mm, that of A4
LINE = 3.6  # mm


def overview(found: Overview) -> Figure:
    """Draw the page.

    Parameters
    ----------
    found
        From `ventralmap.overview.look`.

    Returns
    -------
    matplotlib.figure.Figure
        At most an A4 page, upright: some of the images, the counts in words, a histogram of
        reliabilities by area, and the RDM of each of the first eight areas as percentiles, sorted
        by category.
    """
    lines = _wrap(found.lines)
    rows = math.ceil(min(len(found.rdms), MOST_AREAS) / IN_A_ROW)
    heights = (82, LINE * (len(lines) + 1), 45 if found.reliability else 8, 10 + 50 * rows)  # mm
    size = (WIDTH * style.MILLIMETRE, sum(heights) * style.MILLIMETRE)
    with style.context():
        figure = Figure(figsize=size, layout="constrained")
        parts = figure.subfigures(4, 1, squeeze=False, height_ratios=heights)[:, 0]
        _images(parts[0], found.dataset.images)
        parts[1].text(0.02, 0.95, "\n".join(lines), va="top", size=7, linespacing=1.4)
        _reliability(parts[2], found)
        _matrices(parts[3], found, rows)
    return figure


def _wrap(lines: Sequence[str]) -> list[str]:
    wrapped = [part for line in lines for part in textwrap.wrap(line, 130)]
    more = len(wrapped) - MOST_LINES
    return wrapped if more <= 0 else [*wrapped[:MOST_LINES], f"... {more} more lines"]


def _images(figure: SubFigure, paths: Sequence[Path]) -> None:
    at = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), MOST_IMAGES)).astype(int))
    grid = figure.subplots(3, MOST_IMAGES // 3).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, position in zip(grid, at, strict=False):
        with Image.open(paths[position]) as image:
            small = image.convert("RGB")
            small.thumbnail((THUMBNAIL, THUMBNAIL))
        axes.imshow(np.asarray(small))
    figure.suptitle(f"{len(at)} of {len(paths)} images", size=7)


def _reliability(figure: SubFigure, found: Overview) -> None:
    axes = figure.subplots()
    known = {area: r[~np.isnan(r)] for area, r in found.reliability.items()}
    known = {area: r for area, r in known.items() if len(r)}
    if not known:
        _instead(axes, "no responses with repeats, so no reliability of neuroids")
        return
    bins = np.linspace(min(0, *(r.min() for r in known.values())), 1, 31).tolist()
    for area, r in known.items():
        axes.hist(r, bins, histtype="step", color=style.area_colour(area), label=area)
    axes.set(xlabel="split-half reliability, Spearman-Brown corrected", ylabel="neuroids")
    axes.legend(loc="upper left")


def _matrices(figure: SubFigure, found: Overview, rows: int) -> None:
    stimuli = found.dataset.stimuli.iloc[found.shown]
    categories = stimuli["category"].tolist() if "category" in stimuli else None
    order, _, names = rdms.arrange(categories, len(found.shown))
    grid = figure.subplots(rows, IN_A_ROW, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, (area, matrix) in zip(grid, found.rdms.items(), strict=False):
        image = axes.imshow(
            rdms.shrink(rdms.percentiles(matrix[np.ix_(order, order)])),
            cmap=style.SEQUENTIAL, vmin=0, vmax=100, interpolation="none",
        )  # fmt: skip
        axes.set_title(area)
    bar = figure.colorbar(image, ax=grid.tolist(), shrink=0.8, aspect=20)
    bar.set_label("dissimilarity (percentile)")
    by = f", by {len(names)} categories" if names else ""
    figure.suptitle(f"RDMs of {len(found.shown)} images{by}", size=7)


def _instead(axes: Axes, words: str) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", color=style.GREY)
