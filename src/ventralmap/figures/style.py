"""One style for every figure: sizes, type, colours, and files that are the same on every run."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from ventralmap.errors import InputError, suggest
from ventralmap.files import atomic
from ventralmap.model_names import is_untrained, split

MILLIMETRE = 1 / 25.4
SINGLE = 85 * MILLIMETRE
DOUBLE = 180 * MILLIMETRE
WIDTHS = {"single": SINGLE, "double": DOUBLE}
"""Inches of a column and of a page of a journal, by the config's `figures: width`."""
POSITION_DECIMALS = 6
SMALL = 6.0
TINY = 5.5

# Okabe & Ito (2008), "Color universal design"; its yellow is too faint on white.
BLUE, SKY, GREEN = "#0072B2", "#56B4E9", "#009E73"
VERMILION, ORANGE, PURPLE = "#D55E00", "#E69F00", "#CC79A7"
BLACK, GREY, LIGHT = "#000000", "#595959", "#D9D9D9"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
SEQUENTIAL = "viridis"
MARKERS = ("o", "s", "^", "D", "v", "P")
"""Of the curves of a panel, so that they differ without colour."""

AREA_COLOURS = {
    "V1": BLUE,
    "EVC": BLUE,
    "V2": SKY,
    "V4": GREEN,
    "LOC": ORANGE,
    "IT": VERMILION,
    "hIT": VERMILION,
    "mIT": PURPLE,
    "MEG": PURPLE,
}

# DejaVu Sans comes with matplotlib, so a figure is the same on every machine.
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7,
    "axes.titlesize": 7,
    "axes.labelsize": 7,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2,
    "ytick.major.size": 2,
    "lines.linewidth": 1,
    "lines.markersize": 3,
    "patch.linewidth": 0.5,
    "savefig.dpi": 300,
    "svg.fonttype": "none",
    "svg.hashsalt": "ventralmap",
    "pdf.fonttype": 42,
    "text.parse_math": False,  # a dollar sign in a dataset's title is a dollar sign
}
METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}


class Line(NamedTuple):
    """How a model is drawn: its dash pattern, width in points and order from back to front."""

    dashes: tuple[float, tuple[float, ...]]
    width: float
    zorder: float


TRAINED_LINE = Line((0, ()), 1.2, 3)
UNTRAINED_LINE = Line((0, (4, 1.5)), 0.9, 2.5)
CONTROL_LINES = {
    "pixels": Line((0, (1, 1.2)), 0.9, 2.2),
    "gabor": Line((0, (5, 1, 1, 1)), 0.9, 2.3),
    "hmax": Line((0, (5, 1, 1, 1, 1, 1)), 0.9, 2.4),
}


@contextmanager
def context() -> Iterator[None]:
    """Draw in this style, whatever the user's own matplotlib settings are, and restore them."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in RC.items():
            mpl.rcParams[name] = value
        yield


def inches(width: str) -> float:
    """Width of a figure in inches.

    Parameters
    ----------
    width
        A key of `WIDTHS`.

    Raises
    ------
    InputError
        When it is none.
    """
    if width not in WIDTHS:
        raise InputError(f"width of a figure: {width!r}; {suggest(width, WIDTHS)}")
    return WIDTHS[width]


def area_colour(area: str) -> str:
    """Colour of an area, the same in every figure and study.

    An area without a colour of its own gets one from the palette by its name.
    """
    return AREA_COLOURS.get(area, PALETTE[zlib.crc32(area.encode()) % len(PALETTE)])


def line_of(model: str) -> Line:
    """Line style of a model's role: under test, untrained twin, or one of the controls."""
    base = split(model).base
    if base in CONTROL_LINES:
        return CONTROL_LINES[base]
    return UNTRAINED_LINE if is_untrained(model) else TRAINED_LINE


def save(
    figure: Figure, stem: str | os.PathLike[str], suffixes: Sequence[str] = tuple(METADATA)
) -> tuple[Path, ...]:
    """Write a figure as ``<stem>.svg``, ``<stem>.pdf`` and ``<stem>.png`` (300 dpi).

    The layout is settled once and then kept, so the three show the same; without dates and with
    fixed ids, they are the same bytes on every run. Each file is either whole or absent.

    Parameters
    ----------
    figure
        The figure. Its layout engine is taken off.
    stem
        Path without the suffix; a dot in it stays.
    suffixes
        Those of the files to write.

    Returns
    -------
    tuple of pathlib.Path
        The files.
    """
    paths = tuple(Path(f"{os.fspath(stem)}.{suffix}") for suffix in suffixes)
    with context():
        settle(figure)
        for path, suffix in zip(paths, suffixes, strict=True):
            with atomic(path) as scratch:
                figure.savefig(scratch, format=suffix, metadata=METADATA[suffix])
    return paths


def settle(figure: Figure) -> None:
    """Lay a figure out once and keep that: its layout engine is taken off.

    The solver's last digits differ between runs, and ids in an SVG are hashes of all digits.
    """
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(np.round(axes.get_position(original=True).bounds, POSITION_DECIMALS))
