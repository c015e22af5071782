"""Encoding: how well the layers of a model predict the responses of each neuroid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import folds, groups, side_by_side, solvers, stimulus_bootstrap
from ventralmap.arrays import about
from ventralmap.correlation import correlate_fold
from ventralmap.crossvalidation import Fit, Solver, Source
from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.nested import Chosen, nested_r
from ventralmap.resampling import derived_seed
from ventralmap.solvers import alpha_grid
from ventralmap.stimulus_bootstrap import Resampled

Array = NDArray[np.float64]

SPLIT = ("generalisation", "repeat")
PER_FOLD = {
    "r_fold": "Pearson correlation of prediction and response in a held-out fold",
    "alpha": "chosen ridge penalty, absent for a map without one and for silent neuroids",
    "alpha_index": "position of the chosen penalty on the grid, from 0",
    "training_r2": "variance explained by stimuli left out inside the training folds",
}
OF_ALPHA = {
    "comment": "on the scale of the eigenvalues of the layer's kernel: squares of the features, as"
    " kernels_config scales them, summed over the layer's units. Features of a network have no"
    " physical unit; the grid multiplies the mean eigenvalue of the centred training kernel"
}
"""Why the penalty is a pure number."""


def encode(
    dataset: Dataset,
    kernels: Layers,
    settings: Mapping[str, Any],
    seed: int,
    n_resamples: int = 0,
) -> xr.Dataset:
    """Cross-validate every layer of a model on every neuroid of a dataset.

    A neuroid is fitted and tested on the stimuli that its subject has seen. A fold of which these
    are too few has no score (see `fold_sizes.testable`); nor has a neuroid without any other fold.

    Parameters
    ----------
    dataset
        With responses.
    kernels
        Of the same stimuli; joined on their ids. Projected features for a map of these.
    settings
        The config's `encoding`: method, device, folds, repeats, generalisations, alphas, alpha_by,
        components.
    seed
        Seed of the folds, inner ones too, and of the resamples.
    n_resamples
        How often to resample the stimuli of the held-out predictions; at most
        `stimulus_bootstrap.ENOUGH` resamples are made.

    Returns
    -------
    xarray.Dataset
        r (generalisation, layer, neuroid) and r_nested (generalisation, neuroid), means over
        repeats and folds; r_fold, alpha, alpha_index and training_r2 (generalisation, repeat,
        layer, fold, neuroid), NaN where a generalisation has fewer folds or a fold has no score;
        alpha and alpha_index are NaN too for a neuroid that is silent in training, for which any
        penalty will do; held_out_in
        (generalisation, repeat, stimulus); n_stimuli (neuroid); where resamples are asked for,
        those of ``stimulus_bootstrap.collect``. As attributes the settings:
        `components` is the number asked for, of which a fit has at most the rank of its features.
    """
    responses = dataset.mean_response()
    splits = folds.of_dataset(dataset, settings, seed)
    source = solvers.source(kernels, settings["method"], positions(dataset, kernels))
    solve = solvers.make(settings)
    tables, shape = labelled(dataset, splits), (len(source.layers), responses.shape[1])
    areas = _areas(dataset)
    resampled = [
        Resampled(repeats[0]["label"].to_numpy(str), n_resamples, shape, own)
        for repeats, own in zip(tables, _seeds(dataset, splits, seed), strict=True)
    ]
    found = [
        [
            _encode_split(solve, source, responses, settings, seed, of, split, areas)
            for split in repeats
        ]
        for repeats, of in zip(tables, resampled, strict=True)
    ]
    scores = _collect(dataset, kernels, responses, splits, found)
    scores = scores.assign(r=_mean_r(scores), r_nested=nested_r(scores))
    return scores.assign(stimulus_bootstrap.collect(resampled)).assign_attrs(
        method=settings["method"],
        alpha_by=settings["alpha_by"],
        components=settings["components"],
        n_alphas=len(alpha_grid(settings["alphas"])),
    )


def _seeds(dataset: Dataset, generalisations: Iterable[str], seed: int) -> list[int]:
    """Seeds of the resamples of stimuli: the same for every model, for comparisons in pairs."""
    return [derived_seed(seed, dataset.name, kind, "stimuli") for kind in generalisations]


def positions(dataset: Dataset, kernels: Layers) -> list[int]:
    """Find the rows of kernels that are the stimuli of a dataset, in the order of the latter."""
    return kernels.rows(list(dataset.stimuli.index))


def labelled(dataset: Dataset, splits: Mapping[str, NDArray[np.int64]]) -> list[list[pd.DataFrame]]:
    """List, by generalisation and repeat, the fold and the label of each stimulus.

    Parameters
    ----------
    dataset
        Whose stimuli were split.
    splits
        As `folds.splits` makes them.

    Returns
    -------
    list of list of pandas.DataFrame
        Indexed by stimulus id, columns `fold` and `label`, as `folds.inner` takes them.
    """
    labels, ids = folds.held_out_labels(dataset.stimuli), dataset.stimuli.index
    return [
        [pd.DataFrame({"fold": fold, "label": labels[name]}, ids) for fold in repeats]
        for name, repeats in splits.items()
    ]


def _areas(dataset: Dataset) -> NDArray[np.str_]:
    assert dataset.responses is not None
    return dataset.responses["area"].values.astype(str)


def _encode_split(
    solve: Solver,
    source: Source,
    responses: Array,
    settings: Mapping[str, Any],
    seed: int,
    resampled: Resampled,
    split: pd.DataFrame,
    areas: NDArray[np.str_],
) -> Array:
    """Scores of one split into folds, shape (len(PER_FOLD), n_layers, n_folds, n_neuroids)."""
    shape = (len(PER_FOLD), len(source.layers), settings["folds"], responses.shape[1])
    found = np.full(shape, np.nan)
    chosen = Chosen(areas, split["fold"].to_numpy(), settings["folds"])
    together = groups.of_split(responses, split, seed)
    fits = partial(_fits, solve, source, together)
    n = solvers.at_once(settings, responses.shape)
    for layer, of_groups in enumerate(side_by_side.in_order(fits, source.layers, n)):
        predicted = np.full(responses.shape if resampled else (0, 0), np.nan, dtype=np.float32)
        for group, of_folds in zip(together, of_groups, strict=True):
            for number, fit in of_folds:
                test, measured = group.held_out(number)
                r = correlate_fold(fit.prediction, measured)
                found[:, layer, number, group.neuroids] = _values(r, fit, group.training(number))
                resampled.add(layer, group.neuroids, test, fit.prediction, measured)
                if resampled:
                    predicted[np.ix_(test, group.neuroids)] = fit.prediction
        if resampled:
            chosen.offer(predicted, found[list(PER_FOLD).index("training_r2"), layer])
    if resampled:
        chosen.resample(resampled, responses)
    return found


def _fits(
    solve: Solver, source: Source, together: list[groups.Group], matrix: Array
) -> list[list[tuple[int, Fit]]]:
    """Fit a layer's matrix in each group of neuroids: the folds and their fits."""
    return [
        list(group.fits(solve, source.of(matrix, group.stimuli), source.between))
        for group in together
    ]


def _values(r: Array, fit: Fit, training: Array) -> Array:
    """Collect what is kept of a fit, shape (len(PER_FOLD), n_neuroids); NaN where no alphas."""
    chosen = np.ptp(training, axis=0) > 0  # a silent neuroid chooses nothing
    alpha = np.where(chosen, fit.alpha, np.nan)
    index = np.where(chosen & (fit.alpha_index >= 0), fit.alpha_index, np.nan)
    return np.array([r, alpha, index, fit.training_r2])


def _collect(
    dataset: Dataset,
    kernels: Layers,
    responses: Array,
    splits: Mapping[str, NDArray[np.int64]],
    found: list[list[Array]],
) -> xr.Dataset:
    values = np.moveaxis(np.array(found), 2, 0)  # (score, generalisation, repeat, layer, ...)
    dims = (*SPLIT, "layer", "fold", "neuroid")
    per_fold = {
        name: (dims, array, about(meaning) | (OF_ALPHA if name == "alpha" else {}))
        for (name, meaning), array in zip(PER_FOLD.items(), values, strict=True)
    }
    held_out, what = np.array(list(splits.values())), "fold in which the stimulus is held out"
    seen = (~np.isnan(responses)).sum(axis=0)
    others = {
        "held_out_in": ((*SPLIT, "stimulus"), held_out, about(what)),
        "n_stimuli": ("neuroid", seen, about("stimuli that the subject has seen")),
    }
    coords = {
        "generalisation": list(splits),
        "repeat": np.arange(held_out.shape[1]),
        "fold": np.arange(values.shape[4]),
    }
    return xr.Dataset(per_fold | others, coords | _of_layers(kernels) | _of_dataset(dataset))


def _of_layers(kernels: Layers) -> dict[str, Any]:
    return {
        "layer": list(kernels.layers),
        "depth": ("layer", kernels.depth, about("place of the layer, 0 first to 1 last")),
        "n_features": ("layer", kernels.n_features, about("units of the layer")),
    }


def _of_dataset(dataset: Dataset) -> dict[str, Any]:
    assert dataset.responses is not None
    neuroids = dataset.responses
    return {
        "stimulus": list(dataset.stimuli.index),
        "neuroid": neuroids["neuroid_id"].values.astype(str),
        "area": ("neuroid", neuroids["area"].values.astype(str)),
        "subject": ("neuroid", neuroids["subject"].values.astype(str)),
    }


def _mean_r(scores: xr.Dataset) -> xr.DataArray:
    mean = scores["r_fold"].mean(("repeat", "fold"))
    return mean.assign_attrs(about("held-out Pearson correlation, mean over folds and repeats"))
