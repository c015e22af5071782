"""Stimulus sets as Brain-Score (BrainIO) publishes them: a table, and images in a zip archive."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from ventralmap import layout
from ventralmap.archive import unpack
from ventralmap.assemblies import STIMULUS
from ventralmap.errors import InputError
from ventralmap.reading import read_table

FILE = ("filename", "image_file_name")
"""What the column with the names of the files is called, in today's and in older tables."""


def write_stimuli(
    folder: Path, table: Path, archive: Path, columns: Mapping[str, str]
) -> pd.DataFrame:
    """Write the images of a stimulus set, and return their table.

    Parameters
    ----------
    folder
        The dataset folder; the images go to its ``stimuli/``.
    table
        CSV with `stimulus_id` (or `image_id`) and `filename` (or `image_file_name`).
    archive
        Zip archive with these files, in whatever folder.
    columns
        Further columns to keep, by their names in the table, and what they are called here.

    Returns
    -------
    pandas.DataFrame
        stimulus_id, file and those columns.

    Raises
    ------
    InputError
        If a column or a file is missing.
    """
    published = _read(table, list(columns))
    (folder / layout.IMAGES).mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        images = _by_name(unpack(archive, Path(scratch) / "images"))
        names = [PurePosixPath(file).name for file in published["file"]]
        for name in names:
            if name not in images:
                raise InputError(f"{archive}: has no image '{name}', which is in {table.name}")
            images.pop(name).replace(folder / layout.IMAGES / name)
    return published.assign(file=names).rename(columns=dict(columns))


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    header = read_table(path, []).columns
    found = [next((n for n in names if n in header), names[0]) for names in (STIMULUS, FILE)]
    table = read_table(path, [*found, *columns])[[*found, *columns]]
    twice = [name for name, n in Counter(table[found[1]]).items() if n > 1]
    if twice:
        raise InputError(f"{path}: file {twice[0]} is there twice; check where it comes from")
    return table.rename(columns=dict(zip(found, ("stimulus_id", "file"), strict=True)))


def _by_name(files: list[Path]) -> dict[str, Path]:
    # archives made on a Mac have a hidden twin of each file
    return {file.name: file for file in files if not file.name.startswith("._")}
