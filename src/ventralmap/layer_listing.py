"""`ventralmap layers <model>`: what layers a model has."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument("model", help="as studies name it, e.g. alexnet or resnet50@IMAGENET1K_V2")


def run(options: argparse.Namespace) -> str:
    """Return the layers of a model, a line each: name, node, and where its ReLU is.

    Raises
    ------
    InputError
        If there is no such model.
    """
    from ventralmap import models, registry

    name = registry.check_name(options.model)
    layers = registry.curated_layers(name)
    if not layers:
        twin = name if name.endswith(registry.UNTRAINED) else name + registry.UNTRAINED
        layers = models.load(name if name == registry.PIXELS else twin).layers
    return "\n".join(f"{layer.name}\t{layer.node}\t{layer.relu}" for layer in layers)
