"""What captions are made of: a sentence per thing that a figure of scores shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap import comparison_words
from ventralmap import scores as sc
from ventralmap.figures.depth import counts, differences
from ventralmap.figures.panel import over_subjects, several_subjects
from ventralmap.stimulus_bootstrap import ENOUGH
from ventralmap.wording import interval, listing, p_value, sentence, share

Config = Mapping[str, Any]
NO_LAYERS = "No model of the study has several layers."
"""All that is said of a figure without panels."""
HELD_OUT = {
    "images": "images",
    "group": "groups of images",
    "object": "objects",
    "category": "categories",
}
DISTANCES = {
    "correlation": "1 − Pearson r of two patterns",
    "euclidean": "the squared Euclidean distance of two patterns per feature",
    "cosine": "1 − the cosine of two patterns",
}
RESPONSES = {
    "none": "1 − Pearson r over neuroids of the mean responses, each z-scored over images",
    "correlation": "1 − Pearson r over neuroids of the mean responses, mean over subjects",
    "euclidean": "the squared Euclidean distance per neuroid of the mean responses, mean over"
    " subjects",
    "cosine": "1 − the cosine of the mean responses, mean over subjects",
    "crossnobis": "the crossnobis distance of the responses, mean over subjects",
}
"""By `rsa: responses`."""
MAPS = {
    "ridge": "ridge regression",
    "ridge_pca": "ridge regression on principal components",
    "pls": "partial least squares",
    "ridge_srp": "ridge regression on a random projection",
}
_HELD_OUT = (
    "resamples of the held-out images, or of the labels that are held out"
    f" ({ENOUGH} different ones at most)"
)
INTERVALS = {
    "neuroids": "resamples of neuroids and subjects",
    "stimuli": _HELD_OUT,
    "both": f"{_HELD_OUT}, of neuroids and subjects, and of both",
}
"""By `encoding: interval`; all are in ``two_factor.SPREADS``."""


def simulated(table: pd.DataFrame, datasets: sc.Metas) -> str:
    """Say in brackets which of a table's datasets are simulated; nothing when none is."""
    names = list(table["dataset"].unique())
    found = [n for n in names if sc.is_simulated(n, datasets)]
    if not found:
        return ""
    return " (simulated data)" if len(found) == len(names) else f" (simulated: {listing(found)})"


def step(how: str) -> str:
    """Name the step that made the scores."""
    return "encoding" if how == "encoding" else "representational similarity"


def measure(table: pd.DataFrame, how: str, config: Config) -> str:
    """Define the score: what is correlated with what, and over what it is averaged."""
    if how == "encoding":
        settings = config.get("encoding") or {}
        fitted = MAPS[settings.get("method", "ridge")]
        over = listing(HELD_OUT.get(g, str(g)) for g in table["generalisation"].unique())
        return (
            f"Pearson r between the mean response and its prediction by {fitted} on"
            f" held-out images, mean over {_folds(settings)} of {over}, median over neuroids."
        )
    comparison = comparison_words.name(table["comparison"])
    distance = listing(DISTANCES.get(d, str(d)) for d in table["distance"].unique())
    return (
        f"{comparison} of the layer's RDM with that of each subject, mean over"
        f" subjects; distance in a layer: {distance}."
    )


def _folds(settings: Config) -> str:
    splits = settings.get("repeats", 1)
    folds = f"{settings['folds']} folds" if "folds" in settings else "folds"
    return f"{splits:,} random splits into {folds}" if splits > 1 else folds


def models(scores: pd.DataFrame) -> str:
    """Say which line is which model."""
    lists = sc.layer_lists(scores)
    tested = listing(m for m in lists if not sc.is_control(m))
    twins = listing(m for m in lists if sc.is_untrained(m))
    flat = listing(m for m, layers in lists.items() if len(layers) == 1)
    return sentence(
        f"Solid: {tested}." if tested else "",
        f"Dashed: {twins}, the same network before training." if twins else "",
        f"Of {seeds:.0f} untrained twins the mean is shown, the band from lowest to highest."
        if (seeds := scores["n_seeds"].max()) > 1
        else "",
        f"Level line: {flat}, having one layer." if flat else "",
    )


def resamples(how: str, config: Config) -> str:
    """Say what is resampled, and how often where the config tells."""
    number = f"{config['bootstrap']:,} " if config.get("bootstrap") else ""
    if how == "encoding":
        interval = (config.get("encoding") or {}).get("interval", "both")
        return number + INTERVALS[interval]
    return f"{number}resamples of images and subjects"


def bands(how: str, config: Config) -> str:
    """Say what the error bars are."""
    if how == "encoding":
        return f"Bands: 95 % interval (t), {resamples(how, config)}."
    return (
        f"Bands: 95 % interval (t) from the two-factor bootstrap, {resamples(how, config)}; over"
        " images alone where there is one subject."
    )


def whiskers(scores: pd.DataFrame, keys: Sequence[sc.Panel]) -> str:
    """Explain the intervals over subjects alone and give those of the best layers; else nothing."""
    found = [
        f"{key.area} ({key.dataset}) {row['layer']} {share(row['score'])}"
        f" {interval(row['subjects_low'], row['subjects_high'])}"
        for key in keys
        for _, rows in over_subjects(sc.select(scores, key)).groupby("model", sort=False)
        if (row := sc.best(rows)) is not None
    ]
    if not found:
        return ""
    return (
        "Thin vertical lines: 95 % interval (t) over subjects alone, for other people and the same"
        f" images; of the best layers: {'; '.join(found)}."
    )


def best(scores: pd.DataFrame, how: str, config: Config) -> str:
    """Explain the marker of the best layer, where one is drawn."""
    if not any(len(x) > 1 and not sc.is_control(m) for m, x in sc.layer_lists(scores).items()):
        return ""
    return (
        "Large dot: best layer, in brackets p_best, the share of the resamples in which it is the"
        " best; its score is optimistic, as it was chosen for it."
    )


def tests(scores: pd.DataFrame, how: str, config: Config) -> str:
    """State the test behind the ticks, where there is one."""
    if how != "rsa" or scores["p_fdr"].isna().all():
        return ""
    n = (config.get("rsa") or {}).get("permutations")
    least = p_value(scores["p_fdr"].min())
    return (
        f"Stars at the bottom: p < .05, two .01, three .001 (one-sided, {f'{n:,} ' if n else ''}"
        "relabellings of the images, false discovery rate controlled over all rows; smallest"
        f" {least})."
    )


def brackets(
    scores: pd.DataFrame,
    keys: Sequence[sc.Panel],
    pairs: pd.DataFrame | None,
    correspondence: pd.DataFrame | None,
) -> str:
    """Say which layers are compared, by which test, and what came out; nothing without any."""
    found = [
        f"{key.area} ({key.dataset}) {one.best} − {one.other} {share(one.difference)},"
        f" {p_value(one.p)}"
        for key, chosen in zip(keys, differences(scores, keys, pairs, correspondence), strict=True)
        for one in chosen
    ]
    if not found:
        return ""
    return (
        "Brackets: the best layer against the next best and the best ones of other areas,"
        " two-sided, family-wise over all pairs of layers of the model in the area (against the"
        f" largest difference of any two under resampling); n.s., p ≥ .05: {'; '.join(found)}."
    )


def clusters(curves: str, config: Config) -> str:
    """State the test over time behind the bars."""
    settings = config.get("rsa") or {}
    n, p = settings.get("permutations"), settings.get("cluster_p")
    flips = f"up to {n:,} sign flips of the subjects" if n else "sign flips of the subjects"
    flips += f", and {f'{n:,} ' if n else ''}relabellings of the images"
    return (
        f"Bars: p < .05, one-sided cluster test ({flips};"
        f" clusters of times with {f'p < {share(p, 2)}' if p else 'a low p'} in a t-test; largest"
        f" mass over all {curves} and times)."
    )


def subject_dots(scores: pd.DataFrame) -> str:
    """Explain the dots of single subjects, where they are drawn."""
    panels = scores.groupby(["dataset", "variant", "area"])
    several = any(len(several_subjects(part)) for _, part in panels)
    return "Small dots: single subjects." if several else ""


def ceilings(scores: pd.DataFrame, keys: Sequence[sc.Panel], how: str) -> str:
    """Explain the ceilings that are drawn, and name the panels that have none."""
    missing = [k for k in keys if sc.select(scores, k)["ceiling_high"].isna().all()]
    names = listing(f"{k.area} ({k.dataset})" for k in missing)
    why = (
        "no repeats, too few in a fold, or no positive reliability"
        if how == "encoding"
        else "one subject"
    )
    drawn = {
        "encoding": "Grey line: ceiling √reliability, from the median split-half reliability of the"
        " mean response within folds, corrected for the numbers of repeats.",
        "rsa": "Grey band: noise ceiling, lower to upper bound.",
    }[how]
    return sentence(
        drawn if len(missing) < len(keys) else "",
        f"No ceiling for {names}: {why}." if missing else "",
    )


def n(scores: pd.DataFrame, keys: Sequence[sc.Panel], how: str) -> str:
    """State n of each panel."""
    parts = [
        f"{k.area} ({k.dataset}) {counts(sc.select(scores, k), how).removeprefix('n = ')}"
        for k in keys
    ]
    return f"n: {'; '.join(dict.fromkeys(parts))}."
