"""Visual angle: images shown to a model at the size at which they were seen.

As in Brain-Score (Schrimpf et al. 2018): what a model is shown spans some degrees, and an image
that spanned fewer in the experiment is surrounded by its background, one that spanned more is cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from PIL import Image

from ventralmap import models
from ventralmap.built import Preprocess
from ventralmap.errors import InputError
from ventralmap.images import MID_GREY
from ventralmap.models import Model

Colour = tuple[int, int, int]
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """Preprocessing of an image that is put into a square of another size first.

    Attributes
    ----------
    preprocess
        Of the model.
    ratio
        Side of the square in widths of the image.
    background
        What surrounds it.
    """

    preprocess: Preprocess
    ratio: float
    background: Colour

    def __call__(self, image: Image.Image) -> torch.Tensor:
        """Return what the network takes, (3, height, width)."""
        return self.preprocess(place(image, self.ratio, self.background))

    def __getattr__(self, name: str) -> Any:  # the crop of torchvision's transforms
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.preprocess, name)


def place(image: Image.Image, ratio: float, background: Colour) -> Image.Image:
    """Put an image into the middle of a square.

    Parameters
    ----------
    image
        Mode RGB.
    ratio
        Side of the square in widths of the image; what reaches beyond it is cut.
    background
        Fills the rest.

    Returns
    -------
    PIL.Image.Image
        The image itself where it is the square already.
    """
    side = max(1, round(image.width * ratio))
    if image.size == (side, side):
        return image
    square = Image.new("RGB", (side, side), background)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def load(name: str, meta: Mapping[str, Any], settings: Settings, **options: Any) -> Model:
    """Make a model that is shown the images of a dataset at their size.

    Parameters
    ----------
    name
        Of the model.
    meta
        ``dataset.yaml``: `stimulus_degrees`, the width of the images, and `background`.
    settings
        The config's `visual_angle`.
    **options
        Of `models.load`.

    Returns
    -------
    Model
        Its `degrees` is the angle of what it is shown, before its own preprocessing crops; None
        where the dataset does not say how large its images are, which are then shown as they are.

    Raises
    ------
    InputError
        If the model cannot be made, or the background is no colour.
    """
    own = meta.get("stimulus_degrees")
    wanted = shown(name, own, settings)
    model = models.load(name, degrees=wanted or degrees_of(name, settings), **options)
    if own is None or wanted is None or not matches(settings):
        return replace(model, degrees=wanted)
    preprocess = Placed(model.preprocess, wanted / float(own), background(meta))
    return replace(model, degrees=wanted, preprocess=preprocess)


def matches(settings: Settings) -> bool:
    """Tell whether images are brought to the size that models see."""
    return settings["images"] == "match"


def degrees_of(name: str, settings: Settings) -> float:
    """Return how many degrees a model sees."""
    return float(settings["models"].get(name, settings["degrees"]))


def shown(name: str, own: float | None, settings: Settings) -> float | None:
    """Return the angle of what a model is shown of images that span so many degrees."""
    if own is None:
        return None
    return degrees_of(name, settings) if matches(settings) else float(own)


def background(meta: Mapping[str, Any]) -> Colour:
    """Read the background of a dataset: ``"#rrggbb"``, a grey of 0 to 255, or mid-grey if none.

    Raises
    ------
    InputError
        If it is something else.
    """
    given = meta.get("background")
    if given is None:
        return MID_GREY
    text = str(given).strip()
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
        return red, green, blue
    if text.isdecimal() and int(text) <= 255:
        return (int(text),) * 3
    raise InputError(
        f"dataset '{meta.get('name')}': background is {given!r} in dataset.yaml; write \"#rrggbb\" "
        "or a grey from 0 to 255"
    )
