"""Captions of the figures of second opinions and of recovery; see `captions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures.opinions import of_first_model, panels
from ventralmap.figures.opinions import own as of_area
from ventralmap.figures.recoveries import COLUMNS
from ventralmap.figures.recoveries import panels as of_recovery
from ventralmap.method_words import METHODS
from ventralmap.wording import counted, listing, sentence


def agreement(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    config: Mapping[str, Any] | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.agreement`; parameters as there."""
    own = of_first_model(table)
    title = f"Ranks of layers by each method{parts.simulated(table, datasets)}."
    if own.empty:
        return sentence(title, parts.NO_LAYERS)
    without = [METHODS[m] for m in own[own["rank_ci_low"].isna()]["method"].unique()]
    n = (config or {}).get("bootstrap")
    return sentence(
        title,
        f"Layers of {listing(own['model'].unique())}; 1 is the layer with the highest score.",
        f"Bands: 95 % percentile interval of the rank, over the {f'{n:,} ' if n else ''}resamples"
        " of the method.",
        f"Without resamples: {listing(without)}." if without else "",
        f"First by: {'; '.join(_first(own, key) for key in panels(own, hierarchy))}.",
        f"n: {own['layer'].nunique()} layers.",
    )


def _first(table: pd.DataFrame, key: tuple[str, str]) -> str:
    """Say which layer each method puts first in an area."""
    rows = of_area(table, *key)
    top = rows.loc[rows.groupby("method", sort=False)["rank"].idxmin()]
    words = [f"{METHODS[m]} {layer}" for m, layer in zip(top["method"], top["layer"], strict=True)]
    return f"{key[1]} ({key[0]}) {', '.join(words)}"


def spectra(table: pd.DataFrame, hierarchy: sc.Hierarchy, *, datasets: sc.Metas = ()) -> str:
    """Write the caption of `ventralmap.figures.spectra`; parameters as there."""
    images = [
        f"{dataset} {counted(int(rows['n_stimuli'].max()), 'image')}"
        for dataset, rows in table.groupby("dataset", sort=False)
    ]
    return sentence(
        f"Dimensionality and alignment of layers{parts.simulated(table, datasets)}.",
        "All areas: effective dimensionality, (Σ λ)² / Σ λ² of the eigenvalues λ of the layer's"
        " kernel over the images.",
        "Each area: share of the variance of its responses, or of the kernel of its RDMs, in so"
        " many leading eigenvectors of the layer, rounded up; dotted, that of responses without"
        " structure.",
        "Mean over neuroids, or over subjects with RDMs; no intervals.",
        f"n: {'; '.join(images)}.",
    )


def recovery(
    table: pd.DataFrame, summary: pd.DataFrame, hierarchy: sc.Hierarchy, *, datasets: sc.Metas = ()
) -> str:
    """Write the caption of `ventralmap.figures.recovery`; parameters as there."""
    usual = summary[summary["model"] == summary["simulated_model"]]
    n = [
        f"{area} ({dataset}) {int(rows['n_recordings'].max())}"
        for dataset, area in of_recovery(summary, hierarchy)
        if len(rows := usual[(usual["dataset"] == dataset) & (usual["area"] == area)])
    ]
    return sentence(
        "Layers chosen for recordings that were simulated from each layer of"
        f" {listing(usual['simulated_model'].unique())}.",
        f"Above, for up to {COLUMNS} methods (of RSA the one that is right most often): share of"
        " the recordings of a layer (row, the first at the bottom) for which each was chosen, white"
        " none to black all, with the noise, neuroids and images of the data.",
        "Below: share of recordings for which the layer or one next to it was chosen, with its"
        " Clopper-Pearson interval, against noise, neuroids and images; dotted, .95.",
        "Last panel: of layers with a given p_best, in five bins, the share that is the very layer;"
        " size of a point, number of recordings.",
        f"n: {'; '.join(n)} recordings by a method, and fewer where they are unlike the data.",
    )
