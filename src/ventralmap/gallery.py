"""The gallery of figures in the documentation, made from finished studies.

``python -m ventralmap.gallery results/demo [results/<study>/figures/<figure>.png ...]``, from the
root of the repository, writes ``docs/gallery.md`` and the pictures in ``docs/images/<study>/``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from ventralmap.errors import InputError
from ventralmap.figures.style import DOUBLE
from ventralmap.files import atomic
from ventralmap.report_images import few_colours

PAGE = Path("docs/gallery.md")
IMAGES = Path("docs/images")
WIDTH = 1200
"""Pixels of a picture that is as wide as two columns of a page."""
INTRODUCTION = """# Gallery

Figures of finished studies with their captions, both written by the pipeline from the tables. A
study has them as PNG, SVG and PDF in `results/<study>/figures/`. The recordings of `demo` are
simulated.

Made by

```
{command}
```
"""


class Shown(NamedTuple):
    """A figure of a finished study: its study, name, caption and file."""

    study: str
    name: str
    caption: str
    file: Path


def figures(argument: Path) -> Iterator[Shown]:
    """List all figures of a study, or the one of a file.

    Parameters
    ----------
    argument
        ``results/<study>`` or ``results/<study>/figures/<figure>.png``.

    Raises
    ------
    InputError
        If there are no figures, or not this one.
    """
    single = argument.suffix == ".png"
    folder = argument.parent if single else argument / "figures"
    captions = folder / "captions.json"
    if not captions.is_file() or (single and not argument.is_file()):
        raise InputError(f"{argument}: has no figures with captions; run the study first")
    for name, caption in json.loads(captions.read_text("utf-8")).items():
        if not single or name == argument.stem:
            yield Shown(folder.parent.name, name, caption, folder / f"{name}.png")


def reduced(file: Path) -> bytes:
    """Reduce a figure for a page: half its resolution, and as many colours as a palette holds.

    Parameters
    ----------
    file
        A PNG of 300 dots per inch.

    Returns
    -------
    bytes
        A PNG; a figure of two columns has `WIDTH` pixels, narrower ones in proportion.
    """
    with Image.open(file) as image:
        scale = min(1.0, WIDTH / (DOUBLE * 300))
        size = (round(image.width * scale), round(image.height * scale))
        return few_colours(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))


def page(shown: Sequence[Shown], command: str) -> str:
    """Write the page.

    Parameters
    ----------
    shown
        In the order of the page, figures of a study together.
    command
        What made it.
    """
    parts = [INTRODUCTION.format(command=command)]
    study = ""
    for figure in shown:
        if figure.study != study:
            study = figure.study
            parts.append(f"## {study}\n")
        parts.append(_figure(figure))
    return "\n".join(parts)


def _figure(figure: Shown) -> str:
    title, _, rest = figure.caption.partition(". ")
    picture = f"images/{figure.study}/{figure.name}.png"
    plain = rest.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    return f"### {figure.study}: {figure.name}\n\n![{title}]({picture})\n\n**{title}.** {plain}\n"


def write(arguments: Sequence[str]) -> list[Path]:
    """Write the page and its pictures; pictures that it no longer shows are removed.

    Parameters
    ----------
    arguments
        As for `figures`.
    """
    shown = [figure for argument in arguments for figure in figures(Path(argument))]
    files = {IMAGES / s.study / f"{s.name}.png": reduced(s.file) for s in shown}
    for old in set(IMAGES.glob("*/*.png")) - files.keys():
        old.unlink()
    for file, data in files.items():
        with atomic(file) as scratch:
            scratch.write_bytes(data)
    with atomic(PAGE) as scratch:
        command = f"python -m ventralmap.gallery {' '.join(arguments)}"
        scratch.write_text(page(shown, command), encoding="utf-8")
    return [PAGE, *files]


if __name__ == "__main__":
    print(*write(sys.argv[1:]), sep="\n")
