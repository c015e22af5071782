"""Ridge regression on the first principal components of the features, from kernels.

The scores of the training stimuli on component j are sqrt(s_j) u_j, with s and u the eigenvalues
and eigenvectors of the centred training kernel (Schölkopf, Smola & Müller 1998). So the kernel of
the first k components is that kernel without its other eigenvalues, and ridge regression on it is
ridge regression on the components, as in principal component regression (Hastie, Tibshirani &
Friedman 2009, section 3.5) with shrinkage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ventralmap import leaving_out, ridge
from ventralmap.crossvalidation import Fit, centre
from ventralmap.namespaces import last_eigh

Array = NDArray[np.float64]


def reduce(train: Array, test: Array, components: int) -> tuple[Array, Array]:
    """Keep the first principal components of the training features.

    Parameters
    ----------
    train
        Kernel of the training stimuli, centred on their mean, shape (n_train, n_train).
    test
        Kernel of the held-out with the training stimuli, centred on the mean of the latter, shape
        (n_test, n_train).
    components
        How many to keep. There are no more than the rank of `train`, at most n_train - 1: all are
        kept where fewer than these are asked for.

    Returns
    -------
    train, test : ndarray
        The kernels of the components, of the same shapes.
    """
    values, vectors = last_eigh(train, min(components, len(train)))
    return (vectors * values.clip(min=0)) @ vectors.T, (test @ vectors) @ vectors.T


def fit(
    train: Array,
    test: Array,
    responses: Array,
    relative_alphas: Array,
    components: int,
    left_out: leaving_out.LeftOut = leaving_out.one_by_one,
) -> Fit:
    """Fit by ridge regression on principal components, and predict held-out stimuli.

    The components are those of all training stimuli, whose responses they do not depend on; only
    alpha is chosen by leaving some of these out.

    Parameters
    ----------
    train
        Kernel of the training stimuli, centred or not, shape (n_train, n_train).
    test
        Kernel of the held-out with the training stimuli, shape (n_test, n_train).
    responses
        Of the training stimuli, shape (n_train, n_neuroids).
    relative_alphas
        Grid of alphas in units of the mean eigenvalue of the reduced training kernel, shape
        (n_alphas,).
    components
        Number of components, at most the rank of the centred training kernel (see `reduce`).
    left_out
        How training stimuli are left out to choose alpha: one by one, or in folds.

    Returns
    -------
    Fit
    """
    kernels = reduce(*centre(train, test), components)
    return ridge.fit(*kernels, responses, relative_alphas, left_out)
