"""The table of what layers explain alone and in common."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from ventralmap import two_factor
from ventralmap.intervals import Resampling, Sizes, areas_of, medians

PARTS = ("r2", "unique", "shared")
"""What has an interval."""


def table(found: Mapping[str, xr.Dataset], draw: Resampling) -> pd.DataFrame:
    """Make `variance.csv`.

    Parameters
    ----------
    found
        What ``variance.analyse`` found, by dataset.
    draw
        How often to resample, and the study's seed; the neuroids drawn are those of
        ``encoding.csv``.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, area, generalisation, set and layer; medians over neuroids, so that
        unique and shared need not add up to r2 as they do for each neuroid. The intervals are
        for other neuroids and subjects and the same stimuli, see `two_factor.of_neuroids`.
    """
    parts = [
        _rows(dataset, area, scores.sel(generalisation=kind), draw)
        for dataset, every in found.items()
        for kind in every["generalisation"].values
        for area, scores in areas_of(every).items()
    ]
    return pd.concat(parts, ignore_index=True)


def _rows(dataset: str, area: str, scores: xr.Dataset, draw: Resampling) -> pd.DataFrame:
    columns = {
        "dataset": dataset,
        "area": area,
        "generalisation": str(scores["generalisation"].item()),
        "set": scores["set"].values,
        "layer": scores["layer"].values,
        "n_neuroids": scores.sizes["neuroid"],
        "n_stimuli": int(scores["n_stimuli"].max()),
        "r": scores["r"].median("neuroid").values,
    }
    drawn = draw.neuroids(dataset, scores)
    for name in PARTS:
        values = scores[name].transpose("band", "neuroid")
        sample = medians(values.values, None, drawn, Sizes(0, 2))
        low, high = two_factor.interval(sample, "neuroids")
        columns |= {
            name: sample.value,
            f"{name}_ci_low": low,
            f"{name}_ci_high": high,
        }
    return pd.DataFrame(columns).assign(weight=scores["weight"].median("neuroid").values)
