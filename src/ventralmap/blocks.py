"""Layers of any network, found by running it: one per block, in the order of execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count

import torch
from PIL import Image
from torch import nn

from ventralmap.registry import Layer

_CONTAINERS = (nn.Sequential, nn.ModuleList)
_IDENTITIES = (nn.Identity, nn.Dropout, nn.Dropout2d, nn.Flatten)


@dataclass(frozen=True)
class _Run:
    """One call of a module: its name, itself, whether its output has the shape of its input."""

    name: str
    module: nn.Module
    keeps_shape: bool
    call: int


def find(
    network: nn.Module, preprocess: Callable[[Image.Image], torch.Tensor]
) -> tuple[Layer, ...]:
    """List one layer per block of a network, in the order of execution.

    Blocks are the modules reached from the network through containers: sequences and lists that
    hold two or more modules with weights, and a direct child that holds more than half of all
    parameters (a trunk, such as the encoder of a vision transformer). A block with weights is a
    layer. Normalisations and activations that follow a block inside the same container and keep
    its shape belong to it: the layer is then named after the last of them. Pooling, dropout and
    reshaping are no layers. A module that runs several times is a layer, or the end of one, each
    time: the calls of a module with weights are time steps (``IT@t0``, ``IT@t1``), those of others
    are numbered (``relu``, ``relu_1``), as in torchvision's graphs.

    Parameters
    ----------
    network
        In evaluation mode.
    preprocess
        From an RGB image to what the network takes.

    Returns
    -------
    tuple of Layer
        Named by torchvision's names of modules.
    """
    size = preprocess(Image.new("RGB", (256, 256))).shape
    layers: list[_Run] = []
    runs = _execute(network, _blocks(network), torch.zeros(1, *size))
    for run in runs:
        if _n_weights(run.module):
            layers.append(run)
        elif layers and _belongs(run, layers[-1]):
            layers[-1] = run
    repeated = {run.name for run in runs if run.call}
    modules = dict(network.named_modules())
    names = [_spell(run, run.name in repeated, modules) for run in layers]
    return tuple(Layer(name, name) for name in names)


def _spell(run: _Run, repeated: bool, modules: Mapping[str, nn.Module]) -> str:
    """Name a call; a number that would be another module's name is written as a time step."""
    numbered = f"{run.name}_{run.call}" if run.call else run.name
    as_step = repeated and (_n_weights(run.module) > 0 or f"{run.name}_1" in modules)
    return f"{run.name}@t{run.call}" if as_step else numbered


def _blocks(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    n_params = _n_params(network)
    for name, child in network.named_children():
        is_trunk = bool(list(child.children())) and _n_params(child) > n_params / 2
        yield from _unfold(name, child, is_trunk)


def _unfold(name: str, module: nn.Module, is_trunk: bool) -> Iterator[tuple[str, nn.Module]]:
    weighty = sum(_n_weights(child) > 0 for child in module.children())
    if is_trunk or (isinstance(module, _CONTAINERS) and weighty > 1):
        for part, child in module.named_children():
            yield from _unfold(f"{name}.{part}", child, False)
    else:
        yield name, module


def _execute(
    network: nn.Module, blocks: Iterator[tuple[str, nn.Module]], images: torch.Tensor
) -> list[_Run]:
    """Run the network and list the calls of the blocks in their order."""
    runs: list[_Run] = []
    by_module = {module: name for name, module in reversed(list(blocks))}  # its first name
    with ExitStack() as stack, torch.inference_mode():
        for module, name in by_module.items():
            hook = partial(_note, name=name, runs=runs, calls=count())
            stack.callback(module.register_forward_hook(hook).remove)
        network(images)
    return runs


def _note(
    module: nn.Module, args: tuple, value: object, *, name: str, runs: list[_Run], calls: count
) -> None:
    if isinstance(value, torch.Tensor) and args and isinstance(args[0], torch.Tensor):
        runs.append(_Run(name, module, args[0].shape == value.shape, next(calls)))


def _belongs(run: _Run, block: _Run) -> bool:
    same_container = run.name.rpartition(".")[0] == block.name.rpartition(".")[0]
    return same_container and run.keeps_shape and not isinstance(run.module, _IDENTITIES)


def _n_weights(module: nn.Module) -> int:
    """Count the weight matrices and filters; normalisations have none."""
    return sum(parameter.ndim > 1 for parameter in module.parameters())


def _n_params(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
