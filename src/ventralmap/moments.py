"""Means and standard deviations of features that come in batches and are not kept."""

from __future__ import annotations

from typing import Any

import torch

from ventralmap.gram import as_float64


class Moments:
    """Mean and standard deviation of each unit over stimuli, from batches.

    The moments of what has come are put together with those of each batch (Chan, Golub & LeVeque
    1983).

    Attributes
    ----------
    mean
        Shape (unit,), float64, on the device of the batches.
    """

    def __init__(self) -> None:
        self.mean: Any = 0.0
        self._n = 0
        self._squares: Any = 0.0  # sum of squared differences from the mean

    def add(self, values: torch.Tensor) -> None:
        """Add a batch, shape (image, unit), float32."""
        block, total = as_float64(values), self._n + len(values)
        mean = block.mean(0)
        step = mean - self.mean
        self._squares += ((block - mean) ** 2).sum(0) + step**2 * (self._n * len(block) / total)
        self.mean = self.mean + step * (len(block) / total)
        self._n = total

    @property
    def deviation(self) -> Any:
        """Population standard deviation, shape (unit,)."""
        return (self._squares / self._n) ** 0.5
