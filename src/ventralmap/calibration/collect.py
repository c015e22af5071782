"""Reading back the outcomes of all cells of a calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

import pandas as pd

from ventralmap.calibration import outcomes, rates, store


def tables(paths: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the tables of a calibration.

    Parameters
    ----------
    paths
        The files of outcomes, those of a cell next to each other: ``<experiment>/<cell>.csv.gz``
        (`store`), or ``<experiment>/<cell>/<first>-<last>.csv``, of other studies.

    Returns
    -------
    rates : pandas.DataFrame
        A row per experiment, cell and claim, see `rates.summarise`.
    probabilities : pandas.DataFrame
        A row per experiment, cell, claim and bin, see `rates.reliability_curve`.
    """
    found, curves = [], []
    for (experiment, cell), files in groupby(paths, key=store.names):
        rows = store.joined(map(_read, files))
        label = _labeller(experiment=experiment, cell=cell)
        found.append(label(rates.summarise(rows)))
        given = rows[rows["kind"] == outcomes.PROBABILITY].groupby("claim", sort=False)
        curves += [label(rates.reliability_curve(r).assign(claim=str(claim))) for claim, r in given]
    columns = ["experiment", "cell", "claim", "given", "right", "right_low", "right_high", "n"]
    empty = pd.DataFrame(columns=columns)
    joined = pd.concat(curves, ignore_index=True)[columns] if curves else empty
    return pd.concat(found, ignore_index=True), joined


def _read(file: str) -> pd.DataFrame:
    return store.read(file) if file.endswith(store.SUFFIX) else pd.read_csv(file)


def _labeller(**labels: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**labels)[[*labels, *table.columns]]
