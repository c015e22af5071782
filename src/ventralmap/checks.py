"""Checks on the results of a study, each a sentence that must be true of its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ventralmap import opinion_checks
from ventralmap.errors import InputError
from ventralmap.multiple_tests import CORRECTED, is_p

Tables = Mapping[str, pd.DataFrame]

SERIES = ("dataset", "area", "subject", "generalisation")
"""What a row per layer is given for, besides the model."""
SETS = ["dataset", "area", "generalisation", "set"]
"""What a row per layer of a set is given for."""
ROUNDING = 1e-9
BY_METHOD = {"encoding": "r", "rsa": "similarity", "cka": "cka"}
"""The score that a method, whose table has the same name, finds the best layer by."""
SCORES = {"encoding": "r", "rsa": "similarity", "timecourse": "similarity", "fusion": "similarity"}


def correlations_are_correlations(tables: Tables) -> bool:
    """Every score is a number between -1 and 1."""
    scores = [_known(tables[name], column) for name, column in SCORES.items() if name in tables] + [
        tables[name][column].dropna()  # unknown where a fold or a subject has too few stimuli
        for name, column in (("rsa_fitted", "fitted"), ("rsa_fitted", "single"), ("cka", "cka"))
        if name in tables
    ]
    return all((score.abs() <= 1 + ROUNDING).all() for score in scores)


def _known(table: pd.DataFrame, column: str) -> pd.Series:
    """Scores that must be there: all but those of rows in which no neuroid has one."""
    return table[column] if "n_scored" not in table else table.loc[table["n_scored"] > 0, column]


def rows_without_scores_have_none(tables: Tables) -> bool:
    """Where no neuroid has a score, neither has their area."""
    if "encoding" not in tables:
        return True
    unscored = tables["encoding"].query("n_scored == 0")
    return bool(unscored[["r", "r_ceiled", "p_best"]].isna().all(axis=None))


def intervals_hold_what_they_bound(tables: Tables) -> bool:
    """The lower end of every interval is not above the upper end."""
    pairs = [
        (table[low], table[low.removesuffix("low") + "high"])
        for table in tables.values()
        for low in table.columns
        if low.endswith("low")
    ]
    return all(((low <= high) | low.isna() | high.isna()).all() for low, high in pairs)


def p_values_are_probabilities(tables: Tables) -> bool:
    """No p-value is zero or above one, and correction never makes one smaller."""
    columns = [
        (table, name) for table in tables.values() for name in table.columns if is_p(str(name))
    ]
    return all(
        (table[name].isna() | ((table[name] > 0) & (table[name] <= 1))).all()
        and (not name.endswith(CORRECTED) or _is_corrected(table, name))
        for table, name in columns
    )


def _is_corrected(table: pd.DataFrame, name: str) -> bool:
    """Tell whether a corrected p is there where the p is, and is not smaller."""
    p, corrected = table[name.removesuffix(CORRECTED)], table[name]
    return bool(((corrected >= p - ROUNDING) | (p.isna() & corrected.isna())).all())


def no_layer_is_missing(tables: Tables) -> bool:
    """Each area of a dataset has every layer of a model once, numbered from 0."""
    names = ("encoding", "rsa", "rsa_weights", "cka", "spectra")
    scores = [tables[name] for name in names if name in tables]
    if not scores:
        return True
    last = pd.concat(scores).groupby("model")["layer_index"].max()
    for table in scores:
        by = ["model", *(column for column in SERIES if column in table)]
        for (model, *_), rows in table.groupby(by):
            if list(rows["layer_index"]) != list(range(last[model] + 1)):
                return False
    return True


def probabilities_sum_to_one(tables: Tables) -> bool:
    """The probabilities of the layers to be an area's best sum to one."""
    for name in ("encoding", "rsa", "cka"):
        if name in tables:
            table = tables[name]
            by = ["model", *(column for column in SERIES if column in table)]
            p_best = _known(table, "p_best")
            if name == "encoding" and p_best.isna().any():
                return False
            of_resamples = p_best.dropna().groupby([table[column] for column in by])
            if not np.allclose(of_resamples.sum(), 1):
                return False
    return True


def best_layers_are_best(tables: Tables) -> bool:
    """The score of each correspondence is the highest of its layers."""
    for row in tables["correspondence"].itertuples():
        column, scores = BY_METHOD[row.method], tables[row.method]
        own = scores[
            (scores["dataset"] == row.dataset)
            & (scores["model"] == row.model)
            & (scores["area"] == row.area)
        ]
        if row.method == "encoding":
            same = own["generalisation"] == row.generalisation
            own = own[same & (own["subject"] == "all")]
        if not np.isclose(own[column].max(), row.score):
            return False
    return True


def ceilings_are_ordered(tables: Tables) -> bool:
    """The lower noise ceiling of an area is not above the upper one."""
    if "rsa" not in tables:
        return True
    known = tables["rsa"].dropna(subset=["ceiling_low", "ceiling_high"])
    return bool((known["ceiling_low"] <= known["ceiling_high"] + ROUNDING).all())


def differences_are_those_of_similarities(tables: Tables) -> bool:
    """The difference of two layers is that of their similarities, and every pair is there."""
    if "rsa_pairs" not in tables:
        return True
    keys, pairs = ["dataset", "model", "area"], tables["rsa_pairs"]
    scores = tables["rsa"].set_index([*keys, "layer"])["similarity"]
    a, b = (
        scores.reindex(pd.MultiIndex.from_frame(pairs[[*keys, layer]])).to_numpy()
        for layer in ("layer_a", "layer_b")
    )
    n = tables["rsa"].groupby(keys).size()
    difference = pairs["difference"].to_numpy(float)  # no numbers where each model has one layer
    return len(pairs) == (n * (n - 1) // 2).sum() and np.allclose(a - b, difference)


def variances_are_shares(tables: Tables) -> bool:
    """No layers explain more than all variance, and all rows of a set say the same of it."""
    if "variance" not in tables:
        return True
    table = tables["variance"]
    common = table.dropna(subset="r2").groupby(SETS)[["r", "r2", "shared"]].agg(np.ptp)
    known = table["r2"].dropna()  # unknown where no subject has seen enough
    return bool((known <= 1 + ROUNDING).all() and (common <= ROUNDING).all(axis=None))


def sets_are_whole(tables: Tables) -> bool:
    """Each set of layers has a row for each of them."""
    if "variance" not in tables:
        return True
    groups = tables["variance"].groupby(SETS)["layer"]
    return all(" + ".join(layers) == names for (*_, names), layers in groups)


def weights_are_not_negative(tables: Tables) -> bool:
    """No layer has a negative weight, and one layer is chosen in each fit."""
    if "rsa_weights" not in tables:
        return True
    table = tables["rsa_weights"]
    chosen = table.groupby(["dataset", "model", "area"])["chosen"].sum(min_count=1).dropna()
    return bool((table["weight"].dropna() >= 0).all() and np.allclose(chosen, 1))


def onsets_are_significant(tables: Tables) -> bool:
    """Every onset is a time at which its layer is significant, and p says which times are."""
    courses = [tables[name] for name in ("timecourse", "fusion") if name in tables]
    if not all((table["significant"] == (table["p"] < 0.05)).all() for table in courses):
        return False
    if "latency" not in tables:
        return True
    keys = ["dataset", "model", "area", "layer"]
    onsets = tables["latency"].dropna(subset=["onset_ms"])[[*keys, "onset_ms"]]
    significant = tables["timecourse"][tables["timecourse"]["significant"].astype(bool)]
    found = onsets.merge(significant, left_on=[*keys, "onset_ms"], right_on=[*keys, "time_ms"])
    return len(found) == len(onsets)


def no_layer_explains_more_than_there_is(tables: Tables) -> bool:
    """No layer explains more of what an area and a recording share than they share."""
    if "commonality" not in tables:
        return True
    table = tables["commonality"].dropna(subset=["commonality"])
    return bool((table["commonality"] <= table["ceiling"] + ROUNDING).all())


CHECKS: tuple[Callable[[Tables], bool], ...] = (
    correlations_are_correlations,
    rows_without_scores_have_none,
    intervals_hold_what_they_bound,
    p_values_are_probabilities,
    no_layer_is_missing,
    probabilities_sum_to_one,
    best_layers_are_best,
    ceilings_are_ordered,
    differences_are_those_of_similarities,
    variances_are_shares,
    sets_are_whole,
    weights_are_not_negative,
    onsets_are_significant,
    no_layer_explains_more_than_there_is,
    *opinion_checks.CHECKS,
)


def run(tables: Tables) -> list[str]:
    """Run all checks.

    Parameters
    ----------
    tables
        By the name of their file without `.csv`.

    Returns
    -------
    list of str
        The sentences that hold.

    Raises
    ------
    InputError
        Naming those that do not.
    """
    sentences = {check: (check.__doc__ or "").strip() for check in CHECKS}
    broken = [sentence for check, sentence in sentences.items() if not check(tables)]
    if broken:
        raise InputError(
            f"results contradict themselves, do not use them: not true that {'; '.join(broken)}"
        )
    return list(sentences.values())
