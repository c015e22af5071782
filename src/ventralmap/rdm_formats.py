"""Readers of RDMs: the canonical form and files saved by rsatoolbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from scipy.spatial.distance import squareform

from ventralmap import arrays, containers
from ventralmap.assemblies import STIMULUS
from ventralmap.errors import InputError
from ventralmap.reading import labels_along, numbers, open_netcdf, text, variable


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
    return _rdms_from_canonical(open_netcdf(path), path)


def _rdms_from_canonical(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    array = variable(dataset, "rdms", path)
    needed = {"area", "subject", "stimulus_a", "stimulus_b"}
    if not needed <= set(array.dims) <= set(arrays.RDM_DIMS):
        raise InputError(
            f"{path}: rdms has the dimensions ({', '.join(map(str, array.dims))}); "
            "make them (area, subject, [session,] [time,] stimulus_a, stimulus_b)"
        )
    numbers(array, path)
    names: dict[str, tuple[str, ...]] = {dim: (dim,) for dim in arrays.LABELS & set(array.dims)}
    names |= {axis: (axis, "stimulus_id") for axis in ("stimulus_a", "stimulus_b")}
    labels = {dim: labels_along(dataset, dim, names[dim], path) for dim in names}
    array = array.reset_coords(drop=True).assign_coords(labels)
    if "time" in array.dims:
        array = _in_time(array.assign_coords(time=_times(dataset.get("time"), path)))
    array = array.transpose(*(dim for dim in arrays.RDM_DIMS if dim in array.dims))
    return array.rename(path.stem)


def _times(labels: xr.DataArray | None, path: Path) -> np.ndarray:
    if labels is None or labels.dtype.kind not in "fiu" or not np.isfinite(labels).all():
        raise InputError(f"{path}: coordinate time should be numbers; write it in ms from onset")
    return labels.values.astype(np.float64)


def _in_time(array: xr.DataArray) -> xr.DataArray:
    array["time"].attrs = {"units": "ms", "long_name": "time from stimulus onset"}
    return array.sortby("time")


def _rdms_from_rsatoolbox(path: Path) -> xr.DataArray:
    """Read the HDF5 file that rsatoolbox's ``RDMs.save`` writes (its pairs are condensed)."""
    try:
        containers.check(path)
        with h5py.File(path) as file:
            pairs = file["dissimilarities"][()]  # (n_rdms, n_pairs)
            of_rdm, of_pattern = (
                _descriptors(file[f"{k}_descriptors"]) for k in ("rdm", "pattern")
            )
            measure = str(file.attrs.get("dissimilarity_measure", ""))
    except InputError:
        raise
    except Exception as error:  # on damaged files, HDF5 raises errors of any kind
        raise InputError(f"{path}: not RDMs saved by rsatoolbox ({error}); save it anew") from error
    ids = text(_descriptor(of_pattern, STIMULUS, "pattern", path), path)
    _check_pairs(pairs, len(ids), path)
    matrices = np.array([squareform(row, checks=False) for row in pairs])
    axes = {"area": ("area", "name"), "subject": ("subject",)}
    axes |= {dim: (dim,) for dim in ("session", "time") if dim in of_rdm}
    found = {dim: _descriptor(of_rdm, names, "rdm", path) for dim, names in axes.items()}
    for dim, at in found.items():
        if np.shape(at) != pairs.shape[:1]:
            raise InputError(f"{path}: descriptor '{dim}' is not one per RDM; save them anew")
    values, labels = _spread(matrices, found, path)
    attrs = {"dissimilarity_measure": measure} if measure else {}
    return arrays.rdms(values, stimulus_id=ids, **labels, attrs=attrs, name=path.stem)


def _check_pairs(pairs: Any, n_stimuli: int, path: Path) -> None:
    shape = np.shape(pairs)
    if shape[1:] != (n_stimuli * (n_stimuli - 1) // 2,) or not shape[0]:
        raise InputError(
            f"{path}: dissimilarities have the shape {shape}, which does not fit {n_stimuli} "
            "stimuli; save the RDMs anew"
        )
    if not isinstance(pairs, np.ndarray) or pairs.dtype.kind not in "fiu":
        raise InputError(f"{path}: dissimilarities are not numbers; save the RDMs anew")


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


def _moments(labels: np.ndarray, path: Path) -> np.ndarray:
    if labels.dtype.kind not in "fiu" or not np.isfinite(labels).all():
        raise InputError(f"{path}: descriptor 'time' should be numbers; write it in ms from onset")
    return labels


def _spread(
    matrices: np.ndarray, found: dict[str, np.ndarray], path: Path
) -> tuple[np.ndarray, dict[str, Any]]:
    """Put RDM after RDM at its area, subject, session and time; NaN where there is none."""
    keys = {
        dim: _moments(at, path) if dim == "time" else text(at, path) for dim, at in found.items()
    }
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
