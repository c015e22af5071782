"""Time-resolved RSA: similarity and latency of each layer in recordings over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import (
    clusters,
    inference,
    latency,
    latency_hierarchy,
    over_time,
    resampling,
    stimulus_clusters,
)
from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.rdm_sources import model_rdms

Array = NDArray[np.float64]


class Tables(NamedTuple):
    """What time-resolved RSA finds; times in ms.

    Attributes
    ----------
    timecourse
        A row per area, layer and time.
    latency
        A row per area and layer.
    hierarchy
        A row per area and kind of latency.
    """

    timecourse: pd.DataFrame
    latency: pd.DataFrame
    hierarchy: pd.DataFrame


def analyse(
    dataset: Dataset, kernels: Layers, settings: Mapping[str, Any], n_bootstrap: int, seed: int
) -> Tables:
    """Make the tables of one dataset and model.

    Parameters
    ----------
    dataset
        With RDMs over time.
    kernels
        Of the same stimuli.
    settings
        Of the config's `rsa`: distance, permutations (sign flips, relabellings) and cluster_p.
    n_bootstrap
        Number of resamples of the subjects.
    seed
        Of the study; flips and resamples depend on the dataset and area, not on the model.

    Returns
    -------
    Tables
    """
    layers = model_rdms(kernels, settings["distance"], list(dataset.stimuli.index))
    names = pd.DataFrame(
        {
            "layer": list(kernels.layers),
            "layer_index": np.arange(len(kernels.layers)),
            "depth": kernels.depth,
        }
    )
    parts = [
        _analyse_area(
            layers,
            names,
            measured,
            settings,
            n_bootstrap,
            resampling.derived_seed(seed, dataset.name, str(measured["area"].item())),
        )
        for measured in areas(dataset)
    ]
    joined = Tables(*(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)))
    return joined._replace(timecourse=joined.timecourse.assign(n_stimuli=len(dataset.stimuli)))


def areas(dataset: Dataset) -> list[xr.DataArray]:
    """List the RDMs over time of each area, without the subjects that were not measured there."""
    return [
        measured.sel(area=area).dropna("subject", how="all")
        for measured in dataset.rdms
        if "time" in measured.dims
        for area in measured["area"].values
    ]


def _analyse_area(
    layers: Array,
    names: pd.DataFrame,
    measured: xr.DataArray,
    settings: Mapping[str, Any],
    n_bootstrap: int,
    seed: int,
) -> Tables:
    times = measured["time"].values.astype(float)
    found = over_time.similarity(layers, measured)
    n_subjects = found.values.shape[1]
    test = cluster_test(found.values, layers, measured, settings, seed)
    counts = latency.draw(n_subjects, n_bootstrap, seed)
    when = latency.estimate(found.values, times, test, counts)
    tables = (
        curve_rows(names, times, found, test),
        latency.rows(names, when, n_subjects),
        latency_hierarchy.rows(names["depth"].to_numpy(), when, test),
    )
    area = str(measured["area"].item())
    about = {"n_subjects": n_subjects}
    return Tables(*(table.assign(**about).pipe(_first, area=area) for table in tables))


def cluster_test(
    curves: Array, fixed: Array, measured: xr.DataArray, settings: Mapping[str, Any], seed: int
) -> stimulus_clusters.BothTests:
    """Test curves over other subjects and over other stimuli.

    Parameters
    ----------
    curves
        Of `fixed` with `measured`, shape (n_fixed, n_subjects, n_times).
    fixed
        Condensed RDMs, shape (n_fixed, n_pairs).
    measured
        RDMs of one area over time.
    settings
        Of the config's `rsa`: permutations and cluster_p.
    seed
        Of flips and relabellings.
    """
    n = settings["permutations"]
    test = clusters.cluster_test(curves, n, seed, settings["cluster_p"])
    return stimulus_clusters.over_stimuli(test, curves, fixed, measured, n, seed)


def _first(table: pd.DataFrame, **label: str) -> pd.DataFrame:
    return table.assign(**label)[[*label, *table.columns]]


def curve_rows(
    names: pd.DataFrame,
    times: Array,
    found: over_time.Similarity,
    test: stimulus_clusters.BothTests,
) -> pd.DataFrame:
    """Make a row per curve and time.

    Parameters
    ----------
    names
        What the curves are of, a row each.
    times
        In ms, shape (n_times,).
    found
        The curves of each subject.
    test
        Of these curves.

    Returns
    -------
    pandas.DataFrame
        Columns of `names`, time_ms, similarity, ci_low, ci_high, p, p_subjects, p_stimuli,
        significant, n_pairs.
    """
    low, high = mean_interval(found.values)
    rows = names.loc[names.index.repeat(len(times))].reset_index(drop=True)
    return rows.assign(
        time_ms=np.tile(times, len(names)),
        similarity=found.values.mean(axis=1).ravel(),
        ci_low=low.ravel(),
        ci_high=high.ravel(),
        p=test.p.ravel(),
        p_subjects=test.p_subjects.ravel(),
        p_stimuli=test.p_stimuli.ravel(),
        significant=test.significant.ravel(),
        n_pairs=found.n_pairs,
    )


def mean_interval(curves: Array) -> tuple[Array, Array]:
    """95 % interval of the mean over subjects, with the same stimuli.

    Parameters
    ----------
    curves
        Shape (..., n_subjects, n_times).

    Returns
    -------
    low, high : ndarray, shape (..., n_times)
        By Student's t; NaN with one subject.
    """
    by_time = np.moveaxis(curves, -2, -1)  # (..., n_times, n_subjects)
    ends = inference.interval_over_subjects(by_time.reshape(-1, by_time.shape[-1]))
    low, high = (end.reshape(by_time.shape[:-1]) for end in ends)
    return low, high
