"""How scores vary over the stimuli: held-out predictions resampled, nothing fitted again.

What is drawn with replacement is what is exchangeable: the stimuli, or the groups, objects or
categories that a generalisation holds out as a whole. A resample is a count per stimulus, and the
correlation in it is a weighted one, so that all resamples are a few matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENOUGH = 250
"""Resamples of the stimuli that are made at most: a variance from as many has a standard error of
6 %, and each costs a number for every layer and neuroid."""
ROUNDING = 1e-12
"""Share of a mean square below which a variance is what rounding leaves of none."""


def draw_counts(labels: NDArray[np.str_], n: int, seed: int) -> Array:
    """Draw labels with replacement, as many as there are.

    Parameters
    ----------
    labels
        What is exchangeable: of each stimulus its id, group, object or category, shape
        (n_stimuli,).
    n
        Number of resamples.
    seed
        The same seed and labels give the same draws, in whatever order the stimuli come.

    Returns
    -------
    ndarray, shape (n, n_stimuli)
        How often the label of each stimulus is drawn.
    """
    names, position = np.unique(labels, return_inverse=True)
    even = np.full(len(names), 1 / len(names))
    drawn = np.random.default_rng(seed).multinomial(len(names), even, size=n)
    return drawn[:, position].astype(float)


def weighted_correlation(prediction: Array, measured: Array, counts: Array) -> Array:
    """Pearson correlation of matching columns over stimuli that are repeated.

    Parameters
    ----------
    prediction, measured
        Shape (n_stimuli, n_neuroids).
    counts
        How often each stimulus is repeated, shape (n_resamples, n_stimuli).

    Returns
    -------
    ndarray, shape (n_resamples, n_neuroids)
        Equal to the correlation over the repeated stimuli written out. NaN where the measurements
        that are left are constant or none; zero where the predictions alone are, as in
        ``correlation.correlate_fold``.
    """
    total = counts.sum(axis=1, keepdims=True)
    weights = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    x, y = prediction - prediction.mean(axis=0), measured - measured.mean(axis=0)
    mean_x, mean_y = weights @ x, weights @ y  # (n_resamples, n_neuroids)
    variance_x, variance_y = _variance(weights, x, mean_x), _variance(weights, y, mean_y)
    covariance = weights @ (x * y) - mean_x * mean_y
    norm = np.sqrt(variance_x * variance_y)
    r = np.divide(covariance, norm, out=np.zeros_like(norm), where=norm > 0)
    return np.where(variance_y > 0, r, np.nan)


def _variance(weights: Array, values: Array, mean: Array) -> Array:
    """Weighted variance, exactly zero where only rounding is left."""
    square = weights @ values**2
    variance = square - mean**2
    return np.where(variance > ROUNDING * square, variance, 0.0)


class Resampled:
    """The held-out correlations of one generalisation under resampling, added up fold by fold.

    The mean over folds and repeats weighs each fold by how many of its stimuli (or labels) were
    drawn, relative to how many it has: with every stimulus drawn once it is the plain mean, and
    where a fold holds out a single category, one that is drawn twice counts twice.

    Parameters
    ----------
    labels
        As `draw_counts` takes them.
    n
        Number of resamples; none at all when 0.
    shape
        Number of layers and of neuroids. Behind the layers there is room for one more score: that
        of the layers that are chosen in training.
    seed
        Of the draws: derived from the dataset, not from the model, for comparisons in pairs.
    """

    def __init__(self, labels: NDArray[np.str_], n: int, shape: tuple[int, int], seed: int) -> None:
        self.labels = labels
        self.n_layers = shape[0]
        self.counts = draw_counts(labels, min(n, ENOUGH), seed)
        rows = (shape[0] + 1, shape[1])
        self.weight = np.zeros((len(self.counts), *rows), dtype=np.float32)
        self.weighted = np.zeros((len(self.counts), *rows), dtype=np.float32)
        self.missing = np.zeros(rows)
        self.drawn = np.zeros(rows)

    def __bool__(self) -> bool:
        return len(self.counts) > 0

    def add(
        self,
        layer: int,
        neuroids: NDArray[np.int64],
        held_out: NDArray[np.int64],
        prediction: Array,
        measured: Array,
    ) -> None:
        """Add one held-out fold.

        Parameters
        ----------
        layer
            Position of the layer; the number of layers for the layer that is chosen in training.
        neuroids
            Positions of the neuroids, shape (n,).
        held_out
            Positions of the stimuli, shape (n_test,).
        prediction, measured
            Shape (n_test, n).
        """
        if not self:
            return
        counts = self.counts[:, held_out]
        r = weighted_correlation(prediction, measured, counts)
        known = ~np.isnan(r)
        _, first = np.unique(self.labels[held_out], return_index=True)
        weight = counts[:, first].mean(axis=1)[:, None] * known  # drawn per label of the fold
        self.weight[:, layer, neuroids] += weight
        self.weighted[:, layer, neuroids] += weight * np.where(known, r, 0.0)
        drawn = counts.any(axis=1)
        self.missing[layer, neuroids] += (~known[drawn]).sum(axis=0)
        self.drawn[layer, neuroids] += drawn.sum()

    @property
    def r(self) -> NDArray[np.float32]:
        """Mean over folds and repeats, (n, n_layers + 1, n_neuroids); NaN where none has an r."""
        nothing = np.full_like(self.weighted, np.nan)
        return np.divide(self.weighted, self.weight, out=nothing, where=self.weight > 0)

    @property
    def missing_share(self) -> Array:
        """Share of the drawn folds without an r, (n_layers + 1, n_neuroids); NaN of no fold."""
        nothing = np.full_like(self.missing, np.nan)
        return np.divide(self.missing, self.drawn, out=nothing, where=self.drawn > 0)


DIMS = ("generalisation", "resample", "layer", "neuroid")
DRAWN = {
    "long_name": "held-out Pearson correlation under resampling of the stimuli, or of the labels"
    " that are held out; fits kept, mean over folds and repeats",
    "units": "1",
    "comment": "resample i draws the same stimuli for every layer, model and neuroid of the"
    " dataset; a fold counts by how many of its stimuli or labels were drawn",
}


def collect(resampled: Sequence[Resampled]) -> dict[str, xr.DataArray]:
    """Label what was resampled, one per generalisation.

    Returns
    -------
    dict
        r_resampled (generalisation, resample, layer, neuroid) and r_nested_resampled
        (generalisation, resample, neuroid), float32; resampled_missing (generalisation, layer,
        neuroid); n_labels (generalisation). Empty where nothing was resampled.
    """
    if not any(resampled):
        return {}
    r, missing = np.array([o.r for o in resampled]), np.array([o.missing_share for o in resampled])
    chosen = DRAWN | {"long_name": f"{DRAWN['long_name']}, of the layers chosen in training"}
    about = {
        "long_name": "share of the folds of which something was drawn that have no correlation, the"
        " responses drawn being constant",
        "units": "1",
    }
    counted = {"long_name": "stimuli, or labels that are held out as a whole", "units": "1"}
    n_labels = [len(np.unique(one.labels)) for one in resampled]
    return {
        "r_resampled": xr.DataArray(r[:, :, :-1], dims=DIMS, attrs=DRAWN),
        "r_nested_resampled": xr.DataArray(r[:, :, -1], dims=(*DIMS[:2], DIMS[3]), attrs=chosen),
        "resampled_missing": xr.DataArray(missing[:, :-1], dims=(DIMS[0], *DIMS[2:]), attrs=about),
        "n_labels": xr.DataArray(n_labels, dims=DIMS[:1], attrs=counted),
    }
