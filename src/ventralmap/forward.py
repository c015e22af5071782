"""Images on their way through a network: what every pass shares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from ventralmap import packing, routes
from ventralmap.batches import batches
from ventralmap.copies import by_pixels
from ventralmap.errors import InputError
from ventralmap.models import Model

AT_ONCE = 2**25
"""Bytes of the largest value in a network that a CPU takes at once. With more images weights are
read less often, but glibc gives memory of larger values back, to ask for it again page by page."""
TAME = 1e30
"""Absolute values that leave no doubt that those of other images are finite too."""
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
        Images that are read ahead, and the most per forward pass (`at_once`).
    precision
        One of `PRECISIONS`.
    """

    model: Model
    images: Sequence[Path]
    device: torch.device
    batch_size: int
    precision: str

    def features(
        self, layers: Sequence[int], into: routes.Places = ()
    ) -> Iterator[list[torch.Tensor]]:
        """Yield, batch by batch, the values of layers, given by their places in the model's list.

        Parameters
        ----------
        layers
            At least one.
        into
            For each layer a tensor (image, unit), float32, to write its values to, or none. Those
            that are yielded are its rows; units of a map are then in the order y, x, channel.

        Yields
        ------
        list of torch.Tensor
            For each layer, shape (image, unit), float32, on the device; units of a map in the order
            channel, y, x where the layer has no place.
        """
        packed, start, into = self._can_pack, 0, into or [None] * len(layers)
        read = self._route(layers, packed=packed)
        for batch in self._batches():
            if packed and not bool(batch.sum().isfinite()):
                packed, read = False, self._route(layers)
            places = [None if out is None else out[start : start + len(batch)] for out in into]
            with torch.inference_mode(), self._context():
                values = read(batch, places)
                found = [_at(place, value) for place, value in zip(places, values, strict=True)]
            yield found
            start += len(batch)

    @property
    def at_once(self) -> int:
        """Images per forward pass."""
        if self.device.type != "cpu":
            return self.batch_size
        return min(self.batch_size, max(1, AT_ONCE // (4 * self._looked_at[1].n_units)))

    def shapes(self) -> list[tuple[int, int, int]]:
        """Return channels, height and width of each layer; one place where it is not a map."""
        read = routes.route(self.model.network, [layer.node for layer in self.model.layers])
        with torch.inference_mode():
            shapes = [tuple(value.shape[1:]) for value in read(self._first())]
        return [(s[0], s[1], s[2]) if len(s) == 3 else (math.prod(s), 1, 1) for s in shapes]

    def count_units(self) -> list[int]:
        """Return the units of each layer, from a forward pass of one image."""
        return self._looked_at[0]

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

    @cached_property
    def _looked_at(self) -> tuple[list[int], _Watch]:
        """Units of each layer, and what was seen on the way, from a forward pass of one image."""
        read, watch = self._route(range(len(self.model.layers))), _Watch()
        with torch.inference_mode(), self._context(), watch:
            return [value.numel() for value in read(self._first())], watch

    @property
    def _can_pack(self) -> bool:
        """Whether convolutions are packed: not where that could hide values that are not finite."""
        plain = self.device.type != "cpu" or self.precision != "float32" or not packing.available()
        return not plain and self._looked_at[1].tame

    def _route(self, layers: Sequence[int], *, packed: bool = False) -> routes.Route:
        nodes = [self.model.layers[layer].node for layer in layers]
        return routes.route(self.model.network, nodes, self.model.lesions, packed=packed)

    def _first(self) -> torch.Tensor:
        """Return the first image, a batch of its own."""
        return next(replace(self, images=self.images[:1], batch_size=1)._batches())

    def _context(self) -> AbstractContextManager:
        rounded = PRECISIONS[self.precision]
        return torch.autocast(self.device.type, dtype=rounded, enabled=rounded is not None)

    def _batches(self) -> Iterator[torch.Tensor]:
        on_cpu = self.device.type == "cpu"
        for batch in batches(self.images, self.model.preprocess, self.batch_size):
            n_parts = math.ceil(len(batch) / self.at_once) if len(batch) > 1 else 1
            for part in batch.tensor_split(n_parts):  # as equal as can be
                # From pinned memory a GPU takes a batch while it is still at work on the last one.
                host = part if on_cpu else part.pin_memory()
                yield host.to(self.device, non_blocking=True, memory_format=torch.channels_last)


def _at(place: torch.Tensor | None, value: torch.Tensor) -> torch.Tensor:
    """Return a value, (image, unit), float32, at its place if it has one."""
    if place is None:
        return value.flatten(1).float()
    if value.data_ptr() != place.data_ptr():  # another name of the node has got it
        by_pixels(place, value.shape).copy_(value)
    return place


class _Watch(TorchFunctionMode):
    """Looks at whatever is computed: units of the largest tensor, and whether all are `TAME`."""

    def __init__(self) -> None:
        super().__init__()
        self.n_units, self.tame = 1, True

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        found = function(*args, **(kwargs or {}))
        if isinstance(found, torch.Tensor) and found.is_floating_point() and found.numel():
            self.n_units = max(self.n_units, found.numel())
            self.tame &= bool(_largest(found) < TAME)
        return found


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
