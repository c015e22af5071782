"""Encoding: how well the layers of a model predict the responses of each neuroid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import folds, ridge
from ventralmap.correlation import correlate_held_out
from ventralmap.dataset import Dataset
from ventralmap.kernels import Kernels

Array = NDArray[np.float64]
Solver = Callable[[Array, Array, NDArray[np.int64], Array], ridge.CrossValidated]

SOLVERS: dict[str, Solver] = {"ridge": ridge.cross_validate}


def encode(
    dataset: Dataset, kernels: Kernels, settings: Mapping[str, Any], seed: int
) -> xr.Dataset:
    """Cross-validate every layer of a model on every neuroid of a dataset.

    Parameters
    ----------
    dataset
        With responses.
    kernels
        Of the same stimuli; joined on their ids.
    settings
        The config's `encoding`: method, folds, alphas.
    seed
        Seed of the folds.

    Returns
    -------
    xarray.Dataset
        r (layer, neuroid), r_nested (neuroid), prediction (layer, stimulus, neuroid), alpha,
        alpha_index and training_r2 (layer, fold, neuroid), held_out_in (stimulus).
    """
    rows = _positions(dataset, kernels)
    responses = dataset.mean_response()
    fold = stimulus_folds(dataset, settings["folds"], seed)
    solve, grid = SOLVERS[settings["method"]], alpha_grid(settings["alphas"])
    results = [solve(gram[np.ix_(rows, rows)], responses, fold, grid) for gram in kernels.gram]
    scores = _collect(dataset, kernels, responses, fold, results)
    nested = ("neuroid", nested_r(scores), _about("held-out r of the layer chosen in training"))
    return scores.assign(r_nested=nested).assign_attrs(
        generalisation="group" if grouped(dataset) else "images", n_alphas=len(grid)
    )


def alpha_grid(settings: Mapping[str, Any]) -> Array:
    """Log-spaced alphas from `low` to `high`, `n` of them, in units of the mean eigenvalue."""
    return np.geomspace(settings["low"], settings["high"], settings["n"])


def stimulus_folds(dataset: Dataset, n_folds: int, seed: int) -> NDArray[np.int64]:
    """Folds over images, or over the groups of the stimulus table's column `group`."""
    groups = list(dataset.stimuli["group"].astype(str)) if grouped(dataset) else None
    return folds.assign(list(dataset.stimuli.index), n_folds, seed, groups)


def grouped(dataset: Dataset) -> bool:
    """Tell whether the stimulus table asks for whole groups to be held out."""
    return "group" in dataset.stimuli.columns


def _positions(dataset: Dataset, kernels: Kernels) -> list[int]:
    where = {stimulus: i for i, stimulus in enumerate(kernels.stimulus_ids)}
    return [where[stimulus] for stimulus in dataset.stimuli.index]


def _collect(
    dataset: Dataset,
    kernels: Kernels,
    responses: Array,
    fold: NDArray[np.int64],
    results: list[ridge.CrossValidated],
) -> xr.Dataset:
    assert dataset.responses is not None
    neuroids = dataset.responses
    per_fold = ("layer", "fold", "neuroid")
    scores = [correlate_held_out(result.prediction, responses, fold) for result in results]
    return xr.Dataset(
        {
            "r": (("layer", "neuroid"), np.array(scores), _about("held-out Pearson correlation")),
            "prediction": (
                ("layer", "stimulus", "neuroid"),
                np.array([result.prediction for result in results], dtype=np.float32),
                _about("held-out prediction, in the units of the responses"),
            ),
            "response": (("stimulus", "neuroid"), responses, _about("mean over repeats")),
            "alpha": (
                per_fold,
                np.array([result.alpha for result in results]),
                _about("chosen ridge penalty"),
            ),
            "alpha_index": (
                per_fold,
                np.array([result.alpha_index for result in results]),
                _about("position of the chosen penalty on the grid"),
            ),
            "training_r2": (
                per_fold,
                np.array([result.training_r2 for result in results]),
                _about("variance explained by leave-one-out inside the training fold"),
            ),
            "held_out_in": ("stimulus", fold, _about("fold in which the stimulus is held out")),
        },
        coords={
            "layer": list(kernels.layers),
            "depth": ("layer", kernels.depth),
            "n_features": ("layer", kernels.n_features),
            "stimulus": list(dataset.stimuli.index),
            "neuroid": neuroids["neuroid_id"].values.astype(str),
            "area": ("neuroid", neuroids["area"].values.astype(str)),
            "subject": ("neuroid", neuroids["subject"].values.astype(str)),
        },
    )


def _about(name: str) -> dict[str, str]:
    return {"long_name": name, "units": "1"}


def nested_r(scores: xr.Dataset) -> Array:
    """Held-out correlation of the layer chosen, for each area, without the test images.

    In each fold the layer that explains most by leave-one-out, median over the area's neuroids,
    is chosen on the training images, and its predictions of the held-out images are kept.

    Parameters
    ----------
    scores
        With training_r2, prediction, response and held_out_in.

    Returns
    -------
    ndarray, shape (n_neuroids,)
    """
    areas = scores["area"].values
    nested = np.empty(len(areas))
    for area in np.unique(areas):
        nested[areas == area] = _nested_r_of_area(scores.isel(neuroid=areas == area))
    return nested


def _nested_r_of_area(scores: xr.Dataset) -> Array:
    chosen = scores["training_r2"].median("neuroid").argmax("layer").values  # (n_folds,)
    fold = scores["held_out_in"].values
    by_stimulus = chosen[fold]  # (n_stimuli,)
    stimuli = np.arange(scores.sizes["stimulus"])
    prediction = scores["prediction"].values[by_stimulus, stimuli].astype(float)
    return correlate_held_out(prediction, scores["response"].values, fold)
