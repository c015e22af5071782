"""Photographic stimuli cut from the pictures that scikit-image and scikit-learn ship.

Nothing is downloaded: the files are read by path from the installed packages. Each stimulus is a
crop of one photograph at a random place, scale and rotation, with a random gamma.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from ventralmap.errors import InputError

SCALE = (0.6, 1.0)
"""Side of a crop, as a share of the largest one that its rotation leaves room for."""
ROTATION = (-20.0, 20.0)
"""Rotation in degrees, counterclockwise."""
GAMMA = (2 / 3, 3 / 2)
"""Exponent of the luminance: it maps black to black and white to white, so it clips nothing."""
EDGE = 2
"""Pixels that are cut off all around a rotated picture, where it is blended with its surround."""


@dataclass(frozen=True)
class Photograph:
    """A photograph in an installed package, and the part of it that stimuli are cut from.

    Attributes
    ----------
    object
        What it shows; the stimuli's `object`.
    category
        The stimuli's `category`.
    package
        The package that ships it.
    file
        Its path inside the package.
    box
        Left, upper, right and lower edge of the usable part, in pixels.
    """

    object: str
    category: str
    package: str
    file: str
    box: tuple[int, int, int, int]


# Drawings, silhouettes, test charts and pictures under 150 pixels are left out: a network trained
# on photographs should see photographs.
PHOTOGRAPHS = (
    Photograph("astronaut", "person", "skimage", "data/astronaut.png", (60, 0, 380, 320)),
    Photograph("cameraman", "person", "skimage", "data/camera.png", (40, 30, 420, 330)),
    Photograph("cat", "animal", "skimage", "data/chelsea.png", (0, 0, 451, 300)),
    Photograph("dahlia", "plant", "sklearn", "datasets/images/flower.jpg", (130, 20, 500, 420)),
    Photograph("grass", "plant", "skimage", "data/grass.png", (0, 0, 512, 512)),
    Photograph("pagoda", "building", "sklearn", "datasets/images/china.jpg", (50, 20, 440, 427)),
    Photograph("motorcycle", "vehicle", "skimage", "data/motorcycle_left.png", (60, 60, 700, 490)),
    Photograph("rocket", "vehicle", "skimage", "data/rocket.jpg", (130, 50, 500, 427)),
    Photograph("coffee", "artefact", "skimage", "data/coffee.png", (90, 0, 540, 400)),
    Photograph("coins", "artefact", "skimage", "data/coins.png", (0, 0, 384, 303)),
    Photograph("print", "text", "skimage", "data/page.png", (0, 0, 384, 191)),
    Photograph("handwriting", "text", "skimage", "data/text.png", (0, 0, 448, 172)),
    Photograph("bricks", "texture", "skimage", "data/brick.png", (0, 0, 512, 512)),
    Photograph("gravel", "texture", "skimage", "data/gravel.png", (0, 0, 512, 512)),
    Photograph("galaxies", "space", "skimage", "data/hubble_deep_field.jpg", (0, 0, 1000, 872)),
    Photograph("moon", "space", "skimage", "data/moon.png", (0, 0, 512, 512)),
    Photograph("retina", "tissue", "skimage", "data/retina.jpg", (220, 220, 1200, 1200)),
    Photograph("gland", "tissue", "skimage", "data/ihc.png", (0, 0, 512, 512)),
)

CREDIT = (
    "photographs distributed with scikit-image (public domain or CC0 where stated; motorcycle: "
    "Middlebury 2014 stereo benchmark, Scharstein et al. 2014) and scikit-learn (china.jpg by "
    "danielbuechele, flower.jpg by vultilion, both CC BY 2.0)"
)
"""Where the photographs come from and their terms, as the two packages state them."""


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
    upright = _open(photograph).crop((x, y, x + outer, y + outer))
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


@cache
def _open(photograph: Photograph) -> Image.Image:
    path = _locate(photograph)
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except OSError as error:
        raise InputError(
            f"{path}: cannot read the photograph ({error}); reinstall {photograph.package}"
        ) from error


def _locate(photograph: Photograph) -> Path:
    """Find a photograph without importing its package, which could fetch what it lacks."""
    spec = find_spec(photograph.package)
    if spec is None or spec.origin is None:
        raise InputError(f"{photograph.file}: {photograph.package} is not installed")
    return Path(spec.origin).parent / photograph.file
