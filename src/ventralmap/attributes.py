"""What a NetCDF file of a study says of itself: names, units, and where its numbers come from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ventralmap import files, provenance

if TYPE_CHECKING:
    import xarray as xr

Attribute = str | int | float

CONVENTIONS = "CF-1.11"

NAMES: dict[str, tuple[str, str | None]] = {
    "area": ("visual area", None),
    "band": ("a layer of a set", None),
    "depth": ("position of the layer, 0 (first) to 1 (last)", "1"),
    "fold": ("number of the fold of the stimuli, from 0", "1"),
    "generalisation": ("what is held out as a whole: images, or a column of stimuli.csv", None),
    "layer": ("layer of the model", None),
    "n_features": ("number of units of the layer", "1"),
    "neuroid": ("identifier of the neuron, site or voxel", None),
    "repeat": ("number of the random split into folds, from 0", "1"),
    "set": ("layers that are fitted together", None),
    "stimulus": ("identifier of the stimulus", None),
    "stimulus_id": ("identifier of the stimulus", None),
    "subject": ("subject that the neuroid belongs to", None),
    "way": ("what is resampled", None),
}
"""Long name and unit of the coordinates; text has no unit."""

KERNELS = ("centre", "scale", "projection", "precision")
"""What was done to features before scores were made of them, as the kernels say it."""


def describe(found: xr.Dataset, about: Mapping[str, Attribute]) -> xr.Dataset:
    """Name what has no name yet, and say where the numbers come from.

    Parameters
    ----------
    found
        Whose own attributes and long names stay.
    about
        Global attributes, from `of_step`.

    Returns
    -------
    xarray.Dataset
        The same values.
    """
    return named(found).assign_attrs({**found.attrs, **about})


def named(found: xr.Dataset) -> xr.Dataset:
    """Give every variable that lacks them the long name and unit of `NAMES`."""
    found = found.copy()
    for name in found.variables:
        long_name, unit = NAMES.get(str(name), (None, None))
        for key, value in (("long_name", long_name), ("units", unit)):
            if value is not None:
                found[name].attrs.setdefault(key, value)
    return found


def of_step(
    title: str,
    params: Mapping[str, Any],
    folder: str | os.PathLike[str],
    kernels: Sequence[Mapping[str, Attribute]] = (),
) -> dict[str, Attribute]:
    """Global attributes of what a step made.

    Parameters
    ----------
    title
        Of the file.
    params
        All settings of the step, `seed` among them if it takes one.
    folder
        The canonical dataset.
    kernels
        Attributes of the kernels that were read.

    Returns
    -------
    dict
        Conventions, title; config (the settings, JSON), seed; versions of the packages installed
        (JSON); dataset and dataset_sha256 (see ``files.sha256_of_folder``); and, by model and as
        JSON, weights_sha256 (empty where nothing was trained), kernels_versions and
        kernels_config (of `KERNELS`, null what does not apply).
    """
    about: dict[str, Attribute] = {
        "Conventions": CONVENTIONS,
        "title": title,
        "config": _json({key: value for key, value in params.items() if key != "seed"}),
        "seed": params.get("seed", "none"),
        "versions": _json(provenance.versions()),
        "dataset": Path(folder).name,
        "dataset_sha256": files.sha256_of_folder(folder),
    }
    return about | _of_models(kernels)


def _of_models(kernels: Sequence[Mapping[str, Attribute]]) -> dict[str, Attribute]:
    if not kernels:
        return {}
    attrs = {str(of["model"]): of for of in kernels}
    return {
        "model": ", ".join(attrs),
        "weights_sha256": _json({name: of.get("weights_sha256", "") for name, of in attrs.items()}),
        "kernels_versions": _json({name: _versions(of) for name, of in attrs.items()}),
        "kernels_config": _json(
            {name: {key: of.get(key) for key in KERNELS} for name, of in attrs.items()}
        ),
    }


def _versions(of: Mapping[str, Attribute]) -> Any:
    """Read the versions that kernels were made with: as JSON, or as they stand."""
    text = str(of.get("versions", ""))
    return json.loads(text) if text.startswith("{") else text


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
