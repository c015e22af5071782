"""The methods section of a study, written from its config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ventralmap import (
    comparison_words,
    methods_models,
    methods_opinions,
    methods_rsa,
    methods_time,
)
from ventralmap.hierarchy import areas
from ventralmap.inference import ENOUGH_SUBJECTS
from ventralmap.method_words import ALPHA_BY, DISTANCES, HELD_OUT, INTERVALS, MAPS
from ventralmap.wording import counted, listing, sentence

Config = Mapping[str, Any]
Metas = Sequence[Mapping[str, Any]]


def paragraphs(config: Config, datasets: Metas, steps: Sequence[str]) -> list[str]:
    """Write the methods of a study.

    Parameters
    ----------
    config
        The study's config with its defaults filled in.
    datasets
        What each ``dataset.yaml`` holds.
    steps
        The tables that the study has: ``encoding``, ``cka``, ``rsa``, ``rsa_fitted``,
        ``timecourse``, ``fusion``, ``correspondence``, or in ``methods_opinions``.

    Returns
    -------
    list of str
        Plain text; the works cited are in ``references.cited``.
    """
    writers = {
        "encoding": _encoding,
        "cka": methods_rsa.cka,
        "rsa": _rsa,
        "rsa_fitted": methods_rsa.fitted,
        "timecourse": methods_time.timecourse,
        "fusion": methods_time.fusion,
        "correspondence": _correspondence,
        **methods_opinions.WRITERS,
    }
    chosen = [write(config) for step, write in writers.items() if step in steps]
    return [_data(config, datasets), _of_models(config, datasets), *chosen]


def _data(config: Config, datasets: Metas) -> str:
    simulated = [str(m["name"]) for m in datasets if m.get("simulated")]
    return sentence(
        f"{_describe(datasets)}.",
        f"Recordings of the dataset {listing(simulated)} were not measured, but simulated from"
        " layers of a network."
        if simulated
        else "",
        f"Areas, early to late: {' < '.join(_levels(config))}." if config.get("hierarchy") else "",
        f"Compared beside this order: {listing(config['beside'])}." if config.get("beside") else "",
    )


def _describe(datasets: Metas) -> str:
    return "; ".join(
        ", ".join(
            str(part)
            for part in (
                f"{m.get('title') or m.get('name')} ({m.get('name')})",
                m.get("species"),
                m.get("measurement"),
                counted(int(m["n_stimuli"]), "image") if m.get("n_stimuli") else None,
            )
            if part
        )
        for m in datasets
    )


def _levels(config: Config) -> list[str]:
    return [" = ".join(areas([level])) for level in config["hierarchy"]]


def _of_models(config: Config, datasets: Metas) -> str:
    return sentence(methods_models.models(config, datasets), _features(config))


def _features(config: Config) -> str:
    features = config.get("features") or {}
    return sentence(_scaling(features), _kept(features))


def _scaling(features: Config) -> str:
    if not features:
        return ""
    steps = ["centred"] * bool(features.get("centre"))
    steps += ["divided by its standard deviation"] * (features.get("scale") == "zscore")
    if not steps:
        return "Features were used as they are."
    return f"Each feature was {listing(steps)} over the images."


def _kept(features: Config) -> str:
    n = features.get("projection")
    if n is None:
        return (
            "All units of a layer enter, through the stimulus-by-stimulus kernel of its features."
        )
    return (
        f"The features of each layer with more than {n:,} units were projected on {n:,} dimensions"
        " by a seeded sparse random matrix, in expectation with the same inner products (Li et al."
        " 2006)."
    )


def _encoding(config: Config) -> str:
    settings = config.get("encoding") or {}
    fitted = MAPS[settings.get("method", "ridge")].format(
        components=settings.get("components", "some")
    )
    return sentence(
        f"Encoding: the mean response of each neuroid was predicted from each layer by {fitted}, as"
        " neural predictivity in Yamins et al. 2014.",
        _folds(settings),
        _held_out(settings),
        _penalty(settings),
        _bands(settings),
        _reliability(settings),
        _interval(config),
    )


def _folds(settings: Config) -> str:
    if "folds" not in settings:
        return ""
    n = settings.get("repeats", 1)
    return (
        "Scores are Pearson correlations over the held-out images of a fold, mean over"
        f" {settings['folds']} folds{f' of {n} random splits each' if n > 1 else ''}; images of one"
        " group, where the dataset has groups, share a fold."
    )


def _held_out(settings: Config) -> str:
    """Say which generalisations there are, the one of the correspondence first."""
    if "folds" not in settings:
        return ""
    chosen = settings.get("generalisations") or ()
    if not chosen:
        return "Whole objects and categories, where the dataset names them, are held out as well."
    return f"Held out are {listing(HELD_OUT[name] for name in chosen)}."


def _interval(config: Config) -> str:
    if not config.get("bootstrap"):
        return ""
    interval = (config.get("encoding") or {}).get("interval", "both")
    return f"Intervals: {config['bootstrap']:,} resamples of {INTERVALS[interval]}"


def _penalty(settings: Config) -> str:
    grid = settings.get("alphas") or {}
    if not grid or settings.get("method") == "pls":
        return ""
    return (
        f"The penalty was chosen per neuroid by {ALPHA_BY[settings.get('alpha_by', 'loo')]} from"
        f" {grid['n']} log-spaced values, {grid['low']:g} to {grid['high']:g} times the mean"
        " eigenvalue of the training kernel."
    )


def _bands(settings: Config) -> str:
    if not settings.get("banded"):
        return ""
    return (
        "Variance explained by sets of layers together, each layer with its own penalty (banded"
        " ridge regression, Nunez-Elizalde et al. 2019; Dupré la Tour et al. 2022), was divided"
        " into what is lost without a layer (unique) and the rest (shared), on held-out images"
        " (Borcard et al. 1992). Its intervals are for other neuroids."
    )


def _reliability(settings: Config) -> str:
    if "reliability_threshold" not in settings:
        return ""
    splits = settings.get("reliability_splits")
    return (
        "Reliability is the split-half correlation of the mean response within the same folds, mean"
        f" over folds{f', median of {splits} random splits' if splits else ''}, corrected for the"
        " numbers of repeats (as Spearman 1910; Brown 1910; an odd repeat is in neither half but in"
        " the mean response); r_ceiled = r / √reliability and ev_ceiled = r |r| /"
        " reliability per neuroid, for neuroids with a reliability of at least"
        f" {settings['reliability_threshold']:g}."
    )


def _rsa(config: Config) -> str:
    settings = config.get("rsa") or {}
    distance = DISTANCES.get(settings.get("distance", ""), "")
    comparison = comparison_words.method(settings.get("comparison", "spearman"))
    number = f"{config['bootstrap']:,} resamples" if config.get("bootstrap") else "resamples"
    relabelled = f"{settings['permutations']:,} " if "permutations" in settings else ""
    return sentence(
        "RSA (Kriegeskorte et al. 2008): representational dissimilarity matrices (RDMs) of layers"
        f" and of each subject were compared by {comparison}, averaged over subjects, as in"
        " Cichy et al. 2016.",
        "Pairs of images that a subject's RDM lacks were left out for that subject.",
        f"Distance between two images in a layer: {distance}." if distance else "",
        methods_rsa.responses(settings),
        f"Intervals and tests of differences (between layers, to the lower ceiling): Student's t on"
        f" the variance of the two-factor bootstrap over images and subjects, {number}, n − 1"
        " degrees of freedom by the fewer of both (Schütt et al. 2023); over images alone where"
        " there is one subject. As the best layer was picked, p_below_best compares the difference"
        " to it with the largest of any two layers under resampling: it is family-wise over the"
        " layers of an area (Westfall & Young 1993), and the intervals of below_best hold for all"
        " layers at once.",
        f"Tests against chance: {relabelled}relabellings of the images and, of"
        f" {ENOUGH_SUBJECTS} subjects or more, sign flips of subjects (Nichols & Holmes 2002),"
        " one-sided, each with the false discovery rate controlled over all rows (Benjamini &"
        " Hochberg 1995). Relabelling is about other images; sign flips are about other subjects"
        " with these images. Noise ceilings as in Nili et al. 2014.",
        "Distances are positive, so that the cosine of unrelated RDMs is too: chance is not zero,"
        " and signs are not flipped."
        if settings.get("comparison", "").endswith("cosine")
        else "",
    )


def _correspondence(config: Config) -> str:
    number = f"{config['bootstrap']:,} " if config.get("bootstrap") else "the "
    return sentence(
        "Correspondence: the best layer of an area is that with the highest score; p_best is the"
        f" share of {number}resamples in which it is. These are drawn in or out so that layers"
        " differ as their interval says, and p_best allows for leads that are chance: how much"
        " layers differ in truth is what they differ beyond their errors (Morris & Lysy 2012). The"
        " score of the best layer is optimistic, as it was chosen for"
        " it; score_nested is the score, on held-out images, of the layer chosen on the others.",
        "A model is compared with its untrained twin by the mean difference of the nested scores"
        " over neuroids (encoding), or by the difference of the best layers (RSA, CKA), one-sided;"
        " the best layer with the next by their mean difference over neuroids, or by that of their"
        " similarities, two-sided. All by Student's t on the two-factor variance, for other images,"
        " neuroids and subjects.",
        f"Depth runs from 0 (first layer) to 1 (last). Seed {config['seed']}."
        if "seed" in config
        else "",
    )
