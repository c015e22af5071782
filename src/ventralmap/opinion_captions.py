"""Captions of the figures of second opinions and of recovery; see `captions`."""

from __future__ import annotations

import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures.opinions import of_first_model
from ventralmap.figures.recoveries import COLUMNS, panels
from ventralmap.wording import listing, sentence


def agreement(table: pd.DataFrame, *, datasets: sc.Metas = ()) -> str:
    """Write the caption of `ventralmap.figures.agreement`; parameters as there."""
    own = of_first_model(table)
    without = own[own["rank_ci_low"].isna()]["method"].unique()
    return sentence(
        f"Ranks of layers by each method{parts.simulated(table, datasets)}.",
        f"Layers of {listing(own['model'].unique())}; 1 is the layer with the highest score.",
        "Bands: 95 % percentile interval of the rank, over the resamples of the method.",
        f"Without resamples: {listing(without)}." if len(without) else "",
    )


def spectra(table: pd.DataFrame, *, datasets: sc.Metas = ()) -> str:
    """Write the caption of `ventralmap.figures.spectra`; parameters as there."""
    return sentence(
        f"Dimensionality and alignment of layers{parts.simulated(table, datasets)}.",
        "Above: (Σ λ)² / Σ λ² of the eigenvalues λ of the layer's kernel over the images.",
        "Below: share of the variance of the responses, or of the kernel of the area's RDMs, in so"
        " many leading eigenvectors of the layer, rounded up; dotted, that of responses without"
        " structure.",
        "Mean over neuroids, or over subjects with RDMs.",
    )


def recovery(
    table: pd.DataFrame, summary: pd.DataFrame, hierarchy: sc.Hierarchy, *, datasets: sc.Metas = ()
) -> str:
    """Write the caption of `ventralmap.figures.recovery`; parameters as there."""
    usual = summary[summary["model"] == summary["simulated_model"]]
    n = [
        f"{area} ({dataset}) {int(rows['n_recordings'].max())}"
        for dataset, area in panels(summary, hierarchy)
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
