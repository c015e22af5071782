"""How two RDMs are compared, by name: the config's `rsa: comparison`.

Each equals the comparison of rsatoolbox that `RSATOOLBOX` names, on all stimuli and on resamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ventralmap.draws import Draws, n_stimuli, once
from ventralmap.kendall import TauA
from ventralmap.products import Product

Array = NDArray[np.float64]


class Comparator(Protocol):
    """Compares RDMs; `prepare` does once what resamples share."""

    def prepare(self, rdms: Array) -> Any:
        """Prepare condensed RDMs, shape (n_rdms, n_pairs); pairs may be NaN."""

    def similarity(self, layers: Any, subjects: Any, draws: Draws) -> Array:
        """Compare every layer with every subject, shape (n_draws, n_layers, n_subjects)."""

    def with_last(self, rdms: Any, n: int, draws: Draws) -> Array:
        """Compare RDMs with the last n of them, shape (n_draws, n_rdms, n)."""


COMPARATORS: Mapping[str, Comparator] = {
    "spearman": Product(ranked=True),
    "rho-a": Product(ranked=True, untied=True),
    "tau-a": TauA(),
    "pearson": Product(),
    "cosine": Product(centred=False),
    "whitened-cosine": Product(centred=False, whitened=True),
    "whitened-pearson": Product(whitened=True),
}
ABOVE_ZERO = ("cosine", "whitened-cosine")
"""Comparisons that give unrelated RDMs of positive distances more than zero."""
RSATOOLBOX = {
    "spearman": "spearman",
    "rho-a": "rho-a",
    "tau-a": "tau-a",
    "pearson": "corr",
    "cosine": "cosine",
    "whitened-cosine": "cosine_cov",
    "whitened-pearson": "corr_cov",
}
"""The `method` of ``rsatoolbox.rdm.compare``."""


class Layers:
    """A model's RDMs, prepared to be compared with any number of others.

    Parameters
    ----------
    name
        Of a comparator.
    layers
        Condensed RDMs, shape (n_layers, n_pairs); pairs may be NaN.
    """

    def __init__(self, name: str, layers: Array) -> None:
        self.comparator = COMPARATORS[name]
        self.prepared = self.comparator.prepare(layers)
        self.known = ~np.isnan(layers).any(axis=0)
        self.n_layers, self.n_stimuli = len(layers), n_stimuli(layers.shape[1])

    def compare(self, subjects: Array, draws: Draws | None = None) -> Array:
        """Compare with every subject, leaving out pairs that are missing in either.

        A pair that one subject lacks is left out for that subject alone.

        Parameters
        ----------
        subjects
            Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
        draws
            Resamples of the stimuli; by default every stimulus once.

        Returns
        -------
        ndarray, shape (n_draws, n_layers, n_subjects)
            NaN where a resample leaves fewer than two pairs.
        """
        draws = draws or once(self.n_stimuli)
        found = np.empty((len(draws), self.n_layers, len(subjects)))
        for rows, present in alike(subjects):
            group = Draws(draws.counts, _unless_all(present & self.known))
            others = self.comparator.prepare(subjects[rows])
            found[:, :, rows] = self.comparator.similarity(self.prepared, others, group)
        return found


def compare_with_last(name: str, rdms: Array, n: int, draws: Draws | None = None) -> Array:
    """Compare RDMs that have all pairs with the last n of them, shape (n_draws, n_rdms, n).

    As `compare` does, in two thirds of the time or less where few are not among the last.
    """
    own = Layers(name, rdms)
    return own.comparator.with_last(own.prepared, n, draws or once(own.n_stimuli))


def compare(name: str, layers: Array, subjects: Array, draws: Draws | None = None) -> Array:
    """Compare every layer with every subject; see `Layers`."""
    return Layers(name, layers).compare(subjects, draws)


def alike(subjects: Array) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
    """Group subjects by the pairs that they have.

    Parameters
    ----------
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs).

    Yields
    ------
    rows, present : ndarray
        Positions of subjects that have the same pairs, and which these are, shape (n_pairs,).
    """
    present = ~np.isnan(subjects)
    groups: dict[bytes, list[int]] = {}
    for row, mask in enumerate(present):
        groups.setdefault(mask.tobytes(), []).append(row)
    for rows in groups.values():
        yield np.array(rows), present[rows[0]]


def _unless_all(present: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    return None if present.all() else present
