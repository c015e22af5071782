"""How much a readout of an area's neuroids weighs each channel of a layer.

Ridge regression in its dual form has the weights w = X^T c, X (n_stimuli, n_units) the features as
the study scales them and c the dual coefficients (`ridge`). They are added up image by image; as c
sums to zero, features need not be centred for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ventralmap import devices, extraction, leaving_out, ridge, routes, solvers
from ventralmap.arrays import seen_together
from ventralmap.crossvalidation import centre
from ventralmap.dataset import Dataset
from ventralmap.errors import InputError, name_some
from ventralmap.forward import Forward, full_float32, largest
from ventralmap.gram import CONSTANT
from ventralmap.images import open_rgb
from ventralmap.lesions import channel_axis
from ventralmap.models import Model
from ventralmap.moments import Moments, as_float64, factor
from ventralmap.namespaces import on_host
from ventralmap.passes import GIGABYTE

Array = NDArray[np.float64]
Settings = Mapping[str, Any]


def of_channels(model: Model, dataset: Dataset, area: str, config: Mapping[str, Settings]) -> Array:
    """Weigh the channels of a layer by the readout of an area.

    Parameters
    ----------
    model
        With one layer. Its lesions are not applied.
    dataset
        With responses of the area.
    area
        Whose neuroids are predicted, each with its own penalty, from all stimuli.
    config
        The config's `features` (centre, scale), `extract` and `encoding` (alphas), by these names.

    Returns
    -------
    ndarray, shape (n_channels,)
        Root of the sum of squares of the weights, over places and neuroids.

    Raises
    ------
    InputError
        If the dataset has no responses of the area, or features are projected.
    """
    responses = _responses(dataset, area)
    if config["features"]["projection"] is not None:
        raise InputError(
            f"model '{model.name}': lesions by readout weights need kernels; set features:"
            " projection to null, or name a seed instead"
        )
    whole = replace(model, lesions=())
    settings = {"centre": config["features"]["centre"], "scale": config["features"]["scale"]}
    kernels = extraction.extract_dataset(whole, dataset, **settings, **config["extract"])
    model.network.cpu()
    dual = dual_coefficients(kernels.kernel(0), responses, config["encoding"]["alphas"])
    return np.asarray(np.sqrt(_squares(whole, dataset, dual, config)))


def _responses(dataset: Dataset, area: str) -> Array:
    measured = dataset.responses
    areas = np.array([], str) if measured is None else measured["area"].values.astype(str)
    own = np.flatnonzero(areas == area)
    if not len(own):
        raise InputError(
            f"{dataset.folder}: has no responses of '{area}' to weigh channels by, only of"
            f" {name_some(np.unique(areas)) or 'no area'}; name another area, or leave the dataset"
            " to a study without this lesion"
        )
    return dataset.mean_response()[:, own]


def dual_coefficients(kernel: Array, responses: Array, alphas: Settings) -> Array:
    """Fit each neuroid to all stimuli that its subject has seen.

    Parameters
    ----------
    kernel
        Of the layer, shape (n_stimuli, n_stimuli).
    responses
        Shape (n_stimuli, n_neuroids), NaN where a stimulus was not seen.
    alphas
        The grid of penalties, of which each neuroid gets the one with the smallest leave-one-out
        error.

    Returns
    -------
    ndarray, shape (n_stimuli, n_neuroids)
        Zero where a stimulus was not seen; each column sums to zero.
    """
    found = np.zeros_like(responses)
    for stimuli, neuroids in seen_together(responses):
        inner, _ = centre(kernel[np.ix_(stimuli, stimuli)], kernel[np.ix_(stimuli, stimuli)])
        spectrum, seen = leaving_out.decompose(inner), responses[np.ix_(stimuli, neuroids)]
        grid = ridge.alpha_grid(inner, solvers.alpha_grid(alphas))
        projected = spectrum.vectors.T @ (seen - seen.mean(axis=0))
        at_alpha = leaving_out.one_by_one(spectrum, projected, grid)
        index, _ = ridge.select_alpha(at_alpha, seen, grid)
        fitted = ridge.dual_coefficients(spectrum, projected, grid[index])
        found[np.ix_(stimuli, neuroids)] = fitted
    return found


def _squares(model: Model, dataset: Dataset, dual: Array, config: Mapping[str, Settings]) -> Array:
    """Sum squared weights over places and neuroids, shape (n_channels,)."""
    extract, shape = config["extract"], _shape(model, dataset)
    device = torch.device(devices.choose(extract["device"], "extract"))
    forward = Forward(model, dataset.images, device, extract["batch_size"], extract["precision"])
    model.network.to(device).to(memory_format=torch.channels_last)
    zscore = config["features"]["scale"] == "zscore"
    # Weights of so many units, their products with a batch, and moments fit half of the budget
    width = int(extract["memory_gb"] * GIGABYTE / 2 // (8 * 3 * (dual.shape[1] + 5))) or 1
    with full_float32():
        parts = [
            _of_units(forward, dual, slice(start, start + width), zscore)
            for start in range(0, int(np.prod(shape)), width)
        ]
    axis = channel_axis((1, *shape)) - 1
    squares = np.concatenate(parts).reshape(shape)
    return np.asarray(squares.sum(axis=tuple(i for i in range(len(shape)) if i != axis)))


def _shape(model: Model, dataset: Dataset) -> tuple[int, ...]:
    """Shape of the layer for the first image; the network is on the CPU."""
    image = model.preprocess(open_rgb(dataset.images[0]))[None]
    with torch.inference_mode():
        (value,) = routes.route(model.network, [model.layers[0].node])(image)
    return tuple(value.shape[1:])


def _of_units(forward: Forward, dual: Array, units: slice, zscore: bool) -> Array:
    """Sum squared weights over neuroids, of some units, in a pass through the network."""
    moments, total, highest, start = Moments(), 0.0, 0.0, 0
    for (value,) in forward.features([0]):
        block = as_float64(value[:, units])
        rows = torch.from_numpy(dual[start : start + len(block)]).to(value.device)
        total = total + block.T @ (rows.numpy() if isinstance(block, np.ndarray) else rows)
        moments.add(value[:, units])
        highest = max(highest, float(largest([value])[0]))
        start += len(block)
    constant = moments.deviation <= CONSTANT * highest
    scale = factor(moments.deviation, constant, zscore=zscore)
    return np.asarray(on_host(((total * scale[:, None]) ** 2).sum(1)))
