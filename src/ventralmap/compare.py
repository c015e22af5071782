"""`ventralmap compare`: scores of several studies and models, and what changed between studies."""

from __future__ import annotations

import argparse
from pathlib import Path

from ventralmap.errors import InputError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument(
        "studies", type=Path, nargs="+", metavar="results/<study>", help="folders of studies"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("comparison.html"),
        help="the page; CSV files are written beside it (default: comparison.html)",
    )


def run(options: argparse.Namespace) -> str:
    """Compare studies, write the page and its tables, and say what is in them.

    Raises
    ------
    InputError
        If a folder is none of a finished study, or holds tables that do not belong together.
    """
    from ventralmap.comparison import page, study  # loading takes seconds, and `--help` none

    if options.output.suffix != ".html":
        raise InputError(f"--output {options.output}: is a page; give a name that ends in .html")
    made = page.compare(study.read(options.studies))
    files = page.write(made, options.output)
    warnings = [f"beware: {text}" for text in made.warnings]
    return "\n".join([*warnings, f"wrote {', '.join(map(str, files))}"])
