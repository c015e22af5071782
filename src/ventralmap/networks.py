"""Networks with their parameters, from torchvision, and the one that passes pixels on."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.models import WeightsEnum, get_model

from ventralmap.errors import InputError

SIDE = 64
"""Side of the images of the pixel model."""

_OLD_DENSENET_KEY = re.compile(r"(denselayer\d+\.(?:norm|conv))\.(\d)\.")


class Pixels(nn.Module):
    """A network of one layer, `pixels`: the image, flattened."""

    def __init__(self) -> None:
        super().__init__()
        self.pixels = nn.Flatten()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (image, 3 * height * width)."""
        return self.pixels(images)


def small_rgb(image: Image.Image) -> torch.Tensor:
    """Turn an RGB image into float32 values in [0, 1], shape (3, SIDE, SIDE)."""
    small = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(small, dtype=np.float32) / 255).permute(2, 0, 1)


def trained(architecture: str, weights: WeightsEnum, path: Path) -> nn.Module:
    """Build a torchvision network with the parameters in a file.

    Parameters
    ----------
    architecture
        torchvision's name.
    weights
        Which weights the file holds; some need options of the architecture.
    path
        The file; only tensors are read from it, no code.

    Returns
    -------
    torch.nn.Module
        In evaluation mode.

    Raises
    ------
    InputError
        If the file's parameters are not those of the architecture.
    """
    network = _build(architecture, weights, init_weights=False)
    state = _tensors(path)
    try:
        network.load_state_dict(_current_keys(architecture, state))
    except (RuntimeError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: does not hold the parameters of '{architecture}' ({str(error)[:200]}); "
            "name weights of the whole classifier"
        ) from error
    return network.eval()


def _tensors(path: Path) -> Mapping[str, torch.Tensor]:
    """Read named tensors, all of finite numbers, from a file; no code in it is run."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # on damaged files, torch raises errors of any kind
        raise InputError(
            f"{path}: not a file of weights ({str(error)[:200]}); download it again"
        ) from error
    if not isinstance(state, Mapping):
        raise InputError(f"{path}: holds no named parameters; download it again")
    for name, values in state.items():
        if isinstance(values, torch.Tensor) and not torch.isfinite(values).all():
            raise InputError(f"{path}: parameter {name} is not finite; download it again")
    return state


def untrained(architecture: str, weights: WeightsEnum, seed: int) -> nn.Module:
    """Build the untrained twin: same architecture, torchvision's own initialisation.

    Parameters
    ----------
    architecture
        torchvision's name.
    weights
        The weights of the trained twin; some need options of the architecture.
    seed
        Determines all parameters; the global random state is left as it was.

    Returns
    -------
    torch.nn.Module
        In evaluation mode.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _build(architecture, weights, init_weights=True).eval()


def _build(architecture: str, weights: WeightsEnum, init_weights: bool) -> nn.Module:
    options = _options(architecture, weights.meta, init_weights)
    with warnings.catch_warnings():
        # Inception warns that drawing its initial weights is slow; it is what was asked for.
        warnings.filterwarnings("ignore", message="The default weight initialization")
        return get_model(architecture, weights=None, **options)


def _options(architecture: str, meta: Mapping[str, Any], init_weights: bool) -> dict[str, Any]:
    """Return what torchvision sets by itself when it is the one that loads the weights."""
    if architecture in ("googlenet", "inception_v3"):
        # torchvision drops the auxiliary classifiers of the one and keeps those of the other
        auxiliary = architecture == "inception_v3"
        return {
            "aux_logits": auxiliary,
            "transform_input": True,
            "init_weights": init_weights,
        }
    if architecture.startswith("vit_"):
        return {"image_size": meta["min_size"][0]}  # the position embedding has a fixed size
    return {}


def _current_keys(architecture: str, state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Adapt files made for earlier versions of the architecture, as torchvision does."""
    if architecture.startswith("densenet"):  # norm1 was once called norm.1
        return {_OLD_DENSENET_KEY.sub(r"\1\2.", key): value for key, value in state.items()}
    if architecture == "googlenet":  # auxiliary classifiers, of use in training only
        return {key: value for key, value in state.items() if not key.startswith("aux")}
    return dict(state)
