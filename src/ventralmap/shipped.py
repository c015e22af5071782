"""Photographs that installed packages ship.

Nothing is downloaded: the files are read by path from scikit-image and scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from ventralmap.errors import InputError


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


@cache
def open_photograph(photograph: Photograph) -> Image.Image:
    """Open the whole picture as RGB.

    Raises
    ------
    InputError
        If its package is not installed, or lacks it.
    """
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
