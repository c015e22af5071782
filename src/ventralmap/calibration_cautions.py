"""Where a study lies outside of what the calibration has shown to hold.

The figures are those of ``docs/calibration.md``: rates and biases in simulated studies whose truth
is known. Each function reads off the tables whether its condition is met.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ventralmap.wording import counted, listing, share

Tables = Mapping[str, pd.DataFrame]

FEW_SUBJECTS = 4
"""Up to so many, p_best of encoding came out too high where it is .8 or more."""
LOW_RELIABILITY = 0.4
"""The median at or below which ceiled scores came out too high: .32 of the simulated neurons."""
FEW_STIMULI = 62
FEW_NEUROIDS = 30
"""The least that calibrated studies have."""


def cautions(tables: Tables) -> list[str]:
    """List what of a study's numbers the calibration does not cover, or has found to be off.

    Parameters
    ----------
    tables
        Any of ``encoding``, ``rsa``, ``cka``, ``timecourse``, ``variance`` and ``correspondence``.

    Returns
    -------
    list of str
        One sentence each; empty when there is nothing.
    """
    found: list[str] = []
    if "correspondence" in tables:
        found += _nested(tables["correspondence"])
        found += _few_subjects(tables["encoding"]) if "encoding" in tables else []
    if {"variance", "encoding"} <= set(tables):
        found += _sets_of_one(tables["variance"], tables["encoding"])
    if "encoding" in tables:
        whole = tables["encoding"].query("subject == 'all'")
        found += _ceiled(whole) + _small(whole, "n_neuroids", "neuroid", FEW_NEUROIDS)
        found += _small(whole, "n_stimuli", "image", FEW_STIMULI)
    if "rsa" in tables:
        found += _small(tables["rsa"], "n_stimuli", "image", FEW_STIMULI)
        found += _few_for_ceiling(tables["rsa"]) + _one_subject(tables["rsa"])
    if "cka" in tables:
        found += _same_neuroids(tables["cka"]) + _small(
            tables["cka"], "n_stimuli", "image", FEW_STIMULI
        )
    if "timecourse" in tables and (tables["timecourse"]["n_subjects"] > 1).any():
        found.append(
            "Intervals over time are about other people who see these images: of simulated studies"
            " 82 to 95 % had intervals that hold what is found with other images."
        )
    return list(dict.fromkeys(found))


def _nested(correspondence: pd.DataFrame) -> list[str]:
    rows = correspondence[correspondence["method"] == "rsa"]
    if rows["score_nested"].notna().sum() == 0:
        return []
    return [
        "score_nested of RSA is still optimistic: the layer is chosen on other images, but on the"
        " noise of the same subjects. In simulated studies with equally good layers it was too high"
        " by up to .05, and score by .01 to .06."
    ]


def _n_subjects(encoding: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Count the subjects of each dataset and area; one has no rows of its own."""
    areas = encoding.groupby(["dataset", "area"], sort=False)["subject"]
    return {area: max(names[names != "all"].nunique(), 1) for area, names in areas}


def _few_subjects(encoding: pd.DataFrame) -> list[str]:
    """Name the areas whose p_best rests on one subject, or on a few."""
    one: list[str] = []
    few: list[str] = []
    for (dataset, area), n in _n_subjects(encoding).items():
        if n <= FEW_SUBJECTS:
            (one if n == 1 else few).append(f"{area} ({dataset}, {counted(n, 'subject')})")
    found = []
    if one:
        found.append(
            "p_best of encoding and the interval of the depth say little of other subjects for"
            f" {listing(one)}: that they hold has been shown for other images and neuroids."
        )
    if few:
        found.append(
            f"p_best of encoding may be too high for {listing(few)}: in simulated studies of four"
            " noisy subjects, the few layers given .8 or more (.87 on average) were the best in"
            " 78 %."
        )
    return found


def _sets_of_one(variance: pd.DataFrame, encoding: pd.DataFrame) -> list[str]:
    """Name the areas in which the variance that sets of layers explain is that of one subject."""
    alone = {area for area, n in _n_subjects(encoding).items() if n == 1}
    rows = variance.drop_duplicates(["dataset", "area"])
    areas = [*zip(rows["dataset"], rows["area"], strict=True)]
    names = [f"{area} ({dataset})" for dataset, area in areas if (dataset, area) in alone]
    if not names:
        return []
    return [
        f"Intervals of r2 and shared in variance.csv may be a little narrow for {listing(names)}:"
        " of simulated studies with one subject, 90.5 and 91.8 % had intervals that hold the truth."
    ]


def _ceiled(encoding: pd.DataFrame) -> list[str]:
    rows = encoding.drop_duplicates(["dataset", "area", "generalisation"])
    low = rows[(rows["reliability"] <= LOW_RELIABILITY) & (rows["n_reliable"] > 0)]
    names = [
        f"{r['area']} ({r['dataset']}) {share(r['reliability'], 2)}" for _, r in low.iterrows()
    ]
    if not names:
        return []
    return [
        f"The median reliability is low for {listing(dict.fromkeys(names))}: in simulated neurons"
        " with .32, ev_ceiled came out too high by .03 to .04 and r_ceiled by .01 to .02."
    ]


def _small(table: pd.DataFrame, column: str, noun: str, least: int) -> list[str]:
    rows = table.drop_duplicates(["dataset", "area"])
    few = rows[rows[column] < least]
    names = [f"{r['area']} ({r['dataset']}, {int(r[column])})" for _, r in few.iterrows()]
    if not names:
        return []
    return [
        f"Outside of what is calibrated: fewer than {counted(least, noun)} for {listing(names)};"
        " whether intervals and p-values hold there is not known."
    ]


def _few_for_ceiling(rsa: pd.DataFrame) -> list[str]:
    rows = rsa.drop_duplicates(["dataset", "area"])
    few = rows[(rows["n_subjects"] > 1) & (rows["n_subjects"] <= 4)]
    names = [
        f"{r['area']} ({r['dataset']}, {counted(int(r['n_subjects']), 'subject')})"
        for _, r in few.iterrows()
    ]
    if not names:
        return []
    return [
        f"The noise ceiling is wide for {listing(names)}: with four noisy subjects it ran from .15"
        " below to .20 above the similarity that the true RDM would have."
    ]


def _of_one(table: pd.DataFrame) -> list[str]:
    """Name the areas in which there is one subject."""
    rows = table[table["n_subjects"] == 1].drop_duplicates(["dataset", "area"])
    return [f"{r['area']} ({r['dataset']})" for _, r in rows.iterrows()]


def _one_subject(rsa: pd.DataFrame) -> list[str]:
    names = _of_one(rsa)
    if not names:
        return []
    return [
        f"p_best of RSA is about the layer that is best for the one subject of {listing(names)},"
        " and says little of others: where simulated subjects differed, layers given .8 or more"
        " (.98 on average) were the best for all of them in 50 to 52 % of studies. The tests"
        " between layers are for that subject too."
    ]


def _same_neuroids(cka: pd.DataFrame) -> list[str]:
    names = _of_one(cka)
    if not names:
        return []
    return [
        f"CKA's intervals, tests and p_best are for other images with the same neuroids where there"
        f" is one subject: {listing(names)}."
    ]
