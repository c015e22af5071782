"""Experiments on tests of models against each other, and on intervals of explained variance."""

from __future__ import annotations

from typing import Any

import numpy as np

from ventralmap import explained, reliability, tables
from ventralmap.calibration import encoding_made as run
from ventralmap.calibration import made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import readers, record, show
from ventralmap.comparison import pairs
from ventralmap.evidence import Neuroids


def compared(seed: int, *, models: int = 3, **sizes: Any) -> list[Outcome]:
    """Models of two layers each, all equally good, as ``ventralmap compare`` tests them."""
    study = record(np.random.default_rng(seed), [1.0] * (2 * models), **sizes)
    found = []
    for number in range(models):
        layers = study.layers[2 * number : 2 * number + 2]
        net = run.encode(study, layers, seed, f"net{number}")
        (match,) = run.matched([net], seed)
        assert isinstance(match.evidence, Neuroids)
        found.append(pairs.Scored("", net.model, (), (), match.nested, match.evidence))
    table = pairs.of_area(made.NAME, "V4", found)
    return [
        out.null_p("compare pairs p: two models equally good", table["p"].iloc[0]),
        out.family_wise(f"compare pairs p_holm: any pair of {models} models equally good",
                        table["p_holm"]),
    ]  # fmt: skip


def explained_variance(
    seed: int, *, stimuli: int, subjects: int, neuroids: int, noise: str, repeats: int
) -> list[Outcome]:
    """Interval of the explained variance: its mean over studies is the truth."""
    random = np.random.default_rng(seed)
    of = readers(random, [1.0], subjects=subjects, neuroids=neuroids, noise=noise)
    study = show(random, of, stimuli, repeats=repeats)
    net = run.encode(study, study.layers, seed)
    found = reliability.estimate(study.data, run.settings(study), run.N_SPLITS, seed)
    runs = tables.add_ceilings([net], {made.NAME: found["reliability"]}, run.THRESHOLD)
    row = explained.interval_table(runs, run.draw(seed)).iloc[0]
    ends = row["ev_ceiled"], row["ev_ceiled_ci_low"], row["ev_ceiled_ci_high"]
    return [out.interval("explained.csv ev_ceiled_ci: other stimuli and neuroids", *ends)]
