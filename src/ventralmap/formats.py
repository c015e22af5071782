"""Readers of responses: the canonical form, NeuroidAssemblies and plain tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import arrays
from ventralmap.arrays import Text, as_text
from ventralmap.errors import InputError, name_some
from ventralmap.reading import labels_along, numbers, open_netcdf, read_table, variable
from ventralmap.validation import join

STIMULUS = ("stimulus_id", "image_id")
NEUROID = {
    "neuroid_id": ("neuroid_id",),
    "area": ("area", "region"),
    "subject": ("subject", "animal"),
}


def read_responses(path: Path) -> xr.DataArray:
    """Read ``responses.nc`` (canonical or a NeuroidAssembly) or ``responses.csv``.

    Parameters
    ----------
    path
        The file; ``responses.csv`` needs ``neuroids.csv`` beside it.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)
        Stimuli in the order of the file.

    Raises
    ------
    InputError
        If the file is not what it should be.
    """
    if path.suffix == ".csv":
        return _responses_from_tables(path)
    with open_netcdf(path) as dataset:
        if "presentation" in dataset.sizes:
            return _responses_from_assembly(dataset, path)
        return _responses_from_canonical(dataset, path)


def _responses_from_canonical(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    array = variable(dataset, "responses", path)
    wanted = set(arrays.RESPONSE_DIMS)
    if set(array.dims) not in (wanted, wanted - {"repetition"}):
        raise InputError(
            f"{path}: responses has the dimensions ({', '.join(map(str, array.dims))}); "
            "make them (stimulus, neuroid) or (stimulus, repetition, neuroid)"
        )
    dims = [dim for dim in arrays.RESPONSE_DIMS if dim in array.dims]
    values = numbers(array.transpose(*dims), path)
    ids = labels_along(dataset, "stimulus", ("stimulus_id", "stimulus"), path)
    return arrays.responses(
        values, stimulus_id=ids, **_neuroids(dataset, path), attrs=_about(array)
    )


def _responses_from_assembly(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    """Read a Brain-Score/BrainIO NeuroidAssembly with flat coordinates."""
    array = _assembly_variable(dataset, path)
    if "time_bin" in array.dims:
        array = _only_time_bin(array, path)
    values = numbers(array.transpose("presentation", "neuroid"), path)
    stimuli = labels_along(dataset, "presentation", STIMULUS, path)
    if "repetition" in dataset.variables:
        repetition = pd.factorize(dataset["repetition"].values, sort=True)[0]
    else:
        repetition = pd.Series(stimuli).groupby(stimuli).cumcount().to_numpy()
    ids, stacked = _stack(values, stimuli, repetition, path)
    return arrays.responses(
        stacked, stimulus_id=ids, **_neuroids(dataset, path), attrs=_about(array)
    )


def _assembly_variable(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    # the variable is called `data`, `__xarray_dataarray_variable__` or like the assembly
    arrays_ = [a for a in dataset.data_vars.values() if {"presentation", "neuroid"} <= set(a.dims)]
    if len(arrays_) != 1 or not set(arrays_[0].dims) <= {"presentation", "neuroid", "time_bin"}:
        raise InputError(
            f"{path}: an assembly holds one variable with the dimensions "
            "(presentation, neuroid [, time_bin]); save one such array"
        )
    return arrays_[0]


def _only_time_bin(array: xr.DataArray, path: Path) -> xr.DataArray:
    if array.sizes["time_bin"] != 1:
        raise InputError(
            f"{path}: has {array.sizes['time_bin']} time bins; average over them, or select one "
            "window (for example 70-170 ms), before saving"
        )
    return array.isel(time_bin=0)


def _responses_from_tables(path: Path) -> xr.DataArray:
    """Read ``responses.csv`` (rows: stimuli, columns: neuroids) with ``neuroids.csv``."""
    table = read_table(path, text=["stimulus_id"])
    stimuli = as_text(table.pop("stimulus_id"))
    repeats = table.pop("repetition") if "repetition" in table else np.zeros(len(table))
    repetition = pd.factorize(np.asarray(repeats), sort=True)[0]
    beside = path.with_name("neuroids.csv")
    neuroids = read_table(beside, text=list(NEUROID))
    rows = join(as_text(neuroids["neuroid_id"]), as_text(table.columns), beside, path.name)
    ids, stacked = _stack(_cells(table, path), stimuli, repetition, path)
    labels = {name: as_text(neuroids[name])[rows] for name in NEUROID}
    return arrays.responses(stacked, stimulus_id=ids, **labels)


def _cells(table: pd.DataFrame, path: Path) -> np.ndarray:
    numbers = table.apply(pd.to_numeric, errors="coerce")
    wrong = numbers.isna() & table.notna() & ~table.isin(["NaN", "nan", "NA"])
    if wrong.to_numpy().any():
        row, column = np.argwhere(wrong.to_numpy())[0]
        raise InputError(
            f"{path}: line {row + 2}, neuroid {table.columns[column]}: "
            f"'{table.iat[row, column]}' is not a number; write a number, or leave it empty"
        )
    return numbers.to_numpy(dtype=np.float64)


def _stack(
    values: np.ndarray, stimuli: Text, repetition: np.ndarray, path: Path
) -> tuple[Text, np.ndarray]:
    """Sort presentations (rows) into (stimulus, repetition, neuroid), NaN where none was."""
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


def _neuroids(dataset: xr.Dataset, path: Path) -> dict[str, Text]:
    return {key: labels_along(dataset, "neuroid", names, path) for key, names in NEUROID.items()}


def _about(array: xr.DataArray) -> dict[str, Any]:
    return {key: array.attrs[key] for key in ("units", "long_name") if key in array.attrs}
