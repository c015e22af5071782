"""The key of figures of scores over depth."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ventralmap import scores as sc
from ventralmap.figures import panel, style

CEILINGS = {
    "encoding": "ceiling √reliability",
    "explained": "ceiling: all that is reliable",
    "rsa": "noise ceiling, lower to upper",
}
"""What the ceiling is, by what is shown."""


def handles(scores: pd.DataFrame, how: str, planted: bool) -> list[Artist]:
    """Make the key of panels of scores over depth.

    Parameters
    ----------
    scores
        All scores of the figure, from `ventralmap.scores.tidy`.
    how
        A key of `CEILINGS`.
    planted
        Whether a planted layer is marked.
    """
    models = sc.order_models(scores["model"])
    tested = [m for m in models if not sc.is_control(m)]
    colours = panel.model_colours(scores["model"], "")
    if len(tested) == 1:
        colours[tested[0]] = style.BLACK  # in the panels it has the area's colour
    found: list[Artist] = [_line_handle(m, colours[m]) for m in models]
    lists = sc.layer_lists(scores)
    if any(len(lists[m]) > 1 for m in tested):
        one = len(tested) == 1 and how != "explained"
        named = "best layer (p_best in brackets)" if one else "best layer"
        found.append(_marker("o", named))
    return found + _optional(scores, how, planted)


def _optional(scores: pd.DataFrame, how: str, planted: bool) -> list[Artist]:
    found: list[Artist] = []
    if planted:
        found.append(_marker("v", "planted layer"))
    panels = [part for _, part in scores.groupby(["dataset", "variant", "area"])]
    if any(len(panel.several_subjects(part)) for part in panels):
        found.append(_marker(".", "single subjects"))
    if len(panel.over_subjects(scores)):
        found.append(_marker("|", "95 % interval over subjects alone"))
    if (scores["p_fdr"] < panel.STARS[0]).any():
        found.append(_marker(panel.STAR, "p < .05, two: .01, three: .001"))
    if scores[["ceiling_low", "ceiling_high"]].notna().all(axis=1).any():
        found.append(_ceiling_handle(how))
    return found


def _line_handle(model: str, colour: str) -> Line2D:
    line = style.line_of(model)
    return Line2D([], [], color=colour, linestyle=line.dashes, linewidth=line.width, label=model)


def _marker(marker: Any, label: str) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=marker, color=style.BLACK, markersize=4, label=label,
        markeredgewidth=0.5,
    )  # fmt: skip


def _ceiling_handle(how: str) -> Artist:
    if how == "rsa":
        return Patch(facecolor=style.LIGHT, label=CEILINGS[how])
    return Line2D([], [], color=style.GREY, linewidth=2, alpha=0.45, label=CEILINGS[how])
