"""Features projected on few random dimensions, for so many stimuli that N x N is the problem.

With X the standardised features (N x P) and R (P x n) independent entries that are mostly zero, the
rows of Z = X R keep the inner products of those of X: the expectation of Z Z^T is X X^T (Johnson &
Lindenstrauss 1984; Achlioptas 2003; Li, Hastie & Church 2006), each to about 1 / sqrt(n) of the
norms. Two passes through the network, one for the moments of each unit and one for Z, hold no
features, however many stimuli there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array, eye_array
from tqdm import tqdm

from ventralmap.forward import Forward, largest
from ventralmap.gram import CONSTANT
from ventralmap.moments import Moments, as_float64, factor
from ventralmap.namespaces import on_host
from ventralmap.passes import check_projection, network_bytes
from ventralmap.resampling import derived_seed


def signs(n_units: int, n_components: int, seed: int) -> csr_array:
    """Draw the transpose of R, sparse.

    Its entries are independent: zero but for a share of 1 / sqrt(P), and of these half are
    sqrt(sqrt(P) / n), half the negative ("very sparse", Li, Hastie & Church 2006).

    Parameters
    ----------
    n_units
        P.
    n_components
        n.
    seed
        The same seed draws the same.

    Returns
    -------
    scipy.sparse.csr_array, shape (n_components, n_units)
        The identity, with rows of zeros, for a layer of at most `n_components` units.
    """
    if n_units <= n_components:
        return csr_array(eye_array(n_components, n_units))
    random, size = np.random.default_rng(seed), n_components * n_units
    n_drawn = random.binomial(size, n_units**-0.5)
    places = np.divmod(random.choice(size, n_drawn, replace=False, shuffle=False), n_units)
    values = random.choice([-1.0, 1.0], n_drawn) * np.sqrt(np.sqrt(n_units) / n_components)
    return csr_array((values, places), shape=(n_components, n_units))


class Projector:
    """Standardises and projects the features of a layer, image by image.

    Parameters
    ----------
    matrix
        The transpose of R, shape (n_components, n_units).
    moments
        Of all stimuli.
    largest
        The largest absolute value in the layer.
    centre, zscore
        As for `gram.GramSum`.

    Attributes
    ----------
    n_constant
        How many units do not vary over stimuli.
    """

    def __init__(
        self, matrix: csr_array, moments: Moments, largest: float, *, centre: bool, zscore: bool
    ) -> None:
        constant = moments.deviation <= CONSTANT * largest
        self.n_constant = int(constant.sum())
        none = constant & False if not (centre or zscore) else constant  # left as they are
        self._factor = factor(moments.deviation, none, zscore=zscore)
        self._mean = moments.mean * (1.0 if centre else 0.0)
        # Sparse as R is, only the units that it draws are scaled and shifted, after their sums.
        scaled = csr_array(matrix * on_host(self._factor))
        self._matrix = scaled if isinstance(self._mean, np.ndarray) else _sparse(scaled, self._mean)
        self._shift = self._matrix @ self._mean, self._factor @ self._mean

    def rows(self, values: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Project a batch, shape (image, unit).

        Returns
        -------
        features : shape (image, component)
        row_sum : shape (image,)
            Of the standardised features before the projection.
        """
        block = as_float64(values)
        features = (self._matrix @ block.T).T - self._shift[0]
        return on_host(features), on_host(block @ self._factor - self._shift[1])


def _sparse(matrix: csr_array, like: torch.Tensor) -> torch.Tensor:
    """Return a matrix as a sparse tensor on the device of another."""
    rows, columns, values = map(torch.from_numpy, (matrix.indptr, matrix.indices, matrix.data))
    made = torch.sparse_csr_tensor(rows, columns, values, matrix.shape, check_invariants=True)
    return made.to(like.device)


def project(
    forward: Forward,
    n_components: int,
    memory_gb: float,
    *,
    centre: bool,
    zscore: bool,
    seed: int,
    bar: tqdm,
) -> dict[str, Any]:
    """Project the features of all layers in two passes through the network.

    Parameters
    ----------
    forward
        The network and the images.
    n_components
        Dimensions that are kept of a layer; those beyond its units are zero.
    memory_gb
        Budget for what is held, in 10⁹ bytes (see `passes.check_projection`).
    centre, zscore
        As for `gram.GramSum`.
    seed
        With the name of the layer, seeds its projection: that of a network and of its untrained
        twin is the same.
    bar
        Is told of each image, twice.

    Returns
    -------
    dict
        features (layer, stimulus, component), float32; row_sum (layer, stimulus); n_features and
        n_constant (layer,).

    Raises
    ------
    InputError
        If a layer has values that are not finite, or the budget is too small.
    """
    names = [layer.name for layer in forward.model.layers]
    n_units = forward.count_units()
    network = network_bytes(forward.model.network, forward.device)
    at_once = forward.at_once
    check_projection(n_units, len(forward.images), n_components, memory_gb, at_once, network)
    bar.reset(2 * len(forward.images))
    moments, peaks = _moments(forward, bar)
    drawn = [
        signs(units, n_components, derived_seed(seed, name))
        for name, units in zip(names, n_units, strict=True)
    ]
    projectors = [
        Projector(matrix, found, peak, centre=centre, zscore=zscore)
        for matrix, found, peak in zip(drawn, moments, peaks, strict=True)
    ]
    features, row_sum = _rows(forward, projectors, n_components, bar)
    return {
        "features": features,
        "row_sum": row_sum,
        "n_features": np.array(n_units),
        "n_constant": np.array([projector.n_constant for projector in projectors]),
    }


def _moments(forward: Forward, bar: tqdm) -> tuple[list[Moments], list[float]]:
    """Make the first pass: the moments of each layer, and its largest absolute value."""
    layers = range(len(forward.model.layers))
    moments = [Moments() for _ in layers]
    peaks = torch.zeros(len(layers), device=forward.device)
    for values in forward.features(layers):
        for found, value in zip(moments, values, strict=True):
            found.add(value)
        peaks = torch.maximum(peaks, largest(values))
        bar.update(len(values[0]))
    forward.check_finite(layers, peaks.tolist())
    return moments, peaks.tolist()


def _rows(
    forward: Forward, projectors: Sequence[Projector], n_components: int, bar: tqdm
) -> tuple[np.ndarray, np.ndarray]:
    """Make the second pass: projected features (layer, stimulus, component), and row sums."""
    shape = len(projectors), len(forward.images)
    features, row_sum = np.zeros((*shape, n_components), np.float32), np.zeros(shape)
    start = 0
    for values in forward.features(range(len(projectors))):
        batch = slice(start, start + len(values[0]))
        for layer, (projector, value) in enumerate(zip(projectors, values, strict=True)):
            features[layer, batch], row_sum[layer, batch] = projector.rows(value)
        start = batch.stop
        bar.update(len(values[0]))
    return features, row_sum
