"""Simulated recordings through the functions that the pipeline runs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pandas as pd

from ventralmap import correspondence, encoding, matches, reliability, tables
from ventralmap.calibration import made
from ventralmap.calibration.recordings import Array, Study
from ventralmap.intervals import Resampling
from ventralmap.runs import Run

SETTINGS: dict[str, Any] = {
    "method": "ridge",
    "alpha_by": "loo",
    "components": 25,
    "device": "cpu",
    "folds": 5,
    "repeats": 1,
    "generalisations": ["images"],
    "alphas": {"low": 1e-3, "high": 1e3, "n": 7},
}
N_BOOTSTRAP, N_SPLITS, THRESHOLD = 200, 20, 0.1


def encode(
    study: Study,
    layers: Sequence[Array],
    seed: int,
    model: str = "net",
    n: int = N_BOOTSTRAP,
) -> Run:
    """Encode some of a study's layers, as those of a model, with n resamples of the stimuli."""
    with redirect_stdout(io.StringIO()):  # what goes to the log
        scores = encoding.encode(study.data, made.kernels(layers, model), settings(study), seed, n)
    return Run(made.NAME, model, scores)


def settings(study: Study) -> dict[str, Any]:
    """Hold out whole categories where the stimuli come in such."""
    kinds = ["category"] if "category" in study.data.stimuli else ["images"]
    return SETTINGS | {"generalisations": kinds}


def draw(seed: int, interval: str = "both") -> Resampling:
    """Resample as often as all experiments do."""
    return Resampling(N_BOOTSTRAP, seed, interval)


def table(study: Study, run: Run, seed: int, interval: str = "both") -> pd.DataFrame:
    """Make the rows of ``encoding.csv`` of all subjects together."""
    found = reliability.estimate(study.data, settings(study), N_SPLITS, seed)["reliability"]
    runs = tables.add_ceilings([run], {made.NAME: found}, THRESHOLD)
    return tables.encoding_table(runs, draw(seed, interval), each_subject=False)


def matched(runs: Sequence[Run], seed: int) -> list[matches.Match]:
    """Match areas to layers."""
    return matches.encoding_matches(runs, draw(seed))


def correspondences(runs: Sequence[Run], seed: int) -> pd.DataFrame:
    """Make ``correspondence.csv``."""
    return correspondence.correspondence_table(matched(runs, seed), {})


def some(run: Run, layers: Sequence[int]) -> Run:
    """Take some of the layers, spread over depth anew."""
    scores = run.scores.isel(layer=list(layers))
    return Run(
        run.dataset,
        run.model,
        scores.assign_coords(depth=("layer", np.linspace(0, 1, len(layers)))),
    )


def coefficients(x: Array, y: Array, alpha: Array) -> Array:
    """Fit again by the closed form, from features (n_train, p), with the penalties chosen.

    Returns
    -------
    ndarray, shape (p, n_neuroids)
    """
    z, centred = x - x.mean(axis=0), y - y.mean(axis=0)
    values, vectors = np.linalg.eigh(z.T @ z)
    return np.asarray(vectors @ ((vectors.T @ (z.T @ centred)) / (values[:, None] + alpha)))
