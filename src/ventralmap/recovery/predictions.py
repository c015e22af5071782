"""Layers chosen for simulated recordings by how well they predict neuroids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, best_layer, encoding, folds, pls, solvers
from ventralmap.correlation import correlate_fold
from ventralmap.crossvalidation import Fit, Solver, cross_validate
from ventralmap.dataset import Dataset
from ventralmap.fold_sizes import testable
from ventralmap.intervals import Resampling
from ventralmap.kernels import Layers
from ventralmap.recovery.choice import Choice, areas, made

Array = NDArray[np.float64]


def ridge(
    data: Dataset, layers: Layers, config: Mapping[str, Any], draw: Resampling | None
) -> Iterator[Choice]:
    """By ridge regression with the study's penalties; p_best resamples neuroids."""
    solve = solvers.make(config["encoding"] | {"method": "ridge", "alpha_by": "loo"})
    r = held_out_r(data, layers, solve, config)
    for area, own in areas(data):
        yield _of_neuroids("ridge", area, data, own, r[:, own], draw)


def partial_least_squares(
    data: Dataset, layers: Layers, config: Mapping[str, Any], draw: Resampling | None
) -> Iterator[Choice]:
    """By partial least squares of all neuroids of a recording; p_best resamples neuroids."""
    components = config["encoding"]["components"]
    assert data.responses is not None
    for area, own in areas(data):
        alone = data.responses.isel(neuroid=own)
        r = held_out_r(replace(data, responses=alone), layers, _predicting(components), config)
        yield _of_neuroids("pls", area, data, own, r, draw)


def _predicting(components: int) -> Solver:
    """Make the map without what chooses layers in training, which takes most of its time."""

    def solve(train: Array, test: Array, responses: Array, _: Any) -> Fit:
        nothing = np.full(responses.shape[1], np.nan)
        found = pls.predict(train, test, responses, components)
        return Fit(found, nothing, np.full(len(nothing), -1), nothing)

    return solve


def held_out_r(data: Dataset, layers: Layers, solve: Solver, config: Mapping[str, Any]) -> Array:
    """Score a map as `encoding.encode` does, on one split into folds of images or groups.

    Parameters
    ----------
    data
        With responses.
    layers
        Kernels, of these stimuli or more.
    solve
        The map.
    config
        The study's config.

    Returns
    -------
    ndarray, shape (n_layers, n_neuroids)
        Mean over folds; NaN for a neuroid without any that can be tested.
    """
    once = config["encoding"] | {"generalisations": ["images"], "repeats": 1}
    split = folds.of_dataset(data, once, config["seed"])["images"][0]
    source = solvers.source(layers, "ridge", encoding.positions(data, layers))
    responses = data.mean_response()
    found = np.full((len(source.layers), split.max() + 1, responses.shape[1]), np.nan)
    for stimuli, neuroids in arrays.seen_together(responses):
        seen, fold = responses[np.ix_(stimuli, neuroids)], split[stimuli]
        for layer, matrix in enumerate(source.layers):
            part = source.of(matrix, stimuli)
            fits = cross_validate(solve, part, seen, fold, None, source.between, testable(fold))
            for number, fit in zip(testable(fold), fits, strict=True):
                r = correlate_fold(fit.prediction, seen[fold == number])
                found[layer, number, neuroids] = r
    return xr.DataArray(found).mean("dim_1").values


def _of_neuroids(
    method: str,
    area: str,
    data: Dataset,
    own: NDArray[np.int64],
    r: Array,
    draw: Resampling | None,
) -> Choice:
    """Summarise the scores of a recording's neuroids, (n_layers, n_neuroids), by their median."""
    assert data.responses is not None
    labels = {
        name: ("neuroid", data.responses[key].values[own].astype(str))
        for name, key in (("area", "area"), ("subject", "subject"), ("neuroid", "neuroid_id"))
    }
    scores = xr.Dataset({"r": (("layer", "neuroid"), r)}, coords=labels)
    median = scores["r"].median("neuroid").values
    if draw is None:
        return made(area, method, median, None)
    layers = best_layer.of_neuroids(draw.sample(data.name, scores), "neuroids")
    return made(area, method, median, best_layer.p_best(layers))
