"""Experiments on RSA: layers and subjects' RDMs of which it is known how they are related."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from ventralmap import similarity, tables
from ventralmap.calibration import made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.runs import Run

Array = NDArray[np.float64]

N_DIMENSIONS, N_LAYERS = 8, 3
NOISE = {"low": 0.5, "high": 2.0}
"""Standard deviation of the noise of a subject's RDM, relative to that of the RDM itself."""
SETTINGS = {
    "distance": "euclidean",
    "comparison": "spearman",
    "responses": "none",
    "folds": 5,
    "permutations": 199,
}
N_BOOTSTRAP = 200


def unrelated(
    seed: int, *, stimuli: int, subjects: int, noise: str, categories: int = 0
) -> list[Outcome]:
    """Layers that see something else of the stimuli than the subjects do."""
    random = np.random.default_rng(seed)
    seen = made.stimuli(random, stimuli, N_DIMENSIONS, categories)
    layers = [made.stimuli(random, stimuli, N_DIMENSIONS, categories) for _ in range(N_LAYERS)]
    rows = _table(layers, people(random, [seen] * subjects, NOISE[noise]), seed, categories)
    return [
        out.null_p("rsa.csv p: one layer unrelated", rows["p"].iloc[0]),
        out.null_p("rsa.csv p_subjects: one layer unrelated", rows["p_subjects"].iloc[0]),
        out.family_wise("rsa.csv p_fdr: any of three unrelated layers", list(rows["p_fdr"])),
    ]


def people(random: np.random.Generator, seen: list[Array], noise: float) -> Array:
    """Condensed RDMs of one area, (1, n_subjects, n_pairs), from what each subject sees."""
    clean = np.array([pdist(x, "sqeuclidean") for x in seen])
    spread = clean.std(axis=1, keepdims=True)
    return np.asarray(clean + noise * spread * random.normal(size=clean.shape))[None]


def _table(layers: list[Array], rdms: Array, seed: int, categories: int) -> pd.DataFrame:
    n = len(layers[0])
    columns = {"category": made.category(n, categories)} if categories else None
    data = made.dataset(n, rdms=[made.rdms(rdms)], columns=columns)
    scores = similarity.analyse(data, made.kernels(layers), SETTINGS, N_BOOTSTRAP, seed)
    return tables.rsa_table([Run(made.NAME, "net", scores)])
