"""What a reader of time courses should beware of, read off their tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ventralmap import scores as sc
from ventralmap.clusters import LEAST_SUBJECTS, LEVEL
from ventralmap.latency import FOUND
from ventralmap.wording import counted, listing, share

Tables = Mapping[str, pd.DataFrame]


def cautions(tables: Tables) -> list[str]:
    """List what to beware of in time courses, latencies and fusions.

    Parameters
    ----------
    tables
        Any of ``timecourse``, ``latency`` and ``latency_hierarchy``.

    Returns
    -------
    list of str
        One sentence each; empty when there is nothing.
    """
    found: list[str] = []
    if "timecourse" in tables:
        found += _few_subjects(tables["timecourse"]) + _missing_pairs(tables["timecourse"])
        found += _subjects_alone(tables["timecourse"])
    if "latency" in tables:
        found += _onsets(tables["latency"]) + _early_onsets(tables["latency"])
    if "latency_hierarchy" in tables:
        found += _same_latency(tables["latency_hierarchy"])
    return found


def _few_subjects(timecourse: pd.DataFrame) -> list[str]:
    rows = timecourse.drop_duplicates(["dataset", "area"])
    few = rows[rows["n_subjects"] < LEAST_SUBJECTS]
    return [
        f"{row['area']} ({row['dataset']}): with {counted(int(row['n_subjects']), 'subject')} there"
        f" are {counted(2 ** int(row['n_subjects']), 'sign flip')}, too few for p < .05; nothing"
        " over time can be significant."
        for _, row in few.iterrows()
    ]


def _subjects_alone(timecourse: pd.DataFrame) -> list[str]:
    """Name the layers with a cluster for other subjects that is none for other images."""
    if not {"p_subjects", "p"} <= set(timecourse):
        return []
    curves = timecourse.groupby(["dataset", "area", "model", "layer"], sort=False)
    least = curves[["p_subjects", "p"]].min().reset_index()
    rows = least[(least["p_subjects"] < LEVEL) & ~(least["p"] < LEVEL)]
    return [
        f"{area} ({dataset}): of {model}, {listing(list(layers['layer']))} over subjects alone"
        " (p_subjects), with these images: what they evoke in all subjects may resemble a layer by"
        " chance, so that no time is called significant."
        for (dataset, area, model), layers in rows.groupby(["dataset", "area", "model"], sort=False)
    ]


def _missing_pairs(timecourse: pd.DataFrame) -> list[str]:
    rows = timecourse.drop_duplicates(["dataset", "area"])
    pairs = rows["n_stimuli"] * (rows["n_stimuli"] - 1) // 2
    found = []
    for (_, row), all_of_them in zip(rows.iterrows(), pairs, strict=True):
        if row["n_pairs"] < all_of_them:
            found.append(
                f"{row['area']} ({row['dataset']}): pairs of images are missing (NaN); the least"
                f" complete RDM has {int(row['n_pairs']):,} of {int(all_of_them):,}."
            )
    return found


def _onsets(latency: pd.DataFrame) -> list[str]:
    onsets = latency.dropna(subset=["onset_ms"])
    if onsets.empty:
        return []
    general = (
        "An onset is where a significant cluster begins, and the test says that there is a"
        " cluster, not when (Sassenhagen & Draschkow 2019): a stronger similarity has an earlier"
        " onset at the same latency."
    )
    unsure = onsets[onsets["onset_found"] < FOUND]
    names = [
        f"{r['layer']} of {r['model']} {share(r['onset_found'], 2)}" for _, r in unsure.iterrows()
    ]
    if not names:
        return [general]
    return [
        general,
        f"Without an interval of the onset, as too few resamples have one: {listing(names)}.",
    ]


def _early_onsets(latency: pd.DataFrame) -> list[str]:
    rows = latency[latency["onset_ci_low"] < 0]
    return [
        f"{area} ({dataset}): the interval of the onset begins before 0 ms, when there was no image"
        f" yet, for {counted(len(layers), 'layer')} of {model}: in some resamples of subjects the"
        " baseline has a cluster, so that the onset is not well known."
        for (dataset, area, model), layers in rows.groupby(["dataset", "area", "model"], sort=False)
    ]


def _same_latency(hierarchy: pd.DataFrame) -> list[str]:
    tested = hierarchy[[not sc.is_control(str(m)) for m in hierarchy["model"]]]
    rows = tested[tested["p"].isna() & (tested["n_layers"] > 0)]
    return [
        f"{row['area']} ({row['dataset']}): {row['latency']} latency is not related to depth in"
        f" {row['model']}: of {counted(int(row['n_layers']), 'layer')} too few differ in it, in the"
        " data or in the resamples."
        for _, row in rows.iterrows()
    ]
