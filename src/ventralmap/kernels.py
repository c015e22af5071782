"""What is kept of a layer: the Gram matrix of its features over stimuli, and their row sums.

For very many stimuli, the features projected on few dimensions are kept instead of that matrix.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import xarray as xr

from ventralmap import attributes, triangles
from ventralmap.arrays import about
from ventralmap.attributes import Attribute
from ventralmap.errors import InputError
from ventralmap.files import write_netcdf
from ventralmap.stored import StoredLayers

CONSTANT: dict[str, Attribute] = {
    "Conventions": attributes.CONVENTIONS,
    "title": "kernels of the layers of a model over the stimuli of a dataset",
}
MOST_STIMULI = 10_000
"""Up to so many, Gram matrices are formed from projected features: 0.8 GB a layer."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Common:
    row_sum: np.ndarray
    n_features: np.ndarray
    n_constant: np.ndarray
    layers: list[str]
    stimulus_ids: list[str]
    attrs: dict[str, Attribute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_layers, n_stimuli = len(self.layers), len(self.stimulus_ids)
        self._expect("row_sum", (n_layers, n_stimuli))
        self._expect("n_features", (n_layers,))
        self._expect("n_constant", (n_layers,))

    def _expect(self, name: str, shape: tuple[int, ...]) -> None:
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Kernels(_Common):
    """The kernels of the layers of one model over the stimuli of one dataset.

    Parameters
    ----------
    upper
        Shape (layer, pair), float64: the upper triangle (`triangles`) of ``X @ X.T`` of the
        features X (stimulus x feature) of each layer, after centring and scaling over stimuli.
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

    upper: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        self._expect("upper", (len(self.layers), triangles.size(len(self.stimulus_ids))))

    @classmethod
    def from_gram(cls, gram: np.ndarray, **about: Any) -> Self:
        """Make kernels of whole matrices, (layer, stimulus, stimulus), and what else they have."""
        return cls(upper=triangles.pack(gram), **about)

    @cached_property
    def gram(self) -> np.ndarray:
        """All kernels, shape (layer, stimulus, stimulus), float64; made when first asked for."""
        return triangles.unpack(self.upper, len(self.stimulus_ids))

    def kernel(self, layer: int) -> np.ndarray:
        """Return the kernel of one layer, shape (stimulus, stimulus)."""
        return triangles.unpack(self.upper[layer], len(self.stimulus_ids))


@dataclass(frozen=True, eq=False, kw_only=True)
class Projected(_Common):
    """The features of the layers, projected on few random dimensions (see `projection`).

    Parameters
    ----------
    features
        Shape (layer, stimulus, component), float32: the features X of each layer, projected so that
        the expectation of ``features @ features.T`` is ``X @ X.T``. Of a file, they stay in it.
    row_sum, n_features, n_constant, layers, stimulus_ids, attrs
        As for `Kernels`; of the features X, not of the projected ones.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    features: np.ndarray | StoredLayers

    def __post_init__(self) -> None:
        super().__post_init__()
        n_layers, n_stimuli = len(self.layers), len(self.stimulus_ids)
        self._expect("features", (n_layers, n_stimuli, *self.features.shape[2:]))

    @cached_property
    def gram(self) -> np.ndarray:
        """An estimate of ``X @ X.T``, shape (layer, stimulus, stimulus), float64."""
        return np.stack([self.kernel(layer) for layer in range(len(self.layers))])

    def kernel(self, layer: int) -> np.ndarray:
        """Return an estimate of one layer's ``X @ X.T``, shape (stimulus, stimulus), float64.

        Raises
        ------
        InputError
            If there are more stimuli than `MOST_STIMULI`.
        """
        if not has_gram(self):
            raise InputError(
                f"{len(self.stimulus_ids):,} stimuli are too many to compare every two of them; "
                f"with features: projection, more than {MOST_STIMULI:,} are for encoding by "
                "ridge_srp alone"
            )
        rows = self.features[layer].astype(np.float64)
        return rows @ rows.T


Layers = Kernels | Projected
"""What is kept of the layers of one model."""


def has_gram(kernels: Layers) -> bool:
    """Whether there are Gram matrices, or few enough stimuli to form them."""
    return isinstance(kernels, Kernels) or len(kernels.stimulus_ids) <= MOST_STIMULI


def save(kernels: Layers, path: str | os.PathLike[str]) -> None:
    """Write kernels or projected features to a NetCDF file: whole, or not at all.

    Of each (symmetric) Gram matrix only the upper triangle is stored, as in memory.

    Parameters
    ----------
    kernels
        What to write.
    path
        The file to make; its folder is created.
    """
    write_netcdf(path, attributes.named(_to_dataset(kernels)))


def load(path: str | os.PathLike[str]) -> Layers:
    """Read what `save` wrote.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or holds something else.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: no such kernel file; run the extract step that makes it")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as file:
            kind: type[Layers] = Projected if "projection" in file else Kernels
            dataset = file.drop_vars("projection", errors="ignore").load()
    except Exception as error:  # on damaged files, HDF5 and xarray raise errors of any kind
        raise InputError(f"{path}: not a readable NetCDF file ({error}); make it again") from error
    needed = _SHARED if kind is Projected else (_MATRIX[kind], *_SHARED)
    missing = [name for name in needed if name not in dataset]
    if missing:
        raise InputError(f"{path}: not a kernel file, it has no '{missing[0]}'; make it again")
    try:
        if kind is Projected:
            features = StoredLayers(path, _MATRIX[kind])
            return Projected(features=features, **_shared(dataset))
        return _kernels(dataset)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise InputError(f"{path}: not a kernel file ({error}); make it again") from error


_SHARED = ("row_sum", "n_features", "n_constant", "depth")
_MATRIX: dict[type, str] = {Kernels: "gram_upper", Projected: "projection"}


def _to_dataset(kernels: Layers) -> xr.Dataset:
    return xr.Dataset(
        {
            _MATRIX[type(kernels)]: _stored(kernels),
            "row_sum": (("layer", "stimulus"), kernels.row_sum, about("sum over features")),
            "n_features": ("layer", kernels.n_features, about("number of features")),
            "n_constant": ("layer", kernels.n_constant, about("features constant over stimuli")),
            "depth": ("layer", kernels.depth, about("position of the layer, 0 first, 1 last")),
        },
        coords={
            "layer": np.asarray(kernels.layers, dtype=object),
            "stimulus_id": ("stimulus", np.asarray(kernels.stimulus_ids, dtype=object)),
        },
        attrs=CONSTANT | _plain(kernels.attrs),
    )


def _stored(kernels: Layers) -> tuple[tuple[str, ...], np.ndarray, dict[str, str]]:
    if isinstance(kernels, Projected):
        dims = ("layer", "stimulus", "component")
        return dims, np.asarray(kernels.features), about("features, projected at random")
    return ("layer", "pair"), kernels.upper, about("upper triangle of the Gram matrix")


def _shared(dataset: xr.Dataset) -> dict[str, Any]:
    return {
        "row_sum": dataset["row_sum"].values,
        "n_features": dataset["n_features"].values,
        "n_constant": dataset["n_constant"].values,
        "layers": [str(name) for name in dataset["layer"].values],
        "stimulus_ids": [str(i) for i in dataset["stimulus_id"].values],
        "attrs": _plain({str(k): v for k, v in dataset.attrs.items() if k not in CONSTANT}),
    }


def _kernels(dataset: xr.Dataset) -> Kernels:
    return Kernels(upper=dataset[_MATRIX[Kernels]].values, **_shared(dataset))


def _plain(attrs: dict[str, Attribute]) -> dict[str, Attribute]:
    """Return the attributes as the types that NetCDF and Python share (a bool becomes 0 or 1)."""
    plain: dict[str, Attribute] = {}
    for name, value in attrs.items():
        value = value.item() if isinstance(value, np.generic) else value
        plain[name] = int(value) if isinstance(value, bool) else value
    return plain
