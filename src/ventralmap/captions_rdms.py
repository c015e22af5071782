"""Captions of the figures of RDMs and of what they arrange; see `captions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ventralmap import caption_parts as parts
from ventralmap.figures import mds
from ventralmap.figures.rdms import MOST_PIXELS
from ventralmap.wording import counted, listing, sentence, share

Config = Mapping[str, Any]


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
        "Above (or left): as measured, mean over subjects; of areas with responses alone,"
        f" {parts.RESPONSES[responses]}. Below (or right): the best layer.",
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


def mds_panels(
    pairs: Sequence[tuple[mds.Arrangement, mds.Arrangement]],
    pictures: Mapping[int, np.ndarray],
    *,
    dataset: str = "",
    simulated: bool = False,
    n_stimuli: int | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.mds_panels`.

    Parameters
    ----------
    pairs, pictures, dataset, simulated
        As for the figure.
    n_stimuli
        Number of stimuli of the dataset, where not all are arranged.

    Returns
    -------
    str
        Plain text.
    """
    n = len(pairs[0][0].points)
    fits = "; ".join(
        f"{area.name} {share(area.rho, 2)}, {layer.name} {share(layer.rho, 2)}"
        for area, layer in pairs
    )
    part = f", evenly over the categories, of {n_stimuli:,}" if n_stimuli not in (None, n) else ""
    return sentence(
        "Images arranged by areas and by their best layers"
        f"{' (simulated data)' if simulated else ''}.",
        f"{dataset}." if dataset else "",
        "Images that lie close together are alike for the area, above (or left), or for its best"
        " layer, below (or right).",
        "Two dimensions of classical multidimensional scaling (Torgerson 1952) of the percentiles"
        " of dissimilarities, a missing pair counting as the mean one; the arrangement of a layer"
        " is turned, reflected and scaled to lie on that of its area (Schönemann 1966).",
        f"ρ: Spearman correlation of distances in the plane with dissimilarities: {fits}.",
        f"Shown as pictures: {len(pictures)} images, evenly over the categories; dots: the others."
        if len(pictures) < n
        else "",
        f"n = {counted(n, 'image')}{part}.",
    )
