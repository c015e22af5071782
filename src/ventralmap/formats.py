"""Readers of responses: the canonical form, NeuroidAssemblies and plain tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import arrays, assemblies
from ventralmap.arrays import as_text
from ventralmap.assemblies import NEUROID
from ventralmap.errors import InputError
from ventralmap.reading import labels_along, numbers, open_netcdf, read_table, variable
from ventralmap.validation import join


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
            return assemblies.responses_of(dataset, path)
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
    labels = assemblies.neuroids(dataset, path)
    if arrays.AVERAGED in dataset.variables:
        labels[arrays.AVERAGED] = _counts(dataset[arrays.AVERAGED], path)
    return arrays.responses(values, stimulus_id=ids, **labels, attrs=assemblies.about(array))


def _counts(found: xr.DataArray, path: Path) -> np.ndarray:
    values = numbers(found, path)
    if found.dims != ("stimulus",) or not (values >= 1).all():
        raise InputError(
            f"{path}: n_averaged should be 1 or more for each stimulus; correct it, or leave it out"
        )
    return values


def _responses_from_tables(path: Path) -> xr.DataArray:
    """Read ``responses.csv`` (rows: stimuli, columns: neuroids) with ``neuroids.csv``."""
    table = read_table(path, text=["stimulus_id"])
    stimuli = as_text(table.pop("stimulus_id"))
    repeats = table.pop("repetition") if "repetition" in table else np.zeros(len(table))
    repetition = assemblies.numbered(np.asarray(repeats), stimuli, path)
    beside = path.with_name("neuroids.csv")
    neuroids = read_table(beside, text=list(NEUROID))
    rows = join(as_text(neuroids["neuroid_id"]), as_text(table.columns), beside, path.name)
    ids, stacked = assemblies.stack(_cells(table, path), stimuli, repetition, path)
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
