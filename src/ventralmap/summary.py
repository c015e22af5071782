"""What is in a dataset: the facts that a report states."""

from __future__ import annotations

from typing import Any

import xarray as xr

from ventralmap.dataset import Dataset
from ventralmap.files import sha256


def summarise(dataset: Dataset) -> dict[str, Any]:
    """Count what a dataset holds.

    Parameters
    ----------
    dataset
        Any valid dataset.

    Returns
    -------
    dict
        The keys of its dataset.yaml, n_stimuli, categories, responses (neuroids and subjects by
        area), rdms (subjects by area, whether over time), and the hash of each data file.
    """
    return {
        **dataset.meta,
        "n_stimuli": len(dataset.stimuli),
        "categories": _categories(dataset),
        "responses": _responses(dataset.responses),
        "rdms": [fact for measured in dataset.rdms for fact in _rdms(measured)],
        "sha256": {
            path.name: sha256(path) for path in sorted(dataset.folder.glob("*.*")) if path.is_file()
        },
    }


def _categories(dataset: Dataset) -> dict[str, int]:
    if "category" not in dataset.stimuli:
        return {}
    counts = dataset.stimuli["category"].value_counts(sort=False)
    return {str(category): int(count) for category, count in counts.items()}


def _responses(responses: xr.DataArray | None) -> list[dict[str, Any]]:
    if responses is None:
        return []
    table = responses.coords.to_dataset()[["area", "subject"]].to_dataframe().reset_index()
    counted = table.groupby(["area", "subject"], sort=False).size()
    repeats = responses.sizes["repetition"]
    return [
        {"area": str(area), "subject": str(subject), "n_neuroids": int(n), "n_repeats": repeats}
        for (area, subject), n in counted.items()
    ]


def _rdms(measured: xr.DataArray) -> list[dict[str, Any]]:
    over_time = "time" in measured.dims
    other = [dim for dim in measured.dims if dim not in ("area", "subject")]
    present = measured.notnull().any(other)
    return [
        {
            "area": str(area),
            "n_subjects": int(present.sel(area=area).sum()),
            "n_times": measured.sizes["time"] if over_time else None,
        }
        for area in measured["area"].values
    ]
