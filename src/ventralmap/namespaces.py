"""One implementation of linear algebra for NumPy arrays and for torch tensors on any device.

Operators, slices, and most methods and functions are spelled alike in both libraries: a function
takes the latter from `namespace(x)`, as the Python array API standard proposes. What differs is
here. torch is not imported unless tensors are there already: importing it costs seconds.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg


def namespace(x: Any) -> ModuleType | Any:
    """Return the library that an array belongs to: the module ``numpy`` or ``torch``."""
    return np if isinstance(x, np.ndarray) else sys.modules["torch"]


def like(values: ArrayLike, x: Any) -> Any:
    """Return values as an array of the same library as `x`, on its device, of their own type."""
    if isinstance(x, np.ndarray):
        return np.asarray(values)
    return namespace(x).as_tensor(values, device=x.device)


def on_host(x: Any) -> NDArray:
    """Return an array of either library as NumPy's."""
    return x if isinstance(x, np.ndarray) else x.cpu().numpy()


def eigh(symmetric: Any) -> tuple[Any, Any]:
    """Decompose a symmetric matrix, shape (n, n).

    Returns
    -------
    values : shape (n,)
        Ascending.
    vectors : shape (n, n)
        In columns.
    """
    values, vectors = namespace(symmetric).linalg.eigh(symmetric)
    return values, vectors


def last_eigh(symmetric: Any, k: int) -> tuple[Any, Any]:
    """Decompose as `eigh` does, and return the `k` largest eigenvalues and their vectors."""
    n = len(symmetric)
    if isinstance(symmetric, np.ndarray):
        return linalg.eigh(symmetric, subset_by_index=(n - k, n - 1), check_finite=False)
    values, vectors = eigh(symmetric)
    return values[n - k :], vectors[:, n - k :]


def solve(symmetric: Any, right: Any) -> Any:
    """Solve symmetric @ x = right, shapes (n, n) and (n, m)."""
    if isinstance(symmetric, np.ndarray):
        return linalg.solve(symmetric, right, assume_a="sym", check_finite=False)
    return namespace(symmetric).linalg.solve(symmetric, right)
