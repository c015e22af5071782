"""Symmetric matrices as their upper triangles, diagonal included, row after row: half the memory.

Row i of a matrix of n rows is n - i numbers, from its place on the diagonal to the right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def size(n: int) -> int:
    """Return how many numbers the triangle of an (n, n) matrix has."""
    return n * (n + 1) // 2


def pack(squares: Array) -> Array:
    """Take the upper triangles of matrices, (..., n, n), as (..., size(n))."""
    return squares[..., *np.triu_indices(squares.shape[-1])]


def unpack(upper: Array, n: int) -> Array:
    """Make matrices, (..., n, n), of their upper triangles, (..., size(n))."""
    rows, columns = np.triu_indices(n)
    squares = np.empty((*upper.shape[:-1], n, n), upper.dtype)
    squares[..., rows, columns] = upper
    squares[..., columns, rows] = upper
    return squares


def add(upper: Array, square: Array) -> None:
    """Add a symmetric matrix, (n, n), to a triangle in place, without a copy of either."""
    start = 0
    for i, row in enumerate(square):
        stop = start + len(square) - i
        upper[start:stop] += row[i:]
        start = stop
