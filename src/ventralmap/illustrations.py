"""The figures of a study, drawn from its tables and RDMs, each with its caption."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ventralmap import (
    captions,
    captions_best,
    captions_layers,
    captions_rdms,
    captions_time,
    figure_data,
    figures,
    opinion_captions,
)
from ventralmap.figure_data import Study
from ventralmap.figures import mds, rdms
from ventralmap.model_names import slug, split, without_lesions

Drawing = tuple[Figure, str]


def draw(name: str, study: Study) -> Drawing:
    """Draw one figure.

    Parameters
    ----------
    name
        correspondence, <table>_depth, <table>_map, encoding_explained, timecourse, fusion,
        variance, model_layers, filters, agreement, spectra, recovery, rdms_<dataset> or
        mds_<dataset>.
    study
        The study.

    Returns
    -------
    figure, caption
    """
    kind, _, rest = name.partition("_")
    if kind in _OF_DATASET:
        return _OF_DATASET[kind](rest, study)
    return _OF_TABLE[rest](kind, study)


def save_all(names: Sequence[str], study: Study, folder: Path, workers: int = 1) -> dict[str, str]:
    """Draw figures and save each as SVG, PDF and PNG.

    Parameters
    ----------
    names
        As `draw` takes them.
    study
        The study.
    folder
        Where they go, as ``<name>.<suffix>``.
    workers
        Processes that draw at once, where processes can be forked.

    Returns
    -------
    dict
        Captions, by name in the order given.
    """
    save = partial(_save, study=study, folder=folder)
    if workers < 2 or "fork" not in get_all_start_methods():
        return dict(zip(names, map(save, names), strict=True))
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        return dict(zip(names, pool.map(save, names), strict=True))


def _save(name: str, study: Study, folder: Path) -> str:
    figure, caption = draw(name, study)
    figures.save(figure, folder / name)
    return caption


def _correspondence(_: str, study: Study) -> Drawing:
    arguments = (study.best, study.tables.get("hierarchy"), study.config["hierarchy"])
    layers = study.tables.get("model_layers")
    return (
        figures.correspondence(*arguments, layers=layers, **study.look),
        captions_best.correspondence(*arguments, layers=layers, tables=study.tables, **study.about),
    )


def _depth(table: str, study: Study) -> Drawing:
    arguments = (study.tables[table], study.config["hierarchy"])
    pairs = study.tables.get("rsa_pairs") if table == "rsa" else None
    common = {"correspondence": study.best, "pairs": pairs}
    return (
        figures.score_over_depth(*arguments, **(common | study.look)),
        captions.score_over_depth(*arguments, **(common | study.about)),
    )


def _map(table: str, study: Study) -> Drawing:
    arguments = (study.tables[table], study.best, study.config["hierarchy"])
    return (
        figures.layer_area_map(*arguments, **study.look),
        captions.layer_area_map(*arguments, **study.about),
    )


def _explained(table: str, study: Study) -> Drawing:
    units = study.neuroids["explained"], study.neuroids["neuroids"]
    arguments = (study.tables[table], *units, study.config["hierarchy"])
    return (
        figures.explained(*arguments, **study.look),
        captions_best.explained(*arguments, **study.about),
    )


def _timecourse(_: str, study: Study) -> Drawing:
    arguments = (study.tables["timecourse"], study.tables["latency"])
    common: dict[str, Any] = {
        "truth": figure_data.truth(study.folders),
        "hierarchy": study.tables.get("latency_hierarchy"),
    }
    return (
        figures.timecourse(*arguments, **(common | study.look)),
        captions_time.timecourse(*arguments, **(common | study.about)),
    )


def _fusion(_: str, study: Study) -> Drawing:
    arguments = (study.tables["fusion"], study.tables["commonality"], study.config["hierarchy"])
    return (
        figures.fusion(*arguments, **study.look),
        captions_time.fusion(*arguments, **study.about),
    )


def _variance(_: str, study: Study) -> Drawing:
    arguments = (study.tables["variance"], study.config["hierarchy"])
    return (
        figures.variance(*arguments, **study.look),
        captions.variance(*arguments, **study.about),
    )


def _agreement(_: str, study: Study) -> Drawing:
    arguments = (study.tables["agreement"], study.config["hierarchy"])
    return (
        figures.agreement(*arguments, **study.look),
        opinion_captions.agreement(*arguments, **study.about),
    )


def _spectra(_: str, study: Study) -> Drawing:
    arguments = (study.tables["spectra"], study.config["hierarchy"])
    return (
        figures.spectra(*arguments, **study.look),
        opinion_captions.spectra(*arguments, datasets=study.summaries),
    )


def _recovery(_: str, study: Study) -> Drawing:
    tables = study.tables["recovery"], study.tables["recovery_summary"]
    arguments = (*tables, study.config["hierarchy"])
    return (
        figures.recovery(*arguments, **study.look),
        opinion_captions.recovery(*arguments, datasets=study.summaries),
    )


def _model_layers(_: str, study: Study) -> Drawing:
    table = study.tables["model_layers"]
    drawn = figures.model_layers(table, study.best, **study.look)
    return drawn, captions_layers.model_layers(table)


def _filters(_: str, study: Study) -> Drawing:
    models = study.config["models"]
    networks = [  # of one with lesions, the intact one, if there is one, has the same filters
        name
        for name in models
        if split(name).kind != "control"
        and (without_lesions(name) == name or without_lesions(name) not in models)
    ]
    images = {
        name: json.loads((study.rdms.parent / "fields" / f"{slug(name)}.json").read_text("utf-8"))
        for name in networks
    }
    table = study.tables["filters"]
    own = {name: found["filters"] for name, found in images.items()}
    width = study.config["figures"]["width"]
    return figures.filters(table, own, width=width), captions_layers.filters(table, own)


def _rdms(name: str, study: Study) -> Drawing:
    pairs, (stimuli, common) = best_rdms(name, study), _shown(name, study)
    categories = figure_data.categories(stimuli)
    width = study.config["figures"]["width"]
    return (
        figures.rdm_panels(*pairs, categories, **common, width=width),
        captions_rdms.rdm_panels(*pairs, categories, **common, config=study.config),
    )


def _mds(name: str, study: Study) -> Drawing:
    (measured, model), (stimuli, common) = best_rdms(name, study), _shown(name, study)
    order, _, _ = rdms.arrange(figure_data.categories(stimuli), len(stimuli))
    kept = mds.spread(order.tolist(), mds.MOST_STIMULI)
    part = np.ix_(kept, kept)
    pairs = mds.arrangements(
        {area: rdm[part] for area, rdm in measured.items()},
        {area: (layer, rdm[part]) for area, (layer, rdm) in model.items()},
    )
    by_category = [i for i in order.tolist() if i in set(kept)]
    places = [kept.index(i) for i in mds.spread(by_category, mds.MOST_PICTURES)]
    files, side = stimuli["file"].iloc[kept].tolist(), mds.side(len(places))
    pictures = figure_data.thumbnails(study.folders[name], files, places, side)
    width = study.config["figures"]["width"]
    return (
        figures.mds_panels(pairs, pictures, **common, width=width),
        captions_rdms.mds_panels(pairs, pictures, **common, n_stimuli=len(stimuli)),
    )


def _shown(name: str, study: Study) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Stimuli of a dataset, and what is said of it."""
    meta = next(summary for summary in study.summaries if summary["name"] == name)
    common = {"dataset": meta["title"], "simulated": bool(meta.get("simulated"))}
    return figure_data.stimuli(study.folders[name]), common


_OF_TABLE: dict[str, Callable[[str, Study], Drawing]] = {
    "depth": _depth,
    "map": _map,
    "explained": _explained,
}
_OF_DATASET: dict[str, Callable[[str, Study], Drawing]] = {
    "correspondence": _correspondence,
    "timecourse": _timecourse,
    "fusion": _fusion,
    "rdms": _rdms,
    "mds": _mds,
    "variance": _variance,
    "model": _model_layers,
    "filters": _filters,
    "agreement": _agreement,
    "spectra": _spectra,
    "recovery": _recovery,
}


def best_rdms(name: str, study: Study) -> figure_data.Best:
    """Find the RDM of each area of a dataset, and that of its best layer of the first model.

    As `ventralmap.figure_data.best_rdms`.
    """
    config = study.config
    return figure_data.best_rdms(
        name, config["models"][0], study.best, config["hierarchy"], study.rdms
    )
