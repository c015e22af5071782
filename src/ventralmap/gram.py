"""Gram matrices of features: float32 products of blocks of columns, summed in float64.

A sum over a block has the rounding of the features themselves, which are float32; the errors of
blocks are independent, so that of a layer is smaller (tests, and `benchmarks/`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from scipy.linalg.blas import ssyrk

from ventralmap import triangles
from ventralmap.namespaces import on_host

WIDTH = 2048
"""Columns that are multiplied at once: for 1,200 stimuli they stay in the cache."""

IN_FLOAT32 = 4
"""Blocks whose products are summed in float32, before they are added in float64."""

PIVOTS = 64
"""Stimuli of which the mean is a first guess at that of all."""

ROWS = 256
"""Stimuli of which squares are added one after the other."""

CONSTANT = 1e-6
"""A feature whose standard deviation over stimuli is at most this share of its layer's largest
absolute value is constant: eight units of float32 rounding, which a z-score would blow up."""


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
        Zeros to add to, shape (pair,), such as a layer's part of a larger array.

    Attributes
    ----------
    upper
        Shape (pair,), float64: the upper triangle (`triangles`) of ``X @ X.T`` of the columns added
        so far.
    row_sum
        Shape (stimulus,), float64: the sum over the columns added so far.
    n_features, n_constant
        How many columns were added, and how many of these do not vary over stimuli.
    """

    def __init__(
        self, n_stimuli: int, *, centre: bool, zscore: bool, out: np.ndarray | None = None
    ) -> None:
        self.upper = np.zeros(triangles.size(n_stimuli)) if out is None else out
        self.row_sum = np.zeros(n_stimuli)
        self.n_features = 0
        self.n_constant = 0
        self._centre = centre
        self._zscore = zscore

    @property
    def gram(self) -> np.ndarray:
        """Shape (stimulus, stimulus), float64: ``X @ X.T`` of the columns added so far."""
        return triangles.unpack(self.upper, len(self.row_sum))

    def add(self, features: torch.Tensor, largest: float) -> None:
        """Add columns.

        Parameters
        ----------
        features
            Shape (stimulus, feature), float32, on any device.
        largest
            The largest absolute value in the layer, all of its columns.
        """
        n = len(features)
        products: _OnCpu | _OnDevice = _OnCpu(n) if _on_cpu(features) else _OnDevice()
        room = torch.empty(n * min(WIDTH, features.shape[1]), device=features.device)
        row_sum: Any = 0.0  # becomes (stimulus,), float64
        with _one_thread_of_torch():
            for columns in torch.split(features, WIDTH, dim=1):
                own = room[: columns.numel()].view(columns.shape)
                block = self._standardise(columns, CONSTANT * largest, own)
                products.add(block)
                row_sum += block.sum(1).double()
        triangles.add(self.upper, self._centred(products.total()))
        self.row_sum += self._centred(on_host(row_sum))
        self.n_features += features.shape[1]

    def _standardise(
        self, columns: torch.Tensor, threshold: float, out: torch.Tensor
    ) -> torch.Tensor:
        """Centre and scale columns into `out`; count the constant ones.

        Means and squares are taken around the mean of some stimuli, which is less than
        sqrt(n / `PIVOTS`) standard deviations from that of all: near enough not to round, and
        a pass over the columns less than the mean itself.
        """
        n = len(columns)
        pivot = columns[:: max(1, n // PIVOTS)].mean(0)
        shifted = torch.sub(columns, pivot, out=out)
        rest = shifted.sum(0) / n
        deviation = (_square_sum(shifted) / n - rest * rest).clamp(min=0) ** 0.5
        constant = deviation <= threshold
        self.n_constant += int(constant.sum())
        # 0 for a constant column, for the others 1 or 1 / deviation
        factor = ~constant / (deviation + constant if self._zscore else torch.ones_like(deviation))
        if self._centre:
            return torch.addcmul(-rest * factor, shifted, factor, out=out)
        return torch.mul(columns, factor, out=out) if self._zscore else out.copy_(columns)

    def _centred(self, sums: np.ndarray) -> np.ndarray:
        """Centre sums over columns, (stimulus,) or (stimulus, stimulus), if columns are to be."""
        for axis in range(sums.ndim if self._centre else 0):
            sums -= sums.mean(axis=axis, keepdims=True)
        return sums


class _OnCpu:
    """Sum of products of blocks with their transposes, of which BLAS computes one triangle."""

    def __init__(self, n_stimuli: int) -> None:
        shape = (n_stimuli, n_stimuli)
        self._some, self._all = np.zeros(shape, np.float32, "F"), np.zeros(shape, order="F")
        self._n_blocks = 0

    def add(self, block: torch.Tensor) -> None:
        """Add the product of a block, shape (stimulus, column), with its transpose."""
        if self._n_blocks == IN_FLOAT32:
            self._add_some()
        # beta: whether the product is added to what is there
        beta, self._n_blocks = float(self._n_blocks > 0), self._n_blocks + 1
        self._some = ssyrk(1.0, block.numpy().T, trans=1, beta=beta, c=self._some, overwrite_c=True)

    def _add_some(self) -> None:
        self._all += self._some
        self._n_blocks = 0

    def total(self) -> np.ndarray:
        """Return the sum, shape (stimulus, stimulus), float64, both of its triangles."""
        self._add_some()
        lower = torch.from_numpy(self._all.T)  # torch adds a transpose in less time than NumPy
        whole = lower + lower.T
        whole.diagonal().mul_(0.5)
        return whole.numpy()


class _OnDevice:
    """The same sum on a GPU, in full."""

    def __init__(self) -> None:
        self._all: Any = 0.0

    def add(self, block: torch.Tensor) -> None:
        """Add the product of a block, shape (stimulus, column), with its transpose."""
        self._all += (block @ block.T).double()

    def total(self) -> np.ndarray:
        """Return the sum, shape (stimulus, stimulus), float64."""
        return on_host(self._all)


@contextmanager
def _one_thread_of_torch() -> Iterator[None]:
    """Keep torch to one thread: after a product BLAS's threads stay awake, in the way of others."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _on_cpu(features: torch.Tensor) -> bool:
    return features.device.type == "cpu"


def _square_sum(block: torch.Tensor) -> torch.Tensor:
    """Sum of squares over stimuli, on the CPU without a block of squares.

    There NumPy adds one square after the other: not too many in float32.
    """
    if not _on_cpu(block):
        return (block * block).sum(0)
    parts = (part.numpy() for part in block.split(ROWS))
    sums = [np.einsum("ij,ij->j", part, part) for part in parts]
    return torch.from_numpy(np.sum(sums, axis=0))
