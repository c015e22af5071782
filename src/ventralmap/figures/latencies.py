"""Latency of layers over their depth."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ventralmap.figures import style
from ventralmap.wording import interval, p_value, sentence, share


def latency_scores(rows: pd.DataFrame) -> dict[str, str]:
    """Write ρ of latency and depth, its interval and p, by kind of latency, where it is known.

    Parameters
    ----------
    rows
        Of ``latency_hierarchy.csv``, of one dataset, model and area.
    """
    return {
        str(row["latency"]): sentence(
            f"ρ = {share(row['rho'], 2)}",
            interval(row["ci_low"], row["ci_high"], 2) + ",",
            p_value(row["p"]),
        )
        for _, row in rows.dropna(subset=["rho"]).iterrows()
    }


def latencies(axes: Axes, rows: pd.DataFrame, truth: pd.DataFrame | None, area: str) -> None:
    """Draw peak and onset of each layer, with their intervals, over its depth.

    Parameters
    ----------
    axes
        Where.
    rows
        Of ``latency.csv``, of one dataset, model and area.
    truth
        ``truth.csv``; planted peaks are crosses.
    area
        Name of the area.
    """
    for kind, fill in (("peak", style.BLACK), ("onset", "white")):
        known = rows.dropna(subset=[f"{kind}_ms"])
        if len(known):
            x, low, high = known["depth"], known[f"{kind}_ci_low"], known[f"{kind}_ci_high"]
            axes.vlines(x, low, high, color=style.BLACK, linewidth=0.6, label=f"_{kind}")
            axes.plot(
                x, known[f"{kind}_ms"], linestyle="none", marker="o", markersize=3.2, label=kind,
                color=style.BLACK, markerfacecolor=fill, markeredgewidth=0.7,
            )  # fmt: skip
    _planted(axes, rows, truth, area)
    axes.set_xlim(-0.05, 1.05)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", handletextpad=0.1, borderaxespad=0.1)


def _planted(axes: Axes, rows: pd.DataFrame, truth: pd.DataFrame | None, area: str) -> None:
    if truth is None or "peak_ms" not in truth:
        return
    planted = truth[truth["area"] == area].dropna(subset=["peak_ms"])
    joined = planted[["layer", "peak_ms"]].merge(
        rows[["layer", "depth"]].drop_duplicates(), on="layer"
    )
    axes.plot(
        joined["depth"], joined["peak_ms"], linestyle="none", marker="x", markersize=5,
        markeredgewidth=1.2, color=style.VERMILION, label="planted peak", zorder=5,
    )  # fmt: skip
