"""Similarity over time, as t over subjects, of RDMs whose stimuli are relabelled many times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import draws, over_time

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]

MOST = 220_000_000
"""Relabelled ranks, values over time made from them, and kept ranks, in memory at a time."""


def t_values(fixed: Array, measured: xr.DataArray, labels: Labels) -> Iterator[Array]:
    """Give t over subjects of the Spearman correlation of relabelled RDMs with those over time.

    Parameters
    ----------
    fixed
        Condensed RDMs, shape (n_fixed, n_pairs), none missing.
    measured
        RDMs of one area over time, as `over_time.similarity` takes them.
    labels
        Permutations of the stimuli of `fixed`, shape (n_labels, n_stimuli).

    Yields
    ------
    ndarray, shape (n_some, n_fixed, n_times)
        Of one block of the permutations after another.
    """
    layers, recordings = _Layers(fixed, labels.shape[1]), _Recordings(fixed, measured, len(labels))
    for some in np.split(labels, range(recordings.step, len(labels), recordings.step)):
        yield _t(layers, recordings, some)


class _Part(NamedTuple):
    """RDMs of one subject that have the same pairs, ranked and standardised.

    Attributes
    ----------
    times
        Which times they are, shape (n_times,).
    pairs
        Which pairs they have, shape (n_pairs,).
    ranks
        Shape (n_chosen times, n_chosen pairs).
    """

    times: Mask
    pairs: Mask
    ranks: Single


class _Recordings:
    """Ranks of each subject's RDMs, to be gone through for each block of relabellings.

    Ranking takes longer than relabelling, so they are kept between blocks where `MOST` allows.
    """

    def __init__(self, fixed: Array, measured: xr.DataArray, n_labels: int) -> None:
        self._fixed, self._measured = fixed, measured
        self.n_subjects, self.n_times = measured.sizes["subject"], measured.sizes["time"]
        of_one = fixed.size + 4 * len(fixed) * self.n_times  # relabelling
        values = self.n_subjects * self.n_times * fixed.shape[1]
        keep = n_labels * of_one > MOST >= values + of_one
        self.step = max(1, (MOST - keep * values) // of_one)
        self._kept = list(self._rank()) if keep else None

    def __iter__(self) -> Iterator[_Part]:
        return self._rank() if self._kept is None else iter(self._kept)

    def _rank(self) -> Iterator[_Part]:
        ranker = over_time.Ranker(self._fixed)
        for rdms in over_time.subjects(self._measured):
            missing = np.isnan(rdms)
            for part in ranker.ranked(rdms):
                pairs = ~missing[part.times][0]
                yield _Part(part.times, pairs, part.rdms.astype(np.float32))


class _Layers:
    """RDMs to be relabelled, and ranked on the pairs that recordings have."""

    def __init__(self, fixed: Array, n_stimuli: int) -> None:
        self._fixed, self._n_stimuli, self.n = fixed, n_stimuli, len(fixed)
        self._ranks = self._flat(over_time.standard_ranks(fixed).astype(np.float32))

    def relabelled(self, labels: Labels, pairs: Mask) -> Single:
        """Rank and standardise, shape (n_labels * n_fixed, n_chosen pairs)."""
        rows, columns = (side[pairs] for side in draws.pairs(self._n_stimuli))
        whole = bool(pairs.all())  # then ranks are relabelled as distances are
        flat = self._ranks if whole else self._flat(self._fixed)
        found = np.empty((len(labels), len(flat), len(rows)), np.float32)
        for of_one, label in zip(found, labels, strict=True):
            taken = flat.take(label[rows] * self._n_stimuli + label[columns], axis=1)
            of_one[:] = taken if whole else over_time.standard_ranks(taken)
        return found.reshape(-1, len(rows))

    def _flat(self, rdms: NDArray) -> NDArray:
        return draws.squares(rdms).reshape(len(rdms), self._n_stimuli**2)


def _t(layers: _Layers, recordings: _Recordings, labels: Labels) -> Array:
    """Give t of some relabellings, shape (n_labels, n_fixed, n_times)."""
    shape = len(labels) * layers.n, recordings.n_times
    total, squares, known = np.zeros(shape, np.float32), np.zeros(shape, np.float32), None
    for part in recordings:
        if known is None or (known != part.pairs).any():  # most often the same for all
            known, relabelled = part.pairs, layers.relabelled(labels, part.pairs)
        r = relabelled @ part.ranks.T
        total[:, part.times] += r
        squares[:, part.times] += r**2
    return t_of(total, squares, recordings.n_subjects).reshape(len(labels), layers.n, -1)


def t_of(total: NDArray, squares: NDArray, n: int) -> Array:
    """Student's t of n values from their sum and sum of squares; 0 where they do not vary."""
    mean = total / n
    variance = np.maximum(squares / n - mean**2, 0) / (n - 1)  # of the mean
    small = 1e-7 * squares / n
    t = np.divide(mean, np.sqrt(variance), out=np.zeros(mean.shape), where=variance > small)
    return np.asarray(t)
