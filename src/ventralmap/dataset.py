"""Datasets: stimuli and what was measured, in memory and as a folder on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
import yaml
from numpy.typing import NDArray

from ventralmap import arrays, formats, layout, rdm_formats, rdm_validation, validation
from ventralmap.errors import InputError, suggest
from ventralmap.files import atomic
from ventralmap.hierarchy import Hierarchy
from ventralmap.hierarchy import areas as hierarchy_areas
from ventralmap.reading import read_table


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and what was measured while they were seen.

    Attributes
    ----------
    folder
        Where the dataset lies.
    meta
        The keys of ``dataset.yaml``.
    stimuli
        Indexed by `stimulus_id`, with the column `file` (relative to ``stimuli/``) and any more.
    responses
        Dims (stimulus, repetition, neuroid), rows in the order of `stimuli`; NaN where a
        repetition was not shown. None if no responses were measured.
    rdms
        One array per measurement, dims (area, subject, [session,] [time,] stimulus_a,
        stimulus_b), both last axes in the order of `stimuli`; all NaN where an area was not
        measured in a subject.
    truth
        Where ground truth is planted (simulated data): columns area, model, layer.
    """

    folder: Path
    meta: dict[str, Any]
    stimuli: pd.DataFrame
    responses: xr.DataArray | None = None
    rdms: tuple[xr.DataArray, ...] = ()
    truth: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        """The name of the dataset in tables and paths."""
        return str(self.meta["name"])

    def mean_response(self) -> NDArray[np.float64]:
        """Mean over the repetitions that were shown, shape (n_stimuli, n_neuroids).

        NaN for the stimuli that a subject has not seen.
        """
        assert self.responses is not None
        return arrays.mean_shown(self.responses.values)

    @property
    def images(self) -> list[Path]:
        """The image files, in the order of `stimuli`."""
        return [self.folder / layout.IMAGES / file for file in self.stimuli["file"]]


def load(folder: str | os.PathLike[str], *, verify_images: bool = False) -> Dataset:
    """Read and check a dataset folder in any of the accepted forms.

    Parameters
    ----------
    folder
        The dataset folder.
    verify_images
        Whether to decode every image as well; without it they only have to be there.

    Returns
    -------
    Dataset
        Rows are joined on ids: the order of rows in the files does not matter.

    Raises
    ------
    InputError
        If anything in the folder is missing, twice, unreadable or contradictory.
    """
    folder = Path(folder)
    meta = layout.read_meta(folder)
    stimuli = read_stimuli(folder)
    validation.check_images(folder, stimuli, decode=verify_images)
    dataset = Dataset(
        folder,
        meta,
        stimuli,
        _load_responses(folder, stimuli.index),
        _load_rdms(folder, stimuli.index),
        _load_truth(folder),
    )
    validation.check_measured(dataset.responses, dataset.rdms, folder)
    return dataset


def read_stimuli(folder: Path) -> pd.DataFrame:
    """Read and check ``stimuli.csv``.

    Returns
    -------
    pandas.DataFrame
        Indexed by `stimulus_id`, with `file` and the further columns.

    Raises
    ------
    InputError
        If a column is missing, or an id or a file is missing or twice.
    """
    path = folder / "stimuli.csv"
    table = read_table(path, text=["stimulus_id", "file"])
    validation.check_stimuli(table, path)
    return table.set_index("stimulus_id")


def _load_responses(folder: Path, ids: pd.Index) -> xr.DataArray | None:
    path = layout.response_file(folder)
    if path is None:
        return None
    responses = formats.read_responses(path)
    rows = validation.join(responses["stimulus_id"].values, ids, path)
    responses = responses.isel(stimulus=rows)
    validation.check_responses(responses, path)
    return responses


def _load_rdms(folder: Path, ids: pd.Index) -> tuple[xr.DataArray, ...]:
    return tuple(_load_one_rdms(path, ids) for path in layout.rdm_files(folder))


def _load_one_rdms(path: Path, ids: pd.Index) -> xr.DataArray:
    rdms = rdm_formats.read_rdms(path)
    for axis in ("stimulus_a", "stimulus_b"):
        rdms = rdms.isel({axis: validation.join(rdms[axis].values, ids, path)})
    rdm_validation.check_rdms(rdms, path)
    return arrays.zero_diagonal(rdms)


def _load_truth(folder: Path) -> pd.DataFrame | None:
    path = folder / "truth.csv"
    if not path.exists():
        return None
    return read_table(path, text=["area", "model", "layer"])


def write(
    folder: str | os.PathLike[str],
    meta: Mapping[str, Any],
    stimuli: pd.DataFrame,
    responses: xr.DataArray | None = None,
    rdms: Mapping[str, xr.DataArray] | None = None,
    truth: pd.DataFrame | None = None,
) -> None:
    """Write everything of a dataset but its images in the canonical form.

    Parameters
    ----------
    folder
        The dataset folder; its images lie, or will lie, in ``stimuli/``.
    meta
        The keys of ``dataset.yaml``.
    stimuli
        With `stimulus_id` as a column or as the index, and a column `file`.
    responses
        Dims (stimulus, [repetition,] neuroid), coords stimulus_id, neuroid_id, area, subject.
    rdms
        By name: the empty name makes ``rdms.nc``, any other ``rdms_<name>.nc``. Dims (area,
        subject, [session,] [time,] stimulus_a, stimulus_b); see `ventralmap.arrays.rdms`.
    truth
        Columns area, model, layer and any more.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if "stimulus_id" not in stimuli.columns:
        stimuli = stimuli.rename_axis("stimulus_id").reset_index()
    _write_table(stimuli, folder / "stimuli.csv")
    if responses is not None:
        _write_netcdf(arrays.responses_to_file(responses), folder / "responses.nc")
    for name, array in (rdms or {}).items():
        _write_netcdf(arrays.rdms_to_file(array), folder / f"rdms{'_' if name else ''}{name}.nc")
    if truth is not None:
        _write_table(truth, folder / "truth.csv")
    with atomic(folder / "dataset.yaml") as path:
        text = yaml.safe_dump(dict(meta), sort_keys=False, allow_unicode=True)
        path.write_text(text, encoding="utf-8")


def _write_table(table: pd.DataFrame, path: Path) -> None:
    with atomic(path) as scratch:
        table.to_csv(scratch, index=False, lineterminator="\n")


def _write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    with atomic(path) as scratch:
        dataset.assign_attrs(Conventions="CF-1.8").to_netcdf(scratch, engine="h5netcdf")


def areas(dataset: Dataset) -> list[str]:
    """Return the areas that were measured, in order of first appearance.

    Time-resolved RDMs are left out: they are compared over time, not along a hierarchy, and
    their "area" is often the whole sensor array.
    """
    measured = [array for array in dataset.rdms if "time" not in array.dims]
    if dataset.responses is not None:
        measured.insert(0, dataset.responses)
    return list(dict.fromkeys(str(area) for array in measured for area in array["area"].values))


def check_areas(dataset: Dataset, hierarchy: Hierarchy, beside: Sequence[str] = ()) -> None:
    """Check that every measured area has a place in the study's hierarchy, or beside it.

    Parameters
    ----------
    dataset
        The dataset; areas of time-resolved RDMs need no place.
    hierarchy
        Areas from low to high; areas on one level stand in a list of their own.
    beside
        What has no place in that order and is compared all the same, such as behaviour.

    Raises
    ------
    InputError
        If an area has no place.
    """
    known = [*hierarchy_areas(hierarchy), *beside]
    for area in areas(dataset):
        if area not in known:
            raise InputError(
                f"{dataset.folder}: area '{area}' is not in the hierarchy; "
                f"{suggest(area, known)} (or add it to `hierarchy` in the config; "
                "to `beside` if it has no place in that order)"
            )
