"""Exact ridge regression from kernels, with cross-validation inside training for every alpha.

The objective, for one neuroid with responses y (n,) and features X (n, p), is

    min over w, b:  ||y - X w - b||^2 + alpha ||w||^2

Its dual solution needs X only through K = X X^T (Saunders, Gammerman & Vovk 1998), so all units
of a layer enter at the price of the number of stimuli. One eigendecomposition of the centred
training kernel serves every alpha and every neuroid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, solve

from ventralmap.crossvalidation import Fit, centre, explained

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """Eigendecomposition of a centred training kernel, K = U diag(s) U^T.

    Attributes
    ----------
    values
        Eigenvalues s, shape (n - 1,), not negative.
    vectors
        Eigenvectors U in columns, shape (n, n - 1): all but the constant one, which is the
        intercept's.
    """

    values: Array
    vectors: Array

    @cached_property
    def squared(self) -> Array:
        """Squares of the eigenvectors' elements, shape (n, n - 1), the same for every alpha."""
        return self.vectors**2


LeftOut = Callable[[Spectrum, Array, float], Array]
"""Residuals of training responses that were left out: called with the decomposition, the centred
responses in the eigenbasis (n - 1, n_neuroids) and alpha, which may be infinite."""


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
    return relative * (np.trace(kernel) / len(kernel) or 1.0)


def decompose(kernel: Array) -> Spectrum:
    """Decompose a centred kernel, shape (n, n), once for all alphas and neuroids."""
    # The constant vector has eigenvalue zero. It is given the largest, so that it can be told from
    # the others and left out: the rounding of its zero would count where alpha is small.
    intercept = (2 * np.linalg.norm(kernel) or 1.0) / len(kernel)
    values, vectors = eigh(kernel + intercept, driver="evd", check_finite=False)
    # A Gram matrix has no negative eigenvalues; those found are rounding of zeros.
    return Spectrum(np.maximum(values[:-1], 0.0), vectors[:, :-1])


def loo_residuals(spectrum: Spectrum, projected: Array, alpha: float) -> Array:
    """Residuals of leave-one-out prediction, exact and without refitting.

    With an unpenalised intercept the hat matrix is H = 1/n + K (K + alpha I)^-1, so I - H =
    U diag(alpha / (s + alpha)) U^T, and the residual of stimulus i, were it left out, is
    [(I - H) y]_i / (1 - h_ii) (Golub, Heath & Wahba 1979; Rifkin & Lippert 2007).

    Parameters
    ----------
    spectrum
        Decomposition of the centred training kernel.
    projected
        Centred training responses in the eigenbasis, U^T y, shape (n - 1, n_neuroids).
    alpha
        Regularisation, above zero; infinite for the intercept alone.

    Returns
    -------
    ndarray, shape (n, n_neuroids)
    """
    shrink = _shrinkage(spectrum, alpha)  # (n - 1,)
    # The product for one alpha has few columns; transposed, it takes half the time.
    residual = ((projected.T * shrink) @ spectrum.vectors.T).T  # (n, n_neuroids)
    leverage_left = spectrum.squared @ shrink  # 1 - h_ii, (n,)
    return residual / leverage_left[:, None]


def fold_residuals(
    spectrum: Spectrum, projected: Array, alpha: float, folds: NDArray[np.int64]
) -> Array:
    """Residuals of leaving whole folds out, exact and without refitting.

    With e the residuals of the fit to all and H its hat matrix, those of fold F, were it left out,
    are (I - H_FF)^-1 e_F (An, Liu & Venkatesh 2007); folds of one stimulus are leave-one-out.

    Parameters
    ----------
    spectrum
        Decomposition of the centred training kernel.
    projected
        Centred training responses in the eigenbasis, U^T y, shape (n - 1, n_neuroids).
    alpha
        Regularisation, above zero; infinite for the intercept alone.
    folds
        Fold in which each training stimulus is left out, shape (n,); at least two.

    Returns
    -------
    ndarray, shape (n, n_neuroids)
    """
    left = spectrum.vectors * _shrinkage(spectrum, alpha)  # (n, n - 1)
    residual = left @ projected  # (n, n_neuroids)
    for fold in np.unique(folds):
        out = folds == fold
        remainder = left[out] @ spectrum.vectors[out].T  # I - H_FF
        residual[out] = solve(remainder, residual[out], assume_a="sym", check_finite=False)
    return residual


def _shrinkage(spectrum: Spectrum, alpha: float) -> Array:
    """Share of each eigenvector that the fit leaves, alpha / (s + alpha), shape (n - 1,)."""
    return 1 / (1 + spectrum.values / alpha)


def select_alpha(
    spectrum: Spectrum, centred: Array, alphas: Array, left_out: LeftOut = loo_residuals
) -> tuple[NDArray, Array]:
    """Choose each neuroid's alpha by the smallest squared error of stimuli that are left out.

    Parameters
    ----------
    spectrum
        Decomposition of the centred training kernel.
    centred
        Training responses minus their mean, shape (n, n_neuroids).
    alphas
        The grid, shape (n_alphas,).
    left_out
        Which stimuli are left out together: one by one, or folds.

    Returns
    -------
    index : ndarray of int, shape (n_neuroids,)
        Position of the chosen alpha on the grid.
    residual : ndarray, shape (n, n_neuroids)
        Residuals, when left out, at the chosen alpha.
    """
    index = np.zeros(centred.shape[1], dtype=np.int64)
    best = np.full(centred.shape[1], np.inf)
    chosen = np.empty_like(centred)
    projected = spectrum.vectors.T @ centred  # (n - 1, n_neuroids), for every alpha
    for position, alpha in enumerate(alphas):
        residual = left_out(spectrum, projected, alpha)
        error = np.einsum("ij,ij->j", residual, residual)
        better = error < best
        best[better], index[better] = error[better], position
        chosen[:, better] = residual[:, better]
    return index, chosen


def dual_coefficients(spectrum: Spectrum, centred: Array, alpha: Array) -> Array:
    """Solve (K + alpha_v I) c_v = y_v for every neuroid v.

    Parameters
    ----------
    spectrum
        Decomposition of the centred training kernel.
    centred
        Training responses minus their mean, shape (n, n_neuroids).
    alpha
        One regularisation per neuroid, shape (n_neuroids,).

    Returns
    -------
    ndarray, shape (n, n_neuroids)
    """
    projected = spectrum.vectors.T @ centred  # (n - 1, n_neuroids)
    return spectrum.vectors @ (projected / (spectrum.values[:, None] + alpha))


def fit(
    train: Array,
    test: Array,
    responses: Array,
    relative_alphas: Array,
    left_out: LeftOut = loo_residuals,
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
    centred = responses - mean
    alphas = alpha_grid(inner, relative_alphas)
    spectrum = decompose(inner)
    index, residual = select_alpha(spectrum, centred, alphas, left_out)
    of_means = left_out(spectrum, spectrum.vectors.T @ centred, np.inf)
    prediction = outer @ dual_coefficients(spectrum, centred, alphas[index]) + mean
    return Fit(prediction, alphas[index], index, explained(residual, of_means))
