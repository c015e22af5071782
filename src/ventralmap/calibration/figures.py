"""Figures of a calibration: rates of each claim in its cells, and probabilities given and right."""

from __future__ import annotations

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ventralmap.calibration import cell_words, outcomes, rates
from ventralmap.figures import style

LABELS = {
    outcomes.NULL: "Studies with p < .05 (%)",
    outcomes.COVERAGE: "Intervals that hold the truth (%)",
}
"""What is on the axis, by kind of claim."""
ROW, MARGIN, WIDTH = 0.22, 0.8, 60
"""Height of a claim and of the axis in inches, and letters in a line of a claim."""
COLOURS = {
    rates.HOLDS: style.BLUE,
    rates.CAREFUL: style.SKY,
    rates.UNSURE: style.GREY,
    rates.FAILS: style.VERMILION,
}
MARKERS = {rates.HOLDS: "o", rates.CAREFUL: "D", rates.UNSURE: "v", rates.FAILS: "s"}


def draw_rates(found: pd.DataFrame, kind: str) -> Figure:
    """Draw the rate of each claim in each cell, with Monte-Carlo intervals and the target.

    Parameters
    ----------
    found
        As from `collect.tables`.
    kind
        `outcomes.NULL` or `outcomes.COVERAGE`.
    """
    rows = found[(found["kind"] == kind) & found["verdict"].isin(list(COLOURS))]
    claims = list(pd.unique(rows["claim"]))
    with style.context():
        height = MARGIN + ROW * len(claims)
        figure, axes = plt.subplots(figsize=(style.DOUBLE, height))
        figure.subplots_adjust(0.44, MARGIN / 2 / height, 0.99, 1 - MARGIN / 3 / height)
        low, high = rates.TARGETS[kind]
        axes.axvspan(100 * low, 100 * high, color=style.LIGHT, linewidth=0, label="target")
        for word in COLOURS:
            _dots(axes, rows[rows["verdict"] == word], claims, word)
        axes.set(xlabel=LABELS[kind], ylim=(len(claims) - 0.5, -0.5), xlim=(_least(rows), 100))
        axes.set_yticks(
            range(len(claims)), [fill(cell_words.claim(claim), WIDTH) for claim in claims]
        )
        if kind == outcomes.NULL:
            axes.set_xlim(-1, max(15.0, 102 * float(rows["rate_high"].max())))
        figure.legend(loc="upper right", ncols=5)
    return figure


def _least(rows: pd.DataFrame) -> float:
    return min(85.0, 100 * float(rows["rate_low"].min()) - 1)


def _dots(axes: Axes, rows: pd.DataFrame, claims: list[str], word: str) -> None:
    """Draw the cells of one verdict, those of a claim below each other."""
    if not len(rows):
        return
    nth = rows.groupby("claim").cumcount()
    of = rows.groupby("claim")["claim"].transform("size")
    y = rows["claim"].map(claims.index) + (nth + 0.5) / of * 0.7 - 0.35
    rate = 100 * rows[["rate", "rate_low", "rate_high"]]
    error = [rate["rate"] - rate["rate_low"], rate["rate_high"] - rate["rate"]]
    axes.errorbar(
        rate["rate"], y, xerr=np.array(error), fmt=MARKERS[word], color=COLOURS[word],
        markersize=2.5, elinewidth=0.5, label=word,
    )  # fmt: skip


def draw_probabilities(curves: pd.DataFrame) -> Figure:
    """Draw how often what was given a probability was right, a line per claim over all cells."""
    with style.context():
        figure, axes = plt.subplots(figsize=(style.SINGLE, style.SINGLE), layout="constrained")
        axes.plot([0, 1], [0, 1], color=style.GREY, linewidth=0.5)
        for colour, (claim, rows) in zip(
            np.resize(style.PALETTE, curves["claim"].nunique()),
            curves.groupby("claim", sort=False),
            strict=True,
        ):
            error = [rows["right"] - rows["right_low"], rows["right_high"] - rows["right"]]
            axes.errorbar(
                rows["given"], rows["right"], yerr=np.array(error), fmt="o", color=str(colour),
                elinewidth=0.5, label=cell_words.claim(str(claim)),
            )  # fmt: skip
        axes.set(xlabel="Probability given", ylabel="Share that was right", aspect="equal")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        figure.legend(loc="outside upper center")
    return figure
