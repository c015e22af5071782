"""Which units of which layers are held at once: as many as fit the memory, in few passes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import torch
from torch import nn

from ventralmap.errors import InputError
from ventralmap.gram import WIDTH

GIGABYTE = 1e9
RESERVE = 2 * WIDTH
"""Columns for which there is room in float64, three times over: those of a block and its
temporaries, and what is left, for the network's own."""

GPU_SHARE = 0.5
"""Share of the free memory of a GPU that features may take; the rest is for the network."""


@dataclass(frozen=True)
class Part:
    """Units `start` to `stop` of a layer (its place in the model's list)."""

    layer: int
    start: int
    stop: int


def plan(n_units: Sequence[int], capacity: int) -> list[list[Part]]:
    """Divide the layers' units into as few passes as possible.

    Parameters
    ----------
    n_units
        Units of each layer, first to last.
    capacity
        Units that one pass can hold.

    Returns
    -------
    list of list of Part
        One list per pass. Each but the last is full, so a layer may go on in the next one.
    """
    passes: list[list[Part]] = [[]]
    room = capacity
    for layer, total in enumerate(n_units):
        start = 0
        while start < total:
            if room == 0:
                passes.append([])
                room = capacity
            stop = min(total, start + room)
            passes[-1].append(Part(layer, start, stop))
            room -= stop - start
            start = stop
    return passes


def network_bytes(network: nn.Module, device: torch.device) -> int:
    """Return what a network takes of the budget on a CPU: its parameters, and packed weights.

    Of convolutions alone there is a second copy (`folding`, `packing`).
    """
    if device.type != "cpu":
        return 0
    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    own = (*network.parameters(), *network.buffers(), *(one.weight for one in convolutions))
    return sum(value.numel() * value.element_size() for value in own)


def capacity(
    n_stimuli: int,
    memory_gb: float,
    device: torch.device,
    n_layers: int = 0,
    n_bytes: int = 0,
) -> int:
    """Return how many units of all stimuli fit the memory.

    Parameters
    ----------
    n_stimuli
        Number of stimuli.
    memory_gb
        The budget, in 10⁹ bytes. On a GPU, at most half of what is free there is taken.
    device
        Where features are held.
    n_layers
        How many kernels are kept beside them, in the same memory.
    n_bytes
        What else is kept there, the network.

    Raises
    ------
    InputError
        If the budget does not hold the network, the kernels, one block of columns and its Gram
        matrix.
    """
    budget = memory_gb * GIGABYTE
    if device.type == "cuda":
        budget = min(budget, GPU_SHARE * torch.cuda.mem_get_info(device)[0])
    # Blocks; the Gram matrix of a part, mirrored and centred; the triangles of the kernels
    overhead = 3 * 8 * n_stimuli * RESERVE + 8 * (4 + 0.5 * n_layers) * n_stimuli**2 + n_bytes
    needed = overhead + 4 * n_stimuli * WIDTH
    if budget < needed:
        raise InputError(
            f"extract: memory_gb: {budget / GIGABYTE:.4g} GB is too little for {n_stimuli} "
            f"stimuli; give at least {ceil(1000 * needed / GIGABYTE) / 1000}"
        )
    return int((budget - overhead) // (4 * n_stimuli))


def check_projection(
    n_units: Sequence[int],
    n_stimuli: int,
    n_components: int,
    memory_gb: float,
    at_once: int,
    n_bytes: int = 0,
) -> None:
    """Refuse a projection that does not fit the memory.

    Parameters
    ----------
    n_units
        Units of each layer.
    n_stimuli, n_components
        Of the projected features, which are held as float32.
    memory_gb
        The budget, in 10⁹ bytes.
    at_once
        Images of which features to be projected are held at once.
    n_bytes
        What else is kept there, the network.

    Raises
    ------
    InputError
        If there is too little for these, the projections, the moments of all units and a batch.
    """
    drawn = sum(n_components * units**0.5 for units in n_units)
    needed = (
        5 * 8 * sum(n_units)  # moments, and what they are made of
        + 3 * 12 * drawn  # values and places, as drawn and sorted
        + 4 * at_once * sum(n_units) + 3 * 8 * at_once * max(n_units)  # float32, one in float64
        + 4 * len(n_units) * n_stimuli * n_components
        + n_bytes
    )  # fmt: skip
    if needed > memory_gb * GIGABYTE:
        raise InputError(
            f"extract: memory_gb: {memory_gb:g} GB is too little for features: projection: "
            f"{n_components} of {n_stimuli} stimuli in {len(n_units)} layers; give at least "
            f"{math.ceil(10 * needed / GIGABYTE) / 10}, or fewer dimensions"
        )
