"""One panel of score over depth: curves with their bands, the ceiling, and what is marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ventralmap import scores as sc
from ventralmap.figures import style
from ventralmap.model_names import trained_twin

STARS = (0.05, 0.01, 0.001)
"""A star for each of these that a p-value is below."""
STAR = (6, 2, 0)
"""Marker of a star: six rays."""


def draw(
    axes: Axes,
    scores: pd.DataFrame,
    panel: sc.Panel,
    how: str,
    planted: Mapping[str, str],
    *,
    best: Mapping[str, str] | None = None,
    headroom: float = 0.0,
) -> None:
    """Draw one panel.

    Parameters
    ----------
    axes
        Where.
    scores
        All scores of the figure, from `ventralmap.scores.tidy`.
    panel
        Which of them.
    how
        ``"encoding"`` or ``"rsa"``.
    planted
        Layer planted in this area, by model.
    best
        Layer that is marked as the best, by model; by default that with the highest score.
    headroom
        Share of the panel's height, at its top, that brackets need.
    """
    rows = sc.select(scores, panel)
    colours = model_colours(scores["model"], panel.area)
    axes.axhline(0, color=style.LIGHT, linewidth=0.5, zorder=0.5, label="_zero")
    _ceiling(axes, rows, how)
    for model in sc.order_models(rows["model"]):
        _curve(axes, rows[rows["model"] == model], model, colours[model])
    _over_subjects(axes, over_subjects(rows))
    for model in sc.order_models(rows["model"]):
        _mark_best(axes, rows[rows["model"] == model], model, colours[model], best)
    _subjects(axes, sc.select(scores, panel, None), colours)
    for model, layer in planted.items():
        at = rows[(rows["model"] == model) & (rows["layer"] == layer)]
        _mark_planted(axes, at, (1 - headroom) * 0.965)


def model_colours(models: pd.Series, area: str) -> dict[str, str]:
    """Colour of each model in the panel of an area.

    One model under test has the area's colour; several have one each from the palette, and an
    untrained twin that of its model, told apart by its dashes. A control without its model and
    pixels are grey.
    """
    ordered = sc.order_models(models)
    tested = [m for m in ordered if not sc.is_control(m)]
    if len(tested) == 1:
        return {m: style.area_colour(area) if m in tested else style.GREY for m in ordered}
    own = {m: style.PALETTE[i % len(style.PALETTE)] for i, m in enumerate(tested)}
    return {m: own.get(trained_twin(m), style.GREY) for m in ordered}


def _curve(axes: Axes, rows: pd.DataFrame, model: str, colour: str) -> None:
    line, control = style.line_of(model), sc.is_control(model)
    x = rows["depth"].to_numpy(float)
    y, low, high = (rows[name].to_numpy(float) for name in ("score", "low", "high"))
    if len(rows) == 1:  # one layer has no depth to speak of: a level line
        x, y, low, high = np.array([0.0, 1.0]), y.repeat(2), low.repeat(2), high.repeat(2)
    elif not control:
        _mark_significant(axes, rows, colour)
    axes.fill_between(
        x, low, high, color=colour, alpha=0.13 if control else 0.22, linewidth=0,
        zorder=line.zorder - 1, label=f"_{model}",
    )  # fmt: skip
    axes.plot(
        x, y, color=colour, linestyle=line.dashes, linewidth=line.width, zorder=line.zorder,
        label=model,
    )  # fmt: skip


def _mark_best(
    axes: Axes, rows: pd.DataFrame, model: str, colour: str, best: Mapping[str, str] | None
) -> None:
    if len(rows) == 1 or sc.is_control(model):
        return
    top = sc.best(rows if best is None else rows[rows["layer"] == best.get(model)])
    if top is not None:
        axes.plot(
            top["depth"], top["score"], linestyle="none", marker="o", markersize=5, zorder=5,
            markerfacecolor=colour, markeredgecolor="white", markeredgewidth=0.8, label="_best",
        )  # fmt: skip


def _mark_significant(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    """Draw stars above the axis, one above the other."""
    for level, limit in enumerate(STARS):
        x = rows.loc[rows["p_fdr"] < limit, "depth"].to_numpy(float)
        if len(x):
            axes.plot(
                x, np.full(len(x), 0.03 + 0.04 * level), linestyle="none", marker=STAR,
                markersize=3, markeredgewidth=0.4, color=colour, clip_on=False, zorder=4,
                transform=axes.get_xaxis_transform(), label="_significant",
            )  # fmt: skip


def stars(p: float) -> str:
    """Write how small a p-value is: ``***``, ``**``, ``*``, or ``n.s.``; ``n/a`` where unknown."""
    if np.isnan(p):
        return "n/a"
    return "*" * sum(p < limit for limit in STARS) or "n.s."


def _mark_planted(axes: Axes, rows: pd.DataFrame, height: float) -> None:
    for depth in rows["depth"]:
        axes.axvline(
            depth, color=style.BLACK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1,
            label="_planted",
        )  # fmt: skip
        axes.plot(
            depth, height, marker="v", color=style.BLACK, markersize=4, zorder=5,
            transform=axes.get_xaxis_transform(), label="_planted",
        )  # fmt: skip


def several_subjects(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of single subjects for models under test; none where there is but one subject."""
    control = rows["model"].isin([m for m in rows["model"].unique() if sc.is_control(m)])
    tested = rows[(rows["subject"] != "all") & ~control]
    return tested if tested["subject"].nunique() > 1 else tested.iloc[:0]


def _subjects(axes: Axes, rows: pd.DataFrame, colours: Mapping[str, str]) -> None:
    for (model, _), part in several_subjects(rows).groupby(["model", "subject"], sort=True):
        axes.plot(
            part["depth"], part["score"], linestyle="none", marker=".", markersize=2.5,
            markeredgewidth=0, color=colours[model], alpha=0.6, zorder=2, label="_subject",
        )  # fmt: skip


def over_subjects(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of models under test, with several layers, that have an interval over subjects alone."""
    layers = rows.groupby("model")["layer"].transform("nunique")
    tested = ~rows["model"].map(sc.is_control).astype(bool)
    return rows[tested & (layers > 1) & rows["subjects_low"].notna()]


def _over_subjects(axes: Axes, rows: pd.DataFrame) -> None:
    if len(rows):
        axes.vlines(
            rows["depth"], rows["subjects_low"], rows["subjects_high"], color=style.BLACK,
            linewidth=0.6, zorder=3.2, label="_over_subjects",
        )  # fmt: skip


def _ceiling(axes: Axes, rows: pd.DataFrame, how: str) -> None:
    low, high = rows["ceiling_low"].median(), rows["ceiling_high"].median()
    if np.isnan(low) or np.isnan(high):
        return
    if how == "rsa":
        axes.axhspan(
            low, high, color=style.LIGHT, alpha=0.7, linewidth=0, zorder=0.4, label="_ceiling"
        )
    else:
        axes.axhline(high, color=style.GREY, linewidth=2, alpha=0.45, zorder=0.6, label="_ceiling")
