"""Brackets between layers whose similarities were compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from ventralmap import scores as sc
from ventralmap.figures import style
from ventralmap.figures.panel import stars

MOST = 3
STEP = 0.13
"""Height of a bracket, as a share of the panel without brackets."""


class Contrast(NamedTuple):
    """The best layer of an area against another.

    Attributes
    ----------
    best, other
        Names of the layers.
    difference
        Similarity of the best minus that of the other.
    p
        Two-sided, family-wise over the pairs of the model's layers in the area.
    """

    best: str
    other: str
    difference: float
    p: float


def contrasts(
    pairs: pd.DataFrame | None, correspondence: pd.DataFrame | None, panel: sc.Panel, model: str
) -> list[Contrast]:
    """Choose the differences that are shown: few, and those that the question is about.

    Parameters
    ----------
    pairs
        ``rsa_pairs.csv``.
    correspondence
        ``correspondence.csv``.
    panel
        Dataset and area.
    model
        Whose layers.

    Returns
    -------
    list of Contrast
        The best layer against the next best, and against the best layers of the other areas, in
        their order; at most `MOST`.
    """
    if pairs is None or correspondence is None:
        return []
    found = correspondence[correspondence["method"].eq("rsa") & correspondence["model"].eq(model)]
    own = found[(found["dataset"] == panel.dataset) & (found["area"] == panel.area)]
    if own.empty:
        return []
    best = str(own["best_layer"].iloc[0])
    others = [own["next_layer"].iloc[0]] if "next_layer" in own else []
    rivals = dict.fromkeys(str(x) for x in [*others, *found["best_layer"]] if pd.notna(x))
    rows = _of(pairs, panel, model)
    chosen = [_contrast(rows, best, rival) for rival in rivals if rival != best]
    return [contrast for contrast in chosen if contrast is not None][:MOST]


def _of(pairs: pd.DataFrame, panel: sc.Panel, model: str) -> pd.DataFrame:
    wanted = (pairs["dataset"] == panel.dataset) & (pairs["area"] == panel.area)
    return pairs[wanted & (pairs["model"] == model)]


def _contrast(rows: pd.DataFrame, best: str, other: str) -> Contrast | None:
    for first, second, sign in ((best, other, 1), (other, best, -1)):
        row = rows[(rows["layer_a"] == first) & (rows["layer_b"] == second)]
        if len(row):
            p = float(row["p_family"].iloc[0])
            return Contrast(best, other, sign * float(row["difference"].iloc[0]), p)
    return None


def headroom(n: int) -> float:
    """Share of a panel's height that so many brackets need."""
    return STEP * n / (1 + STEP * n)


def draw(axes: Axes, chosen: Sequence[Contrast], rows: pd.DataFrame, room: float) -> None:
    """Draw brackets at the top of a panel, the narrowest lowest.

    Parameters
    ----------
    axes
        The panel.
    chosen
        From `contrasts`.
    rows
        Of the panel and model, with layer and depth.
    room
        Share of the height that is free (`headroom`).
    """
    depths = dict(zip(rows["layer"], rows["depth"], strict=True))
    ends = [sorted((depths[c.best], depths[c.other])) for c in chosen]
    order = sorted(range(len(chosen)), key=lambda i: ends[i][1] - ends[i][0])
    height = room / max(len(chosen), 1)
    for level, i in enumerate(order):
        (low, high), y = ends[i], 1 - room + height * (level + 0.2)
        axes.plot(
            [low, low, high, high], [y - 0.02, y, y, y - 0.02], color=style.BLACK, linewidth=0.5,
            transform=axes.get_xaxis_transform(), label="_bracket", solid_joinstyle="miter",
        )  # fmt: skip
        axes.annotate(
            stars(chosen[i].p), ((low + high) / 2, y), xycoords=axes.get_xaxis_transform(),
            xytext=(0, 0.3), textcoords="offset points", ha="center", va="bottom",
            size=style.TINY, annotation_clip=False,
        )  # fmt: skip
