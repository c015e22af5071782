"""Batch normalisation folded into the convolution before it: the same values from less work.

In evaluation mode batch normalisation scales and shifts each channel by constants, so that a
convolution with scaled kernels and another bias gives its output at once (Jacob et al. 2018,
section 3.2). A pass over all activations is saved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
    merge(graph_module, _match, _fuse)


def merge(
    graph_module: fx.GraphModule,
    match: Callable[[nn.Module, nn.Module], bool],
    fuse: Callable[[nn.Module, nn.Module], nn.Module],
) -> None:
    """Put a module that does the work of two in the place of both, wherever one follows the other.

    Parameters
    ----------
    graph_module
        Is changed; its modules are replaced, not changed.
    match
        Whether a module and the one that takes its output can be merged. They are if nothing else
        uses that output, and the first is called once.
    fuse
        From both to the one that does their work.
    """
    modules = dict(graph_module.named_modules())
    for node in graph_module.graph.nodes:  # torchvision's blocks are one node each
        if node.op == "call_module" and isinstance(modules[node.target], nn.Sequential):
            merged = _merged(modules[node.target], match, fuse)
            graph_module.set_submodule(node.target, merged)
    calls = Counter(node.target for node in graph_module.graph.nodes if node.op == "call_module")
    for second in list(graph_module.graph.nodes):
        first = _only_before(second, calls)
        if first and match(modules[str(first.target)], modules[second.target]):
            fused = fuse(modules[str(first.target)], modules[second.target])
            graph_module.set_submodule(str(first.target), fused)
            second.replace_all_uses_with(first)
            graph_module.graph.erase_node(second)
    graph_module.recompile()


def _merged(
    sequence: nn.Sequential,
    match: Callable[[nn.Module, nn.Module], bool],
    fuse: Callable[[nn.Module, nn.Module], nn.Module],
) -> nn.Sequential:
    """Make the sequence anew, with one module instead of each two that match."""
    made: list[nn.Module] = []
    for module in sequence:
        if made and match(made[-1], module):
            made[-1] = fuse(made[-1], module)
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


def _only_before(node: fx.Node, calls: Counter) -> fx.Node | None:
    """Return the module's call whose output this call of a module alone uses, if there is one."""
    before = node.args[0] if node.args else None
    if node.op != "call_module" or not isinstance(before, fx.Node) or before.op != "call_module":
        return None
    return before if len(before.users) == 1 and calls[before.target] == 1 else None
