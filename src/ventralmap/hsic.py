"""Unbiased estimates of the Hilbert-Schmidt independence criterion, from kernels or features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-24  # of a sum of squares: what is left of the digits of a difference, squared

FEWEST = 4
"""Stimuli that the unbiased estimate needs: it is a mean over four different ones."""


def hsic(first: Array, second: Array) -> float:
    """Unbiased estimate of the Hilbert-Schmidt independence criterion (Song et al. 2012, eq. 5).

    It is the sum of products of both kernels after `debias`, over n (n - 3).

    Parameters
    ----------
    first, second
        Kernels of the same n stimuli, shape (n, n). Adding the same to a row and its column, as
        centring does, changes nothing.

    Returns
    -------
    float
        NaN for fewer than four stimuli.
    """
    n = len(first)
    if n < FEWEST:
        return np.nan
    return float(np.vdot(debias(first), debias(second)) / (n * (n - 3)))


def debias(kernel: Array) -> Array:
    """Centre a kernel without its diagonal, so that all rows sum to zero.

    k_st - (r_s + r_t) / (n - 2) + sum(r) / ((n - 1) (n - 2)), with r the sums of the rows but for
    the diagonal (Székely & Rizzo 2014).

    Parameters
    ----------
    kernel
        Shape (n, n), n > 2.

    Returns
    -------
    ndarray, shape (n, n)
        Its diagonal zero.
    """
    n, mean = len(kernel), kernel.mean(axis=0)
    hollow = kernel - mean - mean[:, None] + mean.mean()  # so that a large mean costs no digits
    np.fill_diagonal(hollow, 0.0)
    r = hollow.sum(axis=0)
    found = hollow - (r + r[:, None]) / (n - 2) + r.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(found, 0.0)
    return found if np.vdot(found, found) > ROUNDING * np.vdot(hollow, hollow) else 0 * found


def hsic_of_features(first: Array, second: Array) -> float:
    """Compute `hsic` of the kernels of features without forming these, for very many stimuli.

    With X and Y centred and k_s, l_s the squared norms of their rows, equation 5 of Song et al.
    (2012) is (|X^T Y|^2 - n sum(k l) / (n - 2) + sum(k) sum(l) / ((n - 1) (n - 2))) / (n (n - 3)),
    as the rows of X X^T sum to zero.

    Parameters
    ----------
    first, second
        Features of the same n stimuli, shape (n, p) and (n, q).

    Returns
    -------
    float
        NaN for fewer than four stimuli.
    """
    n = len(first)
    if n < FEWEST:
        return np.nan
    x, y = first - first.mean(axis=0), second - second.mean(axis=0)
    k, l = np.vecdot(x, x), np.vecdot(y, y)  # noqa: E741
    crossed = x.T @ y
    diagonal = n * (k @ l) / (n - 2) - k.sum() * l.sum() / ((n - 1) * (n - 2))
    return float((np.vdot(crossed, crossed) - diagonal) / (n * (n - 3)))
