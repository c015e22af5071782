"""Cluster-based sign-flip permutation test of curves over time, one subject a flip."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

LEAST_SUBJECTS = 6
"""With fewer there are too few sign flips for p < .05."""
ROUNDING = 1e-9
LEVEL = 0.05
"""A cluster is significant when its corrected p is below this."""


@dataclass(frozen=True)
class ClusterTest:
    """Outcome of the cluster test of several curves.

    Attributes
    ----------
    p
        Corrected p of the cluster that a time belongs to, 1 outside clusters, shape
        (n_curves, n_times); NaN for a single subject.
    threshold
        The t value above which neighbouring times form a cluster.
    critical
        The mass (sum of t) above which a cluster has p < .05; infinite where no mass does.
    """

    p: Array
    threshold: float
    critical: float

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Times in a significant cluster, shape (n_curves, n_times)."""
        return self.p < LEVEL


def cluster_test(curves: Array, n: int, seed: int, cluster_p: float) -> ClusterTest:
    """Test whether curves are above zero, corrected for all times and all curves.

    Neighbouring times of a curve whose one-sided t-test against zero over subjects has
    p < `cluster_p` form a cluster; its mass is the sum of their t. Under the null each subject's
    curves are as likely as their negatives, and the largest mass over all curves gives the null
    distribution, so that the family-wise error over curves and times is controlled (Maris &
    Oostenveld 2007; Nichols & Holmes 2002). By MNE-Python. What is significant is
    that there is a cluster, not where it begins (Sassenhagen & Draschkow 2019).

    Parameters
    ----------
    curves
        Shape (n_curves, n_subjects, n_times).
    n
        Number of random sign flips; all of them are enumerated where there are fewer.
    seed
        Seed of the flips.
    cluster_p
        One-sided p of the t-test that defines clusters.

    Returns
    -------
    ClusterTest
        The smallest p is 1 / (n + 1), or 2 / 2^n_subjects where all flips are enumerated: MNE
        then counts the recorded signs twice and never flips all, which errs on the safe side.
        So it takes `LEAST_SUBJECTS` for p < .05.
    """
    n_curves, n_subjects, n_times = curves.shape
    if n_subjects < 2:  # neither a t nor a flip that says anything
        return ClusterTest(np.full((n_curves, n_times), np.nan), np.inf, np.inf)
    threshold = float(stats.t.isf(cluster_p, n_subjects - 1))
    clusters, mass, null = _mne_test(curves, threshold, n, seed)
    p = np.ones(n_curves * (n_times + 1))
    for where, own in zip(clusters, mass, strict=True):
        p[where] = np.mean(null >= own * (1 - ROUNDING))  # a flip may give the same mass
    critical = _critical(null) if n_subjects >= LEAST_SUBJECTS else np.inf
    return ClusterTest(p.reshape(n_curves, -1)[:, :n_times], threshold, critical)


def _mne_test(
    curves: Array, threshold: float, n: int, seed: int
) -> tuple[list[NDArray], Array, Array]:
    """Let MNE test all curves as one, each followed by a time that no cluster may hold.

    Returns
    -------
    clusters, mass, null
        Positions of each cluster in the row of all curves and its mass; the largest mass of each
        flip, the recorded one first. All are empty where there is no cluster.
    """
    from mne.stats import permutation_cluster_1samp_test

    apart = np.pad(curves, ((0, 0), (0, 0), (0, 1)))  # (curve, subject, time + 1)
    row = apart.swapaxes(0, 1).reshape(curves.shape[1], -1)
    excluded = np.tile(np.arange(apart.shape[2]) == curves.shape[2], len(curves))
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.filterwarnings("ignore", "No clusters found", RuntimeWarning)
        t, found, _, null = permutation_cluster_1samp_test(
            row,
            threshold=threshold,
            n_permutations=n + 1,  # MNE counts the data as recorded among them
            tail=1,
            exclude=excluded,
            rng=np.random.default_rng(seed),
            out_type="indices",
            buffer_size=None,
            verbose="ERROR",
        )
    clusters = [where for (where,) in found]
    return clusters, np.array([t[where].sum() for where in clusters]), null


def _critical(null: Array) -> float:
    """Find the mass above which p < LEVEL, from the largest masses of all flips, shape (n,)."""
    counts = np.arange(1, len(null) + 1)
    as_large = np.count_nonzero(counts / len(null) < LEVEL)  # so many may be as large
    if as_large < 1:  # the recorded one is always among them
        return np.inf
    return float(np.sort(null)[::-1][as_large])


def first_cluster(t: Array, threshold: float, critical: float, least: int) -> NDArray[np.int64]:
    """Find where the first cluster of each curve begins that is large and long enough.

    Parameters
    ----------
    t
        Shape (n_curves, n_times).
    threshold
        Times with a larger t form clusters.
    critical
        The mass (sum of t) that a cluster must exceed.
    least
        The number of times that it must have.

    Returns
    -------
    ndarray of int, shape (n_curves,)
        Position in time; -1 where there is none.
    """
    above = np.pad(t > threshold, ((0, 0), (1, 1)))  # no cluster crosses from curve to curve
    edges = np.diff(above.ravel().astype(np.int8))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    summed = np.cumsum(np.where(above, np.pad(t, ((0, 0), (1, 1))), 0.0))
    kept = (summed[stops] - summed[starts] > critical) & (stops - starts >= least)
    curve, position = np.divmod(starts[kept], above.shape[1])
    first = np.full(len(t), -1)
    with_one, index = np.unique(curve, return_index=True)  # starts ascend
    first[with_one] = position[index]
    return first
