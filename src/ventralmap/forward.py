"""Images on their way through a network: what every pass shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ventralmap import routes
from ventralmap.batches import batches
from ventralmap.errors import InputError
from ventralmap.models import Model
from ventralmap.passes import BATCH

AT_ONCE = BATCH
"""Images that a CPU takes at once. Their activations stay near the cache and in memory that is
used again; those of 32 images are twice as slow, and several GB at the first layers of VGG16."""
PRECISIONS = {"float32": None, "bf16": torch.bfloat16}
"""By the config's `extract: precision`: what the network's products are rounded to."""


@dataclass(frozen=True)
class Forward:
    """A model on a device, and the images that it is shown.

    Attributes
    ----------
    model, images, device
        The network is on the device already.
    batch_size
        Images that are read ahead, and per forward pass on a GPU (a CPU takes `AT_ONCE`).
    precision
        One of `PRECISIONS`.
    """

    model: Model
    images: Sequence[Path]
    device: torch.device
    batch_size: int
    precision: str

    def features(self, layers: Sequence[int]) -> Iterator[list[torch.Tensor]]:
        """Yield, batch by batch, the values of layers, given by their places in the model's list.

        Yields
        ------
        list of torch.Tensor
            For each layer, shape (image, unit), float32, on the device.
        """
        nodes = [self.model.layers[layer].node for layer in layers]
        read = routes.route(self.model.network, nodes, self.model.lesions)
        for batch in self._batches():
            with torch.inference_mode(), self._context():
                values = [value.flatten(1).float() for value in read(batch)]
            yield values

    def shapes(self) -> list[tuple[int, int, int]]:
        """Return channels, height and width of each layer; one place where it is not a map."""
        read = routes.route(self.model.network, [layer.node for layer in self.model.layers])
        batch = next(replace(self, images=self.images[:1])._batches())
        with torch.inference_mode():
            shapes = [tuple(value.shape[1:]) for value in read(batch)]
        return [(s[0], s[1], s[2]) if len(s) == 3 else (math.prod(s), 1, 1) for s in shapes]

    def count_units(self) -> list[int]:
        """Return the units of each layer, from a forward pass of one image."""
        first = replace(self, images=self.images[:1])
        return [value.numel() for value in next(first.features(range(len(self.model.layers))))]

    def check_finite(self, layers: Sequence[int], largest: Sequence[float]) -> None:
        """Refuse layers whose largest absolute value is not finite.

        Raises
        ------
        InputError
            Naming the layer.
        """
        for layer, value in zip(layers, largest, strict=True):
            if not np.isfinite(value):
                name = self.model.layers[layer].name
                raise InputError(
                    f"model '{self.model.name}': layer '{name}' has values that are not finite; "
                    "leave it out of the study's layers"
                )

    def _context(self) -> AbstractContextManager:
        rounded = PRECISIONS[self.precision]
        return torch.autocast(self.device.type, dtype=rounded, enabled=rounded is not None)

    def _batches(self) -> Iterator[torch.Tensor]:
        on_cpu = self.device.type == "cpu"
        at_once = AT_ONCE if on_cpu else self.batch_size
        for batch in batches(self.images, self.model.preprocess, self.batch_size):
            for part in batch.split(at_once):
                # From pinned memory a GPU takes a batch while it is still at work on the last one.
                host = part if on_cpu else part.pin_memory()
                yield host.to(self.device, non_blocking=True, memory_format=torch.channels_last)


def largest(values: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the largest absolute value of each tensor, shape (n_tensors,), without waiting."""
    return torch.stack([_largest(value) for value in values])


def _largest(value: torch.Tensor) -> torch.Tensor:
    low, high = torch.aminmax(value)
    return torch.maximum(-low, high)


@contextmanager
def full_float32() -> Iterator[None]:
    """Keep the GPU from rounding float32 to TF32 and from choosing algorithms by their speed."""
    precision = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
            yield
    finally:
        torch.set_float32_matmul_precision(precision)
