"""What the log of an encoding says of its ridge penalties."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap.kernels import Layers, Projected

Array = NDArray[np.float64]


def lines(grid: Array, kernels: Layers, scores: xr.Dataset) -> list[str]:
    """Say which penalties were tried, what they are relative to, and how many sit on the edge.

    Parameters
    ----------
    grid
        Relative penalties in ascending order, shape (n_alphas,).
    kernels
        Of the model.
    scores
        With alpha_index (..., layer, ...), NaN where a map has no penalty, and the coordinate
        layer.

    Returns
    -------
    list of str
        One line of the grid, and one per layer with its scale: the mean eigenvalue of its kernel,
        centred over all stimuli. That of a training fold is near it, and multiplies the grid there.
    """
    index = scores["alpha_index"]
    if index.isnull().all():
        return ["ridge penalties: none, the map has no penalty"]
    first = (
        f"ridge penalties: {len(grid)} log-spaced values, {grid[0]:g} to {grid[-1]:g} times the"
        " mean eigenvalue of the centred training kernel (that of the components for ridge_pca)"
    )
    layers = [str(layer) for layer in scores["layer"].values]
    return [first, *_of_layers(layers, scales(kernels), index, len(grid))]


def _of_layers(
    layers: Sequence[str], scale: Array, index: xr.DataArray, n_alphas: int
) -> list[str]:
    over = [dim for dim in index.dims if dim != "layer"]
    low, high = ((index == end).where(index.notnull()).mean(over) for end in (0, n_alphas - 1))
    return [
        f"ridge penalties: {layer}: mean eigenvalue {value:.4g}; smallest penalty in"
        f" {100 * float(low[i]):.1f} %, largest in {100 * float(high[i]):.1f} % of neuroids, folds"
        for i, (layer, value) in enumerate(zip(layers, scale, strict=True))
    ]


def scales(kernels: Layers) -> Array:
    """Mean eigenvalue of each kernel, centred over its stimuli: its trace over their number.

    Parameters
    ----------
    kernels
        Or the projected features that stand for them.

    Returns
    -------
    ndarray, shape (n_layers,)
        In squared units of the features, summed over them.
    """
    n = len(kernels.stimulus_ids)
    if isinstance(kernels, Projected):
        return np.array([rows.var(axis=0, dtype=float).sum() for rows in kernels.features])
    trace = np.einsum("lii->l", kernels.gram) - kernels.gram.sum(axis=(1, 2)) / n
    return trace / n
