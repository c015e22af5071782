"""Debiased linear CKA under resampling of the stimuli, without a kernel made anew for each.

Stimulus i that is drawn c_i times gives the pair (i, j) the weight c_i c_j; pairs of a stimulus
with itself are left out, as its copies tell nothing of each other. Debiasing a kernel takes an
effect u_i + u_j off each pair so that the rows sum to zero (Székely & Rizzo 2014): weighted, u
solves (W + diag(W 1)) u = (W∘K) 1 with W = c cᵀ - diag(c²), which has a closed form. All resamples
are then a few products with the counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ventralmap.hsic import FEWEST

Array = NDArray[np.float64]

ROUNDING = 1e-12
"""Share of a sum of squares below which a difference is what rounding leaves of none."""


class Side(NamedTuple):
    """A kernel under resampling."""

    kernel: Array
    """Without its diagonal, shape (n_stimuli, n_stimuli)."""
    sums: Array
    """Of its rows as resampled, shape (n_draws, n_stimuli)."""
    effects: Array
    """Of the stimuli, shape (n_draws, n_stimuli)."""
    square: Array
    """Sum of squares of the debiased kernel, shape (n_draws,); NaN where there is none."""


def prepare(kernel: Array, counts: Array) -> Side:
    """Find the effects of stimuli.

    Parameters
    ----------
    kernel
        Shape (n_stimuli, n_stimuli).
    counts
        How often each stimulus is drawn, shape (n_draws, n_stimuli).

    Returns
    -------
    Side
        Unknown where fewer than `FEWEST` different stimuli are drawn, or one as often as all
        others.
    """
    mean = kernel.mean(axis=0)
    hollow = kernel - mean - mean[:, None] + mean.mean()  # so that a large mean costs no digits
    np.fill_diagonal(hollow, 0.0)
    sums = counts @ hollow
    effects = _effects(sums, counts)
    whole = np.vecdot(counts @ hollow**2, counts)
    square = whole - 2 * np.vecdot(counts * sums, effects)
    return Side(hollow, sums, effects, np.where(square > ROUNDING * whole, square, np.nan))


def _effects(sums: Array, counts: Array) -> Array:
    """Solve c_i (sum(c) - 2 c_i) u_i + c_i (c·u) = c_i sums_i for u, shape (n_draws, n_stimuli)."""
    rest = counts.sum(axis=1, keepdims=True) - 2 * counts
    known = ((counts > 0).sum(axis=1) >= FEWEST) & ((rest != 0) | (counts == 0)).all(axis=1)
    rest = np.where(rest == 0, 1.0, rest)
    total = np.vecdot(counts, sums / rest) / (1 + (counts / rest).sum(axis=1))  # c·u
    return np.where(known[:, None], (sums - total[:, None]) / rest, np.nan)


def cka(first: Side, second: Side, counts: Array) -> Array:
    """Align two kernels of the same stimuli on every resample.

    Returns
    -------
    ndarray, shape (n_draws,)
        With every stimulus drawn once, or some of them, ``cka.cka`` of these. NaN where it is not
        known.
    """
    product = np.vecdot(counts @ (first.kernel * second.kernel), counts)
    product = product - 2 * np.vecdot(counts * first.sums, second.effects)
    return np.asarray(product / np.sqrt(first.square * second.square))
