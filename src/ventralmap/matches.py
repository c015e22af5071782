"""The best layer of each area, by each method, and the tests that are paired with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import best_layer, intervals, resampling
from ventralmap.evidence import Evidence, Neuroids, Resampled
from ventralmap.inference import Bootstrap
from ventralmap.intervals import Resampling, areas_of
from ventralmap.runs import Run

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """The best layer of one area, by one method.

    Attributes
    ----------
    key
        dataset, model, area, method.
    scores
        Score of each layer, shape (n_layers,).
    samples
        The same under resampling, shape (n_bootstrap, n_layers), as they vary over new studies.
    p_best
        Share of resamples in which each layer is the best, shape (n_layers,).
    nested
        Score of the layer chosen without the test images.
    evidence
        What tests of layers and of models are made from.
    layers, depth
        Names and depths, shape (n_layers,).
    generalisation
        What was held out (encoding); empty for RSA and CKA.
    """

    key: tuple[str, str, str, str]
    scores: Array
    samples: Array
    p_best: Array
    nested: float
    evidence: Evidence
    layers: list[str]
    depth: Array
    generalisation: str = ""

    @property
    def best(self) -> int:
        """Position of the layer with the highest score."""
        return int(np.argmax(self._known))

    @property
    def next(self) -> int | None:
        """Position of the layer with the second highest score; None where one has a score."""
        several = np.isfinite(self._known).sum() > 1
        return int(np.argsort(-self._known, kind="stable")[1]) if several else None

    @property
    def _known(self) -> Array:
        """The scores, those that are unknown below all others."""
        return np.where(np.isnan(self.scores), -np.inf, self.scores)

    @property
    def depth_samples(self) -> Array:
        """Depth of the best layer in each resample, (n_bootstrap,); NaN where it has no score."""
        unknown = np.isnan(self.samples).all(axis=1)
        return np.where(unknown, np.nan, self.depth[resampling.best_layers(self.samples)])


def encoding_matches(runs: Sequence[Run], draw: Resampling) -> list[Match]:
    """Match every area of every encoding run to its best layer, by the first generalisation.

    An area whose neuroids all lack a score has no best layer, and no match.
    """
    return [
        _encoding_match(run, area, scores, draw)
        for run in runs
        for area, scores in areas_of(run.scores.isel(generalisation=0)).items()
        if scores["r"].notnull().any()
    ]


def _encoding_match(run: Run, area: str, scores: xr.Dataset, draw: Resampling) -> Match:
    scores = intervals.scored(scores)
    nested, sample = scores["r_nested"], draw.sample(run.dataset, scores)
    layers = best_layer.of_neuroids(sample, draw.interval)
    return Match(
        key=(run.dataset, run.model, area, "encoding"),
        scores=sample.value,  # median of those that have a score, as in encoding.csv
        samples=best_layer.samples(layers),
        p_best=best_layer.p_best(layers),
        nested=float(nested.median("neuroid")),
        evidence=Neuroids(
            intervals.per_layer(scores, "r"),
            nested.values,
            draw.neuroids(run.dataset, scores),
            intervals.resampled(scores),
            intervals.resampled(scores, "r_nested"),
            intervals.sizes(scores),
        ),
        layers=[str(layer) for layer in scores["layer"].values],
        depth=scores["depth"].values,
        generalisation=str(scores["generalisation"].item()),
    )


def rsa_matches(runs: Sequence[Run]) -> list[Match]:
    """Match every area of every RSA run to its best layer."""
    return [
        _match(run, str(area), "rsa", "similarity")
        for run in runs
        for area in run.scores["area"].values
    ]


def stored_bootstrap(run: Run, area: str, value: str = "similarity") -> Bootstrap:
    """Read back the bootstrap of an area's layers; `value` is what was resampled."""
    scores = run.scores.sel(area=area)
    return Bootstrap(
        scores[value].values,
        scores["bootstrap"].values,
        int(run.scores.attrs["n_stimuli"]),
        int(scores["n_subjects"]),
        _left_out(scores),
    )


def _left_out(scores: xr.Dataset) -> Array | None:
    """Read back what leaving out stimuli does, (n_subjects, n_groups, n_layers), where it is known.

    RSA of several subjects does not ask.
    """
    if "left_out" not in scores or scores["left_out"].isnull().all():
        return None
    return scores["left_out"].transpose("subject", "group", "layer").values


def cka_matches(runs: Sequence[Run]) -> list[Match]:
    """Match every area of every CKA run to its best layer; none where no layer has a CKA."""
    return [
        _match(run, str(area), "cka", "mean")
        for run in runs
        for area in run.scores["area"].values
        if run.scores["mean"].sel(area=area).notnull().any()
    ]


def _match(run: Run, area: str, method: str, value: str) -> Match:
    scores, sample = run.scores.sel(area=area), stored_bootstrap(run, area, value)
    layers = best_layer.of_similarities(sample)
    return Match(
        key=(run.dataset, run.model, area, method),
        scores=sample.mean,
        samples=best_layer.samples(layers),
        p_best=best_layer.p_best(layers),
        nested=float(scores["score_nested"]),
        evidence=Resampled(sample),
        layers=[str(layer) for layer in scores["layer"].values],
        depth=scores["depth"].values,
    )


def beats_p(match: Match, twin: Match) -> float:
    """One-sided p that a model is no better than its untrained twin.

    By Student's t on the two-factor bootstrap variance: of the mean difference over neuroids of the
    nested scores (encoding), or of the difference of the best layers (RSA and CKA). Never zero.

    Parameters
    ----------
    match, twin
        Of the same dataset, area and method.

    Returns
    -------
    float
    """
    return match.evidence.beats_p(twin.evidence)


def beats_next_p(match: Match) -> float:
    """Two-sided p that the best layer is no better than the next: which is best is not given.

    By Student's t on the two-factor bootstrap variance: of the mean difference over neuroids
    (encoding), or of the difference of the layers (RSA and CKA). Never zero.

    Returns
    -------
    float
        NaN where there is one layer.
    """
    return np.nan if match.next is None else match.evidence.difference_p(match.best, match.next)
