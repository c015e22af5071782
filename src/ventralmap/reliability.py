"""How reliable the recordings are, in the folds of the encoding: the ceiling of its predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import folds
from ventralmap.arrays import AVERAGED, mean_shown
from ventralmap.correlation import correlate_shown
from ventralmap.dataset import Dataset

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

ENOUGH = 3
"""Stimuli shown twice that a fold needs, for a correlation that says anything."""


def noise_ratio(counts: Counts, n_averaged: Counts | None = None) -> Array:
    """Noise of the mean response relative to that of the mean of half the repeats.

    The noise variance of a mean of n repeats is s / n, so that of stimuli with n repeats each is
    s mean(1 / n), and that of their halves, of h = n // 2 repeats, s mean(1 / h).

    Parameters
    ----------
    counts
        Number of repeats shown, shape (n_stimuli, n_neuroids).
    n_averaged
        Of how many presentations each repeat of a stimulus is the mean, shape (n_stimuli,); one.

    Returns
    -------
    ndarray, shape (n_neuroids,)
        mean(1 / n) over the stimuli that were shown, divided by mean(1 / h) over those shown twice
        or more; 1/2 where all were shown equally and evenly often. NaN where none was shown twice.
    """
    each = 1 if n_averaged is None else np.asarray(n_averaged)[:, None]
    return _mean_inverse(counts * each) / _mean_inverse(counts // 2 * each)


def _mean_inverse(counts: Counts) -> Array:
    inverse = np.divide(1.0, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    return mean_shown(inverse[None])[0]


def of_mean(half: Array, ratio: Array) -> Array:
    """Reliability of the mean response from the correlation of its halves.

    Halves correlate by r = v / (v + s mean(1 / h)), where v is the variance of the signal, and the
    reliability of the mean response is v / (v + s mean(1 / n)) = r / (r + (1 - r) c), c the ratio
    of the two noises. With c = 1/2 this is 2 r / (1 + r) (Spearman 1910; Brown 1910).

    Parameters
    ----------
    half
        Correlation between the two halves, any shape.
    ratio
        As from `noise_ratio`, a shape that broadcasts to it.

    Returns
    -------
    ndarray
        The shape of `half`. NaN where the correlation is so negative that no variance is left.
    """
    variance = half + (1 - half) * ratio
    return np.divide(half, variance, out=np.full(variance.shape, np.nan), where=variance > 0)


def split_half(
    responses: Array,
    held_out_in: Counts,
    n_splits: int,
    seed: int,
    n_averaged: Counts | None = None,
) -> Array:
    """Split-half reliability, within folds, of the mean over repeats.

    In each split the repeats of each stimulus are halved at random, an odd one out is dropped, the
    halves are averaged and correlated over the stimuli of each fold. The correlations are averaged
    over folds and repeats as the scores of the encoding are: what differs between folds only, such
    as categories that are held out as a whole, is in neither. Their median over splits is corrected
    for the numbers of repeats, see `of_mean`. Stimuli may have been shown unequally often; those
    shown once have no halves, but count in the noise of the mean response.

    Parameters
    ----------
    responses
        Shape (n_stimuli, n_repetitions, n_neuroids), NaN where a repeat was not shown.
    held_out_in
        Fold of each stimulus, shape (n_generalisations, n_repeats, n_stimuli).
    n_splits
        Number of random splits of the repeats, the same for all generalisations.
    seed
        Seed of the splits.
    n_averaged
        Of how many presentations each repeat of a stimulus is the mean, shape (n_stimuli,); one.

    Returns
    -------
    ndarray, shape (n_generalisations, n_neuroids)
        Folds with fewer than three stimuli shown twice, and those in which the mean response is
        constant, are left out; NaN for a neuroid without any other.
    """
    random, counts = np.random.default_rng(seed), (~np.isnan(responses)).sum(axis=1)
    twice = (counts > 1).any(axis=1)  # of many stimuli few may be repeated: the others have no half
    parts = [
        [(test[twice], usable) for test, usable in _usable(responses, repeats)]
        for repeats in held_out_in
    ]
    halves = (_halves(responses[twice], random) for _ in range(n_splits))
    found = [[_within(a, b, part) for part in parts] for a, b in halves]
    return of_mean(np.median(found, axis=0), noise_ratio(counts, n_averaged))


Part = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def _usable(responses: Array, repeats: Counts) -> Iterator[Part]:
    """List the stimuli of each fold, and the neuroids that it says something of."""
    mean, often = mean_shown(responses), (~np.isnan(responses)).sum(axis=1) > 1
    highest, lowest = (np.where(np.isnan(mean), end, mean) for end in (-np.inf, np.inf))
    for fold in repeats:
        for number in np.unique(fold):
            test = fold == number
            varies = highest[test].max(axis=0) > lowest[test].min(axis=0)
            yield test, varies & (often[test].sum(axis=0) >= ENOUGH)


def _within(a: Array, b: Array, parts: list[Part]) -> Array:
    """Mean over folds of the correlation of two halves, shape (n_neuroids,)."""
    r = [np.where(usable, correlate_shown(a[test], b[test]), np.nan) for test, usable in parts]
    return mean_shown(np.array(r)[None])[0]


def _halves(responses: Array, random: np.random.Generator) -> tuple[Array, Array]:
    """Means of two random halves of equal length of the repeats that were shown."""
    shown = ~np.isnan(responses)
    keys = random.random(responses.shape[:2])[..., None]  # the neuroids of a repeat stay together
    rank = np.where(shown, keys, np.inf).argsort(axis=1).argsort(axis=1)
    half = shown.sum(axis=1, keepdims=True) // 2
    first, second = rank < half, (rank >= half) & (rank < 2 * half)
    return (
        mean_shown(np.where(first, responses, np.nan)),
        mean_shown(np.where(second, responses, np.nan)),
    )


def estimate(dataset: Dataset, settings: Mapping[str, Any], n_splits: int, seed: int) -> xr.Dataset:
    """Estimate the reliability of every neuroid of a dataset, for each generalisation.

    Parameters
    ----------
    dataset
        With responses. The order of its stimuli does not matter.
    settings
        The config's `encoding`: folds, repeats, generalisations.
    n_splits
        Number of random splits of the repeats.
    seed
        Seed of the folds, which are those of the encoding, and of the splits.

    Returns
    -------
    xarray.Dataset
        reliability (generalisation, neuroid); NaN throughout where nothing was repeated.
    """
    assert dataset.responses is not None
    order = np.argsort(dataset.stimuli.index.to_numpy(str))
    splits = folds.of_dataset(dataset, settings, seed)
    values = dataset.responses.values[order]
    found = np.full((len(splits), values.shape[2]), np.nan)
    if values.shape[1] > 1:
        held_out_in = np.array(list(splits.values()))[..., order]
        found = split_half(values, held_out_in, n_splits, seed, _averaged(dataset, order))
    about = {
        "long_name": "split-half reliability within folds, corrected for the numbers of repeats",
        "units": "1",
    }
    return xr.Dataset(
        {"reliability": (("generalisation", "neuroid"), found, about)},
        coords={
            "generalisation": list(splits),
            "neuroid": dataset.responses["neuroid_id"].values.astype(str),
        },
    )


def _averaged(dataset: Dataset, order: NDArray[np.int64]) -> Counts | None:
    assert dataset.responses is not None
    given = dataset.responses.coords.get(AVERAGED)
    return None if given is None else given.values[order]
