"""Exact ridge regression from kernels, with cross-validation inside training for every alpha.

The objective, for one neuroid with responses y (n,) and features X (n, p), is

    min over w, b:  ||y - X w - b||^2 + alpha ||w||^2

Its dual solution needs X only through K = X X^T (Saunders, Gammerman & Vovk 1998), so all units
of a layer enter at the price of the number of stimuli. One eigendecomposition of the centred
training kernel serves every alpha and every neuroid.

Arrays are NumPy's, or torch's (float64) on any device; what is returned is like what is given.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ventralmap.crossvalidation import Fit, centre, explained
from ventralmap.leaving_out import AtAlpha, LeftOut, Spectrum, decompose, one_by_one
from ventralmap.namespaces import like, namespace

Array = NDArray[np.float64]


def alpha_grid(kernel: Array, relative: Array) -> Array:
    """Scale a grid of alphas by the mean eigenvalue of a centred kernel.

    Parameters
    ----------
    kernel
        Centred kernel, shape (n, n).
    relative
        Alphas in units of the kernel's mean eigenvalue, shape (n_alphas,).

    Returns
    -------
    ndarray, shape (n_alphas,)
        The relative ones for a kernel of zeros, features that do not vary: any will do.
    """
    return relative * (float(kernel.trace()) / len(kernel) or 1.0)


def select_alpha(left_out: AtAlpha, responses: Array, alphas: Array) -> tuple[NDArray, Array]:
    """Choose each neuroid's alpha by the smallest squared error of stimuli that are left out.

    Parameters
    ----------
    left_out
        Gives the residuals of stimuli that are left out, for an alpha.
    responses
        Of the training stimuli, shape (n, n_neuroids): what the residuals are like.
    alphas
        The grid, shape (n_alphas,).

    Returns
    -------
    index : ndarray of int, shape (n_neuroids,)
        Position of the chosen alpha on the grid.
    residual : ndarray, shape (n, n_neuroids)
        Residuals, when left out, at the chosen alpha.
    """
    xp = namespace(responses)
    best, chosen = xp.full_like(responses[0], xp.inf), xp.full_like(responses, xp.nan)
    index = xp.zeros_like(best, dtype=xp.int64)
    for position, alpha in enumerate(alphas):
        residual = left_out(alpha)
        error = xp.einsum("ij,ij->j", residual, residual)
        better = error < best
        best, index = xp.where(better, error, best), xp.where(better, position, index)
        chosen = xp.where(better, residual, chosen)
    return index, chosen


def dual_coefficients(spectrum: Spectrum, projected: Array, alpha: Array) -> Array:
    """Solve (K + alpha_v I) c_v = y_v for every neuroid v.

    Parameters
    ----------
    spectrum
        Decomposition of the centred training kernel.
    projected
        Centred training responses in the eigenbasis, U^T y, shape (n - 1, n_neuroids).
    alpha
        One regularisation per neuroid, shape (n_neuroids,).

    Returns
    -------
    ndarray, shape (n, n_neuroids)
    """
    return spectrum.vectors @ (projected / (spectrum.values[:, None] + alpha))


def fit(
    train: Array,
    test: Array,
    responses: Array,
    relative_alphas: Array,
    left_out: LeftOut = one_by_one,
) -> Fit:
    """Fit by ridge regression, each neuroid with its own alpha, and predict held-out stimuli.

    Parameters
    ----------
    train
        Kernel of the training stimuli, centred or not, shape (n_train, n_train).
    test
        Kernel of the held-out with the training stimuli, shape (n_test, n_train).
    responses
        Of the training stimuli, shape (n_train, n_neuroids).
    relative_alphas
        Grid of alphas in units of the training kernel's mean eigenvalue, shape (n_alphas,).
    left_out
        How training stimuli are left out to choose alpha: one by one, or in folds.

    Returns
    -------
    Fit
    """
    inner, outer = centre(train, test)
    mean = responses.mean(axis=0)
    alphas = like(alpha_grid(inner, relative_alphas), inner)
    spectrum = decompose(inner)
    projected = spectrum.vectors.T @ (responses - mean)  # (n_train - 1, n_neuroids)
    at_alpha = left_out(spectrum, projected, alphas)
    index, residual = select_alpha(at_alpha, responses, alphas)
    prediction = outer @ dual_coefficients(spectrum, projected, alphas[index]) + mean
    return Fit(prediction, alphas[index], index, explained(residual, at_alpha(np.inf)))
