"""Layers of any network, found by running it: one per block, in the order of execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import torch
from PIL import Image
from torch import nn

from ventralmap.registry import Layer

_CONTAINERS = (nn.Sequential, nn.ModuleList)
_IDENTITIES = (nn.Identity, nn.Dropout, nn.Dropout2d, nn.Flatten)


@dataclass(frozen=True)
class _Run:
    """One module's call: its name, itself, and whether its output has the shape of its input."""

    name: str
    module: nn.Module
    keeps_shape: bool


def find(
    network: nn.Module, preprocess: Callable[[Image.Image], torch.Tensor]
) -> tuple[Layer, ...]:
    """List one layer per block of a network, in the order of execution.

    Blocks are the modules reached from the network through containers: sequences and lists that
    hold two or more modules with weights, and a direct child that holds more than half of all
    parameters (a trunk, such as the encoder of a vision transformer). A block with weights is a
    layer. Normalisations and activations that follow a block inside the same container and keep
    its shape belong to it: the layer is then named after the last of them. Pooling, dropout and
    reshaping are no layers.

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
    for run in _execute(network, dict(_blocks(network)), torch.zeros(1, *size)):
        if _n_weights(run.module):
            layers.append(run)
        elif layers and _belongs(run, layers[-1]):
            layers[-1] = run
    return tuple(Layer(run.name, run.name) for run in layers)


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


def _execute(network: nn.Module, blocks: dict[str, nn.Module], images: torch.Tensor) -> list[_Run]:
    """Run the network and list the blocks' first calls in their order."""
    runs: dict[str, _Run] = {}
    with ExitStack() as stack, torch.inference_mode():
        for name, module in blocks.items():
            hook = partial(_note, name=name, runs=runs)
            stack.callback(module.register_forward_hook(hook).remove)
        network(images)
    return list(runs.values())


def _note(
    module: nn.Module, args: tuple, value: object, *, name: str, runs: dict[str, _Run]
) -> None:
    if isinstance(value, torch.Tensor) and args and isinstance(args[0], torch.Tensor):
        runs.setdefault(name, _Run(name, module, args[0].shape == value.shape))


def _belongs(run: _Run, block: _Run) -> bool:
    same_container = run.name.rpartition(".")[0] == block.name.rpartition(".")[0]
    return same_container and run.keeps_shape and not isinstance(run.module, _IDENTITIES)


def _n_weights(module: nn.Module) -> int:
    """Count the weight matrices and filters; normalisations have none."""
    return sum(parameter.ndim > 1 for parameter in module.parameters())


def _n_params(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
