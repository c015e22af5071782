"""Captions of the figures of best layers and of explained variance; see `captions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ventralmap import caption_parts as parts
from ventralmap import scores as sc
from ventralmap.figures import best_depths as best
from ventralmap.figures import ceiled_rows as ev
from ventralmap.method_words import METHODS
from ventralmap.wording import interval, listing, sentence, share

Config = Mapping[str, Any]


def correspondence(
    table: pd.DataFrame,
    hierarchies: pd.DataFrame | None,
    hierarchy: sc.Hierarchy,
    *,
    layers: pd.DataFrame | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    datasets: sc.Metas = (),
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.correspondence`.

    Parameters
    ----------
    table, hierarchies, hierarchy, layers, datasets
        As for the figure.
    tables
        ``encoding`` and ``rsa``, as far as they are: for n.
    config
        The study's config.

    Returns
    -------
    str
        Plain text.
    """
    found = best.several_layers(table, layers)
    models = list(dict.fromkeys(found["model"]))
    tested = [m for m in models if not sc.is_control(m)]
    twins = [m for m in models if sc.is_untrained(m)]
    others = [m for m in models if sc.is_of_images(m)]
    planted = "planted_layer" in found and found["planted_layer"].notna().any()
    title = f"Depth of the layer that each area matches best{parts.simulated(table, datasets)}."
    if found.empty:
        return sentence(title, parts.NO_LAYERS)
    return sentence(
        title,
        "Depth: 0 the first layer, 1 the last; areas in the order of the hierarchy.",
        f"Filled: {listing(tested)}." if tested else "",
        f"Open: {listing(twins)}, the same network before training." if twins else "",
        f"Open, marks of their own: {listing(others)}, no networks." if others else "",
        "Lines: 95 % percentile interval of the depth over the resamples of each method.",
        "Below an area: its best layer, in brackets p_best, the share of the resamples in which it"
        " is the best."
        if len(tested) == 1
        else "",
        "Dotted: the planted layer." if planted else "",
        f"Best layers: {'; '.join(_best(found, tested or models))}.",
        _hierarchies(hierarchies, found),
        _n(tables or {}, hierarchy),
    )


def _best(found: pd.DataFrame, tested: list[str]) -> list[str]:
    rows = found[found["model"].isin(tested)]
    several = len(tested) > 1
    return [
        f"{row.area} ({row.dataset}) by {METHODS[str(row.method)]}"
        f"{f' of {row.model}' if several else ''} {row.best_layer}, depth {share(row.depth, 2)}"
        f" {interval(row.depth_ci_low, row.depth_ci_high, 2)}, p_best {share(row.p_best, 2)}"
        for row in rows.itertuples()
    ]


def _hierarchies(hierarchies: pd.DataFrame | None, found: pd.DataFrame) -> str:
    if hierarchies is None:
        return ""
    told = [
        f"{METHODS[method]} of {model} {text}"
        for method in METHODS
        for model, text in best.hierarchy_scores(hierarchies, method).items()
        if model in set(found["model"])
    ]
    if not told:
        return ""
    return (
        "Hierarchy score ρ: rank correlation of depth with the order of the areas, its 95 %"
        " percentile interval, and p, the share of resamples in which depth does not rise:"
        f" {'; '.join(told)}."
    )


def _n(tables: Mapping[str, pd.DataFrame], hierarchy: sc.Hierarchy) -> str:
    told = []
    for method in ("encoding", "rsa"):
        if method in tables:
            scores = sc.tidy(tables[method])
            keys = sc.panels(scores, hierarchy)
            told.append(parts.n(scores, keys, method).removeprefix("n: ").removesuffix("."))
    return f"n: {'; '.join(told)}." if told else ""


def explained(
    table: pd.DataFrame,
    intervals: pd.DataFrame,
    neuroids: pd.DataFrame,
    hierarchy: sc.Hierarchy,
    *,
    datasets: sc.Metas = (),
    config: Config | None = None,
) -> str:
    """Write the caption of `ventralmap.figures.explained`; parameters as there."""
    scores, value = ev.relative(table, intervals, neuroids)
    config, keys = config or {}, sc.panels(scores, hierarchy)
    relative = value == "ev_ceiled"
    return sentence(
        f"{'Explained variance' if relative else 'Held-out r'} over depth and over neuroids"
        f"{parts.simulated(scores, datasets)}.",
        _measure(table, config) if relative else parts.measure(table, "encoding", config),
        parts.models(scores),
        f"Bands: 95 % interval (t), {parts.resamples('encoding', config)}"
        f"{', each reliability as it was estimated' if relative else ''}.",
        "Large dot: best layer, that with the highest median r; its score is optimistic, as it was"
        " chosen for it.",
        parts.subject_dots(scores),
        "Histograms: neuroids in the best layer of each model, in the order of the key, all on one"
        " scale; line, median; bar, quartiles.",
        f"Best layers: {'; '.join(_values(scores, keys, neuroids))}.",
        _missing(table, keys),
        f"n: {'; '.join(_neuroids(neuroids, keys, value))}.",
    )


def _measure(table: pd.DataFrame, config: Config) -> str:
    """Define explained variance relative to what can be explained."""
    settings = config.get("encoding") or {}
    least = settings.get("reliability_threshold")
    over = parts.HELD_OUT.get(str(table["generalisation"].iloc[0]), "images")
    return (
        f"r |r| / reliability, r held-out over {over} by"
        f" {parts.MAPS[settings.get('method', 'ridge')]}, reliability by split halves within folds;"
        " median over the neuroids"
        f"{f' whose reliability is at least {share(least, 2)}' if least is not None else ''}."
        " Grey line: 1, all that is reliable is explained."
    )


def _values(scores: pd.DataFrame, keys: list[sc.Panel], neuroids: pd.DataFrame) -> list[str]:
    return [
        f"{key.area} ({key.dataset}), {row.model}"
        f"{f' {row.layer}' if row.layer != row.model else ''} {share(row.score)}"
        f" {interval(row.low, row.high)}"
        for key in keys
        for row in ev.best_rows(key, scores, neuroids).itertuples()
    ]


def _missing(table: pd.DataFrame, keys: list[sc.Panel]) -> str:
    shown = {(key.dataset, key.area) for key in keys}
    pairs = table[["dataset", "area"]].drop_duplicates().itertuples(index=False)
    left = [f"{area} ({dataset})" for dataset, area in pairs if (dataset, area) not in shown]
    return f"Not shown, without a reliable neuroid: {listing(left)}." if left else ""


def _neuroids(neuroids: pd.DataFrame, keys: list[sc.Panel], value: str) -> list[str]:
    found = []
    for key in keys:
        n, scored, subjects = ev.counts(neuroids, key, value)
        of = "subject" if subjects == 1 else "subjects"
        found.append(f"{key.area} ({key.dataset}) {scored} of {n} neuroids, {subjects} {of}")
    return found
