"""From images to kernels: the features of each layer, held only as long as needed.

The features of all stimuli are needed at once to centre, scale and multiply them. They are taken in
passes through the network, each filling a memory budget with consecutive units of the layers; a
layer that is wider than the budget is spread over several passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torchvision
from tqdm import tqdm

from ventralmap import routes
from ventralmap.batches import batches
from ventralmap.errors import InputError, suggest
from ventralmap.gram import GramSum
from ventralmap.kernels import Attribute, Kernels
from ventralmap.models import Model
from ventralmap.passes import Part, capacity, network_bytes, plan

if TYPE_CHECKING:
    from ventralmap.dataset import Dataset

SCALES = ("zscore", "none")
AT_ONCE = 4
"""Images that a CPU takes at once. Their activations stay near the cache and in memory that is
used again; those of 32 images are twice as slow, and several GB at the first layers of VGG16."""
PRECISIONS = {"float32": None, "bf16": torch.bfloat16}
"""By the config's `extract: precision`: what the network's products are rounded to."""


@dataclass(frozen=True)
class _Setup:
    """What the passes share: a model on a device, and its images."""

    model: Model
    images: Sequence[Path]
    device: torch.device
    batch_size: int
    precision: str

    def forward(self) -> AbstractContextManager:
        """Return the context in which the network runs."""
        rounded = PRECISIONS[self.precision]
        return torch.autocast(self.device.type, dtype=rounded, enabled=rounded is not None)

    def nodes(self, parts: Sequence[Part]) -> list[str]:
        return [self.model.layers[part.layer].node for part in parts]

    def batches(self) -> Iterator[torch.Tensor]:
        at_once = AT_ONCE if self.device.type == "cpu" else self.batch_size
        for batch in batches(self.images, self.model.preprocess, self.batch_size):
            for part in batch.split(at_once):
                yield part.to(self.device, memory_format=torch.channels_last)


def extract_dataset(model: Model, dataset: Dataset, **settings: Any) -> Kernels:
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
    memory_gb: float = 4,
    batch_size: int = 32,
    device: str = "auto",
    precision: str = "float32",
    progress: bool = True,
    attrs: Mapping[str, Attribute] | None = None,
) -> Kernels:
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
    memory_gb
        Memory for the features held at once, in 10⁹ bytes, their float64 blocks, the kernels
        (8 bytes x layers x stimuli²) and, on a CPU, the network included. It decides how many
        passes are made, and does not change the values.
    batch_size
        Images that are read ahead, and per forward pass on a GPU (a CPU takes `AT_ONCE`); does not
        change the values beyond float32 rounding.
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
    Kernels
        One per layer of the model, the stimuli in the order given.

    Raises
    ------
    InputError
        If an image is unreadable, a setting is impossible, `memory_gb` is too small for a single
        block of features, or a layer has values that are not finite.
    """
    _check(images, scale, batch_size, precision)
    setup = _Setup(model, images, _device(device), batch_size, precision)
    sums = [GramSum(len(images), centre=centre, zscore=scale == "zscore") for _ in model.layers]
    with _full_float32():
        _run(setup, sums, memory_gb, progress)
    about = _about(setup) | {"centre": int(centre), "scale": scale}
    return Kernels(
        gram=np.stack([total.gram for total in sums]),
        row_sum=np.stack([total.row_sum for total in sums]),
        n_features=np.array([total.n_features for total in sums]),
        n_constant=np.array([total.n_constant for total in sums]),
        layers=[layer.name for layer in model.layers],
        stimulus_ids=[path.stem for path in images] if stimulus_ids is None else [*stimulus_ids],
        attrs=about | dict(attrs or {}),
    )


def _run(setup: _Setup, sums: Sequence[GramSum], memory_gb: float, progress: bool) -> None:
    """Add the features of all layers to their sums, pass after pass."""
    n_images = len(setup.images)
    setup.model.network.to(setup.device).to(memory_format=torch.channels_last)
    on_cpu = network_bytes(setup.model.network) if setup.device.type == "cpu" else 0
    held_at_once = capacity(n_images, memory_gb, setup.device, len(sums), on_cpu)
    passes = plan(_count_units(setup), held_at_once)
    total = n_images * len(passes)
    with tqdm(total=total, unit="image", desc=setup.model.name, disable=not progress) as bar:
        for parts in passes:
            features, largest = _collect(setup, parts, bar)
            for part, value in zip(parts, largest, strict=True):
                sums[part.layer].add(features.pop(0), value)


def _count_units(setup: _Setup) -> list[int]:
    """Return the units of each layer, from a forward pass of one image."""
    first = replace(setup, images=setup.images[:1])
    read = routes.route(setup.model.network, [layer.node for layer in setup.model.layers])
    with torch.inference_mode(), setup.forward():
        return [value.numel() for value in read(next(first.batches()))]


def _collect(
    setup: _Setup, parts: Sequence[Part], bar: tqdm
) -> tuple[list[torch.Tensor], list[float]]:
    """Make a pass through the network.

    Returns
    -------
    features : list of torch.Tensor
        For each part, shape (stimulus, stop - start), float32.
    largest : list of float
        For each part, the largest absolute value in its whole layer.
    """
    read = routes.route(setup.model.network, setup.nodes(parts))
    held = [_empty(len(setup.images), part.stop - part.start, setup.device) for part in parts]
    largest = torch.zeros(len(parts), device=setup.device)
    with torch.inference_mode(), setup.forward():
        start = 0
        for batch in setup.batches():
            values = [value.flatten(1) for value in read(batch)]  # each (image, unit)
            for features, part, value in zip(held, parts, values, strict=True):
                features[start : start + len(batch)] = value[:, part.start : part.stop]
            largest = torch.maximum(largest, torch.stack([_largest(v) for v in values]))
            start += len(batch)
            bar.update(len(batch))
    _check_finite(setup, parts, largest)
    return held, largest.tolist()


def _empty(n_stimuli: int, n_units: int, device: torch.device) -> torch.Tensor:
    return torch.empty((n_stimuli, n_units), dtype=torch.float32, device=device)


def _largest(value: torch.Tensor) -> torch.Tensor:
    low, high = torch.aminmax(value)
    return torch.maximum(-low, high)


def _check_finite(setup: _Setup, parts: Sequence[Part], largest: torch.Tensor) -> None:
    for part, value in zip(parts, largest.tolist(), strict=True):
        if not np.isfinite(value):
            name = setup.model.layers[part.layer].name
            raise InputError(
                f"model '{setup.model.name}': layer '{name}' has values that are not finite; "
                "leave it out of the study's layers"
            )


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


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("extract: device: cuda is not available here; write auto or cpu")
    if name not in ("cpu", "cuda"):
        hint = suggest(name, ("auto", "cpu", "cuda"))
        raise InputError(f"extract: device: '{name}' is not possible; {hint}")
    return torch.device(name)


@contextmanager
def _full_float32() -> Iterator[None]:
    """Keep the GPU from rounding float32 to TF32 and from choosing algorithms by their speed."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.set_float32_matmul_precision(precision)


def _about(setup: _Setup) -> dict[str, Attribute]:
    model = setup.model
    about: dict[str, Attribute] = {
        "model": model.name,
        "source": model.source,
        "weights_sha256": model.weights_sha256,
        "preprocessing": model.preprocessing,
        "field": model.field,
        "n_params": model.n_params,
        "device": setup.device.type,
        "precision": setup.precision,
        "versions": f"torch {torch.__version__}, torchvision {torchvision.__version__}",
    }
    return about if model.seed is None else about | {"seed": model.seed}
