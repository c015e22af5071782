"""Units that read each layer of a model, from which recordings are simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from tqdm import tqdm

from ventralmap import devices, receptive_fields, simulation
from ventralmap.errors import InputError
from ventralmap.forward import Forward, full_float32
from ventralmap.models import Model
from ventralmap.passes import GIGABYTE
from ventralmap.receptive_fields import Readout

INPUTS = 20
"""Units of the layer that each simulated one reads."""
POOL = 400
"""Units of each layer; every simulated recording draws its neuroids from these."""
SPREAD = 0.1
"""Standard deviation of a receptive field as a share of the image's side, in every layer."""


def pool(
    model: Model,
    images: Sequence[Path],
    stimulus_ids: Sequence[str],
    *,
    n_units: int = POOL,
    seed: int = 0,
    memory_gb: float = 4,
    batch_size: int = 32,
    device: str = "auto",
    precision: str = "float32",
) -> xr.Dataset:
    """Read a random sample of sparse local units from each layer of a model.

    Parameters
    ----------
    model
        Its network is moved to the device.
    images, stimulus_ids
        The stimuli.
    n_units
        Units of each layer.
    seed
        Of the receptive fields and weights; see `receptive_fields.draw`.
    memory_gb
        Memory for the inputs of the units of some layers; the others take further passes.
    batch_size, device, precision
        As for `extraction.extract`.

    Returns
    -------
    xarray.Dataset
        drive (layer, stimulus, unit), float32, in standard deviations over the stimuli; NaN for a
        unit all whose inputs are constant.

    Raises
    ------
    InputError
        If none of the units of a layer varies.
    """
    where = torch.device(devices.choose(device, "extract"))
    forward = Forward(model, images, where, batch_size, precision)
    model.network.to(where).to(memory_format=torch.channels_last)
    names = [layer.name for layer in model.layers]
    with full_float32():
        shapes = forward.shapes()
        units = [
            _draw(name, shape, n_units, seed) for name, shape in zip(names, shapes, strict=True)
        ]
        found = []
        for layers in _groups(len(names), len(images) * n_units, memory_gb):
            found += _drives(forward, layers, shapes, units)
    drive = np.array([_varying(*pair) for pair in zip(names, found, strict=True)])
    about = {"long_name": "drive of simulated units", "units": "1"}
    return xr.Dataset(
        {"drive": (("layer", "stimulus", "unit"), drive.astype(np.float32), about)},
        coords={"layer": names, "stimulus": list(stimulus_ids)},
        attrs={"model": model.name, "inputs": INPUTS, "receptive_field": SPREAD},
    )


def _draw(layer: str, shape: tuple[int, int, int], n_units: int, seed: int) -> Readout:
    random = simulation.stream(seed, "recovery", layer)
    return receptive_fields.draw(n_units, INPUTS, SPREAD, shape, random)


def _groups(n_layers: int, n_values: int, memory_gb: float) -> Iterator[range]:
    """Split the layers into consecutive ones whose inputs fit the memory, one layer at least."""
    bytes_of_layer = 4 * INPUTS * n_values
    at_once = max(1, int(memory_gb * GIGABYTE // (4 * bytes_of_layer)))  # copies in float64
    return (range(i, min(i + at_once, n_layers)) for i in range(0, n_layers, at_once))


def _drives(
    forward: Forward,
    layers: range,
    shapes: Sequence[tuple[int, int, int]],
    units: Sequence[Readout],
) -> list[NDArray[np.float64]]:
    """Drive of the units of some layers, each (n_stimuli, n_units), from one pass."""
    places = [_flat(units[layer], shapes[layer]) for layer in layers]
    taken: list[list[NDArray[Any]]] = [[] for _ in layers]
    with tqdm(total=len(forward.images), unit="image", desc=forward.model.name) as bar:
        for values in forward.features(layers):
            for kept, value, place in zip(taken, values, places, strict=True):
                at = torch.as_tensor(place.ravel(), device=value.device)
                kept.append(value[:, at].cpu().numpy().reshape(-1, *place.shape))
            bar.update(len(values[0]))
    pairs = zip(layers, taken, strict=True)
    return [units[layer].drive_of(np.concatenate(kept)) for layer, kept in pairs]


def _flat(units: Readout, shape: tuple[int, int, int]) -> NDArray[np.int64]:
    """Positions of the inputs among a layer's flattened values, shape (n_units, n_inputs)."""
    return np.ravel_multi_index((units.channel, units.row, units.column), shape)


def _varying(layer: str, drive: NDArray[np.float64]) -> NDArray[np.float64]:
    varies = drive.any(axis=0)
    if not varies.any():
        raise InputError(f"recovery: no unit of layer '{layer}' varies; leave the layer out")
    return np.where(varies, drive, np.nan)
