"""Experiments on intervals of fusions and of the order of latencies, whose truth is planted."""

from __future__ import annotations

import numpy as np

from ventralmap import fusion
from ventralmap.calibration import made, rsa_made, time_made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.comparators import compare

PEAK = 140.0
FIRST, STEP = 120.0, 40.0
"""Peak of the first layer, and how much later the others are where they are later; in ms."""
N_LAYERS, N_EVERYBODY = 3, 200
AREA_NOISE = 1.0


def fused(seed: int, *, stimuli: int, subjects: int, noise: str) -> list[Outcome]:
    """Fuse recordings with an area that sees what they show: very many subjects are the truth."""
    random, level = np.random.default_rng(seed), time_made.NOISE[noise]
    pattern = made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS)
    evoked = time_made.clean([pattern], [PEAK])
    area = rsa_made.noisy(random, rsa_made.condensed(pattern)[None], AREA_NOISE)
    data = time_made.dataset(time_made.people(random, evoked, subjects, level), area[None])
    layer = rsa_made.features(random, [pattern])
    table, _ = fusion.analyse(data, [made.kernels(layer)], time_made.SETTINGS, seed)
    row = table[table["time_ms"] == PEAK].iloc[0]
    at_peak = evoked[time_made.TIMES == PEAK]
    everybody = time_made.people(random, at_peak, N_EVERYBODY, level)[:, 0]
    truth = float(compare("spearman", area, everybody).mean())
    return [
        out.interval("fusion.csv ci: at the peak, other subjects with these stimuli",
                     row["similarity"], row["ci_low"], row["ci_high"], truth),
        out.power_p("fusion.csv p: at the peak", row["p"]),
    ]  # fmt: skip


def order(seed: int, *, stimuli: int, subjects: int, noise: str, later: bool) -> list[Outcome]:
    """Three layers, the deeper ones `later`, so that rho is 1, or all at once: rho is 0."""
    random = np.random.default_rng(seed)
    seen = [made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS) for _ in range(N_LAYERS)]
    evoked = time_made.clean(seen, list(FIRST + STEP * np.arange(N_LAYERS) * later))
    rdms = time_made.people(random, evoked, subjects, time_made.NOISE[noise])
    rows = time_made.analyse(seen, rdms, seed).hierarchy
    about = "deeper layers later" if later else "all layers at once"
    return [
        out.interval(f"latency_hierarchy.csv ci ({row['latency']}): {about}",
                     row["rho"], row["ci_low"], row["ci_high"], truth=float(later))
        for _, row in rows.iterrows()
    ]  # fmt: skip
