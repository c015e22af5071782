"""Keep the outcomes of a calibration that are finished, also while it runs or was interrupted.

``make calibration-keep`` keeps those of `config/calibration.yaml`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ventralmap.calibration import store
from ventralmap.errors import InputError

PART = "[0-9]*-[0-9]*.csv"
"""Name of the file of some studies of a cell."""
USAGE = "usage: python -m ventralmap.calibration.keep <folder of outcomes> <folder to keep them in>"


def keep(found: Path, kept: Path) -> str:
    """Add finished outcomes to those that are kept.

    Nothing is taken away from where it was found, which a running calibration still reads. Whether
    outcomes are those of the code as it is, is for tests to say (`tests/calibration`).

    Parameters
    ----------
    found
        With files ``<experiment>/<cell>/<first>-<last>.csv``.
    kept
        Folder of the store, see `store`.

    Returns
    -------
    str
        What was added, in a line.

    Raises
    ------
    InputError
        If there is nothing to keep, or a file that cannot be read.
    """
    parts = sorted(found.glob(f"*/*/{PART}"))
    if not parts:
        raise InputError(f"{found}: no outcomes <experiment>/<cell>/<first>-<last>.csv to keep")
    of_cells: dict[Path, list[Path]] = {}
    for part in parts:
        of_cells.setdefault(store.path(kept, *store.names(part)), []).append(part)
    added = sum(_add(file, of_cell) for file, of_cell in of_cells.items())
    return f"{added} studies added to {kept}"


def _add(file: Path, parts: Sequence[Path]) -> int:
    """Add parts to the file of a cell, and count the studies that are new."""
    known = store.studies(file)
    found = store.joined(map(_read, parts))
    new = found[~found[store.STUDY].isin(known)]
    if len(new):
        store.write(file, store.joined([store.read(file), new] if known else [new]))
    return int(new[store.STUDY].nunique())


def _read(part: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(part, usecols=[store.STUDY, "claim", "kind", *store.NUMBERS])
    except (OSError, ValueError) as error:
        raise InputError(f"{part}: no outcomes can be read ({error}); delete it") from error


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 where the input is wrong."""
    try:
        if len(arguments) != 2:
            raise InputError(USAGE)
        print(keep(Path(arguments[0]), Path(arguments[1])))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
