"""What a reader of RSA should beware of, read off its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap.inference import ENOUGH_KNOWN
from ventralmap.rdm import FEWEST, FEWEST_PAIRS
from ventralmap.wording import counted

SIGNIFICANT = 0.05


def cautions(
    rsa: pd.DataFrame, config: Mapping[str, Any], datasets: Sequence[Mapping[str, Any]] = ()
) -> list[str]:
    """List what to beware of in RSA.

    Parameters
    ----------
    rsa
        As ``tables.rsa_table``.
    config
        The study's config; states whether RDMs are of responses.
    datasets
        What ``summary.summarise`` says of each.

    Returns
    -------
    list of str
        One sentence each; empty when there is nothing.
    """
    return [
        *_single_subjects(rsa),
        *_missing_pairs(rsa),
        *_few_neuroids(datasets, config),
        *_few_pairs(rsa, datasets),
        *_without_interval(rsa),
        *_subjects_alone(rsa),
        *_categories(rsa, datasets),
        *_cosines(rsa, config),
    ]


def _single_subjects(rsa: pd.DataFrame) -> list[str]:
    rows = rsa[rsa["n_subjects"] == 1].drop_duplicates(["dataset", "area"])
    return [
        f"{row['area']} ({row['dataset']}): one subject, so there is no noise ceiling and the"
        " intervals say nothing about other subjects."
        for _, row in rows.iterrows()
    ]


def _missing_pairs(rsa: pd.DataFrame) -> list[str]:
    rows = rsa[rsa["n_missing_pairs"] > 0].drop_duplicates(["dataset", "area"])
    return [
        f"{row['area']} ({row['dataset']}): {int(row['n_missing_pairs']):,} of"
        f" {int(row['n_subjects'] * row['n_stimuli'] * (row['n_stimuli'] - 1) // 2):,} pairs of"
        " images are missing in the subjects' RDMs; each was left out for its subject."
        for _, row in rows.iterrows()
    ]


def _few_neuroids(datasets: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> list[str]:
    """Count the subjects whose responses are of too few neuroids for an RDM."""
    if (config.get("rsa") or {}).get("responses", "none") == "none":
        return []
    found = []
    for meta in datasets:
        given = {fact["area"] for fact in meta.get("rdms", ()) if fact["n_times"] is None}
        few = [r["area"] for r in meta.get("responses", ()) if r["n_neuroids"] < FEWEST]
        found += [
            f"{area} ({meta['name']}): {counted(few.count(area), 'subject')} with fewer than"
            f" {FEWEST} neuroids left out of RSA, as an RDM needs patterns of at least so many."
            for area in dict.fromkeys(few)
            if area not in given
        ]
    return found


def _few_pairs(rsa: pd.DataFrame, datasets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Count the subjects who were measured, but whose RDMs have too few pairs."""
    rows = rsa.drop_duplicates(["dataset", "area"]).set_index(["dataset", "area"])["n_subjects"]
    found = []
    for meta in datasets:
        for area, measured in _n_measured(meta).items():
            few = measured - int(rows.get((meta["name"], area), measured))
            if few > 0:
                found.append(
                    f"{area} ({meta['name']}): {counted(few, 'subject')} with fewer than"
                    f" {FEWEST_PAIRS} pairs of images left out of RSA, too few to compare RDMs."
                )
    return found


def _n_measured(meta: Mapping[str, Any]) -> dict[str, int]:
    """Subjects by area with RDMs of their own or, where there are none, enough neuroids."""
    enough = [r["area"] for r in meta.get("responses", ()) if r["n_neuroids"] >= FEWEST]
    given = [fact for fact in meta.get("rdms", ()) if fact["n_times"] is None]
    return {area: enough.count(area) for area in enough} | {
        fact["area"]: fact["n_subjects"] for fact in given
    }


def _without_interval(rsa: pd.DataFrame) -> list[str]:
    rows = rsa[rsa["ci_low"].isna() & (rsa["n_subjects"] >= 1)]
    return [
        f"{area} ({dataset}): no interval and no test against the best layer for"
        f" {counted(len(layers), 'layer')} of {model}: more than {100 - 100 * ENOUGH_KNOWN:.0f} %"
        " of the resamples have no similarity, as too few of the pairs were measured."
        for (dataset, area, model), layers in rows.groupby(["dataset", "area", "model"], sort=False)
    ]


def _subjects_alone(rsa: pd.DataFrame) -> list[str]:
    """Count the layers that other subjects would show, but other images perhaps not."""
    if not {"p_subjects_fdr", "p_fdr"} <= set(rsa):
        return []
    rows = rsa[(rsa["p_subjects_fdr"] < SIGNIFICANT) & ~(rsa["p_fdr"] < SIGNIFICANT)]
    return [
        f"{area} ({dataset}): {counted(len(layers), 'layer')} of {model} above chance over subjects"
        " (p_subjects) but not over images (p): what all subjects share with these images may"
        " resemble a layer by chance."
        for (dataset, area, model), layers in rows.groupby(["dataset", "area", "model"], sort=False)
    ]


def _categories(rsa: pd.DataFrame, datasets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name the datasets whose images come in categories, which resamples take as given."""
    return [
        f"{meta['name']}: the images come in {len(kinds)} categories. Intervals of RSA and tests"
        " between layers are about other images of the same categories; if other categories are"
        " meant, the intervals are too narrow and p is too small."
        for meta in datasets
        if meta["name"] in set(rsa["dataset"])
        and 1 < len(kinds := meta.get("categories") or {}) < sum(kinds.values())
    ]


def _cosines(rsa: pd.DataFrame, config: Mapping[str, Any]) -> list[str]:
    """Say that cosines of RDMs need distances to which noise adds nothing."""
    names = [str(name) for name in rsa["comparison"].unique() if str(name).endswith("cosine")]
    if not names or (config.get("rsa") or {}).get("responses") == "crossnobis":
        return []
    return [
        "Cosines of RDMs need distances whose zero means no difference (crossnobis). Noise adds to"
        " all others, and layers whose RDMs are flat then seem similar: of recordings simulated for"
        " the 92 images, whitened cosines of correlation distances found the layer or its neighbour"
        " in 33 to 45 %, rank correlations in 95 to 98 %."
    ]
