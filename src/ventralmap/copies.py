"""Copies of values inside a network, taken before anything that follows can overwrite them."""

from __future__ import annotations

import torch
from torch import fx, nn


class Copy(nn.Module):
    """Copies a value, to `place` if there is one, else to contiguous memory of its own.

    Parameters
    ----------
    place
        Contiguous, with as many values, shape (image, unit). Those of a map are written pixel by
        pixel, as networks on this route have them in memory: it takes a third of the time.
    """

    def __init__(self, place: torch.Tensor | None = None) -> None:
        super().__init__()
        self.place = place

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        """Copy, (image, ...); of `place` it is a view."""
        if self.place is None:
            return value.clone(memory_format=torch.contiguous_format)
        return by_pixels(self.place, value.shape).copy_(value)


def by_pixels(place: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """View a place, (image, unit), as a value of a shape, maps with the channels side by side."""
    if len(shape) != 4:
        return place.view(shape)
    n_images, n_channels, height, width = shape
    return place.view(n_images, height, width, n_channels).permute(0, 3, 1, 2)


def copy_outputs(extractor: fx.GraphModule) -> dict[str, Copy]:
    """Let a graph return copies that are taken as soon as a value is there.

    Parameters
    ----------
    extractor
        Whose output is values by name; it is changed.

    Returns
    -------
    dict
        What copies each of them, by name.
    """
    graph = extractor.graph
    output = next(node for node in graph.nodes if node.op == "output")
    made, copies = {}, {}
    for number, (name, node) in enumerate(output.args[0].items()):
        made[name] = Copy()
        extractor.add_submodule(f"_copy_{number}", made[name])
        with graph.inserting_after(node):
            copies[name] = graph.call_module(f"_copy_{number}", (node,))
    output.args = (copies,)
    extractor.recompile()
    return made
