"""What is resampled for the intervals and tests of encoding scores: neuroids, stimuli, or both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, resampling
from ventralmap.medians import (
    Positions,
    median,
    midmean,
    resampled_median,
    resampled_midmean,
)
from ventralmap.two_factor import Middle, Sample

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Resamples of an area's neuroids, the same for every layer and model.

    Attributes
    ----------
    neuroids
        Positions of the neuroids drawn within their subjects, one array per resample.
    subjects
        Positions of the neuroids of the subjects drawn; none where there is one subject.
    apart
        Positions of two neuroids of the same subject for each of `neuroids`, shape (n_resamples, 2,
        n_neuroids).
    n_neuroids, n_subjects
        Of how many.
    """

    neuroids: Positions
    subjects: Positions
    apart: NDArray[np.int64]
    n_neuroids: int
    n_subjects: int


@dataclass(frozen=True)
class Resampling:
    """How the tables resample.

    Attributes
    ----------
    n
        Number of bootstraps.
    seed
        The study's seed.
    interval
        What intervals and p_best are over: a key of `two_factor.SPREADS`.
    """

    n: int
    seed: int
    interval: str = "both"

    def neuroids(self, dataset: str, area: xr.Dataset) -> Drawn:
        """Resample an area's neuroids.

        Parameters
        ----------
        dataset
            Its name.
        area
            Of the area's neuroids, with coordinates neuroid, area and subject.
        """
        seed = resampling.derived_seed(self.seed, dataset, str(area["area"].values[0]))
        order = np.argsort(area["neuroid"].values)  # so that the order of rows changes nothing
        subjects = area["subject"].values[order]
        of_neuroids = resampling.neuroid_resamples(subjects, self.n, seed)
        of_subjects = resampling.subject_resamples(subjects, self.n, seed + 1)
        apart = [resampling.neuroid_resamples(subjects, self.n, seed + more) for more in (2, 3)]
        return Drawn(
            [order[drawn] for drawn in of_neuroids],
            [order[drawn] for drawn in of_subjects],
            order[np.stack(apart, axis=1)],
            n_neuroids=len(order),
            n_subjects=len(np.unique(subjects)),
        )

    def sample(self, dataset: str, area: xr.Dataset) -> Sample:
        """Median r of an area's neuroids, and its resamples.

        Parameters
        ----------
        dataset
            Its name.
        area
            Encoding scores of the area's neuroids and of one generalisation: r (layer, neuroid),
            and r_resampled (resample, layer, neuroid) where stimuli are resampled.

        Returns
        -------
        Sample
            A row per layer.
        """
        area = scored(area)
        r = per_layer(area, "r")
        return medians(r, resampled(area), self.neuroids(dataset, area), sizes(area))


def per_layer(area: xr.Dataset, name: str) -> Array:
    """Values of a variable of layers and neuroids, (n_layers, n_neuroids).

    Arithmetic of plain arrays takes a fraction of the time of labelled ones, which are aligned.
    """
    return area[name].transpose("layer", "neuroid").values


def scored(area: xr.Dataset) -> xr.Dataset:
    """Take the neuroids that have a score, or all where none has, so that only these are drawn."""
    known = (~np.isnan(per_layer(area, "r"))).any(axis=0)
    return area if known.all() or not known.any() else area.isel(neuroid=known)


def resampled(area: xr.Dataset, of: str = "r") -> Array | None:
    """Scores under resampling of the stimuli, those of each neuroid around its own score.

    A resample repeats stimuli, so that there is less variance in a fold than there was: least where
    a fold holds out few categories. Its scores are lower by what that takes, which says nothing of
    how they vary, and differs between layers. So their mean is moved to the score (the bias of the
    bootstrap is taken out, Efron & Tibshirani 1993, chapter 10).

    Parameters
    ----------
    area
        With `of` and, where stimuli are resampled, ``<of>_resampled``.
    of
        r or r_nested.

    Returns
    -------
    ndarray, shape (n, [n_layers,] n_neuroids), or None
    """
    name = f"{of}_resampled"
    if name not in area:
        return None
    dims = area[of].dims
    drawn = area[name].transpose("resample", *dims).values.astype(float)
    return np.asarray(drawn - arrays.mean_known(drawn, axis=0) + area[of].values)


@dataclass(frozen=True)
class Sizes:
    """Number of what is held out as a whole (stimuli, groups, categories), and of the folds."""

    labels: int
    folds: int


def sizes(area: xr.Dataset) -> Sizes:
    """Count labels and folds of one generalisation, of the resamples of its stimuli."""
    if "n_labels" not in area:
        return Sizes(0, 2)
    return Sizes(int(area["n_labels"]), len(np.unique(area["held_out_in"])))


def medians(values: Array, varied: Array | None, drawn: Drawn, held_out: Sizes) -> Sample:
    """Medians over neuroids, and their resamples.

    Parameters
    ----------
    values
        Per neuroid, shape (n_rows, n_neuroids).
    varied
        The same when stimuli are resampled, shape (n_resamples, n_rows, n_neuroids), or None. Where
        there are fewer than of neuroids, they are used again.
    drawn
        Resamples of the neuroids.
    held_out
        How many stimuli or labels were resampled, and in how many folds.
    """
    own, none = values[None], np.zeros((0, len(values)))
    return Sample(
        median(values),
        none if varied is None else median(varied),
        resampled_median(own, drawn.neuroids, drawn.apart),
        resampled_median(own, drawn.subjects, drawn.apart),
        Middle(
            none if varied is None else midmean(varied),
            resampled_midmean(own, drawn.neuroids),
            resampled_midmean(own if varied is None else varied, drawn.neuroids),
        ),
        held_out.labels,
        held_out.folds,
        drawn.n_neuroids,
        drawn.n_subjects,
    )


def mean(values: Array, varied: Array | None, drawn: Drawn, held_out: Sizes) -> Sample:
    """Mean over neuroids, one row, and its resamples.

    Parameters
    ----------
    values
        Per neuroid, shape (n_neuroids,); NaN where not known.
    varied
        The same when stimuli are resampled, shape (n_resamples, n_neuroids), or None.
    drawn, held_out
        As for `medians`.
    """
    every, counts = np.ones((1, len(values))), _counts(drawn.neuroids, len(values))
    own = values[None]
    several = own if varied is None else varied[np.arange(len(counts)) % len(varied)]
    of_neuroids = _weighted(own, counts)
    of_stimuli = np.zeros((0, 1)) if varied is None else _weighted(varied, every)
    return Sample(
        _weighted(own, every)[0],
        of_stimuli,
        of_neuroids,
        _weighted(own, _counts(drawn.subjects, len(values))),
        Middle(of_stimuli, of_neuroids, _weighted(several, counts)),
        held_out.labels,
        held_out.folds,
        drawn.n_neuroids,
        drawn.n_subjects,
    )


def _counts(drawn: Positions, n: int) -> Array:
    """How often each of n neuroids is drawn, shape (n_resamples, n)."""
    return np.array([np.bincount(d, minlength=n) for d in drawn], dtype=float).reshape(-1, n)


def _weighted(values: Array, counts: Array) -> Array:
    """Mean of what is known over the last axis, (n_resamples, 1); NaN where nothing is."""
    known = ~np.isnan(values)
    total = (counts * known).sum(axis=-1)
    summed = (counts * np.where(known, values, 0.0)).sum(axis=-1)
    nothing = np.full(total.shape, np.nan)
    return np.divide(summed, total, out=nothing, where=total > 0)[:, None]


def areas_of(scores: xr.Dataset) -> dict[str, xr.Dataset]:
    """Split encoding scores by area, in order of appearance."""
    names = pd.unique(scores["area"].values)
    return {str(name): scores.isel(neuroid=scores["area"].values == name) for name in names}
