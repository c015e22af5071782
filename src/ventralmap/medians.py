"""Medians over neuroids, and how they vary when neuroids are resampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ventralmap import arrays

Array = NDArray[np.float64]
Positions = Sequence[NDArray[np.int64]]

AT_ONCE = 2**22
"""Scores that are put in order at once; 32 MB."""

SMOOTHING = 0.3
"""Standard deviation of the noise that is added to resampled neuroids, relative to their own."""


def median(values: Array) -> Array:
    """Median over the last axis of what is known; NaN where nothing is."""
    if not np.isnan(values).any():
        return np.asarray(np.median(values, axis=-1))
    ends = np.sort(values, axis=-1)  # NaN last
    n = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    middle = [np.take_along_axis(ends, np.maximum(i, 0), -1) for i in ((n - 1) // 2, n // 2)]
    return np.where(n > 0, (middle[0] + middle[1]) / 2, np.nan)[..., 0]


def midmean(values: Array) -> Array:
    """Mean of the middle half over the last axis of what is known; NaN where nothing is."""
    ends, n = np.sort(values, axis=-1), (~np.isnan(values)).sum(axis=-1)  # NaN last
    if (n == values.shape[-1]).all():
        return _of_middle(ends)
    found = np.full(n.shape, np.nan)
    for known in np.unique(n[n > 0]):
        found[n == known] = _of_middle(ends[n == known][:, :known])
    return found


def _of_middle(ends: Array) -> Array:
    n = ends.shape[-1]
    return np.asarray(ends[..., n // 4 : n - n // 4].mean(axis=-1))


def resampled_midmean(values: Array, drawn: Positions) -> Array:
    """Midmeans over resampled neuroids.

    Parameters
    ----------
    values, drawn
        As for `resampled_median`.

    Returns
    -------
    ndarray, shape (n_resamples, n_layers)
    """
    found = np.empty((len(drawn), values.shape[1]))
    for part, every, positions in _parts(values, drawn):
        found[part] = midmean(np.take_along_axis(every, positions[:, None], axis=2))
    return found


def resampled_median(values: Array, drawn: Positions, apart: NDArray[np.int64]) -> Array:
    """Medians over resampled neuroids, by the smoothed bootstrap.

    A resample repeats neuroids, so that its median has few values to be, and varies too much: the
    difference of two layers' medians over 30 neuroids by a fifth to two fifths. So a little noise
    is added to each neuroid drawn, `SMOOTHING` times the difference of two others, which has the
    variances and correlations that neuroids have, and all are drawn in to have them again
    (Silverman & Young 1987, Biometrika 74:469; Hall, DiCiccio & Romano 1989, Ann. Stat. 17:692).

    Parameters
    ----------
    values
        Per neuroid, shape (n_values, n_layers, n_neuroids), taken in turn: one where all resamples
        are of the same values.
    drawn
        Positions of the drawn neuroids, one array per resample.
    apart
        Positions of two neuroids for each of the drawn ones, used in turn where these are more,
        shape (n_resamples, 2, n_neuroids).

    Returns
    -------
    ndarray, shape (n_resamples, n_layers)
    """
    found = np.empty((len(drawn), values.shape[1]))
    for part, every, positions in _parts(values, drawn):
        turn = np.arange(positions.shape[1]) % apart.shape[-1]
        found[part] = median(_smoothed(every, positions, apart[part][..., turn]))
    return found


def _parts(
    values: Array, drawn: Positions
) -> Iterator[tuple[NDArray[np.int64], Array, NDArray[np.int64]]]:
    """Yield resamples of as many neuroids, some at a time: which, their values, and positions."""
    lengths = np.array([len(positions) for positions in drawn])
    for length in np.unique(lengths):
        which = np.flatnonzero(lengths == length)
        at_once = max(1, AT_ONCE // (values.shape[1] * length))
        for first in range(0, len(which), at_once):
            part = which[first : first + at_once]
            yield part, values[part % len(values)], np.array([drawn[i] for i in part])


def _smoothed(values: Array, drawn: NDArray[np.int64], apart: NDArray[np.int64]) -> Array:
    """Draw neuroids, (n_resamples, n_layers, n_drawn), each with some noise."""
    own, one, other = (
        np.take_along_axis(values, positions[:, None], axis=2)
        for positions in (drawn, apart[:, 0], apart[:, 1])
    )
    mean = arrays.mean_known(values, axis=2)[..., None]
    noise = np.nan_to_num(one - other) / np.sqrt(2)
    return np.asarray(mean + (own - mean + SMOOTHING * noise) / np.hypot(1, SMOOTHING))
