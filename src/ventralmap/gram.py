"""Gram matrices of features: float32 products of blocks of columns, summed in float64.

A sum over a block has the rounding of the features themselves, which are float32; the errors of
blocks are independent, so that of a layer is smaller (tests, and `benchmarks/`).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import torch
from scipy.linalg.blas import ssyrk

from ventralmap.namespaces import on_host

WIDTH = 2048
"""Columns that are multiplied at once in float32: for 1,200 stimuli they stay in the cache."""

CONSTANT = 1e-6
"""A feature whose standard deviation over stimuli is at most this share of its layer's largest
absolute value is constant: eight units of float32 rounding, which a z-score would blow up."""

Array: TypeAlias = np.ndarray | torch.Tensor


class GramSum:
    """The Gram matrix of a layer, from its columns as they come.

    The features are X, shape (stimulus, feature). With `centre`, each column minus its mean over
    stimuli; with `zscore`, each column divided by its population standard deviation. With either,
    constant columns are zero.

    Parameters
    ----------
    n_stimuli
        Rows of X.
    centre
        Whether to subtract the mean of each column.
    zscore
        Whether to divide each column by its standard deviation.
    out
        Zeros to add to, shape (stimulus, stimulus), such as a layer's part of a larger array.

    Attributes
    ----------
    gram
        Shape (stimulus, stimulus), float64: ``X @ X.T`` of the columns added so far.
    row_sum
        Shape (stimulus,), float64: the sum over the columns added so far.
    n_features, n_constant
        How many columns were added, and how many of these do not vary over stimuli.
    """

    def __init__(
        self, n_stimuli: int, *, centre: bool, zscore: bool, out: np.ndarray | None = None
    ) -> None:
        self.gram = np.zeros((n_stimuli, n_stimuli)) if out is None else out
        self.row_sum = np.zeros(n_stimuli)
        self.n_features = 0
        self.n_constant = 0
        self._centre = centre
        self._zscore = zscore

    def add(self, features: torch.Tensor, largest: float) -> None:
        """Add columns.

        Parameters
        ----------
        features
            Shape (stimulus, feature), float32, on any device.
        largest
            The largest absolute value in the layer, all of its columns.
        """
        gram: Any = 0.0  # becomes (stimulus, stimulus), float64, on the device
        row_sum: Any = 0.0  # becomes (stimulus,)
        for columns in torch.split(features, WIDTH, dim=1):
            block = self._standardise(_on_device(columns), CONSTANT * largest)
            gram = _add_product(gram, block)
            row_sum += _as_float64(block @ _ones(block.shape[1], block))
        self.gram += self._centred(_both_triangles(gram))
        self.row_sum += self._centred(on_host(row_sum))
        self.n_features += features.shape[1]

    def _standardise(self, block: Array, threshold: float) -> Array:
        """Centre and scale the columns of a block; count the constant ones.

        Means are those of float32 sums: what they lack is the same for all stimuli, and is
        taken off the sums over columns.
        """
        mean = _column_sum(block) / len(block)
        centred = block - mean
        rest = _column_sum(centred) / len(block)
        deviation = (_square_sum(centred) / len(block) - rest * rest).clip(0) ** 0.5
        constant = deviation <= threshold
        self.n_constant += int(constant.sum())
        if not (self._centre or self._zscore):
            return block
        scale = deviation + constant if self._zscore else _ones(len(deviation), block)
        factor = ~constant / scale  # 0 for a constant column, for the others 1 or 1 / deviation
        kept = centred if self._centre else block * 1
        kept *= factor
        return kept

    def _centred(self, sums: np.ndarray) -> np.ndarray:
        """Centre sums over columns, (stimulus,) or (stimulus, stimulus), if columns are to be."""
        for axis in range(sums.ndim if self._centre else 0):
            sums = sums - sums.mean(axis=axis, keepdims=True)
        return sums


def _on_device(columns: torch.Tensor) -> Array:
    """Return an array for a tensor on the CPU, a view; operations used here are common to both.

    BLAS computes one triangle of the product with the transpose, so half the work, and NumPy does
    not wait for other threads in each operation.
    """
    return columns.numpy() if columns.device.type == "cpu" else columns


def _as_float64(values: Array) -> Array:
    return values.astype(np.float64) if isinstance(values, np.ndarray) else values.double()


def _ones(n: int, like: Array) -> Array:
    return np.ones(n, like.dtype) if isinstance(like, np.ndarray) else like.new_ones(n)


def _column_sum(block: Array) -> Array:
    """Sum over stimuli, as a product: it is faster."""
    return _ones(len(block), block) @ block


def _square_sum(block: Array) -> Array:
    """Sum of squares over stimuli, without a block of squares on the CPU."""
    if isinstance(block, np.ndarray):
        return np.einsum("ij,ij->j", block, block)
    return (block * block).sum(0)


def _add_product(gram: Any, block: Any) -> Any:
    """Add a block times its transpose, in place; of an array only the upper triangle."""
    on_cpu = isinstance(block, np.ndarray)
    product = ssyrk(1.0, block.T, trans=1) if on_cpu else block @ block.T
    if isinstance(gram, float):
        return _as_float64(product)
    gram += product
    return gram


def _both_triangles(gram: Array) -> np.ndarray:
    """Mirror the upper triangle of an array, whose lower one is zero; a tensor has both."""
    if not isinstance(gram, np.ndarray):
        return on_host(gram)
    whole = gram + gram.T
    np.fill_diagonal(whole, gram.diagonal())
    return whole
