"""Recordings in NWB files (Rübel et al. 2022): spikes of units in a window after each stimulus.

Needs pynwb (``pip install 'ventralmap[nwb]'``), which is imported only here and only when used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, assemblies
from ventralmap.arrays import Text, as_text
from ventralmap.errors import InputError, name_some, suggest

Array = NDArray[np.float64]

STIMULUS = ("stimulus_id", "image_id", "stimulus", "image", "image_name", "stimulus_name")
AREA = ("area", "location", "brain_area", "region")
"""Names that the columns have in many files, tried in this order."""


def read(
    path: Path,
    window: tuple[float, float],
    *,
    table: str | None = None,
    stimulus: str | None = None,
    area: str | None = None,
    without: Sequence[str] = (),
) -> tuple[xr.DataArray, dict[str, str]]:
    """Count the spikes of each unit in a window after each presentation of a stimulus.

    Parameters
    ----------
    path
        The NWB file.
    window
        From and to, in ms from the start of a presentation; the end does not belong to it.
    table
        Name of the table of presentations: ``trials``, or one of the intervals. By default the only
        one that has a column of stimuli.
    stimulus
        Its column that says which stimulus was shown; by default the first of `STIMULUS`.
    area
        Column of the units that says where they are; by default the first of `AREA`, else the
        location of a unit's first electrode.
    without
        Stimuli to leave out, such as a blank screen.

    Returns
    -------
    responses : xarray.DataArray, dims (stimulus, repetition, neuroid)
        Spike counts; repetitions in the order of time. NaN where a unit was not observed.
    about : dict
        subject, species, session_description, as far as the file has them.

    Raises
    ------
    InputError
        If pynwb is missing, or the file lacks something: which, and what it has instead.
    """
    io = _open(path, window)
    with io:
        file = io.read()
        shown, start = _presentations(file, path, table, stimulus, without)
        values, labels = _units(file, path, area, start, window)
        about = _about(file)
    if "subject" not in about:
        raise InputError(f"{path}: has no subject_id; write it into the file's subject")
    repetition = pd.Series(shown).groupby(shown).cumcount().to_numpy()
    ids, stacked = assemblies.stack(values, shown, repetition, path)
    array = arrays.responses(
        stacked,
        stimulus_id=ids,
        **labels,
        subject=[about["subject"]] * len(labels["area"]),
        attrs={
            "long_name": "spike count",
            "units": f"spikes per {window[1] - window[0]:g} ms",
        },
    )
    return array, about


def _open(path: Path, window: tuple[float, float]) -> Any:
    if window[0] >= window[1]:
        raise InputError(
            f"window: {window[0]:g} is not before {window[1]:g}; write from and to in ms"
        )
    if not path.is_file():
        raise InputError(f"{path}: missing; check the path of the NWB file")
    try:
        from pynwb import NWBHDF5IO
    except ImportError as error:
        raise InputError(
            "pynwb is not installed, and NWB files need it; pip install 'ventralmap[nwb]'"
        ) from error
    try:
        return NWBHDF5IO(str(path), mode="r", load_namespaces=True)
    except (OSError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a readable NWB file ({error}); check the file") from error


def _presentations(
    file: Any, path: Path, table: str | None, stimulus: str | None, without: Sequence[str]
) -> tuple[Text, Array]:
    """Stimulus and start, in seconds, of each presentation, in the order of time."""
    name, column, found = _table(file, path, table, stimulus)
    frame = pd.DataFrame({"stimulus": as_text(found[column][:]), "start": found["start_time"][:]})
    frame = frame[(frame["stimulus"] != "") & ~frame["stimulus"].isin(list(without))]
    if frame.empty:
        raise InputError(f"{path}: table '{name}' has no stimulus in '{column}'; choose another")
    frame = frame.sort_values("start", kind="stable")
    return frame["stimulus"].to_numpy(str), frame["start"].to_numpy(float)


def _table(file: Any, path: Path, table: str | None, stimulus: str | None) -> tuple[str, str, Any]:
    tables = dict(file.intervals or {}) | ({"trials": file.trials} if file.trials else {})
    if table is not None and table not in tables:
        raise InputError(f"{path}: has no table '{table}'; {_choices(table, tables)}")
    wanted = (stimulus,) if stimulus else STIMULUS
    there = {
        name: column
        for name, found in tables.items()
        for column in reversed(wanted)
        if column in found.colnames and table in (None, name)
    }
    if len(there) != 1:
        columns = sorted({c for found in tables.values() for c in found.colnames})
        raise InputError(
            f"{path}: {len(there) or 'none'} of the tables {', '.join(tables) or '(none)'} has "
            f"a column {' or '.join(wanted)}; name the table of presentations and its column of "
            f"stimuli (there are the columns {name_some(columns, 20)})"
        )
    ((name, column),) = there.items()
    return name, column, tables[name]


def _choices(name: str, there: Any) -> str:
    return suggest(name, there) if there else "it has none"


def _units(
    file: Any, path: Path, area: str | None, start: Array, window: tuple[float, float]
) -> tuple[Array, dict[str, Any]]:
    """Count spikes, shape (presentation, unit), and label the units."""
    if file.units is None or "spike_times" not in file.units.colnames:
        raise InputError(f"{path}: has no units with spike_times; sort the spikes first")
    edges = start[:, None] + np.array(window) / 1000  # s
    units = range(len(file.units))
    observed = "obs_intervals" in file.units.colnames
    counts = np.array([count(file.units["spike_times"][unit], edges) for unit in units]).T
    if observed:
        seen = [_inside(edges, file.units["obs_intervals"][unit]) for unit in units]
        counts = np.where(np.transpose(seen), counts, np.nan)
    ids = [str(i) for i in file.units.id[:]]
    return counts, {"neuroid_id": ids, "area": _areas(file.units, path, area)}


def count(spikes: Sequence[float], edges: Array) -> Array:
    """Count the spikes of one unit in windows.

    Parameters
    ----------
    spikes
        Times in s, in any order.
    edges
        Start and end of each window in s, shape (n_windows, 2); the end does not belong to it.

    Returns
    -------
    ndarray, shape (n_windows,)
    """
    times = np.sort(np.asarray(spikes, dtype=float))
    before = np.searchsorted(times, edges, side="left")
    return (before[:, 1] - before[:, 0]).astype(float)


def _inside(edges: Array, intervals: Any) -> NDArray[np.bool_]:
    """Tell which windows lie in one of the intervals (n, 2) in which a unit was observed."""
    known = np.asarray(intervals, dtype=float).reshape(-1, 2)
    return np.any((edges[:, :1] >= known[:, 0]) & (edges[:, 1:] <= known[:, 1]), axis=1)


def _areas(units: Any, path: Path, area: str | None) -> list[str]:
    wanted = (area,) if area else AREA
    for column in wanted:
        if column in units.colnames:
            return [str(label) for label in units[column][:]]
    if area is None and "electrodes" in units.colnames:
        return [str(units["electrodes"][unit]["location"].iloc[0]) for unit in range(len(units))]
    raise InputError(
        f"{path}: units have no column {' or '.join(wanted)}, nor electrodes; name the column that "
        f"says their area (there are {name_some(units.colnames, 20)})"
    )


def _about(file: Any) -> dict[str, str]:
    subject = file.subject
    found = {
        "subject": getattr(subject, "subject_id", None),
        "species": getattr(subject, "species", None),
        "description": file.session_description,
    }
    return {key: str(value) for key, value in found.items() if value}
