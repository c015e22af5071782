"""Experiments on time courses whose layers' responses begin and peak at known times."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap.calibration import made, rsa_made, time_made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.comparators import compare

Array = NDArray[np.float64]

N_LAYERS = 3
N_EVERYBODY = 200
HELD = {"onset": "the mean onset of such studies", "peak": "the planted peak"}
FIRST, STEP = 120.0, 40.0
"""Peak of the first layer, and how much later the others are where they are later; in ms."""


def latencies(seed: int, *, stimuli: int, subjects: int, noise: str, later: bool) -> list[Outcome]:
    """Three layers, the deeper ones `later` or all at the same time."""
    random = np.random.default_rng(seed)
    seen = [made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS) for _ in range(N_LAYERS)]
    peaks = FIRST + STEP * np.arange(N_LAYERS) * later
    evoked, level = time_made.clean(seen, list(peaks)), time_made.NOISE[noise]
    rdms = time_made.people(random, evoked, subjects, level)
    found = time_made.analyse(seen, rdms, seed)
    order = "deeper layers later" if later else "all layers at once"
    return [
        *_similarity(found.timecourse, _of_everybody(random, evoked, seen[0], level)),
        *_latency(found.latency.iloc[0]),
        *_hierarchy(found.hierarchy.set_index("latency"), order, later),
    ]


def _of_everybody(random: np.random.Generator, evoked: Array, layer: Array, noise: float) -> float:
    """Similarity at the first layer's peak of very many subjects with the same stimuli."""
    at_peak = evoked[time_made.TIMES == FIRST]
    everybody = time_made.people(random, at_peak, N_EVERYBODY, noise)[:, 0]
    return float(compare("spearman", rsa_made.condensed(layer)[None], everybody).mean())


def _similarity(table: pd.DataFrame, truth: float) -> list[Outcome]:
    row = table[(table["layer_index"] == 0) & (table["time_ms"] == FIRST)].iloc[0]
    before = table[(table["layer_index"] == 0) & (table["time_ms"] < FIRST - time_made.WIDTH)]
    least = time_made.smallest(before, "p")
    value, low, high = (float(row[name]) for name in ("similarity", "ci_low", "ci_high"))
    return [
        out.interval("timecourse.csv ci: at the peak, other subjects with these stimuli",
                     value, low, high, truth),
        out.interval("timecourse.csv ci: at the peak, other subjects (other stimuli)",
                     value, low, high),
        out.null_p("timecourse.csv p: any time before the layer's response", least),
        out.power_p("timecourse.csv p: at the peak", row["p"]),
    ]  # fmt: skip


def _latency(row: pd.Series) -> list[Outcome]:
    """Intervals hold the planted peak, and the onset that such studies find on average.

    Give or take half a time step: there is nothing between two times. Bias is against the truth.
    """
    begin = FIRST - time_made.WIDTH
    onset, peak = row["onset_ms"], row["peak_ms"]
    half = np.diff(time_made.TIMES)[0] / 2
    found = {"onset": (onset, begin, np.nan), "peak": (peak, FIRST, FIRST)}
    return [
        outcome
        for name, (value, truth, held) in found.items()
        for outcome in (
            out.interval(f"latency.csv {name}_ci: {HELD[name]}, to half a time step", value,
                         row[f"{name}_ci_low"] - half, row[f"{name}_ci_high"] + half, held),
            out.estimate(f"latency.csv {name}_ms", value, truth),
        )
    ]  # fmt: skip


def _hierarchy(table: pd.DataFrame, order: str, later: bool) -> list[Outcome]:
    claim = "latency_hierarchy.csv {} ({}): " + order
    found = []
    for kind, row in table.iterrows():
        p = float(np.nan_to_num(row["p"], nan=1.0))  # none where too few layers have a latency
        record = out.power_p if later else out.null_p
        found.append(record(claim.format("p", kind), p))
    return found
