"""Captions of the figures over time; see `captions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures.latencies import latency_scores
from ventralmap.figures.timecourses import MOST_LAYERS, flat_models, rows_of
from ventralmap.wording import counted, listing, sentence

Config = Mapping[str, Any]


def timecourse(
    timecourse: pd.DataFrame,
    latency: pd.DataFrame,
    *,
    layers: Sequence[str] | None = None,
    datasets: sc.Metas = (),
    truth: pd.DataFrame | None = None,
    hierarchy: pd.DataFrame | None = None,
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.timecourse`; parameters as there."""
    n = (config or {}).get("bootstrap")
    drawn = f"{n:,} " if n else ""
    chosen = "the layers asked for" if layers else f"up to {MOST_LAYERS} layers spread over depth"
    missing = int(latency["onset_ms"].isna().sum())
    several = (timecourse["n_subjects"] > 1).any()
    flat = {name for key in rows_of(timecourse) for name in flat_models(timecourse, key)}
    return sentence(
        f"Similarity of RDMs over time{parts.simulated(timecourse, datasets)}.",
        f"Curves: mean over subjects of the Spearman correlation of RDMs, for {chosen}, whose names"
        " have their colours beside the map; 0 ms is stimulus onset.",
        f"Broken line: {listing(sorted(flat))}, having one layer." if flat else "",
        "Bands: 95 % interval over subjects (t). Lines of latencies: 95 % percentile interval,"
        f" {drawn}resamples of the subjects."
        if several
        else "",
        parts.clusters("layers", config or {}),
        "Map: the same for all layers, the first at the bottom; lines are around p < .05 by that"
        " test; zero and less is white.",
        "Latency: filled, time of the highest similarity of each layer; open, onset, the begin of"
        " the first significant cluster of at least two times.",
        f"No onset for {missing} of {len(latency)} layers." if missing else "",
        "Crosses: planted peaks." if truth is not None and "peak_ms" in truth else "",
        _latency_scores(hierarchy),
        _time_n(timecourse),
    )


def fusion(
    fusion: pd.DataFrame,
    commonality: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.fusion`; parameters as there."""
    subjects = [
        f"{recording} ({dataset}) {counted(int(rows['n_subjects'].max()), 'subject')}"
        for (dataset, recording), rows in fusion.groupby(["dataset", "recording"], sort=False)
    ]
    return sentence(
        f"Fusion of recordings over time with areas{parts.simulated(fusion, datasets)}.",
        "First panel: mean over subjects of the Spearman correlation of the RDM at each time with"
        " the mean RDM of each area.",
        "Bands: 95 % interval over the subjects recorded over time (t)."
        if (fusion["n_subjects"] > 1).any()
        else "",
        parts.clusters("areas", config or {}),
        "Other panels: grey, variance of the ranked RDMs over time that the area explains; lines,"
        " the part of it that a layer explains in common with the area (R²(area) + R²(layer) −"
        " R²(area and layer)), for the layer of each model that reaches most, chosen on these data;"
        " it may be negative.",
        f"n: {'; '.join(subjects)}.",
    )


def _latency_scores(hierarchy: pd.DataFrame | None) -> str:
    """Say how latency goes with depth, for each model and area of which that is known."""
    if hierarchy is None or hierarchy["rho"].isna().all():
        return ""
    found = [
        f"{model}, {area} ({dataset}), {kind} {text}"
        for (dataset, model, area), rows in hierarchy.groupby(
            ["dataset", "model", "area"], sort=False
        )
        for kind, text in latency_scores(rows).items()
    ]
    return (
        "ρ: rank correlation of latency with depth, its 95 % interval and p over subjects:"
        f" {'; '.join(found)}."
    )


def _time_n(timecourse: pd.DataFrame) -> str:
    keys = dict.fromkeys((dataset, area) for dataset, _, area in rows_of(timecourse))
    found = []
    for dataset, area in keys:
        rows = timecourse[(timecourse["dataset"] == dataset) & (timecourse["area"] == area)]
        subjects, images = int(rows["n_subjects"].max()), int(rows["n_stimuli"].max())
        found.append(
            f"{area} ({dataset}) {counted(subjects, 'subject')}, {counted(images, 'image')}"
        )
    return f"n: {'; '.join(found)}."
