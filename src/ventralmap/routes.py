"""Reading the values of nodes inside a network, as they are when they are computed.

Many networks overwrite values in place (``ReLU(inplace=True)``, ``+=``). Both routes copy a value
before anything that follows can touch it, so a layer before a ReLU keeps its negative values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Protocol

import torch
from torch import fx, nn
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names

from ventralmap.copies import Copy, copy_outputs
from ventralmap.errors import InputError, suggest
from ventralmap.folding import fold_batch_norm
from ventralmap.lesions import Lesion
from ventralmap.packing import pack_convolutions

Places = Sequence[torch.Tensor | None]


class Route(Protocol):
    """From a batch of images to the value of each node, (image, ...), in memory of its own."""

    def __call__(self, batch: torch.Tensor, places: Places = (), /) -> list[torch.Tensor]:
        """Read the nodes.

        Parameters
        ----------
        batch
            Shape (image, channel, y, x).
        places
            For each node a contiguous tensor, (image, unit), to write its value to, in the order of
            `copies.by_pixels`, or none. A value with a place is a view of it. Of several names of
            one node, only one gets its place.
        """


class _ReachedError(Exception):
    """All values that were asked for have been computed."""


def route(
    network: nn.Module,
    nodes: Sequence[str],
    lesions: Sequence[Lesion] = (),
    *,
    packed: bool = False,
) -> Route:
    """Make the function that reads nodes: from the graph if there is one, else by hooks.

    Parameters
    ----------
    network
        In evaluation mode.
    nodes
        Names of nodes, or of modules, each of which stands for its output. The second call of a
        module is ``<module>_1``, the third ``<module>_2``; in recurrent networks they are time
        steps, ``<module>@t0`` being the first.
    lesions
        What is silent, in these nodes and all that follows.
    packed
        Whether convolutions are packed where there is a graph (`packing`): for inference on a CPU.

    Raises
    ------
    InputError
        If the network has no such node.
    """
    known = graph_nodes(network)
    all_nodes = [*nodes, *(lesion.node for lesion in lesions)]
    if known is None or any(node not in _last_nodes(known) for node in all_nodes):
        return by_hooks(network, nodes, lesions)  # which read every call of every module
    return by_graph(network, nodes, known, lesions, packed=packed)


def step_of(node: str) -> tuple[str, int | None]:
    """Split ``<module>@t<step>`` into the module and its time step, counted from 0."""
    name, found, step = node.rpartition("@t")
    return (name, int(step)) if found and step.isdecimal() else (node, None)


def by_graph(
    network: nn.Module,
    nodes: Sequence[str],
    known: Sequence[str],
    lesions: Sequence[Lesion] = (),
    *,
    packed: bool = False,
) -> Route:
    """Read nodes through torchvision's feature extractor, cut off after the last of them.

    Parameters
    ----------
    network
        In evaluation mode.
    nodes
        What to read: nodes, or modules.
    known
        The network's `graph_nodes`.
    lesions
        What is silent.
    packed
        See `route`.

    Raises
    ------
    InputError
        If the graph has no such node.
    """
    last = _last_nodes(known)
    _check(nodes, last)
    exact = [last[node] for node in nodes]
    silenced = [(last[lesion.node], lesion) for lesion in lesions]
    extractor = create_feature_extractor(
        network,
        return_nodes=list(dict.fromkeys([*exact, *dict(silenced)])),
        suppress_diff_warning=True,
    )
    _silence(extractor, silenced)
    fold_batch_norm(extractor)
    if packed:
        pack_convolutions(extractor)
    copies = copy_outputs(extractor)

    def run(batch: torch.Tensor, places: Places = (), /) -> list[torch.Tensor]:
        given = dict(zip(exact, places, strict=False))
        for node, copy in copies.items():
            copy.place = given.get(node)
        values = extractor(batch)
        return [values[node] for node in exact]

    return run


def by_hooks(network: nn.Module, nodes: Sequence[str], lesions: Sequence[Lesion] = ()) -> Route:
    """Read the outputs of modules through forward hooks; the forward pass stops after the last.

    Raises
    ------
    InputError
        If the network has no such module.
    """
    calls = {node: _call(network, node) for node in nodes}
    silenced = [(lesion, *_call(network, lesion.node)) for lesion in lesions]

    def run(batch: torch.Tensor, places: Places = (), /) -> list[torch.Tensor]:
        given = dict(zip(nodes, places, strict=False))
        copies = {node: Copy(given.get(node)) for node in nodes}
        with ExitStack() as stack:
            for lesion, module, call in silenced:
                hook = partial(_silence_call, lesion=lesion, call=call, seen=Counter())
                stack.callback(module.register_forward_hook(hook).remove)
            kept = _hooked(network, batch, calls, copies)
        return [kept[node] for node in nodes]

    return run


def names(network: nn.Module) -> list[str]:
    """List the nodes and modules of a network that can be read."""
    nodes = graph_nodes(network)
    if nodes is None:
        return [name for name, _ in network.named_modules() if name]
    return list(_last_nodes(nodes))


def graph_nodes(network: nn.Module) -> list[str] | None:
    """List the nodes of the graph in evaluation mode; None if the network cannot be traced."""
    try:
        return get_graph_node_names(network, suppress_diff_warning=True)[1]
    except Exception:  # tracing runs the network's own code, which may raise anything
        return None


def _last_nodes(nodes: Sequence[str]) -> dict[str, str]:
    """Map each node to itself and each module to its last node, in the order of execution."""
    last: dict[str, str] = {}
    for node in nodes:
        parts = node.split(".")
        last |= {".".join(parts[:length]): node for length in range(1, len(parts) + 1)}
    return last | {node: node for node in nodes}


def _check(nodes: Sequence[str], known: Mapping[str, str]) -> None:
    unknown = [node for node in nodes if node not in known]
    if unknown:
        raise InputError(f"the network has no node '{unknown[0]}'; {suggest(unknown[0], known)}")


def _silence(extractor: fx.GraphModule, lesions: Sequence[tuple[str, Lesion]]) -> None:
    """Put lesions into the graph: whatever uses their nodes gets the silenced values."""
    graph = extractor.graph
    output = next(node for node in graph.nodes if node.op == "output")
    for name, lesion in lesions:
        node = output.args[0][name]
        with graph.inserting_after(node):
            silenced = graph.call_function(lesion.apply, (node,))
        node.replace_all_uses_with(silenced, lambda user, own=silenced: user is not own)
    extractor.recompile()


def _silence_call(
    module: nn.Module,
    args: tuple,
    value: torch.Tensor,
    *,
    lesion: Lesion,
    call: int,
    seen: Counter[str],
) -> torch.Tensor | None:
    seen[lesion.node] += 1
    return lesion.apply(value) if seen[lesion.node] == call + 1 else None


def _call(network: nn.Module, node: str) -> tuple[nn.Module, int]:
    """Find the module of a node, and which of its calls is meant (0 is the first)."""
    modules = dict(network.named_modules())
    module, step = step_of(node)
    if step is not None and module in modules:
        return modules[module], step
    name, _, number = node.rpartition("_")
    if node not in modules and name in modules and number.isdecimal():
        return modules[name], int(number)
    _check([node], {module: module for module in modules if module})
    return modules[node], 0


def _hooked(
    network: nn.Module,
    batch: torch.Tensor,
    calls: Mapping[str, tuple[nn.Module, int]],
    copies: Mapping[str, Copy],
) -> dict[str, torch.Tensor]:
    kept: dict[str, torch.Tensor] = {}
    with ExitStack() as stack:
        for node, (module, call) in calls.items():
            keep = partial(_keep, kept=kept, node=node, call=call, wanted=len(calls))
            hook = partial(keep, copy=copies[node], seen=Counter())
            stack.callback(module.register_forward_hook(hook).remove)
        try:
            network(batch)
        except _ReachedError:
            return kept
    absent = next(node for node in calls if node not in kept)
    raise InputError(f"the network does not run '{absent}'; choose a layer that it runs")


def _keep(
    module: nn.Module,
    args: tuple,
    value: torch.Tensor,
    *,
    kept: dict[str, torch.Tensor],
    node: str,
    call: int,
    copy: Copy,
    seen: Counter[str],
    wanted: int,
) -> None:
    if seen[node] == call:
        kept[node] = copy(value)
    seen[node] += 1
    if len(kept) == wanted:
        raise _ReachedError
