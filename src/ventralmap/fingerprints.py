"""Fingerprints of networks: what they give for three fixed images.

A hash says that a file is the right one; that its parameters have come to the right places of the
right architecture, with the right preprocessing, shows in what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ventralmap import registry
from ventralmap.errors import InputError
from ventralmap.model_names import split
from ventralmap.models import Model

SIDE = 256
N_OUTPUTS = 8
"""Outputs that are compared, evenly spaced over all of them."""
TOLERANCE = 0.02
"""Difference that passes, in standard deviations of the known outputs: rounding, not weights."""
AGREES, UNKNOWN = "agrees", "not known yet"

Array = NDArray[np.float64]


def images() -> list[Image.Image]:
    """Make the three fixed images: a ramp of colours, rings, and noise in blocks."""
    y, x = np.mgrid[:SIDE, :SIDE] / (SIDE - 1)
    rings = np.cos(40 * np.hypot(x - 0.5, y - 0.4)) / 2 + 0.5
    blocks = np.random.default_rng(2026).random((16, 16, 3)).repeat(16, 0).repeat(16, 1)
    ramps = np.stack([x, y, 1 - x], axis=-1)
    coloured = rings[:, :, None] * np.array([1.0, 0.7, 0.3])
    return [Image.fromarray((255 * a).round().astype(np.uint8)) for a in (ramps, coloured, blocks)]


def outputs(model: Model) -> Array:
    """Run the network, as it is before any lesion, on the fixed images.

    Returns
    -------
    numpy.ndarray
        What it ends in, shape (3, unit).

    Raises
    ------
    InputError
        If it ends in something else than one value per image and unit.
    """
    batch = torch.stack([model.preprocess(image) for image in images()])
    with torch.inference_mode():
        found = model.network(batch)
    if not isinstance(found, torch.Tensor):
        raise InputError(
            f"model '{model.name}': the network gives a {type(found).__name__}; give one tensor"
        )
    return found.flatten(1).double().numpy()


def compared(found: Array) -> Array:
    """Pick the outputs that fingerprints are made of, shape (3, N_OUTPUTS)."""
    return found[:, np.linspace(0, found.shape[1] - 1, N_OUTPUTS).round().astype(int)]


def check(model: Model) -> dict[str, str]:
    """Compare the fingerprint of a pretrained model with the known one.

    Parameters
    ----------
    model
        Whose `weights_sha256` finds the known fingerprint; not yet on another device.

    Returns
    -------
    dict
        ``fingerprint``: for each image the strongest output and its value;
        ``fingerprint_check``: `AGREES`, or `UNKNOWN` where none is known. Both are empty for models
        without weights and for variants, which give something else.

    Raises
    ------
    InputError
        If it is not the known one.
    """
    if not model.weights_sha256 or split(model.name).variants:
        return {"fingerprint": "", "fingerprint_check": ""}
    found = outputs(model)
    known = registry.fingerprint(model.weights_sha256)
    if known is not None and not agree(compared(found), known):
        raise InputError(
            f"model '{model.name}': gives other outputs on the fixed images than its weights are "
            f"known to give ({strongest(found)}); its architecture, preprocessing or installed "
            "packages are not those that the weights were made for"
        )
    return {
        "fingerprint": strongest(found),
        "fingerprint_check": UNKNOWN if known is None else AGREES,
    }


def agree(found: Array, known: Sequence[Sequence[float]]) -> bool:
    """Tell whether outputs are the known ones but for rounding."""
    expected = np.array(known)
    if found.shape != expected.shape:
        return False
    return bool(np.abs(found - expected).max() <= TOLERANCE * expected.std())


def strongest(found: Array) -> str:
    """Write, for each image, the place of the strongest output and its value."""
    return " ".join(f"{row.argmax()}:{row.max():.2f}" for row in found)
