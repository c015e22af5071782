"""Means and standard deviations of features that come in batches and are not kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def as_float64(values: torch.Tensor) -> Any:
    """Return a copy in float64: a tensor on a GPU, on the CPU a NumPy array.

    The operations that are used of it are common to both.
    """
    if values.device.type == "cpu":
        return values.numpy().astype(np.float64)
    return values.to(torch.float64)


def factor(deviation: Any, constant: Any, *, zscore: bool) -> Any:
    """Return what units are multiplied by: 0 if constant, else 1 or 1 / deviation, (unit,)."""
    return ~constant / (deviation + constant if zscore else 1.0 + 0.0 * deviation)


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
