"""Experiments on whether RSA's best layers are deeper in later areas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ventralmap import correspondence, matches
from ventralmap.calibration import outcomes as out
from ventralmap.calibration import rsa_made
from ventralmap.calibration.outcomes import Outcome

Array = NDArray[np.float64]

N_LAYERS, N_BOOTSTRAP = 4, 100
FAVOURITE = 1.5
"""How much more strongly than the others an area sees the part of its layer."""


def flat(
    seed: int, *, stimuli: int, subjects: int, noise: str, areas: int, same: bool
) -> list[Outcome]:
    """Areas without an order: all have the `same` best layer, or none has one."""
    random = np.random.default_rng(seed)
    weight = np.ones(N_LAYERS)
    if same:
        weight[random.integers(N_LAYERS)] = FAVOURITE
    row = _row(random, seed, [weight] * areas, stimuli, subjects, noise)
    what = "the same best layer in all" if same else "all layers equally good in all"
    p = np.nan_to_num(row["p"], nan=1.0)  # none where all areas have the same best layer
    return [out.null_p(f"hierarchy.csv p (rsa): {areas} areas, {what}", float(p))]


def rising(seed: int, *, stimuli: int, subjects: int, noise: str, areas: int) -> list[Outcome]:
    """Areas whose best layers are deeper and deeper."""
    random = np.random.default_rng(seed)
    best = np.linspace(0, N_LAYERS - 1, areas).round().astype(int)
    weights = [np.where(np.arange(N_LAYERS) == layer, FAVOURITE, 1.0) for layer in best]
    row = _row(random, seed, weights, stimuli, subjects, noise)
    claim = f"hierarchy.csv {{}} (rsa): {areas} areas, deeper and deeper"
    return [
        out.power_p(claim.format("p"), row["p"]),
        out.interval(claim.format("ci"), row["rho"], row["ci_low"], row["ci_high"], truth=1.0),
    ]


def _row(
    random: np.random.Generator,
    seed: int,
    weights: list[Array],
    stimuli: int,
    subjects: int,
    noise: str,
) -> dict[str, float]:
    """Analyse areas that see the layers' parts with their own weights."""
    seen = rsa_made.parts(random, N_LAYERS, stimuli, 0)
    names = [f"area{i}" for i in range(len(weights))]
    rdms = {
        name: rsa_made.people(random, seen, weight, subjects, noise)
        for name, weight in zip(names, weights, strict=True)
    }
    layers = rsa_made.features(random, seen)
    run = rsa_made.analyse(layers, rdms, seed, N_BOOTSTRAP, ceilings="none")
    table = correspondence.hierarchy_table(matches.rsa_matches([run]), names)
    row: dict[str, float] = table[["rho", "ci_low", "ci_high", "p"]].iloc[0].to_dict()
    return row
