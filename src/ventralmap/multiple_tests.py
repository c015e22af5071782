"""Columns of p-values, and their correction for being many."""

from __future__ import annotations

import pandas as pd
from scipy.stats import false_discovery_control

CORRECTED = "_fdr"


def is_p(column: str) -> bool:
    """Tell columns of p-values, which p_best, a share of resamples, is not."""
    name = column.removesuffix(CORRECTED)
    return name == "p" or (name.startswith("p_") and name != "p_best") or name.endswith("_p")


def false_discovery_rate(p: pd.Series) -> pd.Series:
    """Correct the p-values that are there for the false discovery rate (Benjamini & Hochberg)."""
    corrected, known = p.copy(), p.notna()
    if known.any():
        corrected[known] = false_discovery_control(p[known])
    return corrected


def with_corrected(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Put beside each of some columns of p-values its correction over all rows.

    Parameters
    ----------
    table
        Changed in place.
    names
        Of the columns; that of the correction ends in ``_fdr``.

    Returns
    -------
    pandas.DataFrame
        The table.
    """
    for name in names:
        place = table.columns.get_loc(name) + 1
        table.insert(place, f"{name}{CORRECTED}", false_discovery_rate(table[name]))
    return table
