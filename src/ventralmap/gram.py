"""Gram matrices of features, accumulated in float64 over blocks of columns."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import torch
from scipy.linalg.blas import dsyrk

WIDTH = 1024
"""Columns that are converted to float64 at once: for 1,200 stimuli they stay in the cache."""

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

    Attributes
    ----------
    gram
        Shape (stimulus, stimulus), float64: ``X @ X.T`` of the columns added so far.
    row_sum
        Shape (stimulus,), float64: the sum over the columns added so far.
    n_features, n_constant
        How many columns were added, and how many of these do not vary over stimuli.
    """

    def __init__(self, n_stimuli: int, *, centre: bool, zscore: bool) -> None:
        self.gram = np.zeros((n_stimuli, n_stimuli))
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
            Shape (stimulus, feature), float32, on any device with float64.
        largest
            The largest absolute value in the layer, all of its columns.
        """
        gram: Any = None  # becomes (stimulus, stimulus), on the device
        row_sum: Any = 0.0  # becomes (stimulus,)
        for columns in torch.split(features, WIDTH, dim=1):
            block = self._standardise(_as_float64(columns), CONSTANT * largest)
            gram = _add_product(gram, block)
            row_sum += block.sum(1)
        self.gram += _both_triangles(_on_host(gram))
        self.row_sum += _on_host(row_sum)
        self.n_features += features.shape[1]

    def _standardise(self, block: Array, threshold: float) -> Array:
        """Centre and scale the columns of a block; count the constant ones."""
        centred = block - block.mean(0)
        deviation = (centred * centred).mean(0) ** 0.5  # (column,)
        constant = deviation <= threshold
        self.n_constant += int(constant.sum())
        if not (self._centre or self._zscore):
            return block
        # 0 for a constant column, for the others 1 or 1 / deviation
        factor = ~constant / (deviation + constant if self._zscore else 1.0)
        kept = centred if self._centre else block
        kept *= factor
        return kept


def _as_float64(columns: torch.Tensor) -> Array:
    """Return a copy as float64: a tensor on a GPU, a NumPy array on the CPU.

    BLAS computes one triangle of the product with the transpose, so half the work, and NumPy does
    not wait for other threads in each operation. The operations used here are common to both.
    """
    if columns.device.type == "cpu":
        return columns.numpy().astype(np.float64)
    return columns.to(torch.float64)


def _add_product(gram: Any, block: Any) -> Any:
    """Add a block times its transpose, in place; of an array only the upper triangle."""
    if isinstance(block, np.ndarray):
        return dsyrk(1.0, block.T, c=gram, beta=1.0, trans=1, overwrite_c=1)
    product = block @ block.T
    return product if gram is None else gram.add_(product)


def _both_triangles(gram: np.ndarray) -> np.ndarray:
    upper = np.triu(gram)
    return upper + np.triu(upper, 1).T


def _on_host(values: Array) -> np.ndarray:
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()
