"""Copies of values inside a network, taken before anything that follows can overwrite them."""

from __future__ import annotations

import torch
from torch import fx, nn


class Copy(nn.Module):
    """Copies a value, to `place` if there is one, else to memory of its own.

    Parameters
    ----------
    place
        Contiguous, with as many values, shape (image, unit).
    """

    def __init__(self, place: torch.Tensor | None = None) -> None:
        super().__init__()
        self.place = place

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        """Copy, (image, ...) in contiguous memory; of `place` it is a view."""
        if self.place is None:
            return value.clone(memory_format=torch.contiguous_format)
        copy = self.place.view(value.shape)
        _write(value, copy)
        return copy


def _write(value: torch.Tensor, copy: torch.Tensor) -> None:
    """Copy to contiguous memory; maps whose channels are side by side, image by image.

    torch transposes matrices block by block, and everything else a row at a time, for which it
    reads the whole map from memory once for each channel.
    """
    if value.ndim != 4 or not value.is_contiguous(memory_format=torch.channels_last):
        copy.copy_(value)
        return
    for channels, pixels in zip(copy.flatten(2), value.permute(0, 2, 3, 1), strict=True):
        channels.copy_(pixels.flatten(0, 1).T)


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
