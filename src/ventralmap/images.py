"""Opening image files: whatever they hold becomes 8-bit RGB."""

from __future__ import annotations

import os
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ventralmap.errors import InputError

MID_GREY = (128, 128, 128)
"""What shows through transparent pixels."""

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
"""What is opened: Pillow reads more, some of it, such as EPS, by running a program."""

LONGEST = 100
"""Most times that an image may be longer than wide: resized, the others fill the memory."""

_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")


def open_rgb(path: str | os.PathLike[str]) -> Image.Image:
    """Open an image as 8-bit RGB.

    Palettes are looked up, grey is copied to the three channels, 16-bit grey is scaled to 8 bits,
    and transparent pixels show mid-grey. Pixels are taken as they are stored: an orientation in
    the metadata is not applied. Of several frames, the first is taken.

    Parameters
    ----------
    path
        The image file.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, decoded.

    Raises
    ------
    InputError
        Naming the file, if it is missing, unreadable, truncated, or of a kind with no fixed range.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _decoded(path)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such image; check the file column of stimuli.csv") from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path}: not an image that can be read; save it as PNG or JPEG"
        ) from error
    except Exception as error:  # on damaged files, Pillow raises errors of any kind
        raise InputError(f"{path}: unreadable image ({error}); restore or replace it") from error


def _decoded(path: str | os.PathLike[str]) -> Image.Image:
    with Image.open(path, formats=FORMATS) as image:
        if max(image.size) > LONGEST * min(image.size):
            raise ValueError(f"{image.width} x {image.height} pixels are a line, not an image")
        image.load()
        return _as_rgb(image)


def grey_square(image: Image.Image, side: int) -> NDArray[np.float32]:
    """Return the luma (Rec. 601) of the largest square in the middle of an image, resized.

    Parameters
    ----------
    image
        Mode RGB.
    side
        Of the result, in pixels; bilinear.

    Returns
    -------
    numpy.ndarray
        Shape (side, side), 0 to 255, whole numbers.
    """
    own = min(image.size)
    left, top = (image.width - own) // 2, (image.height - own) // 2
    square = image.convert("L").crop((left, top, left + own, top + own))
    return np.asarray(square.resize((side, side), Image.Resampling.BILINEAR), dtype=np.float32)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode in _SIXTEEN_BIT or (image.mode == "I" and image.format == "PNG"):
        return _from_16_bit(image)
    if image.mode in ("I", "F"):
        raise ValueError(f"mode {image.mode} has no fixed range, save it with 8 or 16 bits")
    if image.has_transparency_data:
        return _over_grey(image)
    return image.convert("RGB")


def _from_16_bit(image: Image.Image) -> Image.Image:
    grey = np.asarray(image).astype(np.float64) / 257  # 65535 / 255
    return Image.fromarray(np.rint(grey).astype(np.uint8)).convert("RGB")


def _over_grey(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    grey = Image.new("RGBA", layer.size, (*MID_GREY, 255))
    return Image.alpha_composite(grey, layer).convert("RGB")
