"""NeuroidAssemblies of Brain-Score (BrainIO): presentation x neuroid [x time_bin], flat coords.

They are written as NetCDF after ``reset_index``: every coordinate is a variable along one
dimension, and the data are called ``data``, ``__xarray_dataarray_variable__`` or like the assembly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import arrays
from ventralmap.arrays import Text, as_text
from ventralmap.errors import InputError, name_some
from ventralmap.reading import labels_along, numbers

STIMULUS = ("stimulus_id", "image_id")
NEUROID = {
    "neuroid_id": ("neuroid_id",),
    "area": ("area", "region"),
    "subject": ("subject", "animal"),
}
Window = tuple[float, float]
"""From and to, in ms from stimulus onset."""


def responses_of(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    """Read an assembly that somebody brings; one window of time, each repetition once.

    Parameters
    ----------
    dataset
        The file, open.
    path
        Of the file, for messages.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)

    Raises
    ------
    InputError
        If the file is not what it should be.
    """
    array = _variable(dataset, path)
    if "time_bin" in array.dims:
        array = _only_time_bin(array, path)
    stimuli = labels_along(dataset, "presentation", STIMULUS, path)
    if "repetition" in dataset.variables:
        repetition = numbered(dataset["repetition"].values, stimuli, path)
    else:
        repetition = pd.Series(stimuli).groupby(stimuli).cumcount().to_numpy()
    return _labelled(array, stimuli, repetition, neuroids(dataset, path), path)


def numbered(labels: np.ndarray, stimuli: Text, path: Path) -> np.ndarray:
    """Give labels of repetitions their numbers, from 0; each presentation needs one.

    Raises
    ------
    InputError
        If a presentation has none.
    """
    numbers = pd.factorize(labels, sort=True)[0]
    empty = stimuli[numbers < 0]
    if len(empty):
        raise InputError(
            f"{path}: a presentation of stimulus_id {name_some(dict.fromkeys(empty))} has no"
            " repetition; number it, or drop the row"
        )
    return numbers


def published_responses(path: Path, window: Window, subject: str | None = None) -> xr.DataArray:
    """Read a published assembly, averaged over a window of time.

    Presentations of a stimulus are numbered by their repetition and, where several have the same
    number (in sessions of their own), as they come.

    Parameters
    ----------
    path
        The file. Only the bins of the window are read.
    window
        In ms from stimulus onset; the bins inside it must make it up without gap or overlap.
    subject
        Of all neuroids, where the file does not say whose they are.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)

    Raises
    ------
    InputError
        If the file is not what it should be.
    """
    with xr.open_dataset(path) as dataset:
        array = _variable(dataset, path)
        bins = _bins_of(dataset, window, path)
        array = array.isel(time_bin=bins).load().mean("time_bin", keep_attrs=True)
        stimuli = labels_along(dataset, "presentation", STIMULUS, path)
        labels = neuroids(dataset, path, subject)
        return _labelled(array, stimuli, _renumbered(dataset, stimuli), labels, path)


def _variable(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    found = [a for a in dataset.data_vars.values() if {"presentation", "neuroid"} <= set(a.dims)]
    if len(found) != 1 or not set(found[0].dims) <= {"presentation", "neuroid", "time_bin"}:
        raise InputError(
            f"{path}: an assembly holds one variable with the dimensions "
            "(presentation, neuroid [, time_bin]); save one such array"
        )
    return found[0]


def _only_time_bin(array: xr.DataArray, path: Path) -> xr.DataArray:
    if array.sizes["time_bin"] != 1:
        raise InputError(
            f"{path}: has {array.sizes['time_bin']} time bins; average over them, or select one "
            "window (for example 70-170 ms), before saving"
        )
    return array.isel(time_bin=0)


def _bins_of(dataset: xr.Dataset, window: Window, path: Path) -> np.ndarray:
    """Positions of the bins that make up a window, in the order of time."""
    start, end = (_edge(dataset, f"time_bin_{end}", path) for end in ("start", "end"))
    inside = np.flatnonzero((start >= window[0]) & (end <= window[1]))
    inside = inside[np.argsort(start[inside], kind="stable")]
    edges = [window[0], *end[inside]]
    if edges[-1] != window[1] or not np.array_equal(start[inside], edges[:-1]):
        raise InputError(
            f"{path}: its time bins do not make up {window[0]:g}-{window[1]:g} ms; check where it"
            " comes from"
        )
    return inside


def _edge(dataset: xr.Dataset, name: str, path: Path) -> np.ndarray:
    if name not in dataset.variables:
        raise InputError(f"{path}: has no {name}; check where it comes from")
    return dataset[name].values


def _renumbered(dataset: xr.Dataset, stimuli: Text) -> np.ndarray:
    """Count the presentations of each stimulus from 0, by repetition and then as they come."""
    table = pd.DataFrame({"stimulus": stimuli, "repetition": 0})
    if "repetition" in dataset.variables:
        table["repetition"] = dataset["repetition"].values
    ordered = table.sort_values("repetition", kind="stable")
    return ordered.groupby("stimulus").cumcount().reindex(table.index).to_numpy()


def _labelled(
    array: xr.DataArray,
    stimuli: Text,
    repetition: np.ndarray,
    labels: dict[str, Text],
    path: Path,
) -> xr.DataArray:
    values = numbers(array.transpose("presentation", "neuroid"), path)
    ids, stacked = stack(values, stimuli, repetition, path)
    return arrays.responses(stacked, stimulus_id=ids, **labels, attrs=about(array))


def stack(
    values: np.ndarray, stimuli: Text, repetition: np.ndarray, path: Path
) -> tuple[Text, np.ndarray]:
    """Sort presentations into stimuli and repetitions.

    Parameters
    ----------
    values
        Shape (n_presentations, n_neuroids).
    stimuli, repetition
        Id of the stimulus and number of the repetition (from 0), length n_presentations.
    path
        Of the file, for messages.

    Returns
    -------
    ids, stacked : ndarray
        Stimuli as they first come; shape (n_stimuli, n_repetitions, n_neuroids), NaN where a
        repetition was not shown.

    Raises
    ------
    InputError
        If a stimulus has two presentations of one number.
    """
    row, ids = pd.factorize(stimuli)
    pairs = pd.DataFrame({"stimulus": row, "repetition": repetition})
    twice = stimuli[pairs.duplicated().to_numpy()]
    if len(twice):
        raise InputError(
            f"{path}: stimulus_id {name_some(dict.fromkeys(twice))} is there twice for one "
            "repetition; number its presentations in `repetition`, or drop one"
        )
    shape = (len(ids), int(repetition.max(initial=0)) + 1, values.shape[1])
    stacked = np.full(shape, np.nan)
    stacked[row, repetition] = values
    return as_text(ids), stacked


def neuroids(dataset: xr.Dataset, path: Path, subject: str | None = None) -> dict[str, Text]:
    """Read neuroid_id, area and subject; `subject` stands in for one that the file lacks."""
    found = {}
    for key, names in NEUROID.items():
        if key == "subject" and subject and not _any_variable(dataset, names):
            found[key] = as_text([subject] * dataset.sizes["neuroid"])
        else:
            found[key] = labels_along(dataset, "neuroid", names, path)
    return found


def _any_variable(dataset: xr.Dataset, names: Sequence[str]) -> bool:
    return any(name in dataset.variables for name in names)


def about(array: xr.DataArray) -> dict[str, Any]:
    """Return the attributes of an array that stay with responses."""
    return {key: array.attrs[key] for key in ("units", "long_name") if key in array.attrs}
