"""Readers of the files that a dataset folder may hold: the canonical and the foreign forms."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from scipy.spatial.distance import squareform

from ventralmap import arrays
from ventralmap.arrays import Text, as_text
from ventralmap.errors import InputError, name_some, suggest
from ventralmap.validation import join

STIMULUS = ("stimulus_id", "image_id")
NEUROID = {
    "neuroid_id": ("neuroid_id",),
    "area": ("area", "region"),
    "subject": ("subject", "animal"),
}


def read_table(path: Path, text: Sequence[str]) -> pd.DataFrame:
    """Read a CSV file; only an empty cell is missing, and ids stay text ("007" is not 7).

    Parameters
    ----------
    path
        The file.
    text
        The columns that it must have; they are read as text.

    Raises
    ------
    InputError
        If the file is missing or unreadable, or a column is missing or twice.
    """
    if not path.is_file():
        raise InputError(f"{path}: missing; write it with the columns {', '.join(text)}")
    try:
        _check_header(path, text)
        return pd.read_csv(
            path, converters=dict.fromkeys(text, str), keep_default_na=False, na_values=[""]
        )
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable CSV file ({error}); save it as UTF-8") from error


def _check_header(path: Path, required: Sequence[str]) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        header = next(csv.reader(file), [])
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError(f"{path}: column {name_some(twice)} is there twice; rename or drop one")
    for column in required:
        if column not in header:
            raise InputError(f"{path}: column '{column}' is missing; {suggest(column, header)}")


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
    with _open(path) as dataset:
        if "presentation" in dataset.sizes:
            return _responses_from_assembly(dataset, path)
        return _responses_from_canonical(dataset, path)


def _open(path: Path) -> xr.Dataset:
    try:
        return xr.load_dataset(path)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{path}: not a readable NetCDF file ({type(error).__name__}: {error}); write it again"
        ) from error


def _responses_from_canonical(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    array = _variable(dataset, "responses", path)
    wanted = set(arrays.RESPONSE_DIMS)
    if set(array.dims) not in (wanted, wanted - {"repetition"}):
        raise InputError(
            f"{path}: responses has the dimensions ({', '.join(map(str, array.dims))}); "
            "make them (stimulus, neuroid) or (stimulus, repetition, neuroid)"
        )
    dims = [dim for dim in arrays.RESPONSE_DIMS if dim in array.dims]
    values = _numbers(array.transpose(*dims), path)
    ids = _labels(dataset, "stimulus", ("stimulus_id", "stimulus"), path)
    return arrays.responses(
        values, stimulus_id=ids, **_neuroids(dataset, path), attrs=_about(array)
    )


def _responses_from_assembly(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    """Read a Brain-Score/BrainIO NeuroidAssembly with flat coordinates."""
    array = _assembly_variable(dataset, path)
    if "time_bin" in array.dims:
        array = _only_time_bin(array, path)
    values = _numbers(array.transpose("presentation", "neuroid"), path)
    stimuli = _labels(dataset, "presentation", STIMULUS, path)
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


def read_rdms(path: Path) -> xr.DataArray:
    """Read ``rdms*.nc`` or rsatoolbox RDMs from ``rdms*.h5``.

    Returns
    -------
    xarray.DataArray, dims (area, subject, [session,] [time,] stimulus_a, stimulus_b)
        Stimuli in the order of the file, times ascending.

    Raises
    ------
    InputError
        If the file is not what it should be.
    """
    if path.suffix == ".h5":
        return _rdms_from_rsatoolbox(path)
    return _rdms_from_canonical(_open(path), path)


def _rdms_from_canonical(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    array = _variable(dataset, "rdms", path)
    needed = {"area", "subject", "stimulus_a", "stimulus_b"}
    if not needed <= set(array.dims) <= set(arrays.RDM_DIMS):
        raise InputError(
            f"{path}: rdms has the dimensions ({', '.join(map(str, array.dims))}); "
            "make them (area, subject, [session,] [time,] stimulus_a, stimulus_b)"
        )
    _numbers(array, path)
    ids = {
        axis: _labels(dataset, axis, (axis, "stimulus_id"), path) for axis in arrays.RDM_DIMS[4:]
    }
    labels = {dim: _labels(dataset, dim, (dim,), path) for dim in arrays.LABELS & set(array.dims)}
    array = array.reset_coords(drop=True).assign_coords(ids | labels)
    if "time" in array.dims:
        array = _in_time(array.assign_coords(time=_times(dataset.get("time"), path)))
    array = array.transpose(*(dim for dim in arrays.RDM_DIMS if dim in array.dims))
    return array.rename(path.stem)


def _times(labels: xr.DataArray | None, path: Path) -> np.ndarray:
    if labels is None or not np.issubdtype(labels.dtype, np.number):
        raise InputError(f"{path}: coordinate time should be numbers; write it in ms from onset")
    return labels.values.astype(np.float64)


def _in_time(array: xr.DataArray) -> xr.DataArray:
    array["time"].attrs = {"units": "ms", "long_name": "time from stimulus onset"}
    return array.sortby("time")


def _rdms_from_rsatoolbox(path: Path) -> xr.DataArray:
    """Read the HDF5 file that rsatoolbox's ``RDMs.save`` writes (its pairs are condensed)."""
    try:
        with h5py.File(path) as file:
            pairs = file["dissimilarities"][()]  # (n_rdms, n_pairs)
            of_rdm, of_pattern = (
                _descriptors(file[f"{k}_descriptors"]) for k in ("rdm", "pattern")
            )
            measure = str(file.attrs.get("dissimilarity_measure", ""))
    except (OSError, KeyError) as error:
        raise InputError(f"{path}: not RDMs saved by rsatoolbox ({error}); save it anew") from error
    ids = as_text(_descriptor(of_pattern, STIMULUS, "pattern", path))
    matrices = np.array([squareform(row, checks=False) for row in pairs])
    axes = {"area": ("area", "name"), "subject": ("subject",)}
    axes |= {dim: (dim,) for dim in ("session", "time") if dim in of_rdm}
    found = {dim: _descriptor(of_rdm, names, "rdm", path) for dim, names in axes.items()}
    values, labels = _spread(matrices, found, path)
    attrs = {"dissimilarity_measure": measure} if measure else {}
    return arrays.rdms(values, stimulus_id=ids, **labels, attrs=attrs, name=path.stem)


def _descriptors(group: h5py.Group) -> dict[str, np.ndarray]:
    stored = {key: value[()] for key, value in group.items() if isinstance(value, h5py.Dataset)}
    return stored | {key: np.asarray(value) for key, value in group.attrs.items()}


def _descriptor(
    found: dict[str, np.ndarray], names: Sequence[str], kind: str, path: Path
) -> np.ndarray:
    for name in names:
        if name in found:
            return found[name]
    raise InputError(f"{path}: no {kind} descriptor '{names[0]}'; add it before saving the RDMs")


def _spread(
    matrices: np.ndarray, found: dict[str, np.ndarray], path: Path
) -> tuple[np.ndarray, dict[str, Any]]:
    """Put RDM after RDM at its area, subject, session and time; NaN where there is none."""
    keys = {dim: at if dim == "time" else as_text(at) for dim, at in found.items()}
    codes = {dim: pd.factorize(at, sort=dim == "time") for dim, at in keys.items()}
    index = tuple(code for code, _ in codes.values())
    if pd.DataFrame(keys).duplicated().any():
        again = pd.DataFrame(keys)[pd.DataFrame(keys).duplicated()].iloc[0]
        raise InputError(
            f"{path}: two RDMs are of {', '.join(map(str, again))}; average or drop one"
        )
    values = np.full([*(len(labels) for _, labels in codes.values()), *matrices.shape[1:]], np.nan)
    values[index] = matrices
    return values, {dim: labels for dim, (_, labels) in codes.items()}


def _variable(dataset: xr.Dataset, name: str, path: Path) -> xr.DataArray:
    if name not in dataset.data_vars:
        there = ", ".join(map(str, dataset.data_vars)) or "nothing"
        raise InputError(f"{path}: no variable '{name}' (it holds {there}); rename yours to it")
    return dataset[name]


def _labels(dataset: xr.Dataset, dim: str, names: Sequence[str], path: Path) -> Text:
    """Return the labels of a dimension, under the first of the names that is there."""
    for name in names:
        if name in dataset.variables and dataset[name].shape == (dataset.sizes[dim],):
            return as_text(dataset[name].values)
    raise InputError(f"{path}: no coordinate '{names[0]}' along {dim}; add it")


def _neuroids(dataset: xr.Dataset, path: Path) -> dict[str, Text]:
    return {key: _labels(dataset, "neuroid", names, path) for key, names in NEUROID.items()}


def _numbers(array: xr.DataArray, path: Path) -> np.ndarray:
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise InputError(f"{path}: holds values of type {array.dtype}; write real numbers")
    return array.values


def _about(array: xr.DataArray) -> dict[str, Any]:
    return {key: array.attrs[key] for key in ("units", "long_name") if key in array.attrs}
