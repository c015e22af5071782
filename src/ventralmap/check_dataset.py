"""`ventralmap check`: whether a dataset is valid, and what it looks like."""

from __future__ import annotations

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument("folder", type=Path, help="a dataset folder")
    parser.add_argument(
        "--output",
        type=Path,
        help="path of the page without .pdf and .png; by default <folder>/check",
    )


def run(options: argparse.Namespace) -> str:
    """Check a folder, draw the page, and say what is in it.

    Raises
    ------
    InputError
        If the dataset is not valid: the file, the id and the remedy.
    """
    from ventralmap import dataset, overview  # loading takes a second, and `--help` none
    from ventralmap.figures import overviews, style

    found = overview.look(dataset.load(options.folder, verify_images=True))
    stem = options.output or options.folder / "check"
    pages = style.save(overviews.overview(found), stem, ("pdf", "png"))
    return "\n".join([*found.lines, f"valid; see {' and '.join(map(str, pages))}"])
