"""Scores of the layers that are chosen without the test images."""

from __future__ import annotations

import numpy as np
import xarray as xr


def nested_r(scores: xr.Dataset) -> xr.DataArray:
    """Held-out correlation of the layer chosen, for each area, without the test images.

    For each fold the layer that explains most of the training responses by leaving stimuli out
    there, median over the area's neuroids, is chosen, and its r in the held-out fold is kept.

    Parameters
    ----------
    scores
        With training_r2 and r_fold.

    Returns
    -------
    xarray.DataArray, dims (generalisation, neuroid)
    """
    areas = scores["area"].values
    parts = [
        _nested_r_of_area(scores.isel(neuroid=np.flatnonzero(areas == area)))
        for area in np.unique(areas)
    ]
    nested = xr.concat(parts, "neuroid", coords="minimal", compat="override")
    nested = nested.sel(neuroid=scores["neuroid"])
    return nested.assign_attrs(long_name="held-out r of the layers chosen in training", units="1")


def _nested_r_of_area(scores: xr.Dataset) -> xr.DataArray:
    training = scores["training_r2"].median("neuroid").fillna(-np.inf)
    chosen = training.argmax("layer")  # (generalisation, repeat, fold)
    kept = scores["r_fold"].isel(layer=chosen).mean(("repeat", "fold"))
    return kept.transpose("generalisation", "neuroid")
