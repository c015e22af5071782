"""Which RDMs there are: those of a model's layers, and those measured in each area."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import rdm, response_rdms
from ventralmap.dataset import Dataset
from ventralmap.errors import InputError
from ventralmap.kernels import Layers

Array = NDArray[np.float64]

GIVEN = "as given"
POOLED = "1 - Pearson correlation over z-scored neuroids of all subjects"


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
        When a layer gives a stimulus a constant pattern, whose distance is not defined, or all
        stimuli the same distance, with which nothing can be compared.
    """
    rows = kernels.rows(stimulus_ids)
    found = []
    for layer, gram, row_sum, n_features in zip(
        kernels.layers, kernels.gram, kernels.row_sum, kernels.n_features, strict=True
    ):
        square = rdm.DISTANCES[distance](gram, row_sum, int(n_features))[np.ix_(rows, rows)]
        condensed = rdm.condense(square)
        _check_distances(layer, condensed, rdm.size(gram, int(n_features), distance), distance)
        found.append(condensed)
    return np.array(found)


def _check_distances(layer: str, condensed: Array, size: float, distance: str) -> None:
    if np.isnan(condensed).any():
        raise InputError(
            f"layer {layer}: {distance} distance is undefined for stimuli with a constant "
            "pattern; choose rsa: distance: euclidean or leave the layer out"
        )
    if np.ptp(condensed) <= rdm.ROUNDING * size:
        raise InputError(
            f"layer {layer}: all stimuli have the same {distance} distance, with which no RDM "
            "can be compared; leave the layer out of the study's layers"
        )


def static_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, subjects, condensed RDMs) of RDMs without time; sessions are averaged.

    Subjects with fewer than ``rdm.FEWEST_PAIRS`` pairs in an area are left out.

    Raises
    ------
    InputError
        When no subject is left in an area.
    """
    for measured in dataset.rdms:
        if "time" in measured.dims:
            continue
        for area in measured["area"].values:
            subjects, condensed = _subjects(measured.sel(area=area))
            if not subjects:
                raise InputError(
                    f"dataset {dataset.name}: area {area} has no subject with {rdm.FEWEST_PAIRS}"
                    f" pairs of stimuli, too few for an RDM; take the area out of {measured.name}"
                )
            yield str(area), subjects, condensed


def _subjects(measured: xr.DataArray) -> tuple[list[str], Array]:
    """Condense one area's RDMs (subject, [session,] stimulus_a, stimulus_b)."""
    if "session" in measured.dims:
        measured = measured.mean("session", skipna=True)
    condensed = rdm.condense(measured.values.astype(float))
    kept = rdm.comparable(condensed)  # not those who were not measured in this area
    return [str(s) for s in measured["subject"].values[kept]], condensed[kept]


def measured_areas(dataset: Dataset, responses: str) -> list[tuple[str, list[str], Array]]:
    """List (area, subjects, condensed RDMs) of all areas that layers are compared with.

    Parameters
    ----------
    dataset
        With RDMs, responses or both.
    responses
        The config's `rsa: responses`: the distance of RDMs of responses, or ``none``. An area that
        has RDMs of its own is taken by these.

    Raises
    ------
    InputError
        As `static_areas` and `response_rdms.areas`.
    """
    given = list(static_areas(dataset))
    own = {area for area, _, _ in given}
    return [*given, *response_rdms.areas(dataset, responses, leave_out=own)]


def pooled_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, ["all"], condensed RDM) of the mean responses of each area's neuroids.

    These are shown where responses are not compared by RDMs. The distance is 1 - Pearson
    correlation over the neuroids of all subjects, each z-scored over stimuli so that neuroids with
    high rates do not dominate; NaN where fewer than three have seen both stimuli.
    """
    if dataset.responses is None:
        return
    mean = dataset.mean_response()
    features = (mean - np.nanmean(mean, axis=0)) / np.nanstd(mean, axis=0)
    names = dataset.responses["area"].values.astype(str)
    for area in dict.fromkeys(names):
        patterns = features[:, None, names == area]
        yield area, ["all"], rdm.condense(response_rdms.correlation(patterns))[None]


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
    """Save the RDM of every layer as an rsatoolbox file.

    Its descriptors say which dataset, model and weights, what happened to the features before, and
    which distance was taken.
    """
    stimulus_ids = list(dataset.stimuli.index)
    rdm.save(
        path,
        model_rdms(kernels, distance, stimulus_ids),
        distance,
        stimulus_ids,
        {
            "layer": list(kernels.layers),
            "depth": [float(d) for d in kernels.depth],
            "n_features": [int(n) for n in kernels.n_features],
        },
        {
            "dataset": dataset.name,
            "model": str(kernels.attrs["model"]),
            "weights_sha256": str(kernels.attrs.get("weights_sha256") or "none"),
            "features": _scaling(kernels),
            "distance": rdm.ABOUT[distance],
        },
    )


def _scaling(kernels: Layers) -> str:
    """Say what happened to each feature over the stimuli."""
    done = {
        "centred": kernels.attrs.get("centre"),
        "divided by its standard deviation": kernels.attrs.get("scale") == "zscore",
    }
    return " and ".join(step for step, there in done.items() if there) or "raw"


def save_measured(
    path: str | os.PathLike[str], dataset: Dataset, responses: str = response_rdms.NONE
) -> None:
    """Save the RDMs of every area and subject as an rsatoolbox file.

    They are those that layers are compared with (`measured_areas`). Where responses are not, their
    areas have one RDM, of all neuroids (`pooled_areas`). A dataset that holds nothing but RDMs over
    time has one for each time, the mean over subjects.
    """
    found = _measured(dataset, responses)
    label = "subject" if found else "time"
    found = found or [(*of_area, GIVEN) for of_area in areas_over_time(dataset)]
    rdm.save(
        path,
        np.concatenate([values for _, _, values, _ in found]),
        "as measured",
        list(dataset.stimuli.index),
        {
            "area": [area for area, labels, _, _ in found for _ in labels],
            label: [name for _, labels, _, _ in found for name in labels],
            "distance": [distance for _, labels, _, distance in found for _ in labels],
        },
        {"dataset": dataset.name},
    )


def _measured(dataset: Dataset, responses: str) -> list[tuple[str, list[Any], Array, str]]:
    """List area, subjects, RDMs and how their distances came about."""
    given = {area for area, _, _ in static_areas(dataset)}
    used = measured_areas(dataset, responses)
    found: list[tuple[str, list[Any], Array, str]] = [
        (*of_area, GIVEN if of_area[0] in given else rdm.ABOUT[responses]) for of_area in used
    ]
    own = {of_area[0] for of_area in used}
    return found + [(*pooled, POOLED) for pooled in pooled_areas(dataset) if pooled[0] not in own]
