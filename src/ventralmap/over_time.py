"""Rank correlation of fixed RDMs with those of each subject at each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from ventralmap import ranks, rdm
from ventralmap.arrays import mean_known

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Similarity(NamedTuple):
    """Spearman correlations of RDMs over time.

    Attributes
    ----------
    values
        Shape (n_fixed, n_subjects, n_times).
    n_pairs
        Pairs of stimuli that the least complete RDM was compared on.
    """

    values: Array
    n_pairs: int


class Ranked(NamedTuple):
    """RDMs of one subject that have the same pairs, ranked and standardised.

    Attributes
    ----------
    times
        Which times they are, shape (n_times,).
    fixed, rdms
        Products of rows are Spearman correlations, shape (n_fixed, n_pairs), (n_chosen, n_pairs).
    """

    times: Mask
    fixed: Array
    rdms: Array


def similarity(fixed: Array, measured: xr.DataArray) -> Similarity:
    """Correlate fixed RDMs with those of each subject at each time.

    Parameters
    ----------
    fixed
        Condensed RDMs, shape (n_fixed, n_pairs); a pair that is NaN in one is left out.
    measured
        RDMs of one area, dims (subject, [session,] time, stimulus_a, stimulus_b); sessions are
        averaged, then pairs that are NaN at a time are left out there.

    Returns
    -------
    Similarity
    """
    curves = np.empty((len(fixed), measured.sizes["subject"], measured.sizes["time"]))
    ranker, n_pairs = Ranker(fixed), fixed.shape[1]
    for number, rdms in enumerate(subjects(measured)):
        for part in ranker.ranked(rdms):
            curves[:, number, part.times] = part.fixed @ part.rdms.T
            n_pairs = min(n_pairs, part.rdms.shape[1])
    return Similarity(curves, n_pairs)


def subjects(measured: xr.DataArray) -> Iterator[Array]:
    """Yield each subject's condensed RDMs, shape (n_times, n_pairs), sessions averaged.

    One at a time: those of all subjects in float64 may be larger than memory.
    """
    for subject in measured.transpose("subject", ..., "time", "stimulus_a", "stimulus_b"):
        condensed = rdm.condense(subject.values).astype(np.float64)
        if "session" in subject.dims:
            condensed = mean_known(condensed, axis=0)
        yield condensed


class Ranker:
    """Ranks fixed RDMs and those of one subject after another on the pairs that all of them have.

    Parameters
    ----------
    fixed
        Condensed RDMs, shape (n_fixed, n_pairs).
    """

    def __init__(self, fixed: Array) -> None:
        self._fixed = fixed
        self._missing: Mask | None = None
        self._standard = fixed

    def ranked(self, rdms: Array) -> Iterator[Ranked]:
        """Rank one subject's condensed RDMs, shape (n_times, n_pairs).

        Yields
        ------
        Ranked
            One for each set of missing pairs; just one where these are the same at all times.
        """
        missing = np.isnan(rdms) | np.isnan(self._fixed).any(axis=0)
        patterns, which = (
            np.unique(missing, axis=0, return_inverse=True)
            if (missing != missing[0]).any()
            else (missing[:1], np.zeros(len(rdms), dtype=int))
        )
        for number, pattern in enumerate(patterns):
            times = which.ravel() == number
            yield Ranked(
                times, self._ranked_fixed(pattern), standard_ranks(rdms[times][:, ~pattern])
            )

    def _ranked_fixed(self, missing: Mask) -> Array:
        # ranking many layers takes long; most often all subjects have the same pairs
        if self._missing is None or (missing != self._missing).any():
            self._missing, self._standard = missing, standard_ranks(self._fixed[:, ~missing])
        return self._standard


def standard_ranks(rdms: Array) -> Array:
    """Rank RDMs, (n_rdms, n_pairs), so that products of rows are Spearman correlations."""
    return ranks.standardise(stats.rankdata(rdms, axis=1), np.ones(rdms.shape[1]))
