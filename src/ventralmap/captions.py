"""Captions written from the data: what is shown, n, error bars, tests and formulas.

Each function takes what the figure of the same name takes, and the study's config; numbers that
the config does not give are left out. A caption's first sentence is its title.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures.maps import LEAST_SHOWN
from ventralmap.figures.variances import panels, select
from ventralmap.wording import counted, listing, sentence, share

Config = Mapping[str, Any]


def score_over_depth(
    table: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    correspondence: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.score_over_depth`.

    Parameters
    ----------
    table, hierarchy, datasets, correspondence, pairs
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
        parts.whiskers(scores, keys),
        parts.best(scores, how, config),
        "Triangle and dotted line: the planted layer." if planted else "",
        parts.tests(scores, how, config),
        parts.brackets(scores, keys, pairs, correspondence),
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
        f"Rows at the bottom: {listing(flat)}, having one layer." if flat else "",
        parts.n(scores, keys, how),
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
