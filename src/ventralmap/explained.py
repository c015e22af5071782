"""Explained variance relative to what can be explained, and how it is spread over neuroids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import intervals, two_factor
from ventralmap.intervals import Resampling, areas_of
from ventralmap.runs import Run, layer_columns

Array = NDArray[np.float64]


def interval_table(runs: Sequence[Run], draw: Resampling) -> pd.DataFrame:
    """Intervals of explained variance, r |r| / reliability, median over reliable neuroids.

    They are those of r (`two_factor.interval`) with the score of each resampled neuroid and
    stimulus divided by the neuroid's reliability, which stays as it was estimated.

    Parameters
    ----------
    runs
        Encoding scores, with their ceilings (`tables.add_ceilings`).
    draw
        What is resampled.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer and area, of the first generalisation: `n_reliable`,
        `ev_ceiled` as in ``encoding.csv``, and its interval `ev_ceiled_ci_low`,
        `ev_ceiled_ci_high`; NaN where no neuroid is reliable.
    """
    parts = [
        _rows(run, area, scores, draw)
        for run in runs
        for area, scores in areas_of(run.scores.isel(generalisation=0)).items()
    ]
    return pd.concat(parts, ignore_index=True)


def _rows(run: Run, area: str, scores: xr.Dataset, draw: Resampling) -> pd.DataFrame:
    reliable = scores.isel(neuroid=scores["reliable"].values)
    known = reliable.sizes["neuroid"] > 0
    value, low, high = _interval(run.dataset, reliable, draw) if known else (np.nan,) * 3
    return layer_columns(run, scores, area).assign(
        generalisation=str(scores["generalisation"].item()),
        n_reliable=reliable.sizes["neuroid"],
        ev_ceiled=value,
        ev_ceiled_ci_low=low,
        ev_ceiled_ci_high=high,
    )


def _interval(dataset: str, area: xr.Dataset, draw: Resampling) -> tuple[Array, Array, Array]:
    area = intervals.scored(area)
    reliability = area["reliability"].values

    def explained(r: Array) -> Array:
        return r * np.abs(r) / reliability

    r, varied = intervals.per_layer(area, "r"), intervals.resampled(area)
    sample = intervals.medians(
        explained(r),
        None if varied is None else explained(varied),
        draw.neuroids(dataset, area),
        intervals.sizes(area),
    )
    return sample.value, *two_factor.interval(sample, draw.interval)


def neuroid_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Scores of single neuroids in the best layer of each model and area.

    Parameters
    ----------
    runs
        As for `interval_table`.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, area and neuroid, of the first generalisation: `layer`, that with
        the highest median r, as in ``correspondence.csv``; `subject`, `r`, `reliability`, and
        `ev_ceiled`, NaN where the neuroid is not reliable. Areas without any r are left out.
    """
    parts = [
        _neuroids(run, area, scores)
        for run in runs
        for area, scores in areas_of(run.scores.isel(generalisation=0)).items()
        if scores["r"].notnull().any()
    ]
    return pd.concat(parts, ignore_index=True)


def _neuroids(run: Run, area: str, scores: xr.Dataset) -> pd.DataFrame:
    best = scores.isel(layer=int(scores["r"].median("neuroid").argmax("layer")))
    return pd.DataFrame(
        {
            "dataset": run.dataset,
            "model": run.model,
            "area": area,
            "generalisation": str(best["generalisation"].item()),
            "layer": str(best["layer"].item()),
            "neuroid": best["neuroid"].values,
            "subject": best["subject"].values,
            "r": best["r"].values,
            "reliability": best["reliability"].values,
            "ev_ceiled": best["ev_ceiled"].values,
        }
    )
