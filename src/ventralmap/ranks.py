"""Rank correlation of many RDMs under resampling of the stimuli, sorting each RDM once.

Resampling stimuli with replacement gives stimulus i a count c_i and the pair (i, j) the weight
c_i c_j; pairs of a stimulus with itself are left out, as rsatoolbox does. Average ranks of the
resampled pairs then follow from cumulative weights in the order of the full RDM, so that no
resample needs a sort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sorted:
    """One condensed RDM, sorted.

    Attributes
    ----------
    order
        Positions of the pairs by increasing dissimilarity, shape (n_pairs,).
    tie
        For each pair in that order, the number of its group of equal values, shape (n_pairs,).
    starts
        Where each group of equal values starts, shape (n_groups,).
    """

    order: NDArray[np.int64]
    tie: NDArray[np.int64]
    starts: NDArray[np.int64]


def sort(values: Array) -> Sorted:
    """Sort one condensed RDM, shape (n_pairs,)."""
    order = np.argsort(values, kind="stable")
    new = np.diff(values[order], prepend=-np.inf) > 0
    return Sorted(order, np.cumsum(new) - 1, np.flatnonzero(new))


def weighted_ranks(rdm: Sorted, weights: Array) -> Array:
    """Average ranks among pairs that each occur `weights` times.

    Parameters
    ----------
    rdm
        The sorted RDM.
    weights
        How often each pair occurs, shape (n_pairs,).

    Returns
    -------
    ndarray, shape (n_pairs,)
        Rank, 1 to the sum of weights, ties averaged; of no meaning where the weight is zero.
    """
    group = np.add.reduceat(weights[rdm.order], rdm.starts)  # weight of each group of ties
    rank = np.cumsum(group) - (group - 1) / 2
    ranks = np.empty(len(weights))
    ranks[rdm.order] = rank[rdm.tie]
    return ranks


def pair_weights(counts: NDArray) -> Array:
    """Weights of the pairs, shape (n_pairs,), from counts of the stimuli, shape (n_stimuli,)."""
    rows, columns = np.triu_indices(len(counts), k=1)
    return (counts[rows] * counts[columns]).astype(float)


def standardise(ranks: Array, weights: Array) -> Array:
    """Centre and scale so that weighted products are correlations.

    Parameters
    ----------
    ranks
        Shape (n_rdms, n_pairs).
    weights
        Shape (n_pairs,).

    Returns
    -------
    ndarray, shape (n_rdms, n_pairs)
        z with sum(w z) = 0 and sum(w z^2) = 1.
    """
    centred = ranks - (ranks @ weights / weights.sum())[:, None]
    norm = np.sqrt(centred**2 @ weights)
    return centred / norm[:, None]


def spearman(a: list[Sorted], b: list[Sorted], weights: Array) -> Array:
    """Spearman correlation of every RDM of `a` with every RDM of `b`.

    Parameters
    ----------
    a, b
        Sorted RDMs of the same stimuli.
    weights
        How often each pair occurs, shape (n_pairs,).

    Returns
    -------
    ndarray, shape (len(a), len(b))
    """
    kept = weights > 0
    za, zb = (_standard_ranks(rdms, weights, kept) for rdms in (a, b))
    return (za * weights[kept]) @ zb.T


def _standard_ranks(rdms: list[Sorted], weights: Array, kept: NDArray[np.bool_]) -> Array:
    ranks = np.array([weighted_ranks(rdm, weights)[kept] for rdm in rdms])
    return standardise(ranks, weights[kept])
