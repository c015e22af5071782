"""Convolutions with weights packed once, and with the rectification that follows them.

oneDNN multiplies in a format of its own, to which torch brings the weights of a convolution in each
call, and a rectification is a pass over all activations. The operators that torch's compiler uses
take packed weights and rectify what they have just summed. They are not part of torch's public
interface: where there are none, networks stay as they are.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import fx, nn

from ventralmap.folding import merge

NOTHING: tuple[str, list[float]] = ("none", [])
RECTIFIERS: dict[type[nn.Module], tuple[str, list[float]]] = {
    nn.ReLU: ("relu", []),
    nn.ReLU6: ("hardtanh", [0.0, 6.0]),
}
"""oneDNN's names and parameters. Where torch's rectifiers give NaN for NaN, these give zero."""


def available() -> bool:
    """Tell whether this torch has the operators."""
    names = "_convolution_pointwise", "_reorder_convolution_weight"
    return torch.backends.mkldnn.is_available() and all(
        hasattr(torch.ops.mkldnn, name) for name in names
    )


def pack_convolutions(graph_module: fx.GraphModule) -> None:
    """Pack, in place, the convolutions of a graph on the CPU, for inference alone.

    Modules are replaced, not changed. Convolutions inside modules that are one node of the graph
    stay as they are, but for those of sequences.

    Parameters
    ----------
    graph_module
        In evaluation mode, float32.
    """
    modules = dict(graph_module.named_modules())
    called = {node.target for node in graph_module.graph.nodes if node.op == "call_module"}
    for name in called:
        graph_module.set_submodule(name, _packed(modules[name]))
    merge(graph_module, _match, _rectified)


class Packed(nn.Module):
    """A convolution that packs its weights when it is first called, for inputs of that size.

    Inputs of other sizes are possible; oneDNN packs anew where it wants another format for them.

    Parameters
    ----------
    convolution
        See `_can_pack`; it is not changed.
    then
        What is done to the sums: one of `RECTIFIERS`, or `NOTHING`.
    """

    def __init__(self, convolution: nn.Conv2d, then: tuple[str, list[float]] = NOTHING) -> None:
        super().__init__()
        self.convolution: nn.Conv2d | None = convolution
        self.then = then
        self.bias = None if convolution.bias is None else convolution.bias.detach()
        sides = convolution.padding, convolution.stride, convolution.dilation
        self.how = [*map(list, sides), convolution.groups]
        self.weight: torch.Tensor | None = None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Convolve, (image, channel, y, x)."""
        if self.convolution is not None:
            weight = self.convolution.weight.detach()
            pack = torch.ops.mkldnn._reorder_convolution_weight
            self.weight = pack(weight, *self.how, list(images.shape))
            self.convolution = None  # so that weights folded for it are not kept twice
        convolve = torch.ops.mkldnn._convolution_pointwise
        found = convolve(images, self.weight, self.bias, *self.how, *self.then, "")
        return cast(torch.Tensor, found)


def _packed(module: nn.Module) -> nn.Module:
    if isinstance(module, nn.Sequential):
        return nn.Sequential(*map(_packed, module))
    return Packed(cast(nn.Conv2d, module)) if _can_pack(module) else module


def _can_pack(module: Any) -> bool:
    return (
        type(module) is nn.Conv2d
        and module.padding_mode == "zeros"
        and not isinstance(module.padding, str)
        and module.weight.dtype == torch.float32
        and module.weight.device.type == "cpu"
    )


def _match(module: nn.Module, rectifier: nn.Module) -> bool:
    return isinstance(module, Packed) and module.then is NOTHING and type(rectifier) in RECTIFIERS


def _rectified(module: nn.Module, rectifier: nn.Module) -> nn.Module:
    convolution = cast(nn.Conv2d, cast(Packed, module).convolution)
    return Packed(convolution, RECTIFIERS[type(rectifier)])
