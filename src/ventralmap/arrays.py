"""The two labelled arrays of a dataset: responses of neuroids, and RDMs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ventralmap.errors import InputError

RESPONSE_DIMS = ("stimulus", "repetition", "neuroid")
RDM_DIMS = ("area", "subject", "session", "time", "stimulus_a", "stimulus_b")
LABELS = {"area", "subject", "session"}
AVERAGED = "n_averaged"

Text = NDArray[np.str_]


def as_text(labels: Iterable[Any]) -> Text:
    """Return labels as text, so that 7, 7.0, b"7" and "7" are one id; missing ones are empty.

    Examples
    --------
    >>> as_text([7, 7.0, b"7", "07", None]).tolist()
    ['7', '7', '7', '07', '']
    """
    return np.array([_text(label) for label in np.asarray(labels).tolist()], dtype=str)


def _text(label: Any) -> str:
    if isinstance(label, bytes):
        return label.decode("utf-8")
    if isinstance(label, float):
        return "" if np.isnan(label) else f"{label:.17g}"
    return "" if label is None else str(label)


def about(long_name: str) -> dict[str, str]:
    """Describe numbers without a unit in the attributes of a NetCDF variable."""
    return {"long_name": long_name, "units": "1"}


def responses(
    values: ArrayLike,
    *,
    stimulus_id: Iterable[Any],
    neuroid_id: Iterable[Any],
    area: Iterable[Any],
    subject: Iterable[Any],
    n_averaged: ArrayLike | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> xr.DataArray:
    """Label responses.

    Parameters
    ----------
    values
        Shape (n_stimuli, n_neuroids) or (n_stimuli, n_repetitions, n_neuroids); NaN where a
        repetition was not shown.
    stimulus_id
        Ids of the stimuli, length n_stimuli.
    neuroid_id, area, subject
        Labels of the neuroids, length n_neuroids each.
    n_averaged
        How many presentations a value is the mean of, where it is not one, length n_stimuli: so
        that hundreds of repetitions of a few among many stimuli need not be kept one by one.
    attrs
        Attributes, such as ``units``.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 2:
        values = values[:, None, :]  # (stimulus, 1, neuroid)
    coords = {
        "stimulus_id": ("stimulus", as_text(stimulus_id)),
        "neuroid_id": ("neuroid", as_text(neuroid_id)),
        "area": ("neuroid", as_text(area)),
        "subject": ("neuroid", as_text(subject)),
    }
    if n_averaged is not None:
        coords[AVERAGED] = ("stimulus", np.asarray(n_averaged))
    return xr.DataArray(values, coords, RESPONSE_DIMS, name="responses", attrs=dict(attrs or {}))


def rdms(
    values: ArrayLike,
    *,
    stimulus_id: Iterable[Any],
    area: Iterable[Any],
    subject: Iterable[Any],
    session: Iterable[Any] | None = None,
    time: Iterable[float] | None = None,
    attrs: Mapping[str, Any] | None = None,
    name: str = "rdms",
) -> xr.DataArray:
    """Label representational dissimilarity matrices.

    Parameters
    ----------
    values
        Shape (n_areas, n_subjects, [n_sessions,] [n_times,] n_stimuli, n_stimuli); all NaN where
        an area was not measured in a subject.
    stimulus_id
        Ids of the stimuli, the same on both axes.
    area, subject, session
        Labels; `session` only if there is that dimension.
    time
        Milliseconds from stimulus onset, only if there is that dimension.
    attrs
        Attributes, such as ``dissimilarity_measure``.
    name
        Name of the array: ``rdms``, or ``rdms_<name>`` for a further measurement.

    Returns
    -------
    xarray.DataArray, dims (area, subject, [session,] [time,] stimulus_a, stimulus_b)
    """
    ids = as_text(stimulus_id)
    coords: dict[str, Any] = {"area": as_text(area), "subject": as_text(subject)}
    if session is not None:
        coords["session"] = as_text(session)
    if time is not None:
        times = np.asarray(time, dtype=np.float64)
        coords["time"] = ("time", times, {"units": "ms", "long_name": "time from stimulus onset"})
    coords |= {"stimulus_a": ids, "stimulus_b": ids}
    dims = [dim for dim in RDM_DIMS if dim in coords]
    return xr.DataArray(np.asarray(values), coords, dims, name=name, attrs=dict(attrs or {}))


def responses_to_file(array: xr.DataArray) -> xr.Dataset:
    """Return responses as they lie in ``responses.nc``."""
    if "repetition" not in array.dims:
        array = array.expand_dims("repetition")
    array = array.transpose(*RESPONSE_DIMS)
    labels = {name: array[name].values for name in ("stimulus_id", "neuroid_id", "area", "subject")}
    if AVERAGED in array.coords:
        labels[AVERAGED] = array[AVERAGED].values
    tidy = responses(array.values, **labels, attrs={"long_name": "response"} | array.attrs)
    return tidy.to_dataset(name="responses")


def mean_shown(responses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the repetitions that were shown.

    Parameters
    ----------
    responses
        Shape (n_stimuli, n_repetitions, n_neuroids), NaN where a repetition was not shown.

    Returns
    -------
    ndarray, shape (n_stimuli, n_neuroids)
        NaN where none was shown.
    """
    return mean_known(responses, axis=1)


def mean_known(values: NDArray, axis: int) -> NDArray:
    """Mean over an axis of what is not NaN; NaN where nothing is known."""
    known = ~np.isnan(values)
    total, count = np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def rdms_to_file(array: xr.DataArray) -> xr.Dataset:
    """Return RDMs as they lie in ``rdms.nc``: one `stimulus_id` for both stimulus axes.

    Raises
    ------
    InputError
        If the two stimulus axes are ordered differently.
    """
    first, second = (as_text(array[axis].values) for axis in ("stimulus_a", "stimulus_b"))
    if not np.array_equal(first, second):
        raise InputError(f"{array.name}: rows and columns differ in order; sort both by stimulus")
    ids = ("stimulus_a", first, {"long_name": "stimulus of both axes"})
    dataset = array.drop_vars(["stimulus_a", "stimulus_b"]).to_dataset(name="rdms")
    dataset["rdms"].attrs = {"long_name": "dissimilarity"} | array.attrs
    return dataset.assign_coords(stimulus_id=ids)


def measured(array: xr.DataArray) -> xr.DataArray:
    """Tell which RDMs of dims (..., stimulus_a, stimulus_b) hold anything off the diagonal."""
    known = ~np.isnan(array.values)
    i = np.arange(known.shape[-1])
    known[..., i, i] = False
    return array.isel(stimulus_a=0, stimulus_b=0, drop=True).copy(data=known.any(axis=(-2, -1)))


def zero_diagonal(array: xr.DataArray) -> xr.DataArray:
    """Return checked RDMs whose diagonals are 0 where they were measured, else NaN.

    Files write the diagonal, which is 0 by definition, as 0 or as NaN.
    """
    values = array.values.copy()
    i = np.arange(values.shape[-1])
    values[..., i, i] = np.where(measured(array).values, 0.0, np.nan)[..., None]
    return array.copy(data=values)


def seen_together(
    responses: NDArray[np.float64],
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.int64]]]:
    """Group the neuroids by the stimuli that were seen.

    Parameters
    ----------
    responses
        Shape (n_stimuli, n_neuroids), NaN where a stimulus was not seen.

    Yields
    ------
    stimuli : ndarray of bool, shape (n_stimuli,)
        Those that were seen.
    neuroids : ndarray of int
        Positions of the neuroids that have responses to exactly these.
    """
    patterns, group = np.unique(~np.isnan(responses), axis=1, return_inverse=True)
    for number, stimuli in enumerate(patterns.T):
        yield stimuli, np.flatnonzero(group == number)
