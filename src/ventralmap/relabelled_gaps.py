"""Similarity with relabelled RDMs that lack pairs, without preparing any RDM anew.

Relabelling moves a subject's missing pairs over the RDM of a layer, so that the layer is centred,
scaled, ranked and whitened anew over the pairs that are left. What the subjects are stays as it is;
of the layer no more is needed than sums over the pairs that are left, which are those over all
pairs less those over the missing ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from ventralmap import draws as dr
from ventralmap import ranks
from ventralmap.products import Prepared, Product

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST = 100_000
"""Relabelled distances in memory at a time."""
ROUNDING = 1e-12
"""Share of a sum of squares below which a difference is what rounding leaves of none."""


class Gaps:
    """Subjects that lack the same pairs.

    Parameters
    ----------
    comparator
        By which they are compared.
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs), NaN where missing; two pairs or more are left.

    Attributes
    ----------
    dual
        Sum of their dual vectors, zero where missing, shape (n_pairs,).
    present
        Which pairs they have, shape (n_pairs,).
    n, n_stimuli
        Number of pairs that they have, and of stimuli.
    """

    def __init__(self, comparator: Product, subjects: Array) -> None:
        self.present = ~np.isnan(subjects[0])
        self.n_stimuli, kept = dr.n_stimuli(len(self.present)), np.flatnonzero(self.present)
        one_each, weights = np.ones(self.n_stimuli, np.int64), self.present.astype(np.int64)
        prepared = comparator.prepare(subjects)
        self.dual, self.n = np.zeros(len(weights)), len(kept)
        self.dual[kept] = comparator.vectors(prepared, one_each, weights, kept)[1].sum(axis=0)

    @property
    def few(self) -> tuple[Ints, bool]:
        """Positions of the fewer of present and missing pairs, and whether they are missing."""
        are_missing = 2 * self.n > len(self.present)
        return np.flatnonzero(self.present != are_missing), are_missing


class Relabelled(NamedTuple):
    """Some permutations of the stimuli of subjects."""

    labels: Ints
    """Shape (n_permutations, n_stimuli)."""
    back: Ints
    """The reverse permutations."""
    number: Ints
    """Position of each pair in condensed RDMs, shape (n_stimuli, n_stimuli)."""

    def met(self) -> Ints:
        """Which pair of the subjects each pair of a layer meets, (n_permutations, n_pairs)."""
        rows, columns = dr.pairs(len(self.number))
        return self.number[self.labels[:, rows], self.labels[:, columns]]

    def meeting(self, pairs: Ints) -> Ints:
        """Which pairs of a layer meet these of the subjects, (n_permutations, n)."""
        rows, columns = (side[pairs] for side in dr.pairs(len(self.number)))
        return self.number[self.back[:, rows], self.back[:, columns]]


def sums(comparator: Product, layers: Prepared, groups: Sequence[Array], labels: Ints) -> Array:
    """Sum each layer's similarities with relabelled subjects that lack pairs.

    Parameters
    ----------
    comparator
        A product.
    layers
        Prepared RDMs of which no pair is missing.
    groups
        Condensed RDMs of subjects that lack the same pairs, each of shape (n_subjects, n_pairs),
        NaN where missing; two pairs or more are left.
    labels
        Permutations of the stimuli, shape (n_permutations, n_stimuli).

    Returns
    -------
    ndarray, shape (n_permutations, n_layers)
        Equal to comparing with every relabelled RDM; 0 where a layer is constant in what is left.
    """
    gaps = [Gaps(comparator, subjects) for subjects in groups]
    number = dr.squares(np.arange(groups[0].shape[1], dtype=float)).astype(np.int64)
    of = _of_ranks if comparator.ranked else _of_values
    step = max(1, MOST // groups[0].shape[1])
    found = []
    for some in np.split(labels, range(step, len(labels), step)):
        moved = Relabelled(some, np.argsort(some, axis=1), number)
        met = moved.met()
        found.append(sum(of(comparator, layers, one, one.dual[met], moved) for one in gaps))
    return np.concatenate(found)


def _of_values(
    comparator: Product, layers: Prepared, gaps: Gaps, dual: Array, moved: Relabelled
) -> Array:
    """Sum similarities of values as they are; `dual` is relabelled, (n_permutations, n_pairs)."""
    values, (few, missing) = _scaled(layers.values, centred=comparator.centred), gaps.few
    picked = values[:, moved.meeting(few)]  # (n_layers, n_permutations, n_few)

    def over_present(of_few: Array, whole: Array) -> Array:
        return whole - of_few if missing else of_few

    mean = over_present(picked.sum(axis=2), values.sum(axis=1)[:, None]) / gaps.n
    mean *= comparator.centred
    square = over_present(np.vecdot(picked, picked), np.vecdot(values, values)[:, None])
    norm = square - gaps.n * mean**2
    if comparator.whitened:
        whole = dr.squares(values).sum(axis=2)[:, moved.back]
        rows = over_present(picked @ _incidence(few, gaps.n_stimuli), whole)
        norm = norm - _explained(rows, mean, gaps)
    product = values @ dual.T - mean * gaps.dual.sum()
    varies = norm > ROUNDING * square
    return np.where(varies, product / np.sqrt(np.where(varies, norm, 1.0)), 0.0).T


def _of_ranks(
    comparator: Product, layers: Prepared, gaps: Gaps, dual: Array, moved: Relabelled
) -> Array:
    """Sum similarities of ranks among the pairs that are left; `dual` as in `_of_values`."""
    missing = moved.meeting(np.flatnonzero(~gaps.present))
    ordered = np.empty_like(dual)  # memory that is used again is found faster
    found = []
    for rdm in layers.order:
        np.take(dual, rdm.order, axis=1, out=ordered, mode="clip")
        found.append(_of_layer(rdm, ordered, missing, untied=comparator.untied))
    return np.array(found).T


def _of_layer(rdm: ranks.Sorted, dual: Array, missing: Ints, *, untied: bool) -> Array:
    """Sum similarities with one layer, shape (n_permutations,).

    A pair's rank is that among all pairs, less one for each missing pair that is smaller, and less
    a half for each that is tied with it.

    Parameters
    ----------
    rdm
        The sorted layer.
    dual
        Relabelled dual vectors in the layer's order, shape (n_permutations, n_pairs); zero where
        missing, of sum zero.
    missing
        The layer's pairs that are missing, shape (n_permutations, n_missing).
    untied
        Whether ties do not count in the norm (rho-a).
    """
    n_pairs, sizes = len(rdm.order), np.diff(rdm.starts, append=len(rdm.order))
    group = rdm.group[missing]
    lost = _passed(rdm.starts[group], n_pairs)
    if len(sizes) < n_pairs:
        lost = (lost + _passed((rdm.starts + sizes)[group], n_pairs)) / 2
    whole = np.repeat(rdm.starts + (sizes + 1) / 2, sizes)
    product = dual @ whole - np.vecdot(lost, dual)
    norm = _squares_of_ranks(sizes, group, n_pairs - group.shape[1], untied=untied)
    return np.divide(product, np.sqrt(norm), out=np.zeros_like(product), where=norm > 0)


def _passed(points: Ints, n: int) -> Array:
    """Count how many points are at or before each of n positions, (n_permutations, n)."""
    ends = np.sort(points, axis=1)
    runs = np.diff(ends, axis=1, prepend=0, append=n).ravel()
    counts = np.tile(np.arange(ends.shape[1] + 1.0), len(ends))
    return np.repeat(counts, runs).reshape(len(ends), n)


def _squares_of_ranks(sizes: Ints, missing: Ints, n: int, *, untied: bool) -> Array:
    """Sum of squares of n centred ranks, less what ties take, shape (n_permutations,).

    Parameters
    ----------
    sizes
        Pairs in each group of ties, those that are missing too.
    missing
        Group of each missing pair, shape (n_permutations, n_missing).
    """
    found = np.full(len(missing), (n**3 - n) / 12)
    if untied or len(sizes) == sizes.sum():
        return found
    left = np.tile(sizes.astype(float), (len(missing), 1))
    np.subtract.at(left, (np.arange(len(missing))[:, None], missing), 1)
    return found - (left**3 - left).sum(axis=1) / 12


def _scaled(values: Array, *, centred: bool) -> Array:
    """Centre and scale each RDM, which changes no similarity and keeps the digits of its sums."""
    values = values - values.mean(axis=1, keepdims=True) if centred else values
    size = np.sqrt((values**2).mean(axis=1, keepdims=True))
    return values / np.where(size > 0, size, 1)


def _incidence(pairs: Ints, n_stimuli: int) -> Array:
    """Say which stimuli each pair is of, shape (n_pairs, n_stimuli)."""
    found = np.zeros((len(pairs), n_stimuli))
    for side in dr.pairs(n_stimuli):
        found[np.arange(len(pairs)), side[pairs]] = 1
    return found


def _explained(rows: Array, mean: Array, gaps: Gaps) -> Array:
    """Sum of squares that the effects of stimuli take (`products._stimulus_effects`).

    Parameters
    ----------
    rows
        Sums of each stimulus' distances, shape (n_layers, n_permutations, n_stimuli).
    mean
        To be taken off each distance, shape (n_layers, n_permutations).
    """
    weight = dr.squares(gaps.present.astype(float))
    degree = weight.sum(axis=1)
    root = cholesky(weight + np.diag(degree + 2), lower=True)
    effects = solve_triangular(root, np.eye(len(root)), lower=True)
    return np.asarray((((rows - mean[..., None] * degree) @ effects.T) ** 2).sum(axis=2))
