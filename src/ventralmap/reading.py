"""Reading of CSV and NetCDF files, with errors that say what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import containers
from ventralmap.arrays import Text, as_text
from ventralmap.errors import InputError, name_some, suggest


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
        table = pd.read_csv(
            path, dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=[""]
        )
        return table.fillna(dict.fromkeys(text, ""))
    except (pd.errors.ParserError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not a readable CSV file ({error}); save it as UTF-8") from error


def _check_header(path: Path, required: Sequence[str]) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        _check_columns(header, path, required)
        # pandas would take a first field too many as an index, and fill up short lines
        for row in rows:
            _check_width(row, len(header), rows.line_num, path)


def _check_width(row: Sequence[str], width: int, line: int, path: Path) -> None:
    if len(row) not in (0, width):
        fields = f"{len(row)} field{'s' if len(row) > 1 else ''}"
        raise InputError(
            f"{path}: line {line} has {fields}, the header {width}; one for each column, with "
            "quotes around text that has commas and points as decimal signs"
        )
    if any("\0" in field for field in row):
        raise InputError(f"{path}: line {line} has a NUL character; save it as UTF-8")


def _check_columns(header: Sequence[str], path: Path, required: Sequence[str]) -> None:
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise InputError(f"{path}: column {name_some(twice)} is there twice; rename or drop one")
    for column in required:
        if column not in header:
            raise InputError(f"{path}: column '{column}' is missing; {suggest(column, header)}")


def open_netcdf(path: Path) -> xr.Dataset:
    """Read a whole NetCDF file into memory."""
    if not path.is_file():
        raise InputError(f"{path}: not a file; put the data there")
    try:
        containers.check(path)
        with xr.open_dataset(path) as file:
            return file.load()
    except InputError:
        raise
    except Exception as error:  # on damaged files, HDF5 and xarray raise errors of any kind
        raise InputError(
            f"{path}: not a readable NetCDF file ({type(error).__name__}: {error}); write it again"
        ) from error


def text(labels: np.ndarray, path: Path) -> Text:
    """Return labels as text, or refuse those that are none."""
    try:
        return as_text(labels)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: a label is not text ({error}); write it as UTF-8") from error


def variable(dataset: xr.Dataset, name: str, path: Path) -> xr.DataArray:
    """Return a variable of a file, or say what the file holds instead."""
    if name not in dataset.data_vars:
        there = ", ".join(map(str, dataset.data_vars)) or "nothing"
        raise InputError(f"{path}: no variable '{name}' (it holds {there}); rename yours to it")
    return dataset[name]


def labels_along(dataset: xr.Dataset, dim: str, names: Sequence[str], path: Path) -> Text:
    """Return as text the labels of a dimension, under the first of the names that is there."""
    for name in names:
        if name in dataset.variables and dataset[name].shape == (dataset.sizes[dim],):
            return text(dataset[name].values, path)
    raise InputError(f"{path}: no coordinate '{names[0]}' along {dim}; add it")


def numbers(array: xr.DataArray, path: Path) -> np.ndarray:
    """Return the values of an array of real numbers, or refuse it."""
    if not (np.issubdtype(array.dtype, np.floating) or np.issubdtype(array.dtype, np.integer)):
        raise InputError(f"{path}: holds values of type {array.dtype}; write real numbers")
    return array.values
