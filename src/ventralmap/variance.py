"""What several layers explain of each neuroid together, alone and in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import banded, folds
from ventralmap.arrays import seen_together
from ventralmap.banded import Bands
from ventralmap.correlation import correlate_fold
from ventralmap.dataset import Dataset
from ventralmap.encoding import labelled, positions
from ventralmap.errors import InputError, suggest
from ventralmap.fold_sizes import testable
from ventralmap.kernels import Layers
from ventralmap.solvers import ALPHA_BY, alpha_grid, placed

Array = NDArray[np.float64]
Fold = NDArray[np.int64]
Solve = Callable[[Array, Array, Array, Fold], Bands]

SEEN = {"long_name": "stimuli that the subject has seen", "units": "1"}
DIMS = ("generalisation", "band", "neuroid")
ABOUT = {
    "r": "held-out Pearson correlation of all layers of the set, mean over folds and repeats",
    "r2": "held-out variance explained by all layers of the set",
    "unique": "held-out variance explained that is lost without the layer",
    "shared": "held-out variance explained that is lost with no layer alone",
    "weight": "share of the layer's kernel in the fitted sum, mean over folds and repeats",
}


def analyse(
    dataset: Dataset,
    kernels: Mapping[str, Layers],
    sets: Sequence[Sequence[str]],
    settings: Mapping[str, Any],
    seed: int,
) -> xr.Dataset:
    """Divide the variance that sets of layers explain of each neuroid.

    Parameters
    ----------
    dataset
        With responses.
    kernels
        By model, of the same stimuli; joined on their ids.
    sets
        Each a list of ``<model>:<layer>``, two or more.
    settings
        The config's `encoding`: folds, repeats, generalisations, alphas, alpha_by.
    seed
        Seed of the folds and of the candidate weights.

    Returns
    -------
    xarray.Dataset
        r, r2, unique, shared and weight (generalisation, band, neuroid), means over the repeats
        that can be tested, NaN where none can (see `fold_sizes.testable`). A band is a layer of a
        set; r, r2 and shared are those of its set.

    Raises
    ------
    InputError
        When a layer of a set is not among those of its model.
    """
    splits = folds.of_dataset(dataset, settings, seed)
    parts = []
    for names in sets:
        gram = np.array([_gram(dataset, kernels, name) for name in names])
        found = [
            _mean_known(_of_split(gram, dataset, split, settings, seed) for split in repeats)
            for repeats in labelled(dataset, splits)
        ]  # by generalisation, (len(ABOUT), n_layers, n_neuroids)
        parts.append(_collect(dataset, list(splits), names, np.array(found)))
    return xr.concat(parts, "band", data_vars="minimal", coords="minimal", compat="override")


def _mean_known(values: Iterable[Array]) -> Array:
    """Mean of what is known, element by element; NaN where nothing is."""
    return xr.concat([xr.DataArray(of_one) for of_one in values], "of").mean("of").values


def _gram(dataset: Dataset, kernels: Mapping[str, Layers], name: str) -> Array:
    """Find the kernel of ``<model>:<layer>``, its rows the stimuli of the dataset."""
    model, _, layer = name.rpartition(":")
    of_model = kernels[model]
    if layer not in of_model.layers:
        raise InputError(
            f"config: encoding: banded: {model} has no layer '{layer}';"
            f" {suggest(layer, of_model.layers)}"
        )
    rows = positions(dataset, of_model)
    return of_model.kernel(of_model.layers.index(layer))[np.ix_(rows, rows)]


def _of_split(
    gram: Array, dataset: Dataset, split: pd.DataFrame, settings: Mapping[str, Any], seed: int
) -> Array:
    """Score one split into folds, shape (len(ABOUT), n_layers, n_neuroids)."""
    responses = dataset.mean_response()
    found = np.full((len(ABOUT), len(gram), responses.shape[1]), np.nan)
    for stimuli, neuroids in seen_together(responses):
        part = gram[:, stimuli][:, :, stimuli], responses[np.ix_(stimuli, neuroids)]
        fold = split["fold"].values[stimuli]
        numbers = testable(fold)
        if not len(numbers):
            continue
        inner = dict(zip(numbers, folds.inner(split[stimuli], seed, numbers), strict=True))
        scores = [
            _score(part[0][chosen], part[1], fold, inner, _solver(settings, len(chosen), seed))
            for chosen in banded.subsets(len(gram))
        ]
        unique, shared = banded.partition(np.array([r2 for _, r2, _ in scores]))
        r, r2, weight = scores[0]
        shape = (len(gram), len(neuroids))
        values = [np.broadcast_to(value, shape) for value in (r, r2, unique, shared, weight)]
        found[:, :, neuroids] = values
    return found


def _solver(settings: Mapping[str, Any], n_layers: int, seed: int) -> Solve:
    grid, weights = alpha_grid(settings["alphas"]), banded.candidates(n_layers, seed)
    left_out = ALPHA_BY[settings["alpha_by"]]

    def solve(train: Array, test: Array, responses: Array, inner: Fold) -> Bands:
        return banded.fit(train, test, responses, grid, weights, left_out(inner))

    return cast(Solve, placed(solve, settings))


def _score(
    gram: Array, responses: Array, fold: Fold, inner: Mapping[int, Fold], solve: Solve
) -> tuple[Array, Array, Array]:
    """Score layers together: r and r2 (n_neuroids,), weight (n_layers, n_neuroids)."""
    fits = list(_fits(gram, responses, fold, inner, solve))
    r = np.array([correlate_fold(found.prediction, responses[test]) for test, found in fits])
    r2 = banded.held_out_r2(
        (responses[test] - found.prediction, responses[test] - responses[~test].mean(axis=0))
        for test, found in fits
    )
    mean_r = xr.DataArray(r, dims=("fold", "neuroid")).mean("fold").values  # of folds that have one
    return mean_r, r2, np.mean([found.weights for _, found in fits], axis=0)


def _fits(
    gram: Array, responses: Array, fold: Fold, inner: Mapping[int, Fold], solve: Solve
) -> Iterator[tuple[NDArray[np.bool_], Bands]]:
    for number, within in inner.items():
        test = fold == number
        train = gram[:, ~test]
        yield (
            test,
            solve(train[:, :, ~test], gram[:, test][:, :, ~test], responses[~test], within[~test]),
        )


def _collect(
    dataset: Dataset, generalisations: list[str], names: Sequence[str], values: Array
) -> xr.Dataset:
    assert dataset.responses is not None
    neuroids = dataset.responses
    return xr.Dataset(
        {
            name: (DIMS, values[:, i], {"long_name": meaning, "units": "1"})
            for i, (name, meaning) in enumerate(ABOUT.items())
        }
        | {"n_stimuli": ("neuroid", (~np.isnan(dataset.mean_response())).sum(axis=0), SEEN)},
        coords={
            "generalisation": generalisations,
            "set": ("band", [" + ".join(names)] * len(names)),
            "layer": ("band", list(names)),
            "neuroid": neuroids["neuroid_id"].values.astype(str),
            "area": ("neuroid", neuroids["area"].values.astype(str)),
            "subject": ("neuroid", neuroids["subject"].values.astype(str)),
        },
    )
