"""`ventralmap layers <model>`: what layers a model has."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ventralmap import registry
from ventralmap.model_names import UNTRAINED, split

if TYPE_CHECKING:
    from ventralmap.models import Model

HEADER = ("layer", "node", "ReLU", "shape", "units", "field", "depth")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument("model", help="as studies name it, e.g. alexnet or resnet50@IMAGENET1K_V2")


def run(options: argparse.Namespace) -> str:
    """Return a table of the layers of a model, a line each.

    The node is what torchvision's graph calls it; ReLU says where the values are; field is the
    side of the theoretical receptive field of a unit in the middle, in pixels of what the network
    is shown, ``image`` where it is all of it; depth runs from 0 to 1. No weights are needed.

    Raises
    ------
    InputError
        If there is no such model.
    """
    from ventralmap import fields, models

    name = registry.check_name(options.model)
    parts = split(name)
    drawn = parts.kind in ("torchvision", "timm") and not parts.untrained  # of the same layers
    model = models.load(name + UNTRAINED if drawn else name)
    shapes = output_shapes(model)
    last = max(len(shapes) - 1, 1)
    rows = [
        (
            layer.name,
            layer.node,
            layer.relu,
            " x ".join(map(str, shape)),
            f"{units:,}",
            "image" if field.whole else f"{field.theoretical:.0f}",
            f"{place / last:.2f}",
        )
        for place, (layer, (shape, units), field) in enumerate(
            zip(model.layers, shapes, fields.measure(model, n_images=0), strict=True)
        )
    ]
    return _aligned([HEADER, *rows])


def output_shapes(model: Model) -> list[tuple[tuple[int, ...], int]]:
    """Return the shape of what each layer gives for an image, and its number of units."""
    import torch
    from PIL import Image

    from ventralmap import routes

    image = model.preprocess(Image.new("RGB", (256, 256)))[None]
    with torch.inference_mode():
        values = routes.route(model.network, [layer.node for layer in model.layers])(image)
    return [(tuple(value.shape[1:]), value[0].numel()) for value in values]


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
