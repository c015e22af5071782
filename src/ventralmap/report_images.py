"""Figures of a report, embedded."""

from __future__ import annotations

import base64
import io
import os
import re
from pathlib import Path

from PIL import Image

from ventralmap.errors import InputError

MEDIA = {".png": "image/png", ".svg": "image/svg+xml"}
# A PNG above this many bytes is reduced to 256 colours: an RDM has as many.
LARGE_PNG = 50_000
COLOURS = 256
# On a screen, type of 7 points is shown at about 13 pixels.
PIXELS_PER_INCH = 134
DEFAULT_WIDTH = 7.2


def image_uri(path: str | os.PathLike[str]) -> str:
    """Embed an SVG or PNG file in a data URI.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        ``data:image/...;base64,...``; a large PNG is reduced to a palette of 256 colours.

    Raises
    ------
    InputError
        When it is another kind of file.
    """
    path = Path(path)
    if path.suffix not in MEDIA:
        raise InputError(f"{path}: a report shows .svg and .png; save the figure as one of them")
    data = path.read_bytes()
    if path.suffix == ".png" and len(data) > LARGE_PNG:
        with Image.open(path) as image:
            data = few_colours(image)
    return f"data:{MEDIA[path.suffix]};base64,{base64.b64encode(data).decode()}"


def display_width(path: str | os.PathLike[str]) -> int:
    """Width in CSS pixels at which the type of a figure is easy to read.

    Parameters
    ----------
    path
        An SVG whose width is in points, or a PNG with its resolution; one that states neither
        counts as a figure of double width.
    """
    return round(_inches(Path(path)) * PIXELS_PER_INCH)


def _inches(path: Path) -> float:
    if path.suffix == ".svg":
        found = re.search(r'<svg[^>]*\swidth="([\d.]+)pt"', path.read_text(encoding="utf-8"))
        return float(found[1]) / 72 if found else DEFAULT_WIDTH
    with Image.open(path) as image:
        dots = image.info.get("dpi", (0, 0))[0]
        return image.width / dots if dots else DEFAULT_WIDTH


def few_colours(image: Image.Image) -> bytes:
    """Write a picture as a PNG of `COLOURS` colours.

    The palette covers all colours, rare ones too: by the median cut, thin lines would turn grey.
    Each colour is then the mean of its pixels, so that a colour map keeps its hue.
    """
    few = image.convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE
    )
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
