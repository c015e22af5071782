"""Kendall's tau a of many RDMs under resampling of the stimuli.

tau-a is the sum over pairs of distances of w_p w_q sign(x_p - x_q) sign(y_p - y_q), over the
number of pairs of distances (Kendall 1938); w is how often each distance occurs in a resample, and
copies of one distance are tied. The signs do not depend on the resample. Distances are sorted into
blocks by x and by y: where two lie in different blocks both ways, block totals are enough; those
that share a block are multiplied out, for all resamples at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import kendalltau, rankdata

from ventralmap.draws import Draws

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDTH, BLOCKS = 128, 256
"""At least so many distances in a block, at most so many blocks: products, and totals to add."""
MOST = 4_000_000
"""Weights of distances in memory at a time."""


@dataclass(frozen=True)
class TauA:
    """Kendall's tau a as a comparator."""

    def prepare(self, rdms: Array) -> Ints:
        """Rank condensed RDMs densely, shape (n_rdms, n_pairs)."""
        return rankdata(np.nan_to_num(rdms), method="dense", axis=1).astype(np.int64)

    def similarity(self, layers: Ints, subjects: Ints, draws: Draws) -> Array:
        """Compare every layer with every subject on every resample.

        Returns
        -------
        ndarray, shape (n_draws, n_layers, n_subjects)
            NaN where a resample has fewer than two pairs.
        """
        step = max(1, MOST // layers.shape[1])
        return np.concatenate(
            [
                _batch(layers, subjects, np.array([draws.weights(i) for i in some]))
                for some in np.split(np.arange(len(draws)), range(step, len(draws), step))
            ]
        )

    def with_last(self, rdms: Ints, n: int, draws: Draws) -> Array:
        """Compare RDMs with the last n of them."""
        return self.similarity(rdms, rdms[-n:], draws)


def _batch(layers: Ints, subjects: Ints, occurring: Ints) -> Array:
    """Compare on resamples in which pairs occur so often, shape (n_draws, n_pairs)."""
    kept = occurring.any(axis=0)
    weights = np.ascontiguousarray(occurring[:, kept].T, float)
    of = _unweighted if (weights == 1).all() else concordance
    total = weights.sum(axis=0)
    found = [[of(x, y, weights) for y in subjects[:, kept]] for x in layers[:, kept]]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.moveaxis(np.array(found) / (total * (total - 1) / 2), 2, 0)


def _unweighted(x: Ints, y: Ints, weights: Array) -> Array:
    """`concordance` where each distance occurs once: from tau b, which corrects for ties."""
    pairs = len(x) * (len(x) - 1) / 2
    untied = [pairs - (n * (n - 1) / 2).sum() for n in (np.bincount(x), np.bincount(y))]
    if len(x) < 2 or not all(untied):
        return np.zeros(weights.shape[1])
    tau_b = kendalltau(x, y, method="asymptotic").statistic
    return np.full(weights.shape[1], np.rint(tau_b * np.sqrt(untied[0]) * np.sqrt(untied[1])))


def concordance(x: Ints, y: Ints, weights: Array) -> Array:
    """Weight of concordant minus that of discordant pairs of distances.

    Parameters
    ----------
    x, y
        Dense ranks of two RDMs, shape (n,).
    weights
        How often each distance occurs in each resample, shape (n, n_draws).

    Returns
    -------
    ndarray, shape (n_draws,)
    """
    width = max(WIDTH, len(x) // BLOCKS)
    by_x, by_y = _blocks(x, width), _blocks(y, width)
    signs = partial(_within, x, y, weights, 2 * width)
    return _across(by_x, by_y, weights) + signs(by_x, None) + signs(by_y, by_x)


def _blocks(x: Ints, width: int) -> Ints:
    """Give each distance its block of consecutive ranks, shape (n,); equal ranks share one.

    A rank that fills a block has it to itself, as ties with each other add nothing.
    """
    size = np.bincount(x)
    start = np.cumsum(size) - size
    key = 2 * (start // width) + (size > width)
    return np.unique(key[x], return_inverse=True)[1]


def _across(by_x: Ints, by_y: Ints, weights: Array) -> Array:
    """Concordance of distances that share no block, by totals of the blocks."""
    n_x, n_y, n = by_x.max() + 1, by_y.max() + 1, len(by_x)
    member = csr_array((np.ones(n), (by_x * n_y + by_y, np.arange(n))), shape=(n_x * n_y, n))
    total = (member @ weights).reshape(n_x, n_y, -1)
    before = np.tri(n_x, k=-1) @ total.reshape(n_x, -1)  # of lower blocks by x
    below_less_above = _signs(np.arange(n_y)) @ before.reshape(total.shape)
    return np.einsum("xyd,xyd->d", total, below_less_above)


def _within(x: Ints, y: Ints, weights: Array, most: int, blocks: Ints, done: Ints | None) -> Array:
    """Concordance of distances that share a block, but none of those `done` before."""
    order = np.argsort(blocks, kind="stable")
    ends = np.flatnonzero(np.diff(blocks[order])) + 1
    found = np.zeros(weights.shape[1])
    for items in np.split(order, ends):
        if len(items) > most:  # a single rank: all are tied
            continue
        signs = _signs(x[items]) * _signs(y[items])
        if done is not None:
            signs *= done[items][:, None] != done[items]
        here = weights[items]
        found += np.einsum("pd,pd->d", here, signs @ here) / 2
    return found


def _signs(x: Ints) -> Array:
    return np.sign(x[:, None] - x).astype(float)
