"""What a study found, a sentence per area, and what a reader should beware of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ventralmap import comparison_words
from ventralmap import scores as sc
from ventralmap.figures.depth import counts
from ventralmap.method_words import named
from ventralmap.wording import MISSING, interval, p_value, sentence, share

Tables = Mapping[str, pd.DataFrame]
READ = [
    "dataset", "area", "method", "generalisation", "model", "best_layer",
    "depth", "depth_ci", "p_best", "score", "score_nested", "beats_untrained_p",
]  # fmt: skip


MOST = 6
"""Findings on the first screen."""
STEPS = ("encoding", "rsa")
"""Methods that a finding is told of; others stand beside them in the table."""


class Finding(NamedTuple):
    """The answer for one area, dataset, model and method.

    Attributes
    ----------
    subject
        Area and best layer.
    text
        The rest of the sentence: uncertainty and score.
    where
        Dataset, method, n, the nested score and the planted layer.
    simulated
        Whether the dataset is.
    model
        The model under test.
    """

    subject: str
    text: str
    where: str
    simulated: bool
    model: str


def findings(tables: Tables, hierarchy: sc.Hierarchy, datasets: sc.Metas) -> list[Finding]:
    """Say which layer corresponds to each area, how well, and how sure that is.

    Parameters
    ----------
    tables
        ``correspondence`` and, for scores and n, ``encoding`` and ``rsa``.
    hierarchy
        The study's areas, early to late: the order of the sentences.
    datasets
        What each ``dataset.yaml`` holds.

    Returns
    -------
    list of Finding
        For models under test, area by area, by encoding and by RSA.
    """
    found = tables["correspondence"]
    order = sc.order_areas(found["area"], hierarchy)
    told = found[found["method"].isin(STEPS)]
    rows = [row for _, row in told.iterrows() if not sc.is_control(str(row["model"]))]
    rows = sorted(rows, key=lambda row: order.index(row["area"]))
    several = len({row["model"] for row in rows}) > 1
    return [_finding(row, tables, datasets, several) for row in rows]


def leading(found: Sequence[Finding], most: int = MOST) -> list[Finding]:
    """Pick what the first screen has room for: the first findings of the first model.

    Parameters
    ----------
    found
        From `findings`.
    most
        How many at most.
    """
    return [finding for finding in found if finding.model == found[0].model][:most]


def _finding(row: pd.Series, tables: Tables, datasets: sc.Metas, several: bool) -> Finding:
    of = f" of {row['model']}" if several else ""
    scores = _rows_of(row, tables)
    about = [
        f"{row['dataset']}, {named(row['method'])}",
        counts(scores, row["method"]) if len(scores) else "",
        _nested(row),
        _planted(row),
    ]
    return Finding(
        f"{row['area']} is best matched by {row['best_layer']}{of}",
        sentence(_certainty(row), _score(row, tables, scores)),
        "; ".join(part for part in about if part) + ".",
        sc.is_simulated(row["dataset"], datasets),
        str(row["model"]),
    )


def _certainty(row: pd.Series) -> str:
    low, high = row["depth_ci_low"], row["depth_ci_high"]
    around = "" if pd.isna(low) else f" [{low:.2f}, {high:.2f}]"
    return f"(depth {row['depth']:.2f}{around}, p_best {share(row['p_best'], 2)}):"


def _score(row: pd.Series, tables: Tables, scores: pd.DataFrame) -> str:
    """Score of the best layer with its interval and ceiling."""
    measure = _measure(row["method"], tables)
    if scores.empty:
        return f"{measure} = {share(row['score'])}."
    best = scores[scores["layer"] == row["best_layer"]].iloc[0]
    score = sentence(measure, "=", share(best["score"]), interval(best["low"], best["high"]))
    return "; ".join([score, *_ceiling(best, row["method"])]) + "."


def _nested(row: pd.Series) -> str:
    nested = share(row["score_nested"])
    return "" if nested == MISSING else f"{nested} where the layer is chosen on other images"


def _measure(how: str, tables: Tables) -> str:
    if how == "encoding":
        return "median r"
    return f"mean {comparison_words.symbol(tables['rsa']['comparison'] if 'rsa' in tables else ())}"


def _rows_of(row: pd.Series, tables: Tables) -> pd.DataFrame:
    if row["method"] not in tables:
        return pd.DataFrame()
    scores = sc.tidy(tables[row["method"]])
    same = (scores[["dataset", "model", "area"]] == row[["dataset", "model", "area"]]).all(axis=1)
    scores = scores[same & (scores["subject"] == "all")]
    return scores[scores["variant"] == scores["variant"].iloc[0]] if len(scores) else scores


def _ceiling(best: pd.Series, how: str) -> list[str]:
    low, high = best["ceiling_low"], best["ceiling_high"]
    if pd.isna(low) or pd.isna(high):
        return []
    if how == "encoding":
        return [f"ceiling {share(high)}"]
    return [f"ceiling {share(low)} to {share(high)}"]


def _planted(row: pd.Series) -> str:
    planted = row.get("planted_layer", "")
    return "" if pd.isna(planted) or not planted else f"planted: {planted}"


def correspondence(tables: Tables) -> pd.DataFrame:
    """Table of correspondences for reading, the planted layer beside the found one.

    Parameters
    ----------
    tables
        ``correspondence`` and, for the positions of planted layers, those of scores.

    Returns
    -------
    pandas.DataFrame
        The rows of ``correspondence.csv`` with the interval of the depth in one column; where
        anything was planted, ``layers_off`` is the position of the best layer minus that of the
        planted one.
    """
    table = tables["correspondence"]
    ends = zip(table["depth_ci_low"], table["depth_ci_high"], strict=True)
    off = [_layers_off(row, tables) for _, row in table.iterrows()]
    shown = table.assign(
        depth_ci=[interval(low, high, 2) for low, high in ends],
        layers_off=pd.array(off, dtype="Int64"),
    )
    planted = ["planted_layer", "layers_off"] if shown["layers_off"].notna().any() else []
    columns = [*READ[:6], *planted, *READ[6:]]
    return shown[[column for column in columns if column in shown]]


def _layers_off(row: pd.Series, tables: Tables) -> int | None:
    """Position of the best minus that of the planted layer; None where that is not known."""
    rows = _rows_of(row, tables)
    if rows.empty or row.get("planted_layer") not in set(rows["layer"]):
        return None
    position = rows.drop_duplicates("layer").set_index("layer")["layer_index"]
    return int(position[row["best_layer"]] - position[row["planted_layer"]])


def hierarchies(tables: Tables) -> list[str]:
    """Say for each model under test whether depth rises along the areas, and with latency."""
    return _along_areas(tables) + _over_time(tables)


def _over_time(tables: Tables) -> list[str]:
    """Say of peak and onset whether they rise with depth; nothing where that is not known."""
    if "latency_hierarchy" not in tables:
        return []
    return [
        f"In {row['area']} ({row['dataset']}), {row['latency']} latency has a rank correlation of"
        f" {share(row['rho'], 2)} with depth in {row['model']} over {int(row['n_layers'])} layers"
        f" ({interval(row['ci_low'], row['ci_high'], 2)}, {p_value(row['p'])}; resampled subjects)."
        for _, row in tables["latency_hierarchy"].iterrows()
        if not sc.is_control(str(row["model"])) and not pd.isna(row["p"])
    ]


def _along_areas(tables: Tables) -> list[str]:
    if "hierarchy" not in tables:
        return []
    return [
        f"Along {row['areas']}, depth in {row['model']} has a rank correlation of"
        f" {share(row['rho'], 2)} with the areas' order"
        f" ({interval(row['ci_low'], row['ci_high'], 2)}, {p_value(row['p'])};"
        f" by {named(row['method'])})."
        for _, row in tables["hierarchy"].iterrows()
        if not sc.is_control(str(row["model"]))
    ]
