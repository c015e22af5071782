"""Similarity of RDMs when the stimuli of one side are relabelled at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ventralmap import draws as dr
from ventralmap.comparators import Layers, alike
from ventralmap.products import Prepared, Product

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

MOST = 1_000_000
"""Relabelled distances in memory at a time."""


def relabelled(layers: Layers, subjects: Array, labels: Labels) -> Array:
    """Mean similarity of each layer over subjects whose stimuli are relabelled.

    Parameters
    ----------
    layers
        Prepared.
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
    labels
        Permutations of the stimuli, shape (n_permutations, n_stimuli).

    Returns
    -------
    ndarray, shape (n_permutations, n_layers)
        Of the subjects that have two pairs or more; NaN where none has.
    """
    total, count = np.zeros((len(labels), layers.n_layers)), 0
    for rows, present in alike(subjects):
        if present.sum() > 1:
            total += _sums(layers, subjects[rows], labels, bool(present.all()))
            count += len(rows)
    return total / count if count else np.full(total.shape, np.nan)


def _sums(layers: Layers, subjects: Array, labels: Labels, whole: bool) -> Array:
    if whole and layers.known.all() and isinstance(layers.comparator, Product):
        return _of_products(layers.comparator, layers.prepared, subjects, labels)
    return _one_by_one(layers, subjects, labels)


def _of_products(comparator: Product, layers: Prepared, subjects: Array, labels: Labels) -> Array:
    """Sum over subjects by one product with the sum of their dual vectors, which relabels alike."""
    n = labels.shape[1]
    rows, columns = (side.astype(np.int32) for side in dr.pairs(n))
    counts, ones = np.ones(n, np.int64), np.ones(len(rows), np.int64)
    primal, _ = comparator.vectors(layers, counts, ones, np.arange(len(rows)))
    _, dual = comparator.vectors(comparator.prepare(subjects), counts, ones, np.arange(len(rows)))
    square = dr.squares(dual.sum(axis=0)).ravel()
    step = max(1, MOST // len(rows))
    return np.concatenate(
        [
            square.take(some[:, rows] * np.int32(n) + some[:, columns]) @ primal.T
            for some in np.split(labels.astype(np.int32), range(step, len(labels), step))
        ]
    )


def _one_by_one(layers: Layers, subjects: Array, labels: Labels) -> Array:
    square, (rows, columns) = dr.squares(subjects), dr.pairs(labels.shape[1])
    return np.array(
        [layers.compare(square[:, some[rows], some[columns]])[0].sum(axis=1) for some in labels]
    )
