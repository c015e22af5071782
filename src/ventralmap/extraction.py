"""From images to kernels: the features of each layer, held only as long as needed.

The features of all stimuli are needed at once to centre, scale and multiply them. They are taken in
passes through the network, each filling a memory budget with consecutive units of the layers; a
layer that is wider than the budget is spread over several passes. On request `projection` is taken
instead, which needs two passes for any number of stimuli.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torchvision

from ventralmap import devices, triangles
from ventralmap import progress as progress_bars
from ventralmap.errors import InputError, suggest
from ventralmap.forward import PRECISIONS, Forward, full_float32, largest
from ventralmap.gram import GramSum
from ventralmap.kernels import Attribute, Kernels, Layers, Projected
from ventralmap.models import Model
from ventralmap.passes import Part, capacity, network_bytes, plan
from ventralmap.projection import project

if TYPE_CHECKING:
    from tqdm import tqdm

    from ventralmap.dataset import Dataset

SCALES = ("zscore", "none")


def extract_dataset(model: Model, dataset: Dataset, **settings: Any) -> Layers:
    """Run the stimuli of a dataset through a model; the settings are those of `extract`."""
    ids = [str(i) for i in dataset.stimuli.index]
    about = {"dataset": dataset.name}
    return extract(model, dataset.images, stimulus_ids=ids, attrs=about, **settings)


def extract(
    model: Model,
    images: Sequence[Path],
    *,
    stimulus_ids: Sequence[str] | None = None,
    centre: bool = True,
    scale: str = "zscore",
    projection: int | None = None,
    seed: int = 0,
    memory_gb: float = 4,
    batch_size: int = 32,
    device: str = "auto",
    precision: str = "float32",
    progress: bool = True,
    attrs: Mapping[str, Attribute] | None = None,
) -> Layers:
    """Run images through a model and keep a kernel per layer.

    Parameters
    ----------
    model
        Its network is moved to the device.
    images
        The image files, one per stimulus.
    stimulus_ids
        Their ids; by default the names of the files without their suffix.
    centre
        Whether to subtract from each feature its mean over stimuli.
    scale
        ``zscore`` to divide each feature by its population standard deviation over stimuli, or
        ``none``. Features constant over stimuli become zero if they are centred or scaled.
    projection
        Random dimensions on which the features are projected, to be kept instead of kernels; none
        for kernels.
    seed
        Of the projection.
    memory_gb
        Memory for the features held at once, in 10⁹ bytes, their float64 blocks, the kernels
        (4 bytes x layers x stimuli²) and, on a CPU, the network included. It decides how many
        passes are made, and does not change the values.
    batch_size
        Images that are read ahead, and per forward pass on a GPU (a CPU takes so many that their
        activations stay in memory that is used again); does not change the values beyond float32
        rounding.
    device
        ``auto`` (a GPU if there is one), ``cpu`` or ``cuda``.
    precision
        ``float32``, or ``bf16`` to let the network's products round to bfloat16 (8 bits of
        precision): faster on some devices, and the values differ from those of float32 in the
        third digit. Features are held as float32, and kernels are float64, either way.
    progress
        Whether to show a progress bar.
    attrs
        Further attributes of the kernels.

    Returns
    -------
    Kernels or Projected
        One per layer of the model, the stimuli in the order given.

    Raises
    ------
    InputError
        If an image is unreadable, a setting is impossible, `memory_gb` is too small for a single
        block of features or for the projection, or a layer has values that are not finite.
    """
    _check(images, scale, batch_size, precision)
    where = torch.device(devices.choose(device, "extract"))
    forward = Forward(model, images, where, batch_size, precision)
    model.network.to(where).to(memory_format=torch.channels_last)
    common: dict[str, Any] = {
        "layers": [layer.name for layer in model.layers],
        "stimulus_ids": [path.stem for path in images] if stimulus_ids is None else [*stimulus_ids],
        "attrs": _about(forward) | {"centre": int(centre), "scale": scale} | dict(attrs or {}),
    }
    how: dict[str, Any] = {"centre": centre, "zscore": scale == "zscore"}
    shown = progress_bars.bar(unit="image", desc=model.name, disable=not progress)
    with full_float32(), shown as how["bar"]:
        if projection is None:
            found = _kernels(forward, memory_gb, **how)
            return Kernels(**found, **common)
        common["attrs"] |= {"projection": projection, "projection_seed": seed}
        found = project(forward, projection, memory_gb, seed=seed, **how)
        return Projected(**found, **common)


def _kernels(
    forward: Forward, memory_gb: float, *, centre: bool, zscore: bool, bar: tqdm
) -> dict[str, Any]:
    """Add the features of all layers to their Gram matrices, pass after pass."""
    n_images, n_layers = len(forward.images), len(forward.model.layers)
    upper = np.zeros((n_layers, triangles.size(n_images)))  # one array: it fills the memory once
    sums = [GramSum(n_images, centre=centre, zscore=zscore, out=own) for own in upper]
    network = network_bytes(forward.model.network, forward.device)
    held_at_once = capacity(n_images, memory_gb, forward.device, n_layers, network)
    passes = plan(forward.count_units(), held_at_once)
    bar.reset(n_images * len(passes))
    for parts in passes:
        if parts is not passes[0]:
            gc.collect()  # the last pass's graph refers to itself, and has weights of its own
        features, peaks = _collect(forward, parts, bar)
        for part, peak in zip(parts, peaks, strict=True):
            sums[part.layer].add(features.pop(0), peak)
    return {
        "upper": upper,
        "row_sum": np.stack([total.row_sum for total in sums]),
        "n_features": np.array([total.n_features for total in sums]),
        "n_constant": np.array([total.n_constant for total in sums]),
    }


def _collect(
    forward: Forward, parts: Sequence[Part], bar: tqdm
) -> tuple[list[torch.Tensor], list[float]]:
    """Make a pass through the network.

    Returns
    -------
    features : list of torch.Tensor
        For each part, shape (stimulus, stop - start), float32.
    peaks : list of float
        For each part, the largest absolute value in its whole layer.
    """
    layers, units = [part.layer for part in parts], forward.count_units()
    held = [_empty(len(forward.images), part.stop - part.start, forward.device) for part in parts]
    whole = [part.stop - part.start == units[part.layer] for part in parts]
    into = [out if all_of_it else None for out, all_of_it in zip(held, whole, strict=True)]
    peaks, start = torch.zeros(len(parts), device=forward.device), 0
    for values in forward.features(layers, into):
        n_images = len(values[0])
        for features, part, value in zip(held, parts, values, strict=True):
            if features.shape[1] < value.shape[1]:
                features[start : start + n_images] = value[:, part.start : part.stop]
        peaks = torch.maximum(peaks, largest(values))
        start += n_images
        bar.update(n_images)
    forward.check_finite(layers, peaks.tolist())
    return held, peaks.tolist()


def _empty(n_stimuli: int, n_units: int, device: torch.device) -> torch.Tensor:
    return torch.empty((n_stimuli, n_units), dtype=torch.float32, device=device)


def _check(images: Sequence[Path], scale: str, batch_size: int, precision: str) -> None:
    if not images:
        raise InputError("extract: there are no images; check stimuli.csv")
    if scale not in SCALES:
        raise InputError(f"features: scale: '{scale}' is not possible; {suggest(scale, SCALES)}")
    if precision not in PRECISIONS:
        hint = suggest(precision, PRECISIONS)
        raise InputError(f"extract: precision: '{precision}' is not possible; {hint}")
    if batch_size < 1:
        raise InputError(f"extract: batch_size: {batch_size} is not possible; give 1 or more")


def _about(forward: Forward) -> dict[str, Attribute]:
    model = forward.model
    about: dict[str, Attribute] = {
        "model": model.name,
        "source": model.source,
        "weights_sha256": model.weights_sha256,
        "preprocessing": model.preprocessing,
        "field": model.field,
        "n_params": model.n_params,
        "device": forward.device.type,
        "precision": forward.precision,
        "versions": f"torch {torch.__version__}, torchvision {torchvision.__version__}",
    }
    if model.degrees is not None:
        about["degrees_shown"] = model.degrees
    return about if model.seed is None else about | {"seed": model.seed}
