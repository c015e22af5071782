"""`ventralmap new-dataset`: a folder with commented files to fill in."""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable
from pathlib import Path

from ventralmap import layout
from ventralmap.errors import InputError
from ventralmap.files import atomic

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}
META = """\
# What the report says of the dataset. Fill in what is between quotes.
name: "{name}"            # in tables and file names: letters, digits, '_', '-' and '.'
title: ""            # one line, such as "Macaque V4, 200 objects (our lab 2026)"
citation: ""         # a paper, or "unpublished"
licence: ""          # such as "CC BY 4.0", or "not to be passed on"
species: ""          # such as "macaque"
stimulus_degrees: null   # width of the images in degrees of visual angle; null if unknown
measurement: ""      # such as "spikes, 70-170 ms" or "BOLD"
"""
GUIDE = """\
# {name}

1. `stimuli/`: the images (png, jpg; any size), each once.
2. `stimuli.csv`: a row per image: `stimulus_id`, `file` (relative to `stimuli/`). Columns that
   help, if you have them: `object`, `category` (held out as a whole), `group` (kept together in
   folds).
3. What was measured, any of:
   - `responses.csv`: a row per stimulus [and `repetition`], a column per neuroid; an empty cell is
     a repetition that was not shown. With `neuroids.csv`: `neuroid_id`, `area`, `subject`, a row
     per column of `responses.csv`;
   - `responses.nc`: responses(stimulus, [repetition,] neuroid), or a Brain-Score assembly;
   - `rdms.nc`: rdms(area, subject, [session,] [time,] stimulus_a, stimulus_b), or `rdms.h5` of
     rsatoolbox.
   Delete `responses.csv` and `neuroids.csv` if you use another.
4. `dataset.yaml`: what the report says of it.

Rows are joined on ids: their order never matters. Then: `ventralmap check {folder}`
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument("folder", type=Path, help="the folder to make, or one that has stimuli/")


def run(options: argparse.Namespace) -> str:
    """Write the templates, and say what to do next."""
    made = write(options.folder)
    names = ", ".join(path.name for path in made)
    return f"{options.folder}: wrote {names}; README.md there says what to fill in"


def write(folder: Path) -> list[Path]:
    """Write the templates of a dataset; images that lie in ``stimuli/`` get their rows.

    Parameters
    ----------
    folder
        Made if it is not there. Nothing in it is replaced.

    Returns
    -------
    list of pathlib.Path
        The files: dataset.yaml, stimuli.csv, responses.csv, neuroids.csv and README.md.

    Raises
    ------
    InputError
        If one of the files is there already.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name).lstrip("_.-") or "dataset"
    ids = [(_id(path), path.as_posix()) for path in _images(folder / layout.IMAGES)]
    content = {
        "dataset.yaml": META.format(name=name),
        "stimuli.csv": _table([("stimulus_id", "file"), *ids]),
        "responses.csv": _table([("stimulus_id", "repetition"), *((i, "1") for i, _ in ids)]),
        "neuroids.csv": _table([("neuroid_id", "area", "subject")]),
        "README.md": GUIDE.format(name=name, folder=folder),
    }
    paths = [folder / file for file in content]
    for path in paths:
        if path.exists():
            raise InputError(f"{path}: is there already; take another folder, or move it away")
    (folder / layout.IMAGES).mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, content.values(), strict=True):
        with atomic(path) as scratch:
            scratch.write_text(text, encoding="utf-8")
    return paths


def _images(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.name[0] != ".")
    return sorted(path.relative_to(folder) for path in found)


def _id(path: Path) -> str:
    return path.with_suffix("").as_posix().replace("/", "_")


def _table(rows: Iterable[Iterable[str]]) -> str:
    lines = _Lines()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return "".join(lines)


class _Lines(list[str]):
    """What csv writes to."""

    write = list.append
