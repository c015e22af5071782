"""What is resampled for the intervals of encoding scores: neuroids, stimuli, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import resampling

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resampling:
    """How the tables resample.

    Attributes
    ----------
    n
        Number of bootstraps.
    seed
        The study's seed.
    interval
        What is drawn: one of `SAMPLES`.
    """

    n: int
    seed: int
    interval: str = "neuroids"

    def neuroids(self, dataset: str, area: xr.Dataset) -> list[NDArray[np.int64]]:
        """Resamples of an area's neuroids, the same for every layer and model."""
        seed = resampling.derived_seed(self.seed, dataset, str(area["area"].values[0]))
        order = np.argsort(area["neuroid"].values)  # so that the order of rows changes nothing
        subjects = area["subject"].values[order]
        return [order[drawn] for drawn in resampling.neuroid_resamples(subjects, self.n, seed)]

    def samples(self, dataset: str, area: xr.Dataset) -> Array:
        """Median r of an area's neuroids in each resample.

        Parameters
        ----------
        dataset
            Its name.
        area
            Encoding scores of the area's neuroids and of one generalisation: r (layer, neuroid),
            and r_resampled (resample, layer, neuroid) where stimuli are resampled.

        Returns
        -------
        ndarray, shape (n, n_layers)
        """
        return SAMPLES[self.interval](self, dataset, area)


def _over_neuroids(draw: Resampling, dataset: str, area: xr.Dataset) -> Array:
    return median_samples(area["r"].values[None], draw.neuroids(dataset, area))


def _over_stimuli(draw: Resampling, dataset: str, area: xr.Dataset) -> Array:
    return _median(_resampled(area))


def _over_both(draw: Resampling, dataset: str, area: xr.Dataset) -> Array:
    return median_samples(_resampled(area), draw.neuroids(dataset, area))


SAMPLES: dict[str, Callable[[Resampling, str, xr.Dataset], Array]] = {
    "neuroids": _over_neuroids,
    "stimuli": _over_stimuli,
    "both": _over_both,
}
"""By the config's `encoding: interval`."""


def _resampled(area: xr.Dataset) -> Array:
    """Scores under resampling of the stimuli, those of each neuroid around its own score.

    A resample repeats stimuli, so that there is less variance in a fold than there was: least where
    a fold holds out few categories. Its scores are lower by what that takes, which says nothing of
    how they vary, and differs between layers. So their mean is moved to the score (the bias of the
    bootstrap is taken out, Efron & Tibshirani 1993, chapter 10).
    """
    drawn = area["r_resampled"].astype(float)
    centred = drawn - drawn.mean("resample") + area["r"]
    return centred.transpose("resample", "layer", "neuroid").values


def areas_of(scores: xr.Dataset) -> dict[str, xr.Dataset]:
    """Split encoding scores by area, in order of appearance."""
    names = pd.unique(scores["area"].values)
    return {str(name): scores.isel(neuroid=scores["area"].values == name) for name in names}


def median_samples(values: Array, drawn: Sequence[NDArray[np.int64]]) -> Array:
    """Median over resampled neuroids.

    Parameters
    ----------
    values
        Per neuroid, shape (n_bootstrap, n_layers, n_neuroids), or (1, n_layers, n_neuroids) where
        all resamples are of the same values.
    drawn
        Positions of the drawn neuroids, one array per resample.

    Returns
    -------
    ndarray, shape (n_bootstrap, n_layers)
    """
    every = np.broadcast_to(values, (len(drawn), *values.shape[1:]))
    pairs = zip(every, drawn, strict=True)
    return np.array([_median(of_resample[:, neuroids]) for of_resample, neuroids in pairs])


def _median(values: Array) -> Array:
    """Median over the last axis of what is known; NaN where nothing is."""
    unknown = np.isnan(values)
    if not unknown.any():
        return np.median(values, axis=-1)
    ends = np.sort(values, axis=-1)  # NaN last
    n = (~unknown).sum(axis=-1, keepdims=True)
    middle = [np.take_along_axis(ends, np.maximum(i, 0), -1) for i in ((n - 1) // 2, n // 2)]
    return np.where(n > 0, (middle[0] + middle[1]) / 2, np.nan)[..., 0]
