"""What every source of models gives: a network, what it takes, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image
from torch import nn

from ventralmap.registry import Layer

Preprocess = Callable[[Image.Image], torch.Tensor]
"""From an RGB image to float32, shape (3, height, width)."""


@dataclass(frozen=True, eq=False)
class Built:
    """A network before its variants and the choice of its layers.

    Attributes
    ----------
    network
        In evaluation mode, float32; takes (image, 3, height, width).
    preprocess
        Turns an image into what the network takes.
    layers
        First to last; none to have them found.
    preprocessing
        What `preprocess` does, in words.
    source
        Where the parameters come from.
    weights_sha256
        The hash of the weight file; empty if there is none.
    seed
        Of what is drawn at random; None where nothing is.
    """

    network: nn.Module
    preprocess: Preprocess
    layers: tuple[Layer, ...]
    preprocessing: str
    source: str
    weights_sha256: str = ""
    seed: int | None = None


def in_words(preprocess: Preprocess) -> str:
    """Say what preprocessing does: as it shows itself, or by its first line of documentation."""
    if not hasattr(preprocess, "__name__") and "__repr__" in _methods(preprocess):
        return " ".join(repr(preprocess).split())
    name = getattr(preprocess, "__name__", type(preprocess).__name__)
    return ((preprocess.__doc__ or "").strip() or name).splitlines()[0]


def _methods(preprocess: Preprocess) -> set[str]:
    """Names of what the classes of an object define, but for those of every object."""
    return {name for kind in type(preprocess).__mro__[:-1] for name in vars(kind)}
