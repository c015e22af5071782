"""Text that fits: shortened in its middle, so that what tells two names apart stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from ventralmap.figures import style
from ventralmap.scores import Metas, is_simulated, title_of

Header = Sequence[tuple[str, str]]


@lru_cache(maxsize=4096)
def width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points, at a font size in points."""
    font = FontProperties(family=style.RC["font.family"], size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def fit(text: str, points: float, size: float = style.SMALL, suffix: str = "") -> str:
    """Shorten a text in its middle until it and `suffix` fit.

    Parameters
    ----------
    text
        One line; runs of white space count as one space.
    points
        Room in points.
    size
        Font size in points.
    suffix
        Is appended and never shortened.

    Returns
    -------
    str
        The text with an ellipsis where something was left out.
    """
    text = " ".join(text.split())
    room = points - width(suffix, size)
    if width(text, size) <= room:
        return text + suffix
    kept = bisect_right(range(2, len(text)), room, key=lambda n: width(_shorten(text, n), size)) + 1
    return (_shorten(text, kept) if kept > 1 else "…") + suffix


def wrap(text: str, points: float, size: float = style.SMALL) -> list[str]:
    """Break a text into lines that fit, behind a space or a sign that joins parts of a name.

    Parameters
    ----------
    text
        One line.
    points
        Room in points.
    size
        Font size in points.

    Returns
    -------
    list of str
        Nothing is left out, unless a part between two signs is wider than the room (`fit`).
    """
    lines = [""]
    for part in re.findall(r"[^\s@+:,(]*[\s@+:,(]?", text):
        if lines[-1] and width((lines[-1] + part).rstrip(), size) > points:
            lines.append("")
        lines[-1] += part
    return [fit(line, points, size) for line in lines if line.strip()]


def _shorten(text: str, kept: int) -> str:
    """Keep so many characters, half at either end."""
    return text[: (kept + 1) // 2] + "…" + text[-(kept // 2) :]


def dataset(name: str, datasets: Metas, points: float, size: float = style.SMALL) -> str:
    """Title of a dataset, or its name where the title has no room, and always ``(simulated)``."""
    suffix = " (simulated)" if is_simulated(name, datasets) else ""
    title = title_of(name, datasets)
    if suffix and title.lower().startswith("simulated"):
        suffix = ""
    whole = width(" ".join(title.split()) + suffix, size) <= points
    return fit(title if whole else name, points, size, suffix)


def heading(figure: Figure, names: Iterable[str], datasets: Metas) -> bool:
    """Write the title of the dataset above the figure, where all panels are of one.

    Parameters
    ----------
    figure
        The figure, its layout being constrained.
    names
        Datasets of the panels.
    datasets
        What each ``dataset.yaml`` holds.

    Returns
    -------
    bool
        Whether it was written, so that panels need not.
    """
    different = set(names)
    if len(different) != 1:
        return False
    room = figure.get_figwidth() * 72 - 12
    lines = titled(different.pop(), datasets, room)
    if lines:
        figure.suptitle("\n".join(lines), size=7, x=0.01, ha="left")
    return True


def titled(name: str, datasets: Metas, points: float) -> list[str]:
    """Title of a dataset in up to two lines, each of so many points, at 7 points."""
    return wrap(dataset(name, datasets, 1.8 * points, 7), points, 7)


def header(axes: Axes, lines: Header) -> None:
    """Write lines of text above a panel, left-aligned; the first is bold.

    Parameters
    ----------
    axes
        The panel.
    lines
        Text and colour of each line, top to bottom.
    """
    for position, (text, colour) in enumerate(reversed(lines)):
        first = position == len(lines) - 1
        axes.annotate(
            text,
            (0, 1),
            xytext=(0, 3 + 7.6 * position),
            xycoords="axes fraction",
            textcoords="offset points",
            color=colour,
            size=7 if first else style.SMALL,
            weight="bold" if first else "normal",
            annotation_clip=False,
        )


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Move labels apart, as little as need be, until they are `gap` from one another.

    Parameters
    ----------
    positions
        Wished positions in ascending order.
    gap
        Least distance of two labels.
    low, high
        Range to stay in.

    Returns
    -------
    ndarray
        Positions in the same order; evenly spaced over the range where it is too narrow.
    """
    n = len(positions)
    if n > 1 and gap * (n - 1) >= high - low:
        return np.linspace(low, high, n)
    steps = np.arange(n) * gap
    # Least-squares projection on "non-decreasing" after taking the gaps out (pool adjacent).
    pooled = _isotonic(np.asarray(positions, dtype=float) - steps)
    return np.clip(pooled, low, high - (n - 1) * gap) + steps


def _isotonic(values: np.ndarray) -> np.ndarray:
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((float(value), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, n) = blocks[-2:]
            blocks[-2:] = [((a * m + b * n) / (m + n), m + n)]
    return np.concatenate([np.full(count, mean) for mean, count in blocks])
