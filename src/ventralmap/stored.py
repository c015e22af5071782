"""An array that stays in its file, of which one layer is read at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray


class StoredLayers:
    """Layers of features in a NetCDF file, read when they are asked for and not kept.

    Twenty layers of 22,000 stimuli take gigabytes, and a map is fitted to one at a time.

    Parameters
    ----------
    path
        The file, which must stay as it is.
    name
        Of the variable, whose first axis is the layer.

    Attributes
    ----------
    shape, dtype
        Of the whole array.
    """

    def __init__(self, path: str | os.PathLike[str], name: str) -> None:
        self._path, self._name = os.fspath(path), name
        with h5py.File(self._path) as file:
            self.shape: tuple[int, ...] = file[name].shape
            self.dtype: np.dtype = file[name].dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, layer: int) -> NDArray[Any]:
        """Read a layer, without the first axis."""
        if not -len(self) <= layer < len(self):
            raise IndexError(layer)
        with h5py.File(self._path) as file:
            return file[self._name][layer % len(self)]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[layer] for layer in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Read all layers."""
        return np.stack(list(self)).astype(dtype or self.dtype, copy=False)
