"""Scores of the layers that are chosen without the test images."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap.arrays import seen_together
from ventralmap.stimulus_bootstrap import Resampled

Array = NDArray[np.float64]


def nested_r(scores: xr.Dataset) -> xr.DataArray:
    """Held-out correlation of the layer chosen, for each area, without the test images.

    For each fold the layer that explains most of the training responses by leaving stimuli out
    there, median over the area's neuroids, is chosen, and its r in the held-out fold is kept.

    Parameters
    ----------
    scores
        With training_r2 and r_fold.

    Returns
    -------
    xarray.DataArray, dims (generalisation, neuroid)
    """
    areas = scores["area"].values
    parts = [
        _nested_r_of_area(scores.isel(neuroid=np.flatnonzero(areas == area)))
        for area in np.unique(areas)
    ]
    nested = xr.concat(parts, "neuroid", coords="minimal", compat="override")
    nested = nested.sel(neuroid=scores["neuroid"])
    return nested.assign_attrs(long_name="held-out r of the layers chosen in training", units="1")


def _nested_r_of_area(scores: xr.Dataset) -> xr.DataArray:
    chosen = chosen_layers(scores["training_r2"])  # (generalisation, repeat, fold)
    kept = scores["r_fold"].isel(layer=chosen).mean(("repeat", "fold"))
    return kept.transpose("generalisation", "neuroid")


def chosen_layers(training_r2: xr.DataArray) -> xr.DataArray:
    """Position of the layer that explains most in training, median over an area's neuroids.

    Parameters
    ----------
    training_r2
        With dims layer and neuroid, and others.

    Returns
    -------
    xarray.DataArray
        Of int, over the other dims.
    """
    return training_r2.median("neuroid").fillna(-np.inf).argmax("layer")


def no_predictions(n_layers: int, responses: Array, resampled: Resampled) -> NDArray[np.float32]:
    """Room for predictions, (n_layers, n_stimuli, n_neuroids), none where nothing is resampled."""
    shape = (n_layers, *responses.shape) if resampled else (0, 0, 0)
    return np.full(shape, np.nan, dtype=np.float32)


def resample_chosen(
    resampled: Resampled,
    predicted: NDArray[np.float32],
    responses: Array,
    training_r2: Array,
    fold: NDArray[np.int64],
    areas: NDArray[np.str_],
) -> None:
    """Add the folds of a split again, predicted by the layer that an area chooses in training.

    Parameters
    ----------
    resampled
        To which they are added, behind the layers.
    predicted
        Held-out predictions, shape (n_layers, n_stimuli, n_neuroids), NaN where there are none.
    responses
        Shape (n_stimuli, n_neuroids).
    training_r2
        Shape (n_layers, n_folds, n_neuroids).
    fold
        In which each stimulus is held out, shape (n_stimuli,).
    areas
        Of the neuroids, shape (n_neuroids,).
    """
    r2 = xr.DataArray(training_r2, dims=("layer", "fold", "neuroid"))
    for area in np.unique(areas):
        of_area = np.flatnonzero(areas == area)
        for number, layer in enumerate(chosen_layers(r2[..., of_area]).values):
            part = np.ix_(fold == number, of_area)
            prediction = predicted[layer][part].astype(np.float64)
            for rows, columns in seen_together(prediction):
                test, neuroids = np.flatnonzero(fold == number)[rows], of_area[columns]
                if rows.any():
                    known = prediction[np.ix_(rows, columns)], responses[np.ix_(test, neuroids)]
                    resampled.add(resampled.n_layers, neuroids, test, *known)
