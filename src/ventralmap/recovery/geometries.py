"""Layers chosen for simulated recordings by RSA and CKA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import best_layer, encoding, resampling, response_rdms, rsa
from ventralmap import draws as dr
from ventralmap.comparators import Layers as Compared
from ventralmap.dataset import Dataset
from ventralmap.hsic import FEWEST, debias
from ventralmap.intervals import Resampling
from ventralmap.kernels import Layers
from ventralmap.rdm import FEWEST as FEWEST_NEUROIDS
from ventralmap.rdm_sources import model_rdms
from ventralmap.recovery.choice import Choice, areas, made

Array = NDArray[np.float64]

RSA = (
    ("correlation", "spearman"),
    ("correlation", "pearson"),
    ("correlation", "whitened-cosine"),
    ("euclidean", "spearman"),
    ("euclidean", "pearson"),
)
"""Distance, of responses and of features alike, and comparison of RDMs."""
AT_ONCE = 20_000_000
"""Distances that are compared at once."""


def rdms(
    data: Dataset, layers: Layers, config: Mapping[str, Any], draw: Resampling | None
) -> Iterator[Choice]:
    """By every distance and comparison in `RSA`; p_best resamples stimuli, and subjects if many."""
    for distance in dict.fromkeys(distance for distance, _ in RSA):
        of_layers = model_rdms(layers, distance, list(data.stimuli.index))
        for comparison in (c for d, c in RSA if d == distance):
            prepared = Compared(comparison, of_layers)
            for parts in _portions(data, distance):
                yield from _compare(prepared, parts, f"{distance} {comparison}", draw)


Part = tuple[str, Array]


def _portions(data: Dataset, distance: str) -> Iterator[list[Part]]:
    """Gather the subjects' RDMs, (n_subjects, n_pairs), of as many recordings as fit."""
    found: list[Part] = []
    for area, _, condensed in response_rdms.areas(data, distance, leave_out=_too_small(data)):
        found.append((area, condensed))
        if sum(part.size for _, part in found) > AT_ONCE:
            yield found
            found = []
    if found:
        yield found


def _too_small(data: Dataset) -> set[str]:
    """Areas in which no subject has as many neuroids as an RDM needs."""
    assert data.responses is not None
    labels = pd.DataFrame({key: data.responses[key].values for key in ("area", "subject")})
    most = labels.value_counts().groupby("area").max()
    return {str(area) for area in most.index[most < FEWEST_NEUROIDS]}


def _compare(
    layers: Compared, parts: Sequence[Part], method: str, draw: Resampling | None
) -> Iterator[Choice]:
    """Compare layers with recordings that share the resamples of the stimuli."""
    n = layers.n_stimuli
    subjects = np.concatenate([condensed for _, condensed in parts])
    observed, resampled = layers.compare(subjects), None
    if draw is not None:
        drawn = dr.Draws(dr.resample(n, 1, draw.n, draw.seed)[0])
        resampled = layers.compare(subjects, drawn)
    ends = np.cumsum([len(condensed) for _, condensed in parts])
    for (area, condensed), end in zip(parts, ends, strict=True):
        own = slice(end - len(condensed), end)
        p_best = None
        if draw is not None and resampled is not None:
            times = dr.resample(n, len(condensed), draw.n, draw.seed)[1]
            sample = rsa.summarise(observed[..., own], resampled[..., own], times, n)
            p_best = best_layer.p_best(best_layer.of_similarities(sample))
        yield made(area, f"rsa {method}", observed[0][:, own].mean(axis=1), p_best)


def alignment(
    data: Dataset, layers: Layers, _: Mapping[str, Any], draw: Resampling | None
) -> Iterator[Choice]:
    """By debiased linear CKA, mean over subjects; p_best resamples neuroids.

    The unbiased HSIC of a layer with responses is the mean over neuroids of that with each, so that
    resampling neuroids is resampling these.
    """
    assert data.responses is not None
    rows, mean = encoding.positions(data, layers), data.mean_response()
    names = data.responses["subject"].values.astype(str)
    shared = _Debiased(layers.gram[:, rows][:, :, rows])
    for area, own in areas(data):
        subjects = [own[names[own] == name] for name in dict.fromkeys(names[own])]
        parts = [shared.align(mean[:, neuroids]) for neuroids in subjects]
        scores = np.nanmean([part.sum(axis=1) for part in parts], axis=0)
        p_best = None if draw is None else resampling.p_best(_drawn(parts, draw))
        yield made(area, "cka", scores, p_best)


def _drawn(parts: Sequence[Array], draw: Resampling) -> Array:
    """Resample subjects, and neuroids within each; (n, n_layers), in proportion to the CKA."""
    random = np.random.default_rng(draw.seed)
    return np.array(
        [
            np.nanmean([_drawn_once(parts[i], random) for i in drawn], axis=0)
            for drawn in random.integers(len(parts), size=(draw.n, len(parts)))
        ]
    )


def _drawn_once(part: Array, random: np.random.Generator) -> Array:
    return part[:, random.integers(part.shape[1], size=part.shape[1])].sum(axis=1)


class _Debiased:
    """Kernels of layers without bias, made once for all recordings of the same stimuli."""

    def __init__(self, grams: Array) -> None:
        self.grams = grams
        self.made: dict[bytes, tuple[Array, Array]] = {}

    def align(self, responses: Array) -> Array:
        """Contribution of each neuroid to the CKA, which is their sum, (n_layers, n_neuroids).

        The kernel of one neuroid's responses y has with a debiased kernel D the product y^T D y,
        as the rows of D sum to zero and its diagonal is zero.
        """
        seen = np.asarray(np.isfinite(responses).all(axis=1))
        if seen.sum() < FEWEST:
            return np.full((len(self.grams), responses.shape[1]), np.nan)
        kernels, norms = self._of(seen)
        y = responses[seen] - responses[seen].mean(axis=0)
        own = debias(y @ y.T)
        products = np.einsum("si,lsi->li", y, kernels @ y)
        return products / (norms[:, None] * np.linalg.norm(own))

    def _of(self, seen: NDArray[np.bool_]) -> tuple[Array, Array]:
        key = seen.tobytes()
        if key not in self.made:
            kernels = np.array([debias(gram[np.ix_(seen, seen)]) for gram in self.grams])
            self.made[key] = kernels, np.linalg.norm(kernels, axis=(1, 2))
        return self.made[key]
