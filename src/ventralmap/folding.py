"""Batch normalisation folded into the convolution before it: the same values from less work.

In evaluation mode batch normalisation scales and shifts each channel by constants, so that a
convolution with scaled kernels and another bias gives its output at once (Jacob et al. 2018,
section 3.2). A pass over all activations is saved.
"""

from __future__ import annotations

from collections import Counter
from typing import cast

from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

NORMALISED_BY: dict[type[nn.Module], type[nn.Module]] = {
    nn.Conv1d: nn.BatchNorm1d,
    nn.Conv2d: nn.BatchNorm2d,
    nn.Conv3d: nn.BatchNorm3d,
}


def fold_batch_norm(graph_module: fx.GraphModule) -> None:
    """Fold, in place, each batch normalisation that alone uses the output of a convolution.

    A convolution that something else uses too, such as one whose output is returned, stays as it
    is. Modules are replaced in the graph module, not changed: those of the network that it was
    traced from keep their weights.

    Parameters
    ----------
    graph_module
        In evaluation mode.
    """
    modules = dict(graph_module.named_modules())
    for node in graph_module.graph.nodes:  # torchvision's blocks are one node each
        if node.op == "call_module" and isinstance(modules[node.target], nn.Sequential):
            graph_module.set_submodule(node.target, _folded(modules[node.target]))
    calls = Counter(node.target for node in graph_module.graph.nodes if node.op == "call_module")
    for norm in list(graph_module.graph.nodes):
        if norm.op == "call_module" and _can_fold(norm, modules, calls):
            convolution = norm.args[0]
            fused = _fuse(modules[convolution.target], modules[norm.target])
            graph_module.set_submodule(convolution.target, fused)
            norm.replace_all_uses_with(convolution)
            graph_module.graph.erase_node(norm)
    graph_module.recompile()


def _folded(sequence: nn.Sequential) -> nn.Sequential:
    """Make the sequence anew, each convolution and the normalisation that follows it in one."""
    made: list[nn.Module] = []
    for module in sequence:
        if made and _match(made[-1], module):
            made[-1] = _fuse(made[-1], module)
        else:
            made.append(module)
    return nn.Sequential(*made)


def _fuse(convolution: nn.Module, norm: nn.Module) -> nn.Module:
    return fuse_conv_bn_eval(cast(nn.Conv2d, convolution), cast(nn.BatchNorm2d, norm))


def _match(convolution: nn.Module, norm: nn.Module) -> bool:
    return (
        type(norm) is NORMALISED_BY.get(type(convolution))
        and getattr(norm, "running_var", None) is not None
    )


def _can_fold(norm: fx.Node, modules: dict[str, nn.Module], calls: Counter) -> bool:
    before = norm.args[0] if norm.args else None
    if not isinstance(before, fx.Node) or before.op != "call_module":
        return False
    return (
        _match(modules[str(before.target)], modules[str(norm.target)])
        and len(before.users) == 1
        and calls[before.target] == calls[norm.target] == 1
    )
