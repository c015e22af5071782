"""Experiments on CKA: layers that are equally good, and layers of which one is the best.

Responses are those of `recordings`: neuroids that read what layers share and what each has alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ventralmap import cka, cka_table, correspondence, matches
from ventralmap.calibration import made, rsa_tables
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import Array, Study, readers, record, show
from ventralmap.model_names import UNTRAINED
from ventralmap.runs import Run

N_BOOTSTRAP, N_FOLDS = 200, 5
N_NEW = 40
"""New sets of stimuli that stand for all."""
NEW = "other stimuli, neuroids and subjects"
AREAS = ("V1", "V4", "IT")
GRADES = 0.5
"""Half the range of how strongly layers are read, around one, where they differ."""


def align(
    study: Study, layers: Sequence[Array], seed: int, model: str = "net", n: int = N_BOOTSTRAP
) -> Run:
    """Run the pipeline's CKA on some of a study's layers, as those of a model."""
    kernels = made.kernels(list(layers), model)
    found = cka.analyse(study.data, kernels, {"folds": N_FOLDS}, n, seed)
    return Run(made.NAME, model, found)


def equal(seed: int, **sizes: Any) -> list[Outcome]:
    """Layers that are equally good for any new stimuli, neuroids and subjects, and a twin."""
    study = record(np.random.default_rng(seed), [1.0] * 4, **sizes)
    net = align(study, study.layers[:2], seed)
    twin = align(study, study.layers[2:], seed, f"net{UNTRAINED}")
    row = cka_table.table([net]).iloc[0]
    table = correspondence.correspondence_table(matches.cka_matches([net, twin]), {})
    found, claim = table.iloc[0], "correspondence.csv {} of cka: {}"
    new = "of one subject (other neuroids)" if row["n_subjects"] == 1 else NEW
    return [
        out.interval(f"cka.csv ci: {new}", row["cka"], row["ci_low"], row["ci_high"]),
        out.null_p(claim.format("beats_next_p", "two layers equally good"), found["beats_next_p"]),
        out.null_p(claim.format("beats_untrained_p", "twin equally good"),
                   found["beats_untrained_p"]),
        out.estimate(claim.format("score - score_nested", "two layers equally good"),
                     found["score"] - found["score_nested"], 0.0),
    ]  # fmt: skip


def same_neuroids(
    seed: int, *, stimuli: int, neuroids: int, noise: str, categories: int = 0
) -> list[Outcome]:
    """Show the neuroids of one subject new stimuli: what an interval of one subject is about."""
    random = np.random.default_rng(seed)
    of = readers(random, [1.0], subjects=1, neuroids=neuroids, noise=noise)
    first, *others = [show(random, of, stimuli, categories) for _ in range(1 + N_NEW)]
    row = cka_table.table([align(first, first.layers, seed)]).iloc[0]
    truth = [float(align(s, s.layers, seed, n=2).scores["mean"].values[0, 0]) for s in others]
    ends = row["cka"], row["ci_low"], row["ci_high"]
    return [out.interval("cka.csv ci: other stimuli, same neuroids", *ends, float(np.mean(truth)))]


def graded(seed: int, **sizes: Any) -> list[Outcome]:
    """Layers that are read more or less strongly, drawn anew for every study."""
    random = np.random.default_rng(seed)
    gains = 1 + random.uniform(-GRADES, GRADES, size=5)
    study = record(random, list(gains), **sizes)
    match = matches.cka_matches([align(study, study.layers, seed)])[0]
    row = correspondence.correspondence_table([match], {}).iloc[0]
    best = int(gains.argmax())
    depth, low, high = row[["depth", "depth_ci_low", "depth_ci_high"]]
    return [
        out.probability("correspondence.csv p_best of cka", row["p_best"],
                        int(row["layer_index"]) == best),
        out.interval("correspondence.csv depth_ci of cka", depth, low, high,
                     truth=match.depth[best]),
        *rsa_tables.of_ranks("cka", match, gains),
    ]  # fmt: skip


def no_hierarchy(seed: int, **sizes: Any) -> list[Outcome]:
    """Areas that all read the same layers in the same way."""
    study = record(np.random.default_rng(seed), [1.0] * 5, **sizes, areas=AREAS)
    found = matches.cka_matches([align(study, study.layers, seed)])
    row = correspondence.hierarchy_table(found, AREAS).iloc[0]
    p = float(np.nan_to_num(row["p"], nan=1.0))  # none where all areas have the same best layer
    return [out.null_p("hierarchy.csv p of cka: no hierarchy", p)]
