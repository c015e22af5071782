"""Experiments on time courses whose layers' responses begin and peak at known times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ventralmap.calibration import made, rsa_made, time_made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome

N_LAYERS = 3
FIRST, STEP = 120.0, 40.0
"""Peak of the first layer, and how much later the others are where they are later; in ms."""


def latencies(seed: int, *, stimuli: int, subjects: int, noise: str, later: bool) -> list[Outcome]:
    """Three layers, the deeper ones `later` or all at the same time."""
    random = np.random.default_rng(seed)
    seen = [made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS) for _ in range(N_LAYERS)]
    peaks = FIRST + STEP * np.arange(N_LAYERS) * later
    rdms = time_made.people(
        random, time_made.clean(seen, list(peaks)), subjects, time_made.NOISE[noise]
    )
    found = time_made.analyse(seen, rdms, seed)
    order = "deeper layers later" if later else "all layers at once"
    return [
        *_similarity(found.timecourse),
        *_latency(found.latency.iloc[0]),
        *_hierarchy(found.hierarchy.set_index("latency"), order, later),
    ]


def _similarity(table: pd.DataFrame) -> list[Outcome]:
    row = table[(table["layer_index"] == 0) & (table["time_ms"] == FIRST)].iloc[0]
    before = table[(table["layer_index"] == 0) & (table["time_ms"] < FIRST - time_made.WIDTH)]
    least = time_made.smallest(before, "p")
    return [
        out.interval("timecourse.csv ci: at the peak, other subjects and stimuli",
                     row["similarity"], row["ci_low"], row["ci_high"]),
        out.null_p("timecourse.csv p: any time before the layer's response", least),
        out.power_p("timecourse.csv p: at the peak", row["p"]),
    ]  # fmt: skip


def _latency(row: pd.Series) -> list[Outcome]:
    """Intervals hold what studies of this size find on average; bias is against the truth."""
    begin = FIRST - time_made.WIDTH
    onset, peak = row["onset_ms"], row["peak_ms"]
    found = {"onset": (onset, begin), "peak": (peak, FIRST)}
    return [
        outcome
        for name, (value, truth) in found.items()
        for outcome in (
            out.interval(f"latency.csv {name}_ci: the mean of such studies", value,
                         row[f"{name}_ci_low"], row[f"{name}_ci_high"]),
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
