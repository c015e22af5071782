"""Outcomes of simulated studies that are kept in the repository, so that they add up over time.

A cell has one file, ``<folder>/<experiment>/<cell>.csv.gz``, with a row per study. Each study has a
seed of its own, so that it is the same wherever and whenever it is simulated.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ventralmap.calibration.cells import Cell
from ventralmap.errors import InputError
from ventralmap.files import atomic

SUFFIX = ".csv.gz"
DIGITS = 5
"""Significant digits that are kept."""
NUMBERS = ("value", "low", "high", "truth")
BETWEEN = "|"
"""Between number, kind and claim in the name of a column."""
STUDY = "simulation"


def path(folder: str | os.PathLike[str], experiment: str, cell: str) -> Path:
    """Path of the file of one cell."""
    return Path(folder) / experiment / f"{cell}{SUFFIX}"


def names(file: str | os.PathLike[str]) -> tuple[str, str]:
    """Experiment and cell of a file of the store, or of a part ``<experiment>/<cell>/<part>``."""
    where = Path(file)
    if where.name.endswith(SUFFIX):
        return where.parent.name, where.name.removesuffix(SUFFIX)
    return where.parent.parent.name, where.parent.name


def studies(file: str | os.PathLike[str]) -> set[int]:
    """Numbers of the studies that a file holds; none where there is no such file.

    Raises
    ------
    InputError
        If it is something else.
    """
    if not Path(file).exists():
        return set()
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            if next(lines, "").split(",", 1)[0].strip() != STUDY:
                raise ValueError(f"its first column is not '{STUDY}'")
            return {int(line.split(",", 1)[0]) for line in lines}
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise _unreadable(file, error) from error


def kept(
    cells: Iterable[Cell], settings: Mapping[str, Any]
) -> dict[tuple[str, str], tuple[str, set[int]]]:
    """Find what is kept of the cells of a config.

    Parameters
    ----------
    cells
        Of the config.
    settings
        Its `kept` (None: nothing counts as kept), `only_kept` and `seed`.

    Returns
    -------
    dict
        By experiment and cell, of those of which something is kept, the file and the numbers of its
        studies.

    Raises
    ------
    InputError
        If a file cannot be read, or nothing is kept and nothing else is asked for.
    """
    folder = f"{settings['kept']}/seed-{settings['seed']}"
    names = [(cell.experiment, cell.name) for cell in cells if settings["kept"] is not None]
    files = {name: path(folder, *name) for name in names}
    found = {name: (str(file), studies(file)) for name, file in files.items() if file.exists()}
    if settings["only_kept"] and not found:
        raise InputError(f"config: only_kept is true, and no outcomes are kept in {folder}")
    return found


def read(file: str | os.PathLike[str]) -> pd.DataFrame:
    """Read the outcomes of a cell, as `experiments.repeat` lists them but for their digits.

    Raises
    ------
    InputError
        If the file cannot be read or holds something else.
    """
    try:
        wide = pd.read_csv(file, index_col=STUDY)
        return _long(wide)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise _unreadable(file, error) from error


def write(file: str | os.PathLike[str], rows: pd.DataFrame) -> None:
    """Write the outcomes of a cell: the same bytes for the same studies.

    A claim that one study lists and another does not is missing (NaN) in the latter.
    """
    text = _wide(rows).to_csv(float_format=f"%.{DIGITS}g", lineterminator="\n")
    with atomic(file) as scratch:
        scratch.write_bytes(gzip.compress(text.encode(), mtime=0))


def joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put tables of outcomes together; of a study that is in several the first counts."""
    rows = pd.concat(list(tables), ignore_index=True)
    return rows.drop_duplicates([STUDY, "claim", "kind"]).reset_index(drop=True)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Make a row per study, with columns such as ``low|coverage|rsa.csv ci``, none of them empty.

    But for the value itself, so that a claim that never had one is not forgotten.
    """
    claims = list(dict.fromkeys(zip(rows["kind"], rows["claim"], strict=True)))
    wide = rows.pivot(index=STUDY, columns=["kind", "claim"], values=list(NUMBERS)).sort_index()
    columns = {
        BETWEEN.join((number, *claim)): wide[(number, *claim)]
        for claim in claims
        for number in NUMBERS
        if number == "value" or wide[(number, *claim)].notna().any()
    }
    return pd.DataFrame(columns)


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    claims: dict[tuple[str, str], dict[str, pd.Series]] = {}
    for column in wide:
        number, kind, claim = str(column).split(BETWEEN, 2)
        claims.setdefault((kind, claim), {})[number] = wide[column]
    parts = [
        pd.DataFrame({"claim": claim, "kind": kind, **dict.fromkeys(NUMBERS, np.nan), **found},
                     index=wide.index)
        for (kind, claim), found in claims.items()
    ]  # fmt: skip
    rows = pd.concat(parts).sort_index(kind="stable").reset_index()
    return rows.astype(dict.fromkeys(NUMBERS, float))


def _unreadable(file: str | os.PathLike[str], error: Exception) -> InputError:
    return InputError(
        f"{file}: no kept outcomes can be read ({error}); delete it, and its studies are simulated"
        " anew"
    )
