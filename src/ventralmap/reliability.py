"""How reliable the recordings are: the ceiling of any prediction."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap.arrays import mean_shown
from ventralmap.correlation import correlate
from ventralmap.dataset import Dataset

Array = NDArray[np.float64]


def spearman_brown(half: Array) -> Array:
    """Reliability of the whole from the correlation of its halves (Spearman 1910; Brown 1910).

    Parameters
    ----------
    half
        Correlation between the two halves, any shape.

    Returns
    -------
    ndarray
        2 r / (1 + r), the same shape.
    """
    return 2 * half / (1 + half)


def split_half(responses: Array, n_splits: int, seed: int) -> Array:
    """Split-half reliability of the mean over repeats, Spearman-Brown corrected.

    In each split the repeats of each stimulus are halved at random (the odd one out goes to the
    second half), the halves are averaged and correlated over stimuli. Missing repeats are
    skipped, so stimuli may have been shown unequally often.

    Parameters
    ----------
    responses
        Shape (n_stimuli, n_repetitions, n_neuroids), NaN where a repeat was not shown.
    n_splits
        Number of random splits.
    seed
        Seed of the splits.

    Returns
    -------
    ndarray, shape (n_neuroids,)
        Median over splits; NaN for a neuroid with fewer than three stimuli shown twice.
    """
    random = np.random.default_rng(seed)
    splits = [spearman_brown(_one_split(responses, random)) for _ in range(n_splits)]
    return np.median(splits, axis=0)


def _one_split(responses: Array, random: np.random.Generator) -> Array:
    first = _first_half(responses, random)
    a = mean_shown(np.where(first, responses, np.nan))  # (n_stimuli, n_neuroids)
    b = mean_shown(np.where(first, np.nan, responses))
    return np.array([_correlate_shown(x, y) for x, y in zip(a.T, b.T, strict=True)])


def _first_half(responses: Array, random: np.random.Generator) -> NDArray[np.bool_]:
    """Mark a random half of the repeats that were shown."""
    shown = ~np.isnan(responses)
    keys = random.random(responses.shape[:2])[..., None]  # the neuroids of a repeat stay together
    rank = np.where(shown, keys, np.inf).argsort(axis=1).argsort(axis=1)
    return shown & (rank < shown.sum(axis=1, keepdims=True) // 2)


def _correlate_shown(a: Array, b: Array) -> float:
    both = ~(np.isnan(a) | np.isnan(b))
    if both.sum() < 3:
        return np.nan
    return float(correlate(a[both, None], b[both, None])[0])


def estimate(dataset: Dataset, n_splits: int, seed: int) -> xr.Dataset:
    """Estimate the reliability of every neuroid of a dataset.

    Parameters
    ----------
    dataset
        With responses.
    n_splits
        Number of random splits.
    seed
        Seed of the splits.

    Returns
    -------
    xarray.Dataset
        reliability (neuroid); NaN throughout where nothing was repeated.
    """
    assert dataset.responses is not None
    values = dataset.responses.values
    found = np.full(values.shape[2], np.nan)
    if values.shape[1] > 1:
        found = split_half(values, n_splits, seed)
    about = {"long_name": "split-half reliability, Spearman-Brown corrected", "units": "1"}
    return xr.Dataset(
        {"reliability": ("neuroid", found, about)},
        coords={"neuroid": dataset.responses["neuroid_id"].values.astype(str)},
    )
