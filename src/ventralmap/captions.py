"""Captions written from the data: what is shown, n, error bars, tests and formulas.

Each function takes what the figure of the same name takes, and the study's config; numbers that
the config does not give are left out. A caption's first sentence is its title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures.maps import LEAST_SHOWN
from ventralmap.figures.rdms import MOST_PIXELS
from ventralmap.figures.timecourses import MOST_LAYERS, rows_of
from ventralmap.figures.variances import panels, select
from ventralmap.wording import counted, listing, sentence, share

Config = Mapping[str, Any]


def score_over_depth(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    correspondence: pd.DataFrame | None = None,
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.score_over_depth`.

    Parameters
    ----------
    table, hierarchy, datasets, correspondence
        As for the figure.
    config
        The study's config.

    Returns
    -------
    str
        Plain text.
    """
    scores, how, config = sc.tidy(table), sc.method(table), config or {}
    keys = sc.panels(scores, hierarchy)
    planted = any(sc.planted(correspondence, key, how) for key in keys)
    name = "Encoding score" if how == "encoding" else "Similarity of RDMs"
    return sentence(
        f"{name} over depth{parts.simulated(scores, datasets)}.",
        parts.measure(table, how, config),
        parts.models(scores),
        parts.bands(how, config),
        parts.best(scores, how, config),
        "Triangle and dotted line: the planted layer." if planted else "",
        parts.tests(scores, how, config),
        parts.subject_dots(scores),
        parts.ceilings(scores, keys, how),
        parts.n(scores, keys, how),
    )


def layer_area_map(
    table: pd.DataFrame,
    correspondence: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.layer_area_map`; parameters as there."""
    scores, how, config = sc.tidy(table), sc.method(table), config or {}
    keys = sc.panels(scores, hierarchy)
    flat = [m for m, layers in sc.layer_lists(scores).items() if len(layers) == 1]
    planted = any(sc.planted(correspondence, key, how) for key in keys)
    alone = f", {keys[0].variant} alone" if scores["variant"].nunique() > 1 else ""
    return sentence(
        f"Layers and areas by {parts.step(how)}{parts.simulated(scores, datasets)}.",
        "Rows: layers, the first at the bottom; columns: areas.",
        f"Colour: {parts.measure(table, how, config)}",
        "Frame: the best layer.",
        f"Numbers: p_best, the share of {parts.resamples(how, config)} in which a layer is best,"
        f" where at least {share(LEAST_SHOWN, 2)}.",
        f"Bar at the right of a column: 95 % interval of the depth of the best layer{alone}.",
        "Triangle: the planted layer." if planted else "",
        f"Not shown, having one layer: {listing(flat)}." if flat else "",
        parts.n(scores, keys, how),
    )


def rdm_panels(
    measured: Mapping[str, np.ndarray],
    model: Mapping[str, tuple[str, np.ndarray]],
    categories: Sequence[str] | None = None,
    *,
    dataset: str = "",
    simulated: bool = False,
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.rdm_panels`; parameters as there."""
    n = len(next(iter(measured.values())))
    kinds = list(dict.fromkeys(categories)) if categories is not None else []
    settings = (config or {}).get("rsa") or {}
    distance, responses = settings.get("distance", ""), settings.get("responses", "none")
    matched = listing(f"{area} with {model[area][0]}" for area in measured)
    return sentence(
        f"RDMs of areas and of their best layers{' (simulated data)' if simulated else ''}.",
        f"{dataset}: {matched}." if dataset else f"{matched}.",
        "Above: as measured, mean over subjects; of areas with responses alone,"
        f" {parts.RESPONSES[responses]}. Below: the best layer.",
        f"Dissimilarity in a layer: {parts.DISTANCES[distance]}."
        if distance in parts.DISTANCES
        else "",
        "Colour: percentile of each pair of images among all pairs of its RDM, so that RDMs of"
        " different units compare; ties share their mean rank.",
        f"Images sorted by category ({counted(len(kinds), 'group')}); white lines part them."
        if kinds
        else "Images in the order of the dataset.",
        f"Drawn as means over blocks, at most {MOST_PIXELS} a side." if n > MOST_PIXELS else "",
        f"n = {counted(n, 'image')}, {n * (n - 1) // 2:,} pairs.",
    )


def variance(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.variance`; parameters as there."""
    keys = panels(table, hierarchy)
    over = listing(parts.HELD_OUT.get(g, str(g)) for g in table["generalisation"].unique())
    return sentence(
        "Variance explained by layers alone, in common and together"
        f"{parts.simulated(table, datasets)}.",
        "Together: R² = 1 − squared error / squared error of the training mean, of all layers of a"
        f" set, by banded ridge regression on held-out {over}; median over neuroids.",
        "Only: R² of the set minus that of the set without the layer.",
        "Shared: R² minus all that only one layer explains.",
        "Below zero: a layer that makes predictions worse, or layers that predict only together."
        if (table[["unique", "shared"]] < 0).any(axis=None)
        else "",
        "The parts add up to R² for each neuroid, their medians need not.",
        f"Lines: 95 % interval (t), {_of_neuroids(config or {})}.",
        f"n: {'; '.join(dict.fromkeys(_variance_n(table, key) for key in keys))}.",
    )


def _of_neuroids(config: Config) -> str:
    number = f"{config['bootstrap']:,} " if config.get("bootstrap") else ""
    return number + parts.INTERVALS["neuroids"]


def _variance_n(table: pd.DataFrame, key: sc.Panel) -> str:
    rows = select(table, key)
    neuroids, images = int(rows["n_neuroids"].max()), int(rows["n_stimuli"].max())
    return f"{key.area} ({key.dataset}) {counted(neuroids, 'neuroid')}, {counted(images, 'image')}"


def timecourse(
    timecourse: pd.DataFrame,
    latency: pd.DataFrame,
    *,
    layers: Sequence[str] | None = None,
    datasets: sc.Metas = (),
    truth: pd.DataFrame | None = None,
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.timecourse`; parameters as there."""
    n = (config or {}).get("bootstrap")
    drawn = f"{n:,} " if n else ""
    chosen = "the layers asked for" if layers else f"up to {MOST_LAYERS} layers spread over depth"
    missing = int(latency["onset_ms"].isna().sum())
    several = (timecourse["n_subjects"] > 1).any()
    return sentence(
        f"Similarity of RDMs over time{parts.simulated(timecourse, datasets)}.",
        f"Left: mean over subjects of the Spearman correlation of RDMs, for {chosen};"
        " 0 ms is stimulus onset.",
        f"Bands and lines: 95 % percentile interval, {drawn}resamples of the subjects."
        if several
        else "",
        parts.clusters("layers", config or {}),
        "Right: filled, time of the highest similarity of each layer; open, onset, the begin of the"
        " first significant cluster of at least two times.",
        f"No onset for {missing} of {len(latency)} layers." if missing else "",
        "Crosses: planted peaks." if truth is not None and "peak_ms" in truth else "",
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
    n = (config or {}).get("bootstrap")
    subjects = [
        f"{recording} ({dataset}) {counted(int(rows['n_subjects'].max()), 'subject')}"
        for (dataset, recording), rows in fusion.groupby(["dataset", "recording"], sort=False)
    ]
    return sentence(
        f"Fusion of recordings over time with areas{parts.simulated(fusion, datasets)}.",
        "Left: mean over subjects of the Spearman correlation of the RDM at each time with the mean"
        " RDM of each area.",
        f"Bands: 95 % percentile interval, {f'{n:,} ' if n else ''}resamples of the subjects"
        " recorded over time."
        if (fusion["n_subjects"] > 1).any()
        else "",
        parts.clusters("areas", config or {}),
        "Other panels: grey, variance of the ranked RDMs over time that the area explains; lines,"
        " the part of it that a layer explains in common with the area (R²(area) + R²(layer) −"
        " R²(area and layer)), for the layer of each model that reaches most, chosen on these data;"
        " it may be negative.",
        f"n: {'; '.join(subjects)}.",
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
