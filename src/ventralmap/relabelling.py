"""Similarity of RDMs when the stimuli of one side are relabelled at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ventralmap import draws as dr
from ventralmap import relabelled_gaps
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
    groups = [subjects[rows] for rows, present in alike(subjects) if present.sum() > 1]
    if not groups:
        return np.full((len(labels), layers.n_layers), np.nan)
    if layers.known.all() and isinstance(layers.comparator, Product):
        total = _of_products(layers.comparator, layers.prepared, groups, labels)
    else:
        total = np.sum([_one_by_one(layers, group, labels) for group in groups], axis=0)
    return total / sum(len(group) for group in groups)


def _of_products(
    comparator: Product, layers: Prepared, groups: Sequence[Array], labels: Labels
) -> Array:
    """Sum over subjects who have all pairs, and over those who lack some."""
    total = np.zeros((len(labels), len(layers.values)))
    lacking = [group for group in groups if np.isnan(group[0]).any()]
    for group in groups:
        if not np.isnan(group[0]).any():
            total += _of_whole(comparator, layers, group, labels)
    return total + relabelled_gaps.sums(comparator, layers, lacking, labels) if lacking else total


def _of_whole(comparator: Product, layers: Prepared, subjects: Array, labels: Labels) -> Array:
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
