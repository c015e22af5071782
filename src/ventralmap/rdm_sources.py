"""Which RDMs there are: those of a model's layers, and those measured in each area."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import rdm
from ventralmap.dataset import Dataset
from ventralmap.errors import InputError
from ventralmap.kernels import Layers

Array = NDArray[np.float64]


def model_rdms(kernels: Layers, distance: str, stimulus_ids: list[str]) -> Array:
    """Condensed RDM of each layer, in the order of the given stimuli.

    Parameters
    ----------
    kernels
        Of the model.
    distance
        A name in ``rdm.DISTANCES``.
    stimulus_ids
        The order wanted, shape (n_stimuli,).

    Returns
    -------
    ndarray, shape (n_layers, n_stimuli (n_stimuli - 1) / 2)

    Raises
    ------
    InputError
        When a layer gives a stimulus a constant pattern, whose distance is not defined.
    """
    where = {stimulus: i for i, stimulus in enumerate(kernels.stimulus_ids)}
    rows = [where[stimulus] for stimulus in stimulus_ids]
    measure = rdm.DISTANCES[distance]
    square = [
        measure(gram, row_sum, int(p))[np.ix_(rows, rows)]
        for gram, row_sum, p in zip(kernels.gram, kernels.row_sum, kernels.n_features, strict=True)
    ]
    condensed = rdm.condense(np.array(square))
    for layer, values in zip(kernels.layers, condensed, strict=True):
        if np.isnan(values).any():
            raise InputError(
                f"layer {layer}: {distance} distance is undefined for stimuli with a constant "
                "pattern; choose rsa: distance: euclidean or leave the layer out"
            )
    return condensed


def static_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, subjects, condensed RDMs) of RDMs without time; sessions are averaged."""
    for measured in dataset.rdms:
        if "time" in measured.dims:
            continue
        for area in measured["area"].values:
            yield (str(area), *_subjects(measured.sel(area=area)))


def _subjects(measured: xr.DataArray) -> tuple[list[str], Array]:
    """Condense one area's RDMs (subject, [session,] stimulus_a, stimulus_b)."""
    if "session" in measured.dims:
        measured = measured.mean("session", skipna=True)
    condensed = rdm.condense(measured.values.astype(float))
    present = ~np.isnan(condensed).all(axis=1)  # a subject not measured in this area
    return [str(s) for s in measured["subject"].values[present]], condensed[present]


def response_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, ["all"], condensed RDM) of the mean responses of each area's neuroids.

    The distance is 1 - Pearson correlation over neuroids, each z-scored over stimuli so that
    neuroids with high rates do not dominate; over those whose subjects have seen both stimuli,
    NaN for fewer than three.
    """
    if dataset.responses is None:
        return
    mean = dataset.mean_response()
    features = (mean - np.nanmean(mean, axis=0)) / np.nanstd(mean, axis=0)
    names = dataset.responses["area"].values.astype(str)
    for area in dict.fromkeys(names):
        yield area, ["all"], rdm.condense(_correlation_distance(features[:, names == area]))[None]


def _correlation_distance(features: Array) -> Array:
    if np.isnan(features).any():  # pandas correlates what both have; it is slow for many stimuli
        return 1 - pd.DataFrame(features.T).corr(min_periods=3).to_numpy()
    return rdm.correlation(features @ features.T, features.sum(axis=1), features.shape[1])


def areas_over_time(dataset: Dataset) -> Iterator[tuple[str, list[float], Array]]:
    """Yield (area, times, condensed RDMs) of RDMs over time; subjects and sessions are averaged."""
    for measured in dataset.rdms:
        if "time" not in measured.dims:
            continue
        mean = measured.mean([dim for dim in ("session", "subject") if dim in measured.dims])
        for area in measured["area"].values:
            values = mean.sel(area=area).values.astype(float)
            yield str(area), [float(t) for t in measured["time"].values], rdm.condense(values)


def save_model(
    path: str | os.PathLike[str], dataset: Dataset, kernels: Layers, distance: str
) -> None:
    """Save the RDM of every layer as an rsatoolbox file."""
    stimulus_ids = list(dataset.stimuli.index)
    rdm.save(
        path,
        model_rdms(kernels, distance, stimulus_ids),
        distance,
        stimulus_ids,
        {"layer": list(kernels.layers), "depth": [float(d) for d in kernels.depth]},
        {"dataset": dataset.meta["name"], "model": str(kernels.attrs["model"])},
    )


def save_measured(path: str | os.PathLike[str], dataset: Dataset) -> None:
    """Save the RDMs of every area and subject as an rsatoolbox file.

    Areas of which only responses are given have one RDM, of the mean responses of all neuroids.
    A dataset that holds nothing but RDMs over time has one for each time, the mean over subjects.
    """
    static = list(static_areas(dataset))
    own = {area for area, _, _ in static}
    found: list[tuple[str, list[Any], Array]] = [
        *static,
        *(of_area for of_area in response_areas(dataset) if of_area[0] not in own),
    ]
    label = "subject" if found else "time"
    found = found or list(areas_over_time(dataset))
    rdm.save(
        path,
        np.concatenate([values for _, _, values in found]),
        "as measured",
        list(dataset.stimuli.index),
        {
            "area": [area for area, labels, _ in found for _ in labels],
            label: [name for _, labels, _ in found for name in labels],
        },
        {"dataset": dataset.meta["name"]},
    )
