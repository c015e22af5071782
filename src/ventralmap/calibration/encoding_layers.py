"""Experiments on encoding: layers that are equally good, and layers of which one is the best."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ventralmap import correspondence
from ventralmap.calibration import encoding_made as run
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import record
from ventralmap.runs import Run

N_LAYERS = 3
AREAS = ("V1", "V4", "IT")
GRADES = 0.5
"""Half the range of how strongly layers are read, around one, where they differ."""

FOUND = "correspondence.csv beats_next_p: one of two layers is better"
AHEAD = "r of the better layer - r of the other"


def equal(seed: int, **sizes: Any) -> list[Outcome]:
    """Layers that are equally good for any new stimuli, neuroids and subjects, and a twin."""
    random = np.random.default_rng(seed)
    study = record(random, [1.0] * (2 * N_LAYERS), **sizes)
    net = run.encode(study, study.layers[:N_LAYERS], seed)
    twin = run.encode(study, study.layers[N_LAYERS:], seed, "net+untrained")
    row = run.table(study, net, seed).iloc[0]
    two = run.some(net, [0, 1])
    pair = run.correspondences([two], seed).iloc[0]
    three = run.correspondences([net, twin], seed).iloc[0]
    least = run.table(study, two, seed).sort_values("r").iloc[0]
    return [
        out.interval("encoding.csv r: interval both", *_ends(row, "r")),
        out.interval(
            "encoding.csv r_below_best: two equal layers", *_ends(least, "r_below_best"), 0.0
        ),
        out.null_p("correspondence.csv beats_next_p: two equal layers", pair["beats_next_p"]),
        out.null_p("correspondence.csv beats_next_p: three equal layers", three["beats_next_p"]),
        out.null_p(
            "correspondence.csv beats_untrained_p: twin equally good", three["beats_untrained_p"]
        ),
        out.estimate("correspondence.csv score - score_nested: three equal layers",
                     three["score"] - three["score_nested"], 0.0),
    ]  # fmt: skip


def _ends(row: pd.Series, name: str) -> tuple[float, float, float]:
    return row[name], row[f"{name}_ci_low"], row[f"{name}_ci_high"]


def unequal(seed: int, *, more: float, **sizes: Any) -> list[Outcome]:
    """Two layers, of which the neuroids read one more strongly, by the share `more`.

    A worse layer that seems better is not found: its p is recorded as 1.
    """
    study = record(np.random.default_rng(seed), [1 + more, 1.0], **sizes)
    net = run.encode(study, study.layers, seed)
    row = run.correspondences([net], seed).iloc[0]
    p = row["beats_next_p"] if row["layer_index"] == 0 else 1.0
    r = net.scores["r"].isel(generalisation=0).median("neuroid").values
    return [
        out.power_p(FOUND, p),
        out.estimate(AHEAD, r[0] - r[1], 0.0),
    ]


def no_hierarchy(seed: int, **sizes: Any) -> list[Outcome]:
    """Areas that all read the same layers in the same way."""
    study = record(np.random.default_rng(seed), [1.0] * 5, **sizes, areas=AREAS)
    row = _hierarchy(run.encode(study, study.layers, seed), seed)
    return [
        out.null_p("hierarchy.csv p of encoding: no hierarchy", row["p"]),
        out.interval(
            "hierarchy.csv rho of encoding: no hierarchy",
            row["rho"], row["ci_low"], row["ci_high"], 0.0,
        ),
    ]  # fmt: skip


def _hierarchy(net: Run, seed: int) -> pd.Series:
    found = correspondence.hierarchy_table(run.matched([net], seed), AREAS)
    return found.iloc[0]


def graded(seed: int, **sizes: Any) -> list[Outcome]:
    """Layers that are read more or less strongly, drawn anew for every study."""
    random = np.random.default_rng(seed)
    gains = 1 + random.uniform(-GRADES, GRADES, size=5)
    study = record(random, list(gains), **sizes)
    net = run.encode(study, study.layers, seed)
    row, best = run.correspondences([net], seed).iloc[0], int(np.argmax(gains))
    return [
        out.probability(
            "correspondence.csv p_best", row["p_best"], int(row["layer_index"]) == best
        ),
        out.interval(
            "correspondence.csv depth_ci of encoding",
            row["depth"], row["depth_ci_low"], row["depth_ci_high"], best / (len(gains) - 1),
        ),
        out.estimate("correspondence.csv score - score_nested: layers that differ",
                     row["score"] - row["score_nested"], 0.0),
    ]  # fmt: skip
