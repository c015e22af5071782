"""What a ridge regression would say of training stimuli that were left out, without refitting.

Everything follows from one eigendecomposition of the centred training kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap.namespaces import eigh, like, namespace, solve

Array = NDArray[np.float64]

COLUMNS = 1024
"""Columns, of neuroids times alphas, that are multiplied at once; 8 MB for 1,000 stimuli."""


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


AtAlpha = Callable[[Any], Array]
"""Residuals of training responses that were left out, (n, n_neuroids): called with alpha, which may
be infinite."""
LeftOut = Callable[[Spectrum, Array, Array], AtAlpha]
"""What makes them: called with the decomposition, the centred responses in the eigenbasis
(n - 1, n_neuroids) and the grid of alphas."""


def decompose(kernel: Array) -> Spectrum:
    """Decompose a centred kernel, shape (n, n), once for all alphas and neuroids."""
    # The constant vector has eigenvalue zero. It is given the largest, so that it can be told from
    # the others and left out: the rounding of its zero would count where alpha is small.
    norm = float(namespace(kernel).linalg.norm(kernel))
    values, vectors = eigh(kernel + (2 * norm or 1.0) / len(kernel))
    # A Gram matrix has no negative eigenvalues; those found are rounding of zeros.
    return Spectrum(values[:-1].clip(min=0), vectors[:, :-1])


def one_by_one(spectrum: Spectrum, projected: Array, alphas: Array) -> AtAlpha:
    """Leave training stimuli out one by one: `loo_residuals`, for as many alphas at once as fit.

    One product of many columns takes half the time of many of few.
    """
    at_once = max(1, COLUMNS // projected.shape[1])
    places = {alpha: place for place, alpha in enumerate(alphas.tolist())}

    @lru_cache(maxsize=1)
    def group(number: int) -> Array:
        some = alphas[number * at_once : (number + 1) * at_once]
        return _loo_residuals(spectrum, projected, some)

    def at_alpha(alpha: Any) -> Array:
        place = places.get(float(alpha))
        if place is None:
            return loo_residuals(spectrum, projected, alpha)
        number, within = divmod(place, at_once)
        return group(number)[within]

    return at_alpha


def in_folds(
    spectrum: Spectrum, projected: Array, alphas: Array, folds: NDArray[np.int64]
) -> AtAlpha:
    """Leave training stimuli out in folds, shape (n,): `fold_residuals`."""
    return partial(fold_residuals, spectrum, projected, folds=folds)


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
    return _loo_residuals(spectrum, projected, like([float(alpha)], projected))[0]


def _loo_residuals(spectrum: Spectrum, projected: Array, alphas: Array) -> Array:
    """Give those of several alphas, shape (n_alphas, n, n_neuroids)."""
    shrink = _shrinkage(spectrum, alphas)  # (n - 1, n_alphas)
    left = spectrum.squared @ shrink  # 1 - h_ii, (n, n_alphas)
    # Neuroids in rows: in columns, the product takes twice as long.
    shrunk = projected.T[None] * shrink.T[:, None]  # (n_alphas, n_neuroids, n - 1)
    residual = shrunk.reshape(-1, len(shrink)) @ spectrum.vectors.T
    residual = residual.reshape(*shrunk.shape[:2], -1)
    residual /= left.T[:, None]
    return residual.swapaxes(1, 2)


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
    left = spectrum.vectors * _shrinkage(spectrum, alpha)[:, 0]  # (n, n - 1)
    residual = left @ projected  # (n, n_neuroids)
    for fold in np.unique(folds):
        out = like(folds == fold, residual)
        remainder = left[out] @ spectrum.vectors[out].T  # I - H_FF
        residual[out] = solve(remainder, residual[out])
    return residual


def _shrinkage(spectrum: Spectrum, alpha: Any) -> Array:
    """Share of each eigenvector that a fit leaves, alpha / (s + alpha), (n - 1, n_alphas or 1)."""
    return 1 / (1 + spectrum.values[:, None] / alpha)
