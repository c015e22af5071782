"""Models: a network, its weights, its preprocessing and its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from ventralmap import (
    blocks,
    controls,
    networks,
    plugins,
    pooling,
    registry,
    routes,
    timm_models,
    weights,
)
from ventralmap.built import Built, Preprocess, in_words
from ventralmap.errors import InputError, name_some, suggest
from ventralmap.lesions import Lesion, channel_axis, draw
from ventralmap.model_names import Name, by_readout
from ventralmap.registry import Layer, check_name, curated_layers, is_pretrained

__all__ = ["Layer", "Model", "check_name", "curated_layers", "is_pretrained", "load"]


DEGREES = 8.0
"""Visual angle of images that do not say theirs, as of most recordings of the ventral stream."""


@dataclass(frozen=True, eq=False)
class Model:
    """An image-computable model.

    Attributes
    ----------
    name
        As studies call it.
    network
        In evaluation mode, float32; takes (image, 3, height, width).
    preprocess
        Turns an RGB image into what the network takes, float32, shape (3, height, width).
    layers
        First to last.
    preprocessing
        What `preprocess` does, in words.
    source
        Where the parameters come from.
    weights_sha256
        The hash of the weight file; empty if there is none.
    n_params
        Number of parameters of the network.
    seed
        Seed of what was drawn: parameters that are not trained, patches; None where nothing is.
    lesions
        What is silent when layers are read (`routes.route`); the network itself is whole.
    degrees
        Visual angle of what it is shown, if it is known (`visual_angle.load`).
    """

    name: str
    network: nn.Module
    preprocess: Preprocess
    layers: tuple[Layer, ...]
    preprocessing: str
    source: str
    weights_sha256: str
    n_params: int
    seed: int | None = None
    lesions: tuple[Lesion, ...] = ()
    degrees: float | None = None

    @property
    def field(self) -> float:
        """Share of the side of a square image that is seen: torchvision's transforms crop."""
        crop = getattr(self.preprocess, "crop_size", [1])
        return crop[0] / getattr(self.preprocess, "resize_size", crop)[0]


def load(
    name: str,
    *,
    seed: int = 0,
    weights: Path | None = None,
    layers: Sequence[str] | None = None,
    degrees: float = DEGREES,
    readout: Mapping[str, NDArray[np.float64]] | None = None,
) -> Model:
    """Make a model.

    Parameters
    ----------
    name
        See `check_name`.
    seed
        Seed of the parameters of an untrained network.
    weights
        The weight file of a pretrained network; by default it is looked for.
    layers
        Which layers to take, in this order: names of the model's own list, or of nodes of
        torchvision's feature-extraction graph. By default the whole list.
    degrees
        Visual angle of the images, which the filters of `gabor` follow.
    readout
        By lesion (as in the name), how much an area's readout weighs each channel
        (`readout_weights`): needed for those ``by=<area>``.

    Returns
    -------
    Model
        Deterministic: the same arguments give the same network.

    Raises
    ------
    InputError
        If there is no such model or layer, its weights are missing or not the right ones, or the
        weights of a readout that chooses a lesion are not given.
    """
    parts = registry.parse(name)
    built = SOURCES[parts.kind](parts, parts.seed(seed), weights, degrees)
    if any(variant.name == "avgpool" for variant in parts.variants):
        pooling.average(built.network, _grey(built), name)
    model = _describe(name, built)
    for layer in model.layers if parts.kind == "plugin" else ():
        _node(model, layer.node)
    model = _with_lesions(model, parts, seed, readout or {})
    return model if layers is None else replace(model, layers=_choose(model, layers))


def _torchvision(parts: Name, seed: int, path: Path | None) -> Built:
    return _untrained(parts, seed) if parts.untrained else _pretrained(parts, path)


def _pretrained(parts: Name, path: Path | None) -> Built:
    path = weights.locate(str(parts)) if path is None else path
    found = weights.enumeration(str(parts))
    digest = weights.verify(path, name=found.value.url.rpartition("/")[2])
    network = networks.trained(parts.base, found, path)
    return _of_torchvision(parts, network, f"torchvision {found}", weights_sha256=digest)


def _untrained(parts: Name, seed: int) -> Built:
    network = networks.untrained(parts.base, weights.enumeration(str(parts)), seed)
    source = f"torchvision's initialisation of {parts.base}"
    return _of_torchvision(parts, network, source, seed=seed)


def _of_torchvision(parts: Name, network: nn.Module, source: str, **more: Any) -> Built:
    transforms = weights.enumeration(str(parts)).transforms()
    return Built(
        network=network,
        preprocess=transforms,
        layers=curated_layers(str(parts)),
        preprocessing=in_words(transforms),
        source=source,
        **more,
    )


def _describe(name: str, built: Built) -> Model:
    return Model(
        name=name,
        network=built.network,
        preprocess=built.preprocess,
        layers=built.layers or blocks.find(built.network, built.preprocess),
        preprocessing=built.preprocessing,
        source=built.source,
        weights_sha256=built.weights_sha256,
        n_params=sum(parameter.numel() for parameter in built.network.parameters()),
        seed=built.seed,
    )


SOURCES: dict[str, Callable[[Name, int, Path | None, float], Built]] = {
    "torchvision": lambda parts, seed, path, _: _torchvision(parts, seed, path),
    "timm": lambda parts, seed, *_: timm_models.build(parts, seed),
    "plugin": lambda parts, seed, *_: plugins.build(parts, seed),
    "control": lambda parts, seed, _, degrees: controls.build(parts, seed, degrees),
}
"""By the kind of a name: from its parts, a seed, a weight file and degrees to the model."""


def _grey(built: Built | Model) -> torch.Tensor:
    return built.preprocess(Image.new("RGB", (256, 256), (128, 128, 128)))[None]


def _with_lesions(
    model: Model, parts: Name, seed: int, readout: Mapping[str, NDArray[np.float64]]
) -> Model:
    """Choose the silent channels of the name's lesions."""
    lesions = []
    missing = [str(v) for v in by_readout(model.name) if str(v) not in readout]
    if missing:
        raise InputError(
            f"model '{model.name}': which channels '+{missing[0]}' silences follows from responses"
            " to images; use it in a study, or give a seed"
        )
    for variant in parts.variants:
        if variant.name == "lesion":
            node = _choose(model, variant.arguments[:1])[0].node
            with torch.inference_mode():
                (value,) = routes.route(model.network, [node])(_grey(model))
            n_channels = value.shape[channel_axis(tuple(value.shape))]
            lesions.append(draw(node, n_channels, variant, seed, readout.get(str(variant))))
    return replace(model, lesions=tuple(lesions), seed=seed) if lesions else model


def _choose(model: Model, wanted: Sequence[str]) -> tuple[Layer, ...]:
    known = {layer.name: layer for layer in model.layers}
    twice = sorted({name for name in wanted if list(wanted).count(name) > 1})
    if twice or not wanted:
        what = f"layer {name_some(twice)} is named twice" if twice else "no layer is named"
        raise InputError(f"model '{model.name}': {what}; name each layer once")
    return tuple(known[name] if name in known else _node(model, name) for name in wanted)


def _node(model: Model, name: str) -> Layer:
    """Return the layer of a node of the graph that is not in the model's own list."""
    nodes = routes.names(model.network)
    if routes.step_of(name)[0] not in nodes:
        own = [layer.name for layer in model.layers]
        close = get_close_matches(name, [*own, *nodes], n=1)
        raise InputError(
            f"model '{model.name}' has no layer '{name}'; {suggest(name, close or own)}"
        )
    return Layer(name, name)
