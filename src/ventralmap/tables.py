"""The tables of scores: one row per dataset, model, layer and area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, best_layer, resampling, two_factor
from ventralmap.intervals import Resampling, areas_of, per_layer
from ventralmap.matches import stored_bootstrap
from ventralmap.medians import median
from ventralmap.multiple_tests import with_corrected
from ventralmap.runs import Run, layer_columns
from ventralmap.two_factor import Sample

Array = NDArray[np.float64]

PER_LAYER = (
    "similarity", "ci_low", "ci_high", "subjects_ci_low", "subjects_ci_high", "p", "p_subjects",
    "ceiling_low", "ceiling_high",
    "below_best", "below_best_ci_low", "below_best_ci_high", "p_below_best", "below_ceiling",
    "below_ceiling_ci_low", "below_ceiling_ci_high",
)  # fmt: skip
"""What an area's RSA gives for each layer, in the order of the columns of `rsa.csv`."""


def with_ceiling(scores: xr.Dataset, reliability: xr.DataArray, threshold: float) -> xr.Dataset:
    """Add the reliability of each neuroid and the scores relative to it, by generalisation.

    r_ceiled = r / sqrt(reliability) and ev_ceiled = r |r| / reliability, NaN for neuroids whose
    reliability is below the threshold or unknown. Nothing is clipped.

    Parameters
    ----------
    scores
        With r (generalisation, layer, neuroid).
    reliability
        Shape (generalisation, neuroid), of the generalisations that the scores have or more.
    threshold
        Least reliability of the neuroids that count.

    Returns
    -------
    xarray.Dataset
    """
    of_scores = {name: scores[name] for name in ("generalisation", "neuroid")}
    reliability = reliability.sel(of_scores)
    counted = reliability.where(reliability >= threshold)
    return scores.assign(
        reliability=reliability,
        reliable=counted.notnull(),
        r_ceiled=scores["r"] / np.sqrt(counted),
        ev_ceiled=scores["r"] * abs(scores["r"]) / counted,
    )


def add_ceilings(
    runs: Sequence[Run], reliability: Mapping[str, xr.DataArray], threshold: float
) -> list[Run]:
    """Put ceilings beside the scores of every run, from the reliability of its dataset."""
    return [
        Run(run.dataset, run.model, with_ceiling(run.scores, reliability[run.dataset], threshold))
        for run in runs
    ]


def encoding_table(
    runs: Sequence[Run], draw: Resampling, each_subject: bool = True
) -> pd.DataFrame:
    """Make `encoding.csv`.

    Parameters
    ----------
    runs
        Encoding scores, with their ceilings.
    draw
        What is resampled for the intervals, and how often.
    each_subject
        Whether each subject has rows of its own, beside those of all.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer, area, subject (`all`, then each if there are more) and
        generalisation.
    """
    parts = [
        _encoding_rows(run, area, subject, chosen, draw)
        for run in runs
        for number in range(run.scores.sizes["generalisation"])
        for area, scores in areas_of(run.scores.isel(generalisation=number)).items()
        for subject, chosen in _by_subject(scores, each_subject).items()
    ]
    return pd.concat(parts, ignore_index=True)


def _by_subject(scores: xr.Dataset, each: bool) -> dict[str, xr.Dataset]:
    subjects = pd.unique(scores["subject"].values)
    parts = {"all": scores}
    if each and len(subjects) > 1:
        parts |= {str(s): scores.isel(neuroid=scores["subject"].values == s) for s in subjects}
    return parts


def _encoding_rows(
    run: Run, area: str, subject: str, scores: xr.Dataset, draw: Resampling
) -> pd.DataFrame:
    sample = draw.sample(run.dataset, scores)
    low, high = two_factor.interval(sample, draw.interval)
    best = int(resampling.best_layers(sample.value[None])[0])
    edges = _edges(scores)
    return layer_columns(run, scores, area).assign(
        subject=subject,
        generalisation=str(scores["generalisation"].item()),
        n_neuroids=scores.sizes["neuroid"],
        n_scored=int((~np.isnan(per_layer(scores, "r"))).any(axis=0).sum()),
        n_reliable=int(scores["reliable"].values.sum()),
        n_stimuli=int(scores["n_stimuli"].values.max()),
        r=sample.value,
        r_ci_low=low,
        r_ci_high=high,
        interval=draw.interval,
        resampled_missing=_missing(scores, draw),
        **_below_best(sample, best, draw.interval),
        reliability=float(median(scores["reliability"].values)),
        r_ceiled=median(per_layer(scores, "r_ceiled")),
        ev_ceiled=median(per_layer(scores, "ev_ceiled")),
        p_best=best_layer.p_best(best_layer.of_neuroids(sample, draw.interval)),
        alpha_at_edge=arrays.mean_known(edges.reshape(len(edges), -1), axis=1),
        n_at_edge=_n_at_edge(edges),
    )


def _below_best(sample: Sample, best: int, kind: str) -> dict[str, Array]:
    """How much lower each layer scores than the best, in the same resamples."""
    below = sample.map(lambda rows: rows[..., [best]] - rows)
    low, high = two_factor.interval(below, kind)
    return {
        "r_below_best": below.value,
        "r_below_best_ci_low": low,
        "r_below_best_ci_high": high,
    }


def _missing(scores: xr.Dataset, draw: Resampling) -> Array | float:
    """Share of resampled folds without a correlation; NaN where no stimuli are resampled."""
    if draw.interval == "neuroids" or "resampled_missing" not in scores:
        return np.nan
    return arrays.mean_known(per_layer(scores, "resampled_missing"), axis=1)


def _edges(scores: xr.Dataset) -> Array:
    """Say whether alphas are the grid's first or last, shape (n_layers, n_neuroids, n_fits).

    1, 0, or NaN where there is no alpha; a fit for each repeat and fold.
    """
    index = scores["alpha_index"].transpose("layer", "neuroid", "repeat", "fold").values
    at_edge = (index == 0) | (index == scores.attrs["n_alphas"] - 1)
    return np.where(np.isnan(index), np.nan, at_edge).reshape(*index.shape[:2], -1)


def _n_at_edge(edges: Array) -> pd.arrays.IntegerArray:
    """Count the neuroids with such an alpha in any fit, shape (n_layers,); none without alphas."""
    known = (~np.isnan(edges)).any(axis=(1, 2))
    return pd.array(np.where(known, (edges == 1).any(axis=2).sum(axis=1), np.nan), dtype="Int64")


def rsa_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `rsa.csv`.

    Parameters
    ----------
    runs
        What ``similarity.analyse`` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer and area. `p_fdr` and `p_subjects_fdr` are corrected over
        all rows that have such a p (Benjamini & Hochberg 1995).
    """
    parts = [
        _rsa_rows(run, str(area), run.scores.sel(area=area))
        for run in runs
        for area in run.scores["area"].values
    ]
    return with_corrected(pd.concat(parts, ignore_index=True), "p", "p_subjects")


def _rsa_rows(run: Run, area: str, scores: xr.Dataset) -> pd.DataFrame:
    sample = stored_bootstrap(run, area)
    return layer_columns(run, scores, area).assign(
        distance=run.scores.attrs["distance"],
        comparison=run.scores.attrs["comparison"],
        **{name: scores[name].values for name in PER_LAYER},
        n_subjects=int(scores["n_subjects"]),
        n_stimuli=run.scores.attrs["n_stimuli"],
        n_pairs=int(scores["n_pairs"]),
        n_missing_pairs=int(scores["n_missing_pairs"]),
        resampled_missing=np.isnan(sample.samples).mean(axis=0),
        p_best=best_layer.p_best(best_layer.of_similarities(sample)),
    )


def models_table(descriptions: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make `models.csv` from what the readout jobs wrote, one per dataset and model.

    Parameters
    ----------
    descriptions
        Each with `model`, its facts, and columns that carry the dataset's name: degrees and, where
        the stimuli have categories, the readout.

    Returns
    -------
    pandas.DataFrame
        A row per model. `degrees` is the visual angle of what the model sees of a square image;
        NaN where it is not known, or not the same for all datasets.
    """
    merged: dict[str, dict[str, Any]] = {}
    for description in descriptions:
        merged.setdefault(description["model"], {}).update(description)
    table = pd.DataFrame(list(merged.values()))
    seen = table.filter(regex="^degrees:").astype(float)
    same = seen.nunique(axis="columns", dropna=False) == 1
    return table.assign(degrees=seen.max(axis="columns").where(same))
