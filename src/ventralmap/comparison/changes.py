"""What moved in the tables from one run to another, beside what the intervals allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

KEYS = ("dataset", "recording", "model", "layer", "layer_a", "layer_b", "area", "areas", "subject",
        "generalisation", "method", "distance", "comparison", "set", "latency", "left_out",
        "time_ms")  # fmt: skip
"""Columns that say what a row is of, in any table."""
OF_INTERVAL = {
    "rsa": "similarity", "rsa_pairs": "difference", "cka": "cka", "hierarchy": "rho",
    "timecourse": "similarity", "fusion": "similarity", "commonality": "commonality",
    "latency_hierarchy": "rho",
}  # fmt: skip
"""By table, the column whose interval is called ``ci_low`` and ``ci_high`` alone."""
ROUNDING = 1e-6
"""Below which a number is the same: float32, other threads and other machines."""
MOVED = ["table", "row", "column", "a", "b", "difference", "half_width", "relative", "outside"]
SUMMARY = ["table", "column", "n_rows", "moved", "largest", "with_interval", "outside"]
LAYERS = ["dataset", "model", "area", "method", "best_layer_a", "best_layer_b", "p_best_a",
          "p_best_b", "depth_a", "depth_b", "within"]  # fmt: skip
MEANINGS = {
    "row": "what the row is of",
    "a": "value in the first study",
    "b": "value in the second study",
    "difference": "b minus a",
    "half_width": "half the width of the 95 % interval, the wider one of the two",
    "relative": "size of the difference in half widths",
    "outside": "yes where a value is outside the other's 95 % interval",
    "n_rows": "rows that both studies have",
    "moved": "rows in which the value differs by more than a millionth",
    "largest": "largest difference, without its sign",
    "with_interval": "rows that moved and have an interval",
    "within": "yes where each best depth is within the other's 95 % interval of the depth",
    "item": "setting, seed, version or hash",
    "best_layer_a": "best layer in the first study",
    "best_layer_b": "best layer in the second study",
    "p_best_a": "its p_best there",
    "p_best_b": "its p_best there",
    "depth_a": "its depth",
    "depth_b": "its depth",
    "table": "name of the table",
    "column": "column of the table",
    "only_a": "rows that only the first study has",
    "only_b": "rows that only the second study has",
}
"""Of the columns of the tables made here."""


Tables = Mapping[str, pd.DataFrame]


class Pair(NamedTuple):
    """Rows that two tables of one name have in common.

    Attributes
    ----------
    name
        Of the table.
    keys
        What a row is of.
    a, b
        The same rows in the same order, indexed by the keys.
    only_a, only_b
        Number of rows that one has alone.
    """

    name: str
    keys: list[str]
    a: pd.DataFrame
    b: pd.DataFrame
    only_a: int
    only_b: int


def pairs(a: Tables, b: Tables) -> list[Pair]:
    """Bring the tables that two studies share to the same rows.

    Parameters
    ----------
    a, b
        By name. A table in which a row is not known by `KEYS` is left out.
    """
    found = (_pair(name, a[name], b[name]) for name in a if name in b)
    return [pair for pair in found if pair is not None]


def _pair(name: str, a: pd.DataFrame, b: pd.DataFrame) -> Pair | None:
    keys = [key for key in KEYS if key in a and key in b]
    if not keys or a.duplicated(keys).any() or b.duplicated(keys).any():
        return None
    a, b = (table.assign(**{k: table[k].astype(str) for k in keys}) for table in (a, b))
    a, b = a.set_index(keys), b.set_index(keys)
    both = a.index.intersection(b.index, sort=False)
    return Pair(name, keys, a.loc[both], b.loc[both], len(a) - len(both), len(b) - len(both))


def moved(a: Tables, b: Tables) -> pd.DataFrame:
    """List every number that differs between two studies.

    Parameters
    ----------
    a, b
        Tables by name.

    Returns
    -------
    pandas.DataFrame
        Columns `MOVED`; those furthest out, in half widths of their intervals, first. `half_width`
        and what follows are empty where a number has no interval.
    """
    parts = [part for pair in pairs(a, b) for part in _moved(pair)]
    if not parts:
        return pd.DataFrame(columns=MOVED)
    return pd.concat(parts, ignore_index=True).sort_values(
        ["relative", "table"], ascending=[False, True], na_position="last", kind="stable"
    )[MOVED].reset_index(drop=True)  # fmt: skip


def _moved(pair: Pair) -> Iterator[pd.DataFrame]:
    for column in _numbers(pair):
        a, b = (table[column].astype(float) for table in (pair.a, pair.b))
        low, high = _interval(pair, column)
        difference = b - a
        here = (difference.abs() > ROUNDING) | (a.isna() != b.isna())
        half = np.fmax(*((high[i] - low[i]) / 2 for i in (0, 1)))
        outside = (b < low[0]) | (b > high[0]) | (a < low[1]) | (a > high[1])
        rows = pd.DataFrame(
            {
                "table": pair.name,
                "row": [_words(key) for key in pair.a.index],
                "column": column,
                "a": a.to_numpy(),
                "b": b.to_numpy(),
                "difference": difference.to_numpy(),
                "half_width": half,
                "relative": np.divide(abs(difference), half, where=half > 0,
                                      out=np.full(len(a), np.nan)),
                "outside": np.where(np.isnan(half), "", np.where(outside, "yes", "no")),
            }
        )  # fmt: skip
        if here.any():
            yield rows[here.to_numpy()]


def _words(key: object) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return ", ".join(str(part) for part in parts if str(part) != "nan")


def _numbers(pair: Pair) -> list[str]:
    """Columns of numbers that both have, without the ends of intervals."""
    return [
        column
        for column in pair.a
        if column in pair.b
        and all(is_numeric_dtype(t[column]) and not is_bool_dtype(t[column]) for t in pair[2:4])
        and not column.endswith(("ci_low", "ci_high"))
    ]


def _interval(pair: Pair, column: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Lower and upper ends in both studies; NaN where a column has no interval."""
    names = [f"{column}_ci_low", f"{column}_ci_high"]
    if OF_INTERVAL.get(pair.name) == column:
        names = ["ci_low", "ci_high"]
    unknown = np.full(len(pair.a), np.nan)
    ends = [
        [t[name].to_numpy(float) if name in t else unknown for t in (pair.a, pair.b)]
        for name in names
    ]
    return ends[0], ends[1]


def summary(a: Tables, b: Tables) -> pd.DataFrame:
    """Count, for each column of each table, how many numbers moved.

    Parameters
    ----------
    a, b
        Tables by name.

    Returns
    -------
    pandas.DataFrame
        Columns `SUMMARY`; of columns in which nothing moved, no row.
    """
    every, rows = moved(a, b), {pair.name: len(pair.a) for pair in pairs(a, b)}
    found = [
        (table, column, rows[str(table)], len(part), part["difference"].abs().max(),
         int(part["half_width"].notna().sum()), int((part["outside"] == "yes").sum()))
        for (table, column), part in every.groupby(["table", "column"])
    ]  # fmt: skip
    return pd.DataFrame(found, columns=SUMMARY)


def unpaired(a: Tables, b: Tables) -> pd.DataFrame:
    """Count rows, and name tables, that only one of two studies has."""
    rows = [(p.name, p.only_a, p.only_b) for p in pairs(a, b) if p.only_a or p.only_b]
    rows += [(name, len(a[name]), 0) for name in a if name not in b]
    rows += [(name, 0, len(b[name])) for name in b if name not in a]
    return pd.DataFrame(rows, columns=["table", "only_a", "only_b"])


def layers(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """List the areas for which two studies choose other layers.

    Parameters
    ----------
    a, b
        ``correspondence.csv``.

    Returns
    -------
    pandas.DataFrame
        Columns `LAYERS`. `within` is empty where an interval of the depth is not known.
    """
    keys = LAYERS[:4]
    both = a.merge(b, on=keys, suffixes=("_a", "_b"))
    other = both[both["best_layer_a"] != both["best_layer_b"]]
    within = [_within(row) for _, row in other.iterrows()]
    return other.assign(within=within)[LAYERS].reset_index(drop=True)


def _within(row: pd.Series) -> str:
    ends = [row.get(f"depth_ci_{end}_{of}", np.nan) for of in "ab" for end in ("low", "high")]
    if pd.isna(ends).any():
        return ""
    inside = ends[0] <= row["depth_b"] <= ends[1] and ends[2] <= row["depth_a"] <= ends[3]
    return "yes" if inside else "no"
