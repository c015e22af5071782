"""Lesions: channels of a layer that are silent, wherever its values go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ventralmap.model_names import Variant


@dataclass(frozen=True, eq=False)
class Lesion:
    """Channels of a layer that give zero.

    Attributes
    ----------
    node
        Of the layer, see `routes.route`.
    silent
        Shape (channel,), boolean.
    """

    node: str
    silent: torch.Tensor

    def apply(self, value: torch.Tensor) -> torch.Tensor:
        """Return the value of the layer with its silent channels at zero, a new tensor."""
        axis = channel_axis(tuple(value.shape))
        shape = [1] * value.ndim
        shape[axis] = -1
        silent = self.silent.to(value.device).reshape(shape)
        return value.masked_fill(silent, 0.0)


def channel_axis(shape: tuple[int, ...]) -> int:
    """Find the axis of the channels of a value, (image, ...).

    The second of images of channels, (image, channel, y, x), and the last of everything else:
    vectors, tokens, and (image, y, x, channel), which is told by its two sides that are equal.
    """
    last = len(shape) - 1
    if len(shape) != 4:
        return last
    return last if shape[1] == shape[2] != shape[3] else 1


def draw(
    node: str,
    n_channels: int,
    variant: Variant,
    seed: int,
    weights: NDArray[np.float64] | None = None,
) -> Lesion:
    """Choose which channels are silent.

    Parameters
    ----------
    node
        Of the layer.
    n_channels
        Of the layer.
    variant
        ``lesion(layer[,share][,seed or by=area])``: of all channels, the share (by default all of
        them), rounded and at least one, that the seed draws, or that have the largest weights.
    seed
        Where the variant gives none.
    weights
        Of the channels in the readout of the area, shape (n_channels,); for ``by=area`` alone.
    """
    _, *more = variant.arguments
    share = float(more[0]) if more else 1.0
    n_silent = max(1, round(share * n_channels))
    if weights is None:
        random = np.random.default_rng(int(more[1]) if len(more) > 1 else seed)
        order = random.permutation(n_channels)
    else:
        order = np.argsort(-weights, kind="stable")
    silent = torch.zeros(n_channels, dtype=torch.bool)
    silent[torch.from_numpy(order[:n_silent])] = True
    return Lesion(node, silent)


def read_weights(path: str | Sequence[str] | None) -> dict[str, NDArray[np.float64]]:
    """Read, by lesion, the weights of channels that `readout_weights` found; none of no file."""
    if not path:
        return {}
    found = json.loads(Path(str(path)).read_text("utf-8"))
    return {name: np.array(weights) for name, weights in found.items()}
