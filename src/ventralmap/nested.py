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


class Chosen:
    """Held-out predictions of a split by the layer that each area chooses in training.

    Layers are offered one after another, and of their predictions only those of the best layer so
    far are kept: all of them would take stimuli x neuroids x layers.

    Parameters
    ----------
    areas
        Of the neuroids, shape (n_neuroids,).
    fold
        In which each stimulus is held out, shape (n_stimuli,).
    n_folds
        Number of folds.

    Attributes
    ----------
    predicted
        Shape (n_stimuli, n_neuroids), NaN where there are no predictions.
    """

    def __init__(self, areas: NDArray[np.str_], fold: NDArray[np.int64], n_folds: int) -> None:
        self._fold = fold
        self._of_area = [np.flatnonzero(areas == area) for area in np.unique(areas)]
        self._best = np.full((len(self._of_area), n_folds), np.nan)
        self.predicted = np.full((len(fold), len(areas)), np.nan, dtype=np.float32)

    def offer(self, predicted: NDArray[np.float32], training_r2: Array) -> None:
        """Take the predictions of the next layer where it explains more in training.

        Parameters
        ----------
        predicted
            Shape (n_stimuli, n_neuroids).
        training_r2
            Shape (n_folds, n_neuroids).
        """
        for best, of_area in zip(self._best, self._of_area, strict=True):
            r2 = xr.DataArray(training_r2[:, of_area], dims=("fold", "neuroid"))
            explained = r2.median("neuroid").fillna(-np.inf).values
            for number in np.flatnonzero(~(explained <= best)):  # all of them of the first layer
                part = np.ix_(self._fold == number, of_area)
                self.predicted[part] = predicted[part]
                best[number] = explained[number]

    def resample(self, resampled: Resampled, responses: Array) -> None:
        """Add the folds again, behind the layers, with responses (n_stimuli, n_neuroids)."""
        for number in range(self._best.shape[1]):
            for of_area in self._of_area:
                part = np.ix_(self._fold == number, of_area)
                prediction = self.predicted[part].astype(np.float64)
                for rows, columns in seen_together(prediction):
                    test, neuroids = np.flatnonzero(self._fold == number)[rows], of_area[columns]
                    if rows.any():
                        known = prediction[np.ix_(rows, columns)], responses[np.ix_(test, neuroids)]
                        resampled.add(resampled.n_layers, neuroids, test, *known)
