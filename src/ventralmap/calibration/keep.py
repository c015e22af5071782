"""Keep the outcomes of a calibration that are finished, also while it runs or was interrupted.

``make calibration-keep`` keeps those of `config/calibration.yaml`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ventralmap import provenance
from ventralmap.calibration import experiments, store
from ventralmap.errors import InputError

PART = "[0-9]*-[0-9]*.csv"
"""Name of the file of some studies of a cell."""
USAGE = "usage: python -m ventralmap.calibration.keep <folder of outcomes> <folder to keep them in>"


def keep(found: Path, kept: Path) -> str:
    """Add finished outcomes to those that are kept.

    Nothing is taken away from where it was found, which a running calibration still reads. Outcomes
    that are older than the code that they come from are left out, as Snakemake makes them anew.

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
    current = [part for part in parts if _is_current(part)]
    of_cells: dict[Path, list[Path]] = {}
    for part in current:
        of_cells.setdefault(store.path(kept, *store.names(part)), []).append(part)
    added = sum(_add(file, of_cell) for file, of_cell in of_cells.items())
    old = f"; {len(parts) - len(current)} files older than the code" if current != parts else ""
    return f"{added} studies added to {kept}{old}"


def _is_current(part: Path) -> bool:
    code = provenance.modules(experiments.path(store.names(part)[0]))
    return part.stat().st_mtime >= max(Path(file).stat().st_mtime for file in code)


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
        return pd.read_csv(part)
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
