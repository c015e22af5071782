"""Comparators that are products: of RDMs that were ranked, centred, whitened and scaled.

All but Kendall's tau are of this form, after Schütt et al. (2023) and, for the whitened ones,
Diedrichsen et al. (2021). Resampling stimuli gives the pair (i, j) the weight c_i c_j, with c_i the
count of stimulus i; pairs of a stimulus with itself are left out, as rsatoolbox does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from ventralmap import draws as dr
from ventralmap import ranks

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Prepared:
    """RDMs with what does not depend on the resample.

    Attributes
    ----------
    values
        Condensed RDMs, zero where missing, shape (n_rdms, n_pairs).
    order
        The same sorted; empty where ranks are not asked for.
    squares
        The same as matrices, shape (n_rdms, n_stimuli, n_stimuli); empty if not asked for.
    """

    values: Array
    order: list[ranks.Sorted]
    squares: Array


@dataclass(frozen=True)
class Product:
    """A comparator: the product of one RDM's primal with another's dual vector.

    Attributes
    ----------
    ranked
        Whether dissimilarities are replaced by their ranks, ties averaged.
    centred
        Whether the mean over pairs is taken off.
    whitened
        Whether products are by the inverse covariance that the noise of distances has when that
        of the patterns is independent and equal: V = (C Cᵀ)∘(C Cᵀ), C the contrasts of all pairs.
    untied
        Whether the norm is that of ranks without ties (rho-a), instead of the vectors' own.
    """

    ranked: bool = False
    centred: bool = True
    whitened: bool = False
    untied: bool = False

    def prepare(self, rdms: Array) -> Prepared:
        """Sort or unfold condensed RDMs, shape (n_rdms, n_pairs); NaN where missing."""
        values = np.nan_to_num(rdms)
        order = [ranks.sort(rdm) for rdm in values] if self.ranked else []
        squares = dr.squares(values) if self.whitened else np.empty(0)
        return Prepared(values, order, squares)

    def similarity(self, layers: Prepared, subjects: Prepared, draws: dr.Draws) -> Array:
        """Compare every layer with every subject on every resample.

        Returns
        -------
        ndarray, shape (n_draws, n_layers, n_subjects)
            NaN where a resample has fewer than two pairs, 0 where an RDM is constant in it.
        """
        found = np.full((len(draws), len(layers.values), len(subjects.values)), np.nan)
        for i, drawn in _enough(draws):
            found[i] = self.vectors(layers, *drawn)[0] @ self.vectors(subjects, *drawn)[1].T
        return found

    def with_last(self, rdms: Prepared, n: int, draws: dr.Draws) -> Array:
        """Compare RDMs with the last n of them, as `similarity` does, ranking each once."""
        found = np.full((len(draws), len(rdms.values), n), np.nan)
        for i, drawn in _enough(draws):
            primal, dual = self.vectors(rdms, *drawn)
            found[i] = primal @ dual[-n:].T
        return found

    def vectors(
        self, rdms: Prepared, counts: Ints, weights: Ints, kept: Ints
    ) -> tuple[Array, Array]:
        """Make the primal x and the dual t, so that the similarity of RDMs a and b is x_a · t_b.

        Parameters
        ----------
        rdms
            Prepared.
        counts
            How often each stimulus is drawn, shape (n_stimuli,).
        weights
            How often each pair occurs, shape (n_pairs,).
        kept
            Positions of the pairs whose weight is not zero, shape (n_kept,).

        Returns
        -------
        primal, dual : ndarray, shape (n_rdms, n_kept)
        """
        x, weight = self._values(rdms, weights, kept), weights[kept].astype(float)
        mean = (x @ weight / weight.sum())[:, None] if self.centred else np.zeros((len(x), 1))
        x -= mean
        dual = x * weight
        if self.whitened:
            effects = _stimulus_effects(rdms.squares, mean, counts, weights)
            rows, columns = (side[kept] for side in dr.pairs(len(counts)))
            dual -= weight * (effects.take(rows, axis=1) + effects.take(columns, axis=1))
        norm = _untied_norm(weight.sum()) if self.untied else np.sqrt(np.vecdot(x, dual))[:, None]
        scale = np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)
        x *= scale
        dual *= scale
        return x, dual

    def _values(self, rdms: Prepared, weights: Ints, kept: Ints) -> Array:
        if self.ranked:
            return np.array([ranks.weighted_ranks(rdm, weights, kept) for rdm in rdms.order])
        return rdms.values.take(kept, axis=1)


def _enough(draws: dr.Draws) -> Iterator[tuple[int, tuple[Ints, Ints, Ints]]]:
    """Yield counts, weights and the pairs kept of each resample that has two pairs or more."""
    for i, counts in enumerate(draws.counts):
        weights = draws.weights(i)
        kept = np.flatnonzero(weights)
        if len(kept) > 1:
            yield i, (counts, weights, kept)


def _untied_norm(n: float) -> Array:
    """Root of the sum of squares of n centred ranks without ties (rho-a, Schütt et al. 2023)."""
    return np.sqrt(np.array([[n**3 - n]]) / 12)


def _stimulus_effects(squares: Array, mean: Array, counts: Ints, weights: Ints) -> Array:
    """Find the effect u_i of each stimulus that is taken off its distances.

    d' V⁻¹ d is, but for a factor, the least of Σ w_ij (d_ij - u_i - u_j)² + 2 Σ c_i u_i² over u:
    the whitened RDM is the second-moment matrix centred in rows and columns (Diedrichsen et al.
    2021), in which copies of a stimulus share their effect, and each has the distance zero from
    itself. With W the pair weights as a matrix, u solves (W + diag(W 1 + 2 c)) u = (W∘D) 1, so
    that no matrix of pairs by pairs is needed.

    Parameters
    ----------
    squares
        RDMs D, shape (n_rdms, n_stimuli, n_stimuli).
    mean
        To be taken off each, shape (n_rdms, 1).
    counts, weights
        How often each stimulus and each pair occurs, shape (n_stimuli,) and (n_pairs,).

    Returns
    -------
    ndarray, shape (n_rdms, n_stimuli)
    """
    weight = dr.squares(weights.astype(float))
    degree = weight.sum(axis=1)
    system = weight + np.diag(degree + 2 * counts + (counts == 0))  # not drawn: an effect of zero
    sums = np.einsum("ij,rij->ri", weight, squares) - mean * degree
    return cho_solve(cho_factor(system, check_finite=False), sums.T, check_finite=False).T
