"""First filters of a network: what its units weigh of a small piece of the image.

The filter of a unit is the gradient of its value with respect to a grey image. Of a first
convolution these are its weights; after further layers they are those of all of them together, with
rectifications left out and maxima as means (`fields.opened`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ventralmap import fields, gabor_fits, model_names, routes
from ventralmap.fields import Field
from ventralmap.lesions import channel_axis
from ventralmap.models import Model

Array = NDArray[np.float64]

LARGEST = 32
"""Side in pixels of the largest receptive field that is shown as a filter."""
MOST = 64
"""Filters of a layer that are taken, evenly from its channels."""


def first_layers(found: Sequence[Field]) -> list[int]:
    """Choose which layers are shown.

    Parameters
    ----------
    found
        Receptive fields of the layers, first to last.

    Returns
    -------
    list of int
        The first layer that sees more than a pixel and at most `LARGEST`, and, where that is too
        small for a fit, the first that is large enough (`gabor_fits.SMALLEST`).
    """
    small = [i for i, own in enumerate(found) if 1 < own.theoretical <= LARGEST]
    fitted = [i for i in small if found[i].theoretical >= gabor_fits.SMALLEST]
    return list(dict.fromkeys([*small[:1], *fitted[:1]]))


def describe(model: Model, found: Sequence[Field]) -> list[dict[str, Any]]:
    """Read and fit the filters of the first layers.

    Parameters
    ----------
    model
        On the CPU. A control has none: those of `gabor` and `hmax` are what they are made of.
    found
        Its receptive fields.

    Returns
    -------
    list of dict
        One per filter: `layer`, `filter` (its channel), `n_filters` (channels of the layer),
        `size_px`, `image` (nested lists, (size, size, 3), the largest absolute value 1), and what
        `of_filter` says. Units that weigh nothing are left out, and layers without maps.
    """
    if model_names.split(model.name).kind == "control":
        return []
    rows = []
    for layer in first_layers(found):
        for channel, n_channels, weights in read(model, model.layers[layer].node):
            about = {"layer": model.layers[layer].name, "filter": channel, "n_filters": n_channels}
            image = (weights / np.abs(weights).max()).round(3).tolist()
            rows.append(about | {"size_px": len(weights), "image": image} | of_filter(weights))
    return rows


def read(model: Model, node: str) -> list[tuple[int, int, Array]]:
    """Read the filters of a layer, evenly from its channels.

    Returns
    -------
    list of (int, int, ndarray)
        Channel, number of channels, and weights of the colours, shape (size, size, 3), cut to the
        pixels that any of the filters weighs; none of a layer that is no map.
    """
    grey = torch.zeros_like(model.preprocess(Image.new("RGB", (256, 256)))[None]).requires_grad_()
    with torch.enable_grad(), fields.opened():
        (value,) = routes.route(model.network, [node])(grey)
        if value.ndim != 4:
            return []
        axis = channel_axis(tuple(value.shape))
        n_channels = value.shape[axis]
        chosen = np.unique(
            np.linspace(0, n_channels - 1, min(MOST, n_channels)).round().astype(int)
        )
        middle = value.movedim(axis, 1)[0, :, value.shape[-2] // 2, value.shape[-1] // 2]
        grads = [
            torch.autograd.grad(middle[channel], grey, retain_graph=True)[0][0].numpy()
            for channel in chosen
        ]
    weights = _cut(np.stack(grads).astype(float))
    return [
        (int(channel), n_channels, own)
        for channel, own in zip(chosen, weights, strict=True)
        if np.abs(own).max() > 0
    ]


def _cut(grads: Array) -> Array:
    """Cut gradients, (filter, 3, y, x), to the square of what any of them weighs, colours last."""
    seen = np.abs(grads).max(axis=(0, 1)) > 0
    sides = [np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0)]
    if not all(map(len, sides)):
        return np.zeros((len(grads), 1, 1, 3))
    size = max(int(np.ptp(side)) + 1 for side in sides)
    y, x = (min(side[0], seen.shape[0] - size) for side in sides)
    return grads[:, :, y : y + size, x : x + size].transpose(0, 2, 3, 1)


def of_filter(weights: Array) -> dict[str, float | str]:
    """Describe a filter, (size, size, 3), along its principal colour.

    The colour axis is the first right-singular vector of pixels x colours: the combination of the
    colours in which the filter varies most, from which no other is as large.

    Returns
    -------
    dict
        `colour_share`, of the squares of the weights, along that axis; `achromatic`, the cosine of
        the axis and grey; `peak_orientation` and `peak_frequency_px`, of the amplitude spectrum;
        `fit`, the verdict on the Gabor function (``small``: not fitted), and what it is.
    """
    left, values, right = np.linalg.svd(weights.reshape(-1, 3), full_matrices=False)
    profile = (left[:, 0] * values[0]).reshape(weights.shape[:2])
    ((orientation, frequency),) = gabor_fits.peaks(profile)
    about: dict[str, float | str] = {
        "colour_share": float(values[0] ** 2 / (values**2).sum()),
        "achromatic": float(abs(right[0].sum()) / np.sqrt(3)),
        "peak_orientation": orientation,
        "peak_frequency_px": frequency,
    }
    if len(profile) < gabor_fits.SMALLEST:
        return about | {"fit": "small"}
    fitted = gabor_fits.fit(profile)
    shape = {"n_x": fitted.n_x, "n_y": fitted.n_y}
    return about | {"fit": fitted.verdict(len(profile))} | asdict(fitted) | shape
