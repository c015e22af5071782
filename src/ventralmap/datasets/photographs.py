"""Photographic stimuli cut from the pictures that scikit-image and scikit-learn ship.

Nothing is downloaded: the files are read by path from the installed packages. Each stimulus is a
crop of one photograph at a random place, scale and rotation, with a random gamma.
"""

from __future__ import annotations

from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from ventralmap.shipped import CREDIT, PHOTOGRAPHS, Photograph, open_photograph

__all__ = ["CREDIT", "PHOTOGRAPHS", "plan", "render"]

SCALE = (0.6, 1.0)
"""Side of a crop, as a share of the largest one that its rotation leaves room for."""
ROTATION = (-20.0, 20.0)
"""Rotation in degrees, counterclockwise."""
GAMMA = (2 / 3, 3 / 2)
"""Exponent of the luminance: it maps black to black and white to white, so it clips nothing."""
EDGE = 2
"""Pixels that are cut off all around a rotated picture, where it is blended with its surround."""


def plan(per_category: int, random: np.random.Generator) -> pd.DataFrame:
    """Draw which crops to make.

    Parameters
    ----------
    per_category
        Stimuli per category, shared out evenly among the category's photographs.
    random
        Source of the draw.

    Returns
    -------
    pandas.DataFrame
        A row per stimulus, indexed by `stimulus_id`: `file`, `category`, `object`, `scale`,
        `rotation` (degrees), `gamma`, and the centre `x`, `y` from 0 to 1 within the room that
        scale and rotation leave in the photograph's box.
    """
    shares = _shares(per_category)
    rows = [
        _draw(photograph, number, random)
        for photograph, share in zip(PHOTOGRAPHS, shares, strict=True)
        for number in range(share)
    ]
    return pd.DataFrame(rows).set_index("stimulus_id")


def _shares(per_category: int) -> list[int]:
    """Count the stimuli of each photograph; a category's first photographs take the remainder."""
    seen: dict[str, int] = {}
    shares = []
    for photograph in PHOTOGRAPHS:
        siblings = sum(other.category == photograph.category for other in PHOTOGRAPHS)
        position = seen.get(photograph.category, 0)
        shares.append(per_category // siblings + (position < per_category % siblings))
        seen[photograph.category] = position + 1
    return shares


def _draw(
    photograph: Photograph, number: int, random: np.random.Generator
) -> dict[str, str | float]:
    name = f"{photograph.object}_{number + 1:02d}"
    return {
        "stimulus_id": name,
        "file": f"{name}.png",
        "category": photograph.category,
        "object": photograph.object,
        "scale": random.uniform(*SCALE),
        "rotation": random.uniform(*ROTATION),
        "gamma": float(np.exp(random.uniform(*np.log(GAMMA)))),
        "x": random.uniform(),
        "y": random.uniform(),
    }


def render(stimuli: pd.DataFrame, folder: Path, size: int) -> None:
    """Write the planned stimuli as square PNG files.

    Parameters
    ----------
    stimuli
        What `plan` returned.
    folder
        Where the files go; made when it is not there.
    size
        Their side in pixels.

    Raises
    ------
    InputError
        When an installed package lacks one of its photographs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    photographs = {photograph.object: photograph for photograph in PHOTOGRAPHS}
    for stimulus in stimuli.itertuples():
        picture = _crop(photographs[str(stimulus.object)], stimulus, size)
        picture.point(_gamma_table(stimulus.gamma)).save(folder / stimulus.file, compress_level=4)


def _crop(photograph: Photograph, stimulus: Any, size: int) -> Image.Image:
    """Cut a rotated square from a photograph and scale it to `size` pixels."""
    left, upper, right, lower = photograph.box
    spread = _spread(stimulus.rotation)
    outer = round(stimulus.scale * min(right - left, lower - upper))  # the upright square around
    x = left + round(stimulus.x * (right - left - outer))
    y = upper + round(stimulus.y * (lower - upper - outer))
    upright = open_photograph(photograph).crop((x, y, x + outer, y + outer))
    turned = upright.rotate(stimulus.rotation, Image.Resampling.BICUBIC)
    margin = round((turned.width - (turned.width - 2 * EDGE) / spread) / 2)
    inner = turned.crop((margin, margin, turned.width - margin, turned.height - margin))
    return inner.resize((size, size), Image.Resampling.LANCZOS)


def _spread(degrees: float) -> float:
    """Side of the upright square around a rotated unit square."""
    return abs(cos(radians(degrees))) + abs(sin(radians(degrees)))


def _gamma_table(gamma: float) -> list[int]:
    """Lookup table of 256 grey levels for each of three channels."""
    return [round(255 * (level / 255) ** gamma) for level in range(256)] * 3
