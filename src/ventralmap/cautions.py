"""What a reader of a study should beware of, read off its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap import calibration_cautions, opinions, rsa_cautions, time_cautions
from ventralmap import scores as sc
from ventralmap.method_words import named
from ventralmap.model_names import PIXELS
from ventralmap.wording import counted, listing, p_value, share

Tables = Mapping[str, pd.DataFrame]

EDGE = 0.05
UNSURE = 0.5
SIGNIFICANT = 0.05


def cautions(
    tables: Tables, config: Mapping[str, Any], datasets: Sequence[Mapping[str, Any]] = ()
) -> list[str]:
    """List what to beware of.

    Parameters
    ----------
    tables
        Any of ``encoding``, ``rsa`` and ``correspondence``.
    config
        The study's config; states the reliability threshold, and whether RDMs are of responses.
    datasets
        What ``summary.summarise`` says of each.

    Returns
    -------
    list of str
        One sentence each; empty when there is nothing.
    """
    found: list[str] = []
    if "encoding" in tables:
        whole = tables["encoding"].query("subject == 'all'")
        threshold = (config.get("encoding") or {}).get("reliability_threshold")
        found += _unscored(tables["encoding"])
        found += _unreliable(whole, threshold) + _above_one(whole) + _alphas(whole)
        found += _missing(whole) + _projected(config)
    if "correspondence" in tables:
        found += _unsure(tables["correspondence"]) + _controls(tables["correspondence"])
    if "rsa" in tables:
        found += rsa_cautions.cautions(tables["rsa"], config, datasets)
    found += time_cautions.cautions(tables) + opinions.cautions(tables)
    return found + calibration_cautions.cautions(tables)


def _projected(config: Mapping[str, Any]) -> list[str]:
    n = (config.get("features") or {}).get("projection")
    if n is None:
        return []
    return [
        f"Features were projected on {n:,} random dimensions, which lowers the encoding scores of "
        "layers with more units than that; where a layer wins narrowly, give more dimensions."
    ]


def _tested(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table["model"].isin([m for m in table["model"] if sc.is_control(str(m))])]


def _unscored(encoding: pd.DataFrame) -> list[str]:
    """Count, by area and generalisation, the neuroids without a score."""
    if "n_scored" not in encoding:
        return []
    whole = encoding[encoding["subject"] == "all"]
    rows = whole.drop_duplicates(["dataset", "area", "generalisation"])
    return [
        f"{r['area']} ({r['dataset']}, generalisation {r['generalisation']}): {int(lacking)} of"
        f" {counted(int(r['n_neuroids']), 'neuroid')} have no score and do not count in r: their"
        " subject saw too few stimuli in and outside each fold, or their responses do not vary"
        " within any."
        for _, r in rows.iterrows()
        if (lacking := r["n_neuroids"] - r["n_scored"]) > 0
    ]


def _unreliable(encoding: pd.DataFrame, threshold: float | None) -> list[str]:
    rows = encoding.drop_duplicates(["dataset", "area", "generalisation"])
    alike = ["dataset", "area", "n_neuroids", "n_reliable"]  # of more generalisations, say it once
    rows = rows[~rows.assign(known=rows["reliability"].notna()).duplicated([*alike, "known"])]
    below = f"a reliability below {threshold:g}" if threshold else "too low a reliability"
    found = []
    for _, row in rows.iterrows():
        n, reliable, name = (
            row["n_neuroids"],
            row["n_reliable"],
            _where(row, rows),
        )
        if pd.isna(row["reliability"]):
            found.append(
                f"{name}: without repeats, or with fewer than three repeated images in every fold,"
                " the reliability is unknown, so there is no ceiling and the ceiled columns are"
                " empty."
            )
        elif reliable < n:
            found.append(
                f"{name}: {int(n - reliable)} of {counted(int(n), 'neuroid')} have {below}; they"
                " count in r, not in the ceiled columns."
            )
    return found


def _where(row: pd.Series, rows: pd.DataFrame) -> str:
    """Name dataset and area, and the generalisation where they have several of the rows."""
    same = (rows[["dataset", "area"]] == row[["dataset", "area"]]).all(axis="columns")
    more = f", {row['generalisation']}" if same.sum() > 1 else ""
    return f"{row['area']} ({row['dataset']}{more})"


def _above_one(encoding: pd.DataFrame) -> list[str]:
    above = encoding[(encoding["r_ceiled"] > 1) | (encoding["ev_ceiled"] > 1)]
    if above.empty:
        return []
    return [
        f"{counted(len(above), 'ceiled score')} above 1 ({_places(above)}): the reliability is an"
        " estimate, and where it comes out low r / √reliability exceeds 1. Nothing is clipped."
    ]


def _alphas(encoding: pd.DataFrame) -> list[str]:
    if "alpha_at_edge" not in encoding:
        return []
    every = encoding.query("alpha_at_edge > @EDGE")
    edge = _tested(every)
    if edge.empty:
        return []  # an untrained network or pixels may well predict nothing
    controls = len(every) - len(edge)
    more = f"; and {counted(controls, 'row')} of controls" if controls else ""
    return [
        f"The ridge penalty is the grid's smallest or largest in up to"
        f" {100 * edge['alpha_at_edge'].max():.0f} % of neuroids and folds ({_places(edge)}{more}):"
        " a wider grid (encoding: alphas) could raise these scores, unless the layer predicts"
        " nothing and the largest penalty is right."
    ]


def _missing(encoding: pd.DataFrame) -> list[str]:
    if "resampled_missing" not in encoding:
        return []
    rows = encoding.query("resampled_missing > @EDGE")
    if rows.empty:
        return []
    return [
        f"Responses are constant in up to {100 * rows['resampled_missing'].max():.0f} % of the"
        f" resampled folds ({_places(rows)}): these have no correlation and are left out of the"
        " intervals; fewer folds (encoding: folds) are larger."
    ]


def _places(rows: pd.DataFrame, most: int = 3) -> str:
    """Name areas, models and their layers, the first few."""
    groups = rows.groupby(["dataset", "area", "model"], sort=False)["layer"]
    names = []
    for (dataset, area, model), layers in groups:
        shown = list(dict.fromkeys(layers))
        some = ", ".join(shown[:most]) + (f" and {len(shown) - most} more" * (len(shown) > most))
        names.append(f"{area} of {dataset} with {model}: {some}")
    return "; ".join(names)


def _unsure(correspondence: pd.DataFrame) -> list[str]:
    rows = _tested(correspondence).query("p_best < @UNSURE")
    names = [
        f"{r['area']} ({r['dataset']}, {named(r['method'])}, {r['model']}) {share(r['p_best'], 2)}"
        for _, r in rows.iterrows()
    ]
    if not names:
        return []
    return [
        f"The best layer is best in fewer than half of the resamples for {listing(names)}: read the"
        " interval of the depth, not the one layer."
    ]


def _controls(correspondence: pd.DataFrame) -> list[str]:
    tested = _tested(correspondence)
    images = [m for m in correspondence["model"].unique() if sc.is_of_images(m)]
    return _untrained(tested) + [
        line for control in images for line in _beaten_by(control, tested, correspondence)
    ]


def _untrained(tested: pd.DataFrame) -> list[str]:
    return [
        f"{r['area']} ({r['dataset']}, {named(r['method'])}): {r['model']} is not shown to beat"
        f" its untrained twin ({p_value(r['beats_untrained_p'])})."
        for _, r in tested.iterrows()
        if r["beats_untrained_p"] >= SIGNIFICANT
    ]


def _beaten_by(control: str, tested: pd.DataFrame, correspondence: pd.DataFrame) -> list[str]:
    keys = ["dataset", "area", "method"]
    own = correspondence[correspondence["model"] == control].set_index(keys)["score"]
    both = tested.join(own.rename("of_control"), on=keys)
    scores = "score" if control == PIXELS else "scores"
    return [
        f"{r['area']} ({r['dataset']}, {named(r['method'])}): {control} {scores}"
        f" {share(r['of_control'])}, no"
        f" less than the {share(r['score_nested'])} of {r['model']} with its layer chosen on other"
        " images."
        for _, r in both.iterrows()
        if r["of_control"] >= r["score_nested"]
    ]
