"""Checks of RDMs; each ends with one line that names the file, the RDM and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays
from ventralmap.errors import InputError
from ventralmap.validation import MOST, refuse

TOLERANCE = 1e-6  # of the largest dissimilarity: room for RDMs stored in float32
SHORT = 10  # ms; no recording over time ends so soon
CROSS_VALIDATED = ("crossnobis", "poisson_cv", "cross-validated")  # may be below zero


def check_rdms(rdms: xr.DataArray, path: Path) -> None:
    """Check RDMs of dims (area, subject, [session,] [time,] stimulus_a, stimulus_b).

    Pairs may be missing (NaN).

    Raises
    ------
    InputError
        If a label is empty or twice, if an area or a subject has no RDM, if an RDM is not one, or
        if times look like seconds.
    """
    for dim in rdms.dims[:-2]:
        labels = pd.Index(rdms[dim].values)
        refuse(labels[labels.duplicated()], path, f"({dim}) is there twice; keep one")
        if (labels == "").any():
            raise InputError(f"{path}: an entry of {dim} has no name; fill it in")
    if "time" in rdms.dims:
        _check_times(rdms["time"].values, path)
    cross_validated = _is_cross_validated(rdms)
    for where, matrix in _matrices(rdms):
        problem = _problem(matrix, rdms["stimulus_a"].values, cross_validated)
        if problem:
            raise InputError(f"{path}: RDM of {where} {problem}")
    _check_present(rdms, path)


def _check_times(times: NDArray, path: Path) -> None:
    """Refuse times that span few units and are no whole numbers: seconds, taken for ms."""
    if np.ptp(times) < SHORT and (times != np.round(times)).any():
        raise InputError(
            f"{path}: time goes from {times.min():g} to {times.max():g}, which looks like seconds; "
            "write it in ms from onset"
        )


def _is_cross_validated(rdms: xr.DataArray) -> bool:
    return str(rdms.attrs.get("dissimilarity_measure", "")).lower() in CROSS_VALIDATED


def _matrices(rdms: xr.DataArray) -> Iterator[tuple[str, NDArray]]:
    dims = rdms.dims[:-2]
    for at in np.ndindex(*rdms.shape[:-2]):
        labels = (f"{dim} {rdms[dim].values[i]}" for dim, i in zip(dims, at, strict=True))
        yield ", ".join(labels), rdms.values[at]


def _problem(matrix: NDArray, ids: NDArray, cross_validated: bool) -> str | None:
    """Say what is wrong with one RDM, shape (n_stimuli, n_stimuli), and how to mend it."""
    off_diagonal = ~np.eye(len(matrix), dtype=bool)
    if np.isnan(matrix[off_diagonal]).all():  # this area was not measured in this subject
        return None
    for where, what in _flaws(matrix, off_diagonal, cross_validated):
        if where.any():
            row, column = np.argwhere(where)[0]
            return what.format(f"for stimuli {ids[row]} and {ids[column]}")
    return None


def _flaws(
    matrix: NDArray, off_diagonal: NDArray[np.bool_], cross_validated: bool
) -> Iterator[tuple[NDArray[np.bool_], str]]:
    """Yield the pairs that show a flaw, and the flaw; the first stands in the way of the next."""
    one_sided = np.isnan(matrix) & ~np.isnan(matrix.T)
    yield one_sided, "is NaN {}, but not the other way round; write both"
    yield np.isinf(matrix), "is infinite {}; correct it"
    yield np.abs(matrix) > np.float64(MOST), f"is beyond {MOST:g} {{}}; correct the unit"
    known = matrix[off_diagonal & ~np.isnan(matrix)]
    room = TOLERANCE * np.abs(known).max()
    yield np.abs(matrix - matrix.T) > room, "is not symmetric {}; write (D + D.T) / 2"
    diagonal = np.diag(np.diag(matrix))
    yield np.abs(diagonal) > room, "is not 0 on the diagonal {}; write dissimilarities"
    remedy = "write distances, or if cross-validated: attribute dissimilarity_measure='crossnobis'"
    yield (matrix < -room) & (not cross_validated), f"is negative {{}}; {remedy}"
    flat = np.ptp(known) <= room
    yield (
        off_diagonal & ~np.isnan(matrix) & flat,
        "is the same {} as for all others; leave it out, or make it NaN",
    )


def _check_present(rdms: xr.DataArray, path: Path) -> None:
    measured = arrays.measured(rdms)
    for dim in ("area", "subject"):
        some = measured.any([other for other in measured.dims if other != dim])
        refuse(rdms[dim].values[~some.values], path, f"({dim}) has no RDM; drop it from the file")
    if "time" in rdms.dims:
        gaps = measured.any("time") & ~measured.all("time")
        subjects = gaps.any([other for other in gaps.dims if other != "subject"]).values
        remedy = "(subject) has no RDM at some times; fill them in or drop the subject"
        refuse(rdms["subject"].values[subjects], path, remedy)
