"""A finished study, as its tables tell it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ventralmap.comparison import settings
from ventralmap.errors import InputError

NEEDED = ["dataset", "model", "area", "method", "best_layer", "depth", "p_best", "score",
          "score_nested"]  # fmt: skip
"""Columns of ``correspondence.csv`` without which nothing can be compared."""
SAME_SCORE = 1e-6
"""Within which the scores of two tables of one run agree."""
NO_TABLES = ("columns",)
"""What lies among the tables, and is about them."""


class Scores(NamedTuple):
    """Where the scores of a method stand: names of a table's columns.

    Attributes
    ----------
    value, low, high
        The score of a layer, and its interval.
    measured
        How many neuroids or subjects.
    """

    value: str
    low: str
    high: str
    measured: str


SCORES = {
    "encoding": Scores("r", "r_ci_low", "r_ci_high", "n_neuroids"),
    "rsa": Scores("similarity", "ci_low", "ci_high", "n_subjects"),
    "cka": Scores("cka", "ci_low", "ci_high", "n_subjects"),
}
"""By method, which is the name of the table too."""


@dataclass(frozen=True)
class Study:
    """What a study left.

    Attributes
    ----------
    label
        What it is called beside the others: the folder's name, its path where names are the same.
    folder
        ``results/<study>``.
    tables
        Those of ``tables/``, by name.
    settings
        What its files say of themselves, see `settings.read`.
    simulated
        Datasets that say they are simulated.
    """

    label: str
    folder: Path
    tables: dict[str, pd.DataFrame]
    settings: settings.Settings
    simulated: frozenset[str] = frozenset()

    @property
    def correspondence(self) -> pd.DataFrame:
        """The table that every study has."""
        return self.tables["correspondence"]

    def row_of(self, match: pd.Series) -> pd.Series | None:
        """Find the row of scores of a row of `correspondence`; None where the table is not there.

        Parameters
        ----------
        match
            Of ``correspondence.csv``.
        """
        table = self.tables.get(str(match["method"]))
        if table is None:
            return None
        rows = table[
            (table["dataset"] == match["dataset"])
            & (table["model"] == match["model"])
            & (table["area"] == match["area"])
            & (table["layer"] == match["best_layer"])
        ]
        if "subject" in rows:
            rows = rows[rows["subject"] == "all"]
        if "generalisation" in rows and isinstance(match.get("generalisation"), str):
            rows = rows[rows["generalisation"] == match["generalisation"]]
        return rows.iloc[0] if len(rows) else pd.Series(dtype=object)


def read(folders: Sequence[str | os.PathLike[str]]) -> list[Study]:
    """Read finished studies.

    Parameters
    ----------
    folders
        ``results/<study>`` of each.

    Returns
    -------
    list of Study

    Raises
    ------
    InputError
        Where a folder is none of a finished study, is given twice, or holds tables of two runs.
    """
    paths = [Path(folder) for folder in folders]
    for path in paths:
        if sum(path.resolve() == other.resolve() for other in paths) > 1:
            raise InputError(f"{path}: is given twice; give each study once")
    names = [path.resolve().name for path in paths]
    labels = [
        name if names.count(name) == 1 else os.fspath(path)
        for name, path in zip(names, paths, strict=True)
    ]
    return [_read(path, label) for path, label in zip(paths, labels, strict=True)]


def _read(folder: Path, label: str) -> Study:
    files = sorted((folder / "tables").glob("*.csv"))
    if "correspondence" not in {path.stem for path in files}:
        raise InputError(
            f"{folder}: has no tables/correspondence.csv; give the results of a finished study,"
            " such as results/demo"
        )
    tables = {path.stem: _table(path) for path in files if path.stem not in NO_TABLES}
    study = Study(label, folder, tables, settings.read(folder), _simulated(folder))
    _check(study)
    return study


def _simulated(folder: Path) -> frozenset[str]:
    """Name the datasets whose summaries say that they are simulated."""
    facts = [json.loads(path.read_text("utf-8")) for path in folder.glob("summaries/*.json")]
    return frozenset(str(fact["name"]) for fact in facts if fact.get("simulated"))


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except (ValueError, OSError) as error:  # pandas' own errors are ValueErrors
        raise InputError(f"{path}: cannot be read ({error}); run the study again") from error


def _check(study: Study) -> None:
    """Refuse tables that lack columns, or that are of different runs."""
    lacking = [name for name in NEEDED if name not in study.correspondence]
    if lacking:
        raise InputError(
            f"{study.folder}/tables/correspondence.csv: has no column '{lacking[0]}'; run the"
            " study again with this version"
        )
    for _, match in study.correspondence.iterrows():
        _check_match(study, match)


def _check_match(study: Study, match: pd.Series) -> None:
    row, method = study.row_of(match), str(match["method"])
    if row is None or method not in SCORES:
        return
    found = row.get(SCORES[method].value, np.nan)
    if not np.isclose(found, match["score"], rtol=0, atol=SAME_SCORE, equal_nan=len(row) > 0):
        raise InputError(
            f"{study.folder}: tables/correspondence.csv and tables/{method}.csv do not belong"
            f" together: score {match['score']:.3f} of {match['best_layer']} ({match['dataset']},"
            f" {match['model']}, {match['area']}) against {found:.3f}; run the study again"
        )
