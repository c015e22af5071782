"""Experiments on pairs of layers, ranks of layers, and corrections for many areas, by RSA."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from ventralmap import agreement, correspondence, layer_pairs, matches, tables
from ventralmap.calibration import outcomes as out
from ventralmap.calibration import rsa_layers, rsa_made, rsa_null
from ventralmap.calibration.outcomes import Outcome
from ventralmap.model_names import UNTRAINED
from ventralmap.over_time import standard_ranks

Array = NDArray[np.float64]

BETTER = 1.5
"""How much more strongly the better layers are seen."""
MANY = 1000
"""Other subjects, whose mean stands for that of all."""


def pairs(seed: int, *, stimuli: int, subjects: int, noise: str) -> list[Outcome]:
    """Four layers that are all equally good, and four of which two are better than the others."""
    random = np.random.default_rng(seed)
    rows = _pairs(random, seed, np.ones(4), stimuli, subjects, noise)
    mixed = _pairs(random, seed, np.array([1, 1, BETTER, BETTER]), stimuli, subjects, noise)
    null = (mixed["index_a"] // 2 == mixed["index_b"] // 2).tolist()
    first = rows.iloc[0]
    return [
        out.null_p("rsa_pairs.csv p: two layers, equally good", first["p"]),
        out.interval(
            "rsa_pairs.csv ci: two layers, equally good",
            first["difference"], first["ci_low"], first["ci_high"], truth=0.0,
        ),
        out.family_wise("rsa_pairs.csv p_family: any of six pairs, all equally good",
                        rows["p_family"]),
        out.family_wise("rsa_pairs.csv p_fdr: any of six pairs, all equally good", rows["p_fdr"]),
        out.false_discoveries("rsa_pairs.csv p_fdr: two of six pairs equally good",
                              mixed["p_fdr"], null),
    ]  # fmt: skip


def _pairs(
    random: np.random.Generator,
    seed: int,
    weight: Array,
    stimuli: int,
    subjects: int,
    noise: str,
) -> pd.DataFrame:
    run = rsa_layers.study(random, seed, weight, stimuli, subjects, noise, ceilings="none")
    return layer_pairs.table([run])


def ranks(seed: int, *, stimuli: int, subjects: int, noise: str, layers: int = 5) -> list[Outcome]:
    """Layers that are seen more or less strongly: the rank of the first one, and of the best."""
    random = np.random.default_rng(seed)
    weight = random.uniform(0.5, 1.5, size=layers)
    run = rsa_layers.study(random, seed, weight, stimuli, subjects, noise, ceilings="none")
    return of_ranks("rsa", matches.rsa_matches([run])[0], weight)


def of_ranks(method: str, match: matches.Match, weight: Array) -> list[Outcome]:
    """Compare the interval of the rank of the first layer, picked for nothing, with its truth."""
    row, true = agreement.table([match]).iloc[0], rankdata(-weight)
    return [
        out.interval(
            f"agreement.csv rank_ci of {method}: of one layer of {len(weight)}",
            row["rank"], row["rank_ci_low"], row["rank_ci_high"], truth=true[0],
        )
    ]  # fmt: skip


def same_stimuli(seed: int, *, stimuli: int, subjects: int, noise: str) -> list[Outcome]:
    """Measure some subjects of many, who all see the same images, and ask for the mean of all."""
    random = np.random.default_rng(seed)
    seen, weight = rsa_made.parts(random, 2, stimuli, 0), np.ones(2)
    rdms = rsa_made.people(random, seen, weight, subjects + MANY, noise)
    layers = rsa_made.features(random, seen)
    run = rsa_made.analyse(
        layers, {"IT": rdms[:subjects]}, seed, rsa_null.N_BOOTSTRAP, ceilings="none"
    )
    row = tables.rsa_table([run]).iloc[0]
    layer = standard_ranks(rsa_made.condensed(layers[0])[None])[0]
    truth = float((standard_ranks(rdms[subjects:]) @ layer).mean())
    return [
        out.interval(
            "rsa.csv subjects_ci: other subjects, the same images",
            row["similarity"], row["subjects_ci_low"], row["subjects_ci_high"], truth=truth,
        )
    ]  # fmt: skip


def one_of_many(seed: int, *, stimuli: int, noise: str, layers: int = 5) -> list[Outcome]:
    """Measure one subject of many who differ, and ask for the best layer of all of them.

    What a table says of one subject is about that subject; this is how far it is off when it is
    read as a statement about others.
    """
    random = np.random.default_rng(seed)
    weight = random.uniform(0.5, 1.5, size=layers)
    seen = rsa_made.parts(random, layers, stimuli, 0)
    one = rsa_made.people(random, seen, weight, 2, noise)[:1]
    layers_of = rsa_made.features(random, seen)
    run = rsa_made.analyse(layers_of, {"IT": one}, seed, rsa_layers.N_BOOTSTRAP, ceilings="none")
    row = correspondence.correspondence_table(matches.rsa_matches([run]), {}).iloc[0]
    right = row["layer_index"] == weight.argmax()
    return [out.probability("correspondence.csv p_best: of one subject (other subjects)",
                            row["p_best"], right)]  # fmt: skip


def many_areas(
    seed: int, *, stimuli: int, subjects: int, noise: str, areas: int = 4
) -> list[Outcome]:
    """Areas that see two layers, of a network and of its twin, equally strongly, or half do not.

    A quarter of the layers each: the network's two layers and those of its twin.
    """
    random = np.random.default_rng(seed)
    claim = f"correspondence.csv {{}}: any of {areas} areas, all equally good"
    equal = _corrected(random, seed, [np.ones(4)] * areas, stimuli, subjects, noise)
    better = np.array([2 * BETTER, BETTER, 1, 1])
    weights = [np.ones(4) if area % 2 else better for area in range(areas)]
    mixed = _corrected(random, seed, weights, stimuli, subjects, noise)
    null = [area % 2 == 1 for area in range(areas)]
    names = ("beats_next_p_fdr", "beats_untrained_p_fdr")
    return [
        outcome
        for name in names
        for outcome in (
            out.family_wise(claim.format(name), equal[name]),
            out.false_discoveries(f"correspondence.csv {name}: half of the areas equally good",
                                  mixed[name], null),
        )
    ]  # fmt: skip


def _corrected(
    random: np.random.Generator,
    seed: int,
    weights: list[Array],
    stimuli: int,
    subjects: int,
    noise: str,
) -> pd.DataFrame:
    """Make the rows of the network of ``correspondence.csv``, one per area, corrected over them."""
    seen = rsa_made.parts(random, 4, stimuli, 0)
    rdms = {
        f"area{i}": rsa_made.people(random, seen, weight, subjects, noise)
        for i, weight in enumerate(weights)
    }
    layers = rsa_made.features(random, seen)
    run = rsa_made.analyse(layers, rdms, seed, rsa_layers.N_BOOTSTRAP, ceilings="none")
    own = rsa_made.some_layers(run, "net", slice(None, 2))
    twin = rsa_made.some_layers(run, f"net{UNTRAINED}", slice(2, None))
    table = correspondence.correspondence_table(matches.rsa_matches([own, twin]), {})
    return table[table["model"] == "net"]
