"""Whether clusters over time would be there for other stimuli too: their mass when relabelled.

A test that flips the signs of subjects asks whether other subjects would show the cluster with
*these* stimuli. All subjects share the pattern that these stimuli evoke, with which even a layer
that has nothing to do with it correlates a little by chance, the same in every subject. So the
same clusters are also held against those that appear when the stimuli of the layers are relabelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import relabelled_curves
from ventralmap.clusters import LEVEL, ClusterTest

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BothTests(ClusterTest):
    """Outcome for other subjects and other stimuli: p is the larger of both.

    To claim both it takes both (intersection-union test, Berger 1982), and the critical mass is the
    larger of both.

    Attributes
    ----------
    p_subjects, p_stimuli
        Shape (n_curves, n_times), as `p`; p_stimuli is NaN where a pair of the RDMs that are
        compared with the recordings is missing, and p is then p_subjects.
    """

    p_subjects: Array
    p_stimuli: Array


def over_stimuli(
    test: ClusterTest, curves: Array, fixed: Array, measured: xr.DataArray, n: int, seed: int
) -> BothTests:
    """Test the clusters of a sign-flip test again, by relabelling the stimuli.

    Parameters
    ----------
    test
        Of these curves.
    curves
        Of `fixed` with `measured`, shape (n_fixed, n_subjects, n_times).
    fixed
        Condensed RDMs of layers or areas, shape (n_fixed, n_pairs).
    measured
        RDMs of one area over time, as `over_time.similarity` takes them.
    n
        Number of relabellings.
    seed
        Of these.

    Returns
    -------
    BothTests
        In p_stimuli, (1 + k) / (1 + n) for a cluster, where in k relabellings the largest mass
        over all curves and times is no smaller, t formed and held against the same threshold; 1
        outside clusters.
    """
    if np.isnan(fixed).any() or np.isnan(test.p).any():
        unknown = np.full(test.p.shape, np.nan)
        return BothTests(test.p, test.threshold, test.critical, test.p, unknown)
    t = relabelled_curves.t_of(curves.sum(axis=1), (curves**2).sum(axis=1), curves.shape[1])
    mass = cluster_mass(t, test.threshold)
    if not mass.any():
        return BothTests(test.p, test.threshold, test.critical, test.p, np.ones(mass.shape))
    null = np.sort(relabelled_masses(fixed, measured, n, seed, test.threshold))
    as_large = len(null) - np.searchsorted(null, mass)
    p = np.where(mass > 0, (1 + as_large) / (1 + n), 1.0)
    critical = max(test.critical, _critical(null))
    return BothTests(np.maximum(test.p, p), test.threshold, critical, test.p, p)


def _critical(null: Array) -> float:
    """Mass above which p < LEVEL, from ascending largest masses."""
    as_large = int(np.ceil(LEVEL * (1 + len(null)))) - 2  # so many may be as large
    return float(null[-1 - as_large]) if as_large >= 0 else np.inf


def relabelled_masses(
    fixed: Array, measured: xr.DataArray, n: int, seed: int, threshold: float
) -> Array:
    """Largest cluster mass over all curves and times when the stimuli of `fixed` are relabelled.

    Returns
    -------
    ndarray, shape (n,)
    """
    random, n_stimuli = np.random.default_rng(seed), measured.sizes["stimulus_a"]
    labels = np.array([random.permutation(n_stimuli) for _ in range(n)])
    blocks = relabelled_curves.t_values(fixed, measured, labels)
    return np.concatenate([cluster_mass(t, threshold).max(axis=(1, 2)) for t in blocks])


def cluster_mass(t: Array, threshold: float) -> Array:
    """Sum of t of the cluster that each time belongs to.

    Parameters
    ----------
    t
        Shape (..., n_times).
    threshold
        Neighbouring times with a larger t are a cluster.

    Returns
    -------
    ndarray, shape of t
        0 outside clusters.
    """
    flat = t.reshape(-1, t.shape[-1])
    above = np.pad(flat > threshold, ((0, 0), (1, 1))).ravel()  # none crosses from row to row
    starts = np.flatnonzero(np.diff(above.astype(np.int8)) == 1) + 1
    stops = np.flatnonzero(np.diff(above.astype(np.int8)) == -1) + 1
    values = np.where(above, np.pad(flat, ((0, 0), (1, 1))).ravel(), 0.0)
    mass = np.zeros(len(values))
    if len(starts):
        mass[above] = np.repeat(np.add.reduceat(values, starts), stops - starts)
    return mass.reshape(len(flat), -1)[:, 1:-1].reshape(t.shape)
