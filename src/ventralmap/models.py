"""Models: a network, its weights, its preprocessing and its layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import torch
from PIL import Image
from torch import nn

from ventralmap import blocks, networks, registry, routes, weights
from ventralmap.errors import InputError, name_some, suggest
from ventralmap.registry import Layer, check_name, curated_layers, is_pretrained

__all__ = ["Layer", "Model", "check_name", "curated_layers", "is_pretrained", "load"]


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
        Seed of the parameters of an untrained network; None for others.
    """

    name: str
    network: nn.Module
    preprocess: Callable[[Image.Image], torch.Tensor]
    layers: tuple[Layer, ...]
    preprocessing: str
    source: str
    weights_sha256: str
    n_params: int
    seed: int | None = None

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

    Returns
    -------
    Model
        Deterministic: the same arguments give the same network.

    Raises
    ------
    InputError
        If there is no such model or layer, or its weights are missing or not the right ones.
    """
    parts = registry.parse(name)
    if parts.architecture == registry.PIXELS:
        model = _pixels()
    elif parts.untrained:
        model = _untrained(name, seed)
    else:
        model = _pretrained(name, weights)
    return model if layers is None else replace(model, layers=_choose(model, layers))


def _pretrained(name: str, path: Path | None) -> Model:
    path = weights.locate(name) if path is None else path
    found = weights.enumeration(name)
    digest = weights.verify(path, name=found.value.url.rpartition("/")[2])
    network = networks.trained(registry.parse(name).architecture, found, path)
    return _describe(name, network, f"torchvision {found}", digest)


def _untrained(name: str, seed: int) -> Model:
    architecture = registry.parse(name).architecture
    network = networks.untrained(architecture, weights.enumeration(name), seed)
    model = _describe(name, network, f"torchvision's initialisation of {architecture}", "")
    return replace(model, seed=seed)


def _describe(name: str, network: nn.Module, source: str, digest: str) -> Model:
    transforms = weights.enumeration(name).transforms()
    layers = curated_layers(name) or blocks.find(network, transforms)
    return Model(
        name=name,
        network=network,
        preprocess=transforms,
        layers=layers,
        preprocessing=" ".join(repr(transforms).split()),
        source=source,
        weights_sha256=digest,
        n_params=sum(parameter.numel() for parameter in network.parameters()),
    )


def _pixels() -> Model:
    return Model(
        name=registry.PIXELS,
        network=networks.Pixels().eval(),
        preprocess=networks.small_rgb,
        layers=(Layer("pixels", "pixels", "none"),),
        preprocessing=f"RGB in [0, 1], resized to {networks.SIDE} x {networks.SIDE} (bilinear)",
        source="the images themselves",
        weights_sha256="",
        n_params=0,
    )


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
    if name not in nodes:
        own = [layer.name for layer in model.layers]
        close = get_close_matches(name, [*own, *nodes], n=1)
        raise InputError(
            f"model '{model.name}' has no layer '{name}'; {suggest(name, close or own)}"
        )
    return Layer(name, name)
