"""Lesions: channels of a layer that are silent, wherever its values go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

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


def draw(node: str, n_channels: int, variant: Variant, seed: int) -> Lesion:
    """Draw which channels are silent.

    Parameters
    ----------
    node
        Of the layer.
    n_channels
        Of the layer.
    variant
        ``lesion(layer[,share][,seed])``: of all channels, the share (by default all of them) that
        the seed draws, rounded, and at least one.
    seed
        Where the variant gives none.
    """
    _, *more = variant.arguments
    share = float(more[0]) if more else 1.0
    random = np.random.default_rng(int(more[1]) if len(more) > 1 else seed)
    n_silent = max(1, round(share * n_channels))
    silent = torch.zeros(n_channels, dtype=torch.bool)
    silent[torch.from_numpy(random.permutation(n_channels)[:n_silent])] = True
    return Lesion(node, silent)
