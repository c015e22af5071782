"""Reading back the outcomes of all cells of a calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

import pandas as pd

from ventralmap.calibration import outcomes, rates


def tables(paths: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the tables of a calibration from files ``<experiment>/<cell>/<first>-<last>.csv``.

    Parameters
    ----------
    paths
        The files of outcomes, those of a cell next to each other.

    Returns
    -------
    rates : pandas.DataFrame
        A row per experiment, cell and claim, see `rates.summarise`.
    probabilities : pandas.DataFrame
        A row per experiment, cell, claim and bin, see `rates.reliability_curve`.
    """
    found, curves = [], []
    for folder, files in groupby(map(Path, paths), key=lambda path: path.parent):
        rows = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
        label = _labeller(experiment=folder.parent.name, cell=folder.name)
        found.append(label(rates.summarise(rows)))
        given = rows[rows["kind"] == outcomes.PROBABILITY].groupby("claim", sort=False)
        curves += [label(rates.reliability_curve(r).assign(claim=str(claim))) for claim, r in given]
    columns = ["experiment", "cell", "claim", "given", "right", "right_low", "right_high", "n"]
    empty = pd.DataFrame(columns=columns)
    joined = pd.concat(curves, ignore_index=True)[columns] if curves else empty
    return pd.concat(found, ignore_index=True), joined


def _labeller(**labels: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**labels)[[*labels, *table.columns]]
