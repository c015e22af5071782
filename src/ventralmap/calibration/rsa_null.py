"""Experiments on RSA in which layers are not related to what subjects see."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import multiple_tests, tables
from ventralmap.calibration import made, rsa_made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.comparators import compare

Array = NDArray[np.float64]

N_UNRELATED, N_RELATED = 3, 3
N_BOOTSTRAP = 2
"""None of these claims rests on resamples."""


def unrelated(
    seed: int, *, stimuli: int, subjects: int, noise: str, categories: int = 0
) -> list[Outcome]:
    """Three layers that see something else than all subjects do, and three that see the same.

    The unrelated layers' stimuli come in categories of their own.
    """
    random = np.random.default_rng(seed)
    pattern = made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS, categories)
    others = [
        random.permutation(made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS, categories))
        for _ in range(N_UNRELATED)
    ]
    layers = others + rsa_made.features(random, [pattern] * N_RELATED, noise=2.0)
    clean = np.tile(rsa_made.condensed(pattern), (subjects, 1))
    rdms = rsa_made.noisy(random, clean, rsa_made.NOISE[noise])
    rows = _table(layers, rdms, seed, "found")
    null = [True] * N_UNRELATED + [False] * N_RELATED
    return [
        out.null_p("rsa.csv p: layer unrelated", rows["p"].iloc[0]),
        out.family_wise("rsa.csv p_fdr: any of three unrelated layers, these alone corrected",
                        list(multiple_tests.false_discovery_rate(rows["p"][:N_UNRELATED]))),
        out.false_discoveries("rsa.csv p_fdr: half of the layers unrelated", rows["p_fdr"], null),
        out.null_p(
            "rsa.csv p_subjects: layer unrelated to what all subjects see (other stimuli)",
            rows["p_subjects"].iloc[0],
        ),
        *_ceilings(rows, clean[:1], rdms),
    ]  # fmt: skip


def _ceilings(rows: pd.DataFrame, clean: Array, rdms: Array) -> list[Outcome]:
    """Compare both ceilings with what they enclose: the similarity of what all subjects see."""
    truth = float(compare("spearman", clean, rdms).mean())
    return [
        out.estimate(f"rsa.csv ceiling_{end}: similarity of the true RDM",
                     rows[f"ceiling_{end}"].iloc[0], truth)
        for end in ("low", "high")
    ]  # fmt: skip


def unrelated_people(seed: int, *, stimuli: int, subjects: int) -> list[Outcome]:
    """Layers, and subjects of whom each sees something of their own."""
    random = np.random.default_rng(seed)
    draw = [
        made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS) for _ in range(N_UNRELATED + subjects)
    ]
    rdms = np.array([rsa_made.condensed(x) for x in draw[N_UNRELATED:]])
    rows = _table(draw[:N_UNRELATED], rsa_made.noisy(random, rdms, 0.5), seed, "none")
    return [
        out.null_p("rsa.csv p: subjects share nothing", rows["p"].iloc[0]),
        out.null_p("rsa.csv p_subjects: subjects share nothing", rows["p_subjects"].iloc[0]),
        out.family_wise("rsa.csv p_subjects_fdr: any of three layers, subjects share nothing",
                        list(rows["p_subjects_fdr"])),
    ]  # fmt: skip


def _table(layers: list[Array], rdms: Array, seed: int, ceilings: str) -> pd.DataFrame:
    run = rsa_made.analyse(layers, {"IT": rdms}, seed, N_BOOTSTRAP, ceilings=ceilings)
    return tables.rsa_table([run])
