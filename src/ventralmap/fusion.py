"""Fusion of recordings over time with areas measured apart, and what layers explain of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import over_time, resampling
from ventralmap.arrays import mean_known
from ventralmap.dataset import Dataset
from ventralmap.kernels import Kernels
from ventralmap.rdm_sources import measured_areas, model_rdms
from ventralmap.timecourse import areas, cluster_test, curve_rows, mean_interval

Array = NDArray[np.float64]


def analyse(
    dataset: Dataset,
    models: Sequence[Kernels],
    settings: Mapping[str, Any],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the tables of one dataset and all models.

    The RDMs of each subject at each time are compared with the mean RDM over subjects of each
    area that was measured without time (Cichy, Pantazis & Oliva 2014). Both are of the stimuli
    of the dataset, in its order.

    Parameters
    ----------
    dataset
        With RDMs over time, and RDMs without or responses of which RDMs are asked for.
    models
        Kernels of the same stimuli.
    settings
        Of the config's `rsa`: distance, responses, permutations (sign flips, relabellings) and
        cluster_p.
    seed
        Of the study.

    Returns
    -------
    fusion, commonality : pandas.DataFrame
        A row per recording, area and time; and per model and layer. Times in ms.
    """
    names, fixed = area_rdms(dataset, settings["responses"])
    layers = _layers(dataset, models, settings["distance"])
    parts = [
        _analyse_recording(
            measured,
            (names, fixed),
            layers,
            settings,
            resampling.derived_seed(seed, dataset.name, str(measured["area"].item())),
        )
        for measured in areas(dataset)
    ]
    fusion, commonality = (
        pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)
    )
    return fusion.assign(n_stimuli=len(dataset.stimuli)), commonality


def area_rdms(dataset: Dataset, responses: str) -> tuple[list[str], Array]:
    """Mean RDM over subjects of each area measured without time.

    Parameters
    ----------
    dataset
        With RDMs, or responses of which RDMs are asked for.
    responses
        The config's `rsa: responses`, as in `rdm_sources.measured_areas`.

    Returns
    -------
    names, rdms : list of str, ndarray of shape (n_areas, n_pairs)
        A pair that no subject has is NaN.
    """
    found = {area: mean_known(rdms, 0) for area, _, rdms in measured_areas(dataset, responses)}
    return list(found), np.array(list(found.values()))


def _layers(
    dataset: Dataset, models: Sequence[Kernels], distance: str
) -> tuple[pd.DataFrame, Array]:
    """Names of the layers of all models, a row each, and their RDMs (n_layers, n_pairs)."""
    stimuli = list(dataset.stimuli.index)
    names = [
        pd.DataFrame(
            {
                "model": str(kernels.attrs["model"]),
                "layer": list(kernels.layers),
                "layer_index": np.arange(len(kernels.layers)),
                "depth": kernels.depth,
            }
        )
        for kernels in models
    ]
    rdms = [model_rdms(kernels, distance, stimuli) for kernels in models]
    return pd.concat(names, ignore_index=True), np.concatenate(rdms)


def _analyse_recording(
    measured: xr.DataArray,
    fixed: tuple[list[str], Array],
    layers: tuple[pd.DataFrame, Array],
    settings: Mapping[str, Any],
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    times = measured["time"].values.astype(float)
    found, shared = explain(fixed[1], layers[1], measured)
    n_subjects = found.values.shape[1]
    test = cluster_test(found.values, fixed[1], measured, settings, seed)
    names = pd.DataFrame({"recording": str(measured["area"].item()), "area": fixed[0]})
    fusion = curve_rows(names, times, found, test).assign(n_subjects=n_subjects)
    ceiling = (found.values**2).mean(axis=1)  # (n_areas, n_times)
    parts = [
        _commonality_rows(layers[0].assign(**name), times, part, top)
        for name, part, top in zip(names.to_dict("records"), shared, ceiling, strict=True)
    ]
    return fusion, pd.concat(parts, ignore_index=True).assign(n_subjects=n_subjects)


def _commonality_rows(
    names: pd.DataFrame, times: Array, shared: Array, ceiling: Array
) -> pd.DataFrame:
    low, high = mean_interval(shared)
    rows = names.loc[names.index.repeat(len(times))].reset_index(drop=True)
    return rows.assign(
        time_ms=np.tile(times, len(names)),
        commonality=shared.mean(axis=1).ravel(),
        ci_low=low.ravel(),
        ci_high=high.ravel(),
        ceiling=np.tile(ceiling, len(names)),
    )


def explain(
    fixed: Array, layers: Array, measured: xr.DataArray
) -> tuple[over_time.Similarity, Array]:
    """Fuse recordings with areas, and divide what is shared among layers.

    Parameters
    ----------
    fixed
        Condensed RDMs of the areas, shape (n_areas, n_pairs).
    layers
        Condensed RDMs, shape (n_layers, n_pairs).
    measured
        RDMs of one recording, dims (subject, [session,] time, stimulus_a, stimulus_b).

    Returns
    -------
    fusion
        Spearman correlations of areas and recordings.
    shared : ndarray, shape (n_areas, n_layers, n_subjects, n_times)
        See `commonality`.
    """
    n_areas, n_times = len(fixed), measured.sizes["time"]
    curves = np.empty((n_areas, measured.sizes["subject"], n_times))
    shared = np.empty((n_areas, len(layers), *curves.shape[1:]))
    ranker, n_pairs = over_time.Ranker(np.concatenate([fixed, layers])), fixed.shape[1]
    for number, rdms in enumerate(over_time.subjects(measured)):
        for part in ranker.ranked(rdms):
            r = part.fixed @ part.rdms.T  # (n_areas + n_layers, n_chosen)
            among = part.fixed[:n_areas] @ part.fixed[n_areas:].T
            curves[:, number, part.times] = r[:n_areas]
            shared[:, :, number, part.times] = commonality(
                r[:n_areas, None], r[None, n_areas:], among[:, :, None]
            )
            n_pairs = min(n_pairs, part.rdms.shape[1])
    return over_time.Similarity(curves, n_pairs), shared


def commonality(of_area: Array, of_layer: Array, among: Array) -> Array:
    """Variance of a recording that an area and a layer explain in common.

    C(recording; area, layer) = R2(area) + R2(layer) - R2(area, layer), with R2 of the least-squares
    fit to the recording (Hebart et al. 2018; Seibold & McPhee 1979). With two predictors the
    last one follows from the three correlations. It is negative where one predictor suppresses
    noise of the other.

    Parameters
    ----------
    of_area, of_layer
        Correlation of the recording with each, any shapes that broadcast.
    among
        Correlation of area and layer.

    Returns
    -------
    ndarray
        NaN where area and layer are the same but for sign.
    """
    left = 1 - among**2
    with np.errstate(invalid="ignore", divide="ignore"):
        both = (of_area**2 + of_layer**2 - 2 * of_area * of_layer * among) / left
        return np.where(left > 1e-12, of_area**2 + of_layer**2 - both, np.nan)
