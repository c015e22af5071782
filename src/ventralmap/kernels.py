"""What is kept of a layer: the Gram matrix of its features over stimuli, and their row sums."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from ventralmap.errors import InputError
from ventralmap.files import write_netcdf

Attribute = str | int | float

_VARIABLES = ("gram_upper", "row_sum", "n_features", "n_constant", "depth")


@dataclass(frozen=True, eq=False)
class Kernels:
    """The kernels of the layers of one model over the stimuli of one dataset.

    Parameters
    ----------
    gram
        Shape (layer, stimulus, stimulus), float64: ``X @ X.T`` of the features X
        (stimulus x feature) of each layer, after centring and scaling over stimuli.
    row_sum
        Shape (layer, stimulus), float64: the sum over features of each row of the same X.
    n_features
        Shape (layer,): the number of features, constant ones included.
    n_constant
        Shape (layer,): how many features do not vary over the stimuli.
    layers
        The layers' names, first to last.
    stimulus_ids
        The stimuli, in the order of the matrices' rows.
    attrs
        Where the kernels come from: model, dataset, centre, scale, weights_sha256, ...

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    gram: np.ndarray
    row_sum: np.ndarray
    n_features: np.ndarray
    n_constant: np.ndarray
    layers: list[str]
    stimulus_ids: list[str]
    attrs: dict[str, Attribute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_layers, n_stimuli = len(self.layers), len(self.stimulus_ids)
        expected = {
            "gram": (n_layers, n_stimuli, n_stimuli),
            "row_sum": (n_layers, n_stimuli),
            "n_features": (n_layers,),
            "n_constant": (n_layers,),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")

    @property
    def depth(self) -> np.ndarray:
        """Shape (layer,): position of each layer, 0 (first) to 1 (last)."""
        return np.arange(len(self.layers)) / max(len(self.layers) - 1, 1)

    def rows(self, stimulus_ids: Sequence[str]) -> list[int]:
        """Return where the given stimuli are among the rows, in the order given."""
        where = {stimulus: i for i, stimulus in enumerate(self.stimulus_ids)}
        return [where[stimulus] for stimulus in stimulus_ids]


def save(kernels: Kernels, path: str | os.PathLike[str]) -> None:
    """Write kernels to a NetCDF file: whole, or not at all.

    Only the upper triangle of each (symmetric) Gram matrix is stored, row after row.

    Parameters
    ----------
    kernels
        What to write.
    path
        The file to make; its folder is created.
    """
    write_netcdf(path, _to_dataset(kernels))


def load(path: str | os.PathLike[str]) -> Kernels:
    """Read kernels that `save` wrote.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or holds something else.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: no such kernel file; run the extract step that makes it")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as file:
            dataset = file.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable NetCDF file ({error}); make it again") from error
    missing = [name for name in _VARIABLES if name not in dataset]
    if missing:
        raise InputError(f"{path}: not a kernel file, it has no '{missing[0]}'; make it again")
    return _from_dataset(dataset)


def _to_dataset(kernels: Kernels) -> xr.Dataset:
    n_stimuli = len(kernels.stimulus_ids)
    upper = kernels.gram[:, *np.triu_indices(n_stimuli)]  # (layer, pair)
    return xr.Dataset(
        {
            "gram_upper": (("layer", "pair"), upper, _about("upper triangle of the Gram matrix")),
            "row_sum": (("layer", "stimulus"), kernels.row_sum, _about("sum over features")),
            "n_features": ("layer", kernels.n_features, _about("number of features")),
            "n_constant": ("layer", kernels.n_constant, _about("features constant over stimuli")),
            "depth": ("layer", kernels.depth, _about("position of the layer, 0 first, 1 last")),
        },
        coords={
            "layer": np.asarray(kernels.layers, dtype=object),
            "stimulus_id": ("stimulus", np.asarray(kernels.stimulus_ids, dtype=object)),
        },
        attrs={"Conventions": "CF-1.11", "title": "layer kernels", **_plain(kernels.attrs)},
    )


def _from_dataset(dataset: xr.Dataset) -> Kernels:
    ids = [str(i) for i in dataset["stimulus_id"].values]
    added = ("Conventions", "title")
    return Kernels(
        gram=_symmetric(dataset["gram_upper"].values, len(ids)),
        row_sum=dataset["row_sum"].values,
        n_features=dataset["n_features"].values,
        n_constant=dataset["n_constant"].values,
        layers=[str(name) for name in dataset["layer"].values],
        stimulus_ids=ids,
        attrs=_plain({str(k): v for k, v in dataset.attrs.items() if k not in added}),
    )


def _symmetric(upper: np.ndarray, n_stimuli: int) -> np.ndarray:
    rows, columns = np.triu_indices(n_stimuli)
    gram = np.empty((len(upper), n_stimuli, n_stimuli))
    gram[:, rows, columns] = upper
    gram[:, columns, rows] = upper
    return gram


def _about(long_name: str) -> dict[str, str]:
    return {"long_name": long_name, "units": "1"}


def _plain(attrs: dict[str, Attribute]) -> dict[str, Attribute]:
    """Return the attributes as the types that NetCDF and Python share (a bool becomes 0 or 1)."""
    plain: dict[str, Attribute] = {}
    for name, value in attrs.items():
        value = value.item() if isinstance(value, np.generic) else value
        plain[name] = int(value) if isinstance(value, bool) else value
    return plain
