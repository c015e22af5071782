"""The figures of a study, drawn from its tables and RDMs, each with its caption."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ventralmap import (
    captions,
    captions_layers,
    dataset,
    figures,
    hierarchy,
    opinion_captions,
    rdm_files,
    runs,
)
from ventralmap.model_names import slug

Array = NDArray[np.float64]
Drawing = tuple[Figure, str]


@dataclass(frozen=True)
class Study:
    """What the figures of a study are drawn from.

    Attributes
    ----------
    config
        The study's config, resolved.
    tables
        By the name of their file without `.csv`.
    summaries
        What ``summary.summarise`` says of each dataset.
    folders
        The canonical folder of each dataset, by its name.
    rdms
        Folder with ``<dataset>.measured.h5`` and ``<dataset>/<slug of the model>.h5``.
    """

    config: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    summaries: Sequence[Mapping[str, Any]]
    folders: Mapping[str, Path]
    rdms: Path

    @property
    def best(self) -> pd.DataFrame:
        """The table of correspondences."""
        return self.tables["correspondence"]


def draw(name: str, study: Study) -> Drawing:
    """Draw one figure.

    Parameters
    ----------
    name
        <table>_depth, <table>_map, timecourse, fusion, variance, model_layers, agreement, spectra,
        recovery or rdms_<dataset>.
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


def _depth(table: str, study: Study) -> Drawing:
    arguments = (study.tables[table], study.config["hierarchy"])
    common: dict[str, Any] = {"datasets": study.summaries, "correspondence": study.best}
    return (
        figures.score_over_depth(*arguments, **common),
        captions.score_over_depth(*arguments, **common, config=study.config),
    )


def _map(table: str, study: Study) -> Drawing:
    arguments = (study.tables[table], study.best, study.config["hierarchy"])
    return (
        figures.layer_area_map(*arguments, datasets=study.summaries),
        captions.layer_area_map(*arguments, datasets=study.summaries, config=study.config),
    )


def _timecourse(_: str, study: Study) -> Drawing:
    arguments = (study.tables["timecourse"], study.tables["latency"])
    truth = list(runs.read_truth([str(folder) for folder in study.folders.values()]).values())
    common: dict[str, Any] = {
        "datasets": study.summaries,
        "truth": pd.concat(truth) if truth else None,
    }
    return (
        figures.timecourse(*arguments, **common),
        captions.timecourse(*arguments, **common, config=study.config),
    )


def _variance(_: str, study: Study) -> Drawing:
    arguments = (study.tables["variance"], study.config["hierarchy"])
    return (
        figures.variance(*arguments, datasets=study.summaries),
        captions.variance(*arguments, datasets=study.summaries, config=study.config),
    )


def _agreement(_: str, study: Study) -> Drawing:
    arguments = (study.tables["agreement"], study.config["hierarchy"])
    figure = figures.agreement(*arguments, datasets=study.summaries)
    return figure, opinion_captions.agreement(arguments[0], datasets=study.summaries)


def _spectra(_: str, study: Study) -> Drawing:
    arguments = (study.tables["spectra"], study.config["hierarchy"])
    figure = figures.spectra(*arguments, datasets=study.summaries)
    return figure, opinion_captions.spectra(arguments[0], datasets=study.summaries)


def _recovery(_: str, study: Study) -> Drawing:
    tables = study.tables["recovery"], study.tables["recovery_summary"]
    arguments = (*tables, study.config["hierarchy"])
    return (
        figures.recovery(*arguments, datasets=study.summaries),
        opinion_captions.recovery(*arguments, datasets=study.summaries),
    )


def _fusion(_: str, study: Study) -> Drawing:
    arguments = (study.tables["fusion"], study.tables["commonality"], study.config["hierarchy"])
    return (
        figures.fusion(*arguments, datasets=study.summaries),
        captions.fusion(*arguments, datasets=study.summaries, config=study.config),
    )


def _model_layers(_: str, study: Study) -> Drawing:
    table = study.tables["model_layers"]
    drawn = figures.model_layers(table, study.tables["correspondence"], datasets=study.summaries)
    return drawn, captions_layers.model_layers(table)


def _rdms(name: str, study: Study) -> Drawing:
    measured, model = best_rdms(name, study)
    meta = next(summary for summary in study.summaries if summary["name"] == name)
    stimuli = dataset.read_stimuli(study.folders[name])
    categories = stimuli["category"].astype(str).tolist() if "category" in stimuli else None
    common = {"dataset": meta["title"], "simulated": bool(meta.get("simulated"))}
    return (
        figures.rdm_panels(measured, model, categories, **common),
        captions.rdm_panels(measured, model, categories, **common, config=study.config),
    )


_OF_TABLE: dict[str, Callable[[str, Study], Drawing]] = {"depth": _depth, "map": _map}
_OF_DATASET: dict[str, Callable[[str, Study], Drawing]] = {
    "timecourse": _timecourse,
    "fusion": _fusion,
    "rdms": _rdms,
    "variance": _variance,
    "model": _model_layers,
    "agreement": _agreement,
    "spectra": _spectra,
    "recovery": _recovery,
}


def best_rdms(name: str, study: Study) -> tuple[dict[str, Array], dict[str, tuple[str, Array]]]:
    """Find the RDM of each area and that of its best layer of the study's first model.

    Parameters
    ----------
    name
        A dataset.
    study
        The study.

    Returns
    -------
    measured, model : dict
        By area, in the order of the hierarchy, others last: the mean over subjects
        (n_stimuli, n_stimuli); the name of the layer and its RDM.
    """
    first = study.config["models"][0]
    chosen = study.best[(study.best["dataset"] == name) & (study.best["model"] == first)]
    order = hierarchy.ranks(study.config["hierarchy"])
    # An area with responses and RDMs of its own (the same name) is shown by its RDMs.
    layers = dict(zip(chosen["area"], chosen["best_layer"], strict=True))
    brain = study.rdms / f"{name}.measured.h5"
    network = study.rdms / name / f"{slug(first)}.h5"
    areas = sorted(layers, key=lambda area: order.get(area, len(order)))
    measured = {area: rdm_files.mean(brain, "area", area) for area in areas}
    return measured, {
        area: (layers[area], rdm_files.mean(network, "layer", layers[area])) for area in areas
    }
