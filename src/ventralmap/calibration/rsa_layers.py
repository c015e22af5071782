"""Experiments on RSA in which it is known which layers are equally good, and which is best.

Each layer reads a part of its own of what the stimuli are made of, and each subject sees the parts
more or less strongly. A study draws stimuli and subjects anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import correspondence, matches, tables
from ventralmap.calibration import outcomes as out
from ventralmap.calibration import rsa_made
from ventralmap.calibration.outcomes import Outcome
from ventralmap.model_names import UNTRAINED
from ventralmap.runs import Run

Array = NDArray[np.float64]

N_BOOTSTRAP = 100


def equal(
    seed: int,
    *,
    stimuli: int,
    subjects: int,
    noise: str,
    layers: int,
    categories: int = 0,
    same_categories: int = 0,
) -> list[Outcome]:
    """Layers that are all equally good."""
    random, n_categories = np.random.default_rng(seed), categories or same_categories
    run = study(
        random, seed, np.ones(layers), stimuli, subjects, noise, n_categories, same_categories > 0
    )
    rows = tables.rsa_table([run])
    return [
        *_similarity(rows),
        *_below_best(rows, f"rsa.csv {{}}: {_number(layers)} layers equally good"),
        *_match(run, f"correspondence.csv {{}}: {_number(layers)} layers equally good"),
        *(_untrained(run) if layers % 2 == 0 else []),
    ]


def study(
    random: np.random.Generator,
    seed: int,
    weight: Array,
    stimuli: int,
    subjects: int,
    noise: rsa_made.Noise,
    categories: int = 0,
    same: bool = False,
    ceilings: str = "resampled",
) -> Run:
    """Simulate layers of which subjects see the part with `weight`, and analyse them."""
    seen = rsa_made.parts(random, len(weight), stimuli, categories, same)
    rdms = rsa_made.people(random, seen, weight, subjects, noise)
    layers = rsa_made.features(random, seen)
    return rsa_made.analyse(layers, {"IT": rdms}, seed, N_BOOTSTRAP, ceilings=ceilings)


def _number(layers: int) -> str:
    return {2: "two", 3: "three", 5: "five", 12: "twelve"}.get(layers, str(layers))


def _similarity(rows: pd.DataFrame) -> list[Outcome]:
    """Intervals of the first layer, which was not chosen for anything."""
    return [
        out.interval(f"rsa.csv {name}ci", *rows.iloc[0][[value, f"{name}ci_low", f"{name}ci_high"]])
        for name, value in (("", "similarity"), ("below_ceiling_", "below_ceiling"))
    ]


def _below_best(rows: pd.DataFrame, claim: str) -> list[Outcome]:
    """Is any layer said to be worse than the best? All intervals should hold zero."""
    worst = rows.iloc[int(rows["below_best_ci_low"].fillna(-np.inf).argmax())]
    gap, low, high = (worst[f"below_best{end}"] for end in ("", "_ci_low", "_ci_high"))
    return [
        out.family_wise(claim.format("p_below_best (any)"), list(rows["p_below_best"])),
        out.interval(claim.format("below_best_ci (all)"), gap, low, high, truth=0.0),
    ]


def _match(run: Run, claim: str) -> list[Outcome]:
    match = matches.rsa_matches([run])[0]
    row = correspondence.correspondence_table([match], {}).iloc[0]
    typical = float(match.scores.mean())
    return [
        out.null_p(claim.format("beats_next_p"), row["beats_next_p"]),
        out.estimate(claim.format("score"), row["score"], typical),
        out.estimate(claim.format("score_nested"), row["score_nested"], typical),
    ]


def _untrained(run: Run) -> list[Outcome]:
    """One half of the layers as the network, the other as its untrained twin."""
    half = run.scores.sizes["layer"] // 2
    pair = [
        rsa_made.some_layers(run, "net", slice(None, half)),
        rsa_made.some_layers(run, f"net{UNTRAINED}", slice(half, None)),
    ]
    table = correspondence.correspondence_table(matches.rsa_matches(pair), {})
    claim = f"correspondence.csv beats_untrained_p: no better than the twin, {half} layers each"
    return [out.null_p(claim, table["beats_untrained_p"].iloc[0])]


def unequal(
    seed: int, *, stimuli: int, subjects: int, noise: str, layers: int = 5
) -> list[Outcome]:
    """Layers of which one, at any depth, is the best by more or less."""
    random = np.random.default_rng(seed)
    weight = random.uniform(0.5, 1.5, size=layers)
    run = study(random, seed, weight, stimuli, subjects, noise, ceilings="none")
    match = matches.rsa_matches([run])[0]
    row = correspondence.correspondence_table([match], {}).iloc[0]
    best = int(weight.argmax())
    depth, low, high = row[["depth", "depth_ci_low", "depth_ci_high"]]
    return [
        out.probability("correspondence.csv p_best", row["p_best"], row["layer_index"] == best),
        out.interval("correspondence.csv depth_ci", depth, low, high, truth=match.depth[best]),
    ]
