"""Which stimuli and subjects a resample holds, and how often each pair of stimuli then counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

LEAST_STIMULI = 3
"""Different stimuli that a resample has: two make one pair, which correlates with nothing."""


@dataclass(frozen=True)
class Draws:
    """Resamples of the stimuli.

    Attributes
    ----------
    counts
        How often each stimulus is in each resample, shape (n_draws, n_stimuli).
    present
        Which pairs were measured, shape (n_pairs,); None when all were.
    """

    counts: Counts
    present: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """Return the number of resamples."""
        return len(self.counts)

    def weights(self, draw: int) -> Counts:
        """How often each pair of two stimuli occurs in one resample, shape (n_pairs,)."""
        rows, columns = pairs(self.counts.shape[1])
        weights = self.counts[draw][rows] * self.counts[draw][columns]
        return weights if self.present is None else weights * self.present


def once(n_stimuli: int, present: NDArray[np.bool_] | None = None) -> Draws:
    """Make the one draw that has every stimulus once."""
    return Draws(np.ones((1, n_stimuli), np.int64), present)


@lru_cache(maxsize=4)
def pairs(n_stimuli: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of each pair in the order of condensed RDMs, each (n_pairs,)."""
    rows, columns = np.triu_indices(n_stimuli, k=1)
    return rows, columns


def n_stimuli(n_pairs: int) -> int:
    """Return the number of stimuli that have so many pairs."""
    return int(np.ceil(np.sqrt(2 * n_pairs)))


def squares(condensed: Array) -> Array:
    """Write condensed RDMs, (..., n_pairs), as symmetric matrices with a diagonal of zero."""
    n = n_stimuli(condensed.shape[-1])
    rows, columns = pairs(n)
    square = np.zeros((*condensed.shape[:-1], n, n), condensed.dtype)
    square[..., rows, columns] = square[..., columns, rows] = condensed
    return square


def resample(n_stimuli: int, n_subjects: int, n: int, seed: int) -> tuple[Counts, Counts]:
    """Draw stimuli and subjects with replacement.

    Parameters
    ----------
    n_stimuli, n_subjects
        How many there are, and how many are drawn each time.
    n
        Number of resamples.
    seed
        The same seed gives the same resamples, so that layers and models are compared in pairs.
        The stimuli drawn do not depend on the number of subjects.

    Returns
    -------
    stimuli, subjects : ndarray of int
        How often each is drawn, shape (n, n_stimuli) and (n, n_subjects). At least
        `LEAST_STIMULI` different stimuli are.
    """
    of_stimuli, of_subjects = (np.random.default_rng([seed, factor]) for factor in (0, 1))
    stimuli = [_count(n_stimuli, of_stimuli, LEAST_STIMULI) for _ in range(n)]
    return np.array(stimuli), np.array([_count(n_subjects, of_subjects) for _ in range(n)])


def subjects_of_areas(names: Sequence[Sequence[str]], n: int, seed: int) -> list[Counts]:
    """Draw subjects once for several areas, so that the same people are drawn in all.

    As many are drawn with replacement as there are in any area. A resample in which an area has
    nobody is drawn again. Areas with one subject are not asked: that subject is always there.

    Parameters
    ----------
    names
        The subjects of each area.
    n
        Number of resamples.
    seed
        The same seed gives the same resamples; those of `resample` where all areas have the same
        subjects, in alphabetical order.

    Returns
    -------
    list of ndarray of int
        How often each subject of each area is drawn, shape (n, n_subjects of the area); their sum
        varies where subjects are missing in the area.
    """
    everybody = sorted({name for area in names for name in area})
    columns = [[everybody.index(name) for name in area] for area in names]
    asked = [of_area for of_area in columns if len(of_area) > 1]
    random = np.random.default_rng([seed, 1])
    drawn = np.array([_count_of_each(len(everybody), asked, random) for _ in range(n)])
    drawn = drawn.reshape(n, len(everybody))
    return [
        drawn[:, of_area] if len(of_area) > 1 else np.ones((n, len(of_area)), np.int64)
        for of_area in columns
    ]


def _count_of_each(n: int, groups: list[list[int]], random: np.random.Generator) -> Counts:
    """Count how often each of n is drawn; some of each group are."""
    while True:
        counts = _count(n, random)
        if all(counts[group].any() for group in groups):
            return counts


def _count(n: int, random: np.random.Generator, least: int = 1) -> Counts:
    """Count how often each of n is drawn; at least `least` different ones are."""
    while True:
        counts = np.bincount(random.integers(n, size=n), minlength=n)
        if (counts > 0).sum() >= min(least, n):
            return counts
