"""Noise ceilings of the areas of a dataset, with their resamples: the same for all models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ventralmap import ceilings, draws, resampling, rsa
from ventralmap.arrays import about
from ventralmap.dataset import Dataset
from ventralmap.inference import WAYS, Bootstrap
from ventralmap.rdm_sources import measured_areas


def analyse(
    dataset: Dataset, settings: Mapping[str, Any], n_bootstrap: int, seed: int
) -> xr.Dataset:
    """Find the noise ceilings of all areas, and resample the lower ones.

    Parameters
    ----------
    dataset
        With RDMs, or responses of which RDMs are asked for.
    settings
        The config's `rsa`: comparison, responses.
    n_bootstrap
        Number of resamples of stimuli and subjects.
    seed
        Seed of the study; resamples are those of `similarity.analyse`.

    Returns
    -------
    xarray.Dataset
        ceiling_low, ceiling_high (area), ceiling_bootstrap (area, way, resample).
    """
    how, n_stimuli = settings["comparison"], len(dataset.stimuli)
    own_seed = resampling.derived_seed(seed, dataset.meta["name"])
    measured = measured_areas(dataset, settings["responses"])
    drawn = draws.subjects_of_areas([names for _, names, _ in measured], n_bootstrap, own_seed)
    ends = np.array([ceilings.ceiling(subjects, how) for _, _, subjects in measured])
    resampled = [
        rsa.ceiling_bootstrap(subjects, n_stimuli, n_bootstrap, own_seed, how, counts)
        for (_, _, subjects), counts in zip(measured, drawn, strict=True)
    ]
    return xr.Dataset(
        {
            "ceiling_low": ("area", ends[:, 0], about("lower noise ceiling")),
            "ceiling_high": ("area", ends[:, 1], about("upper noise ceiling")),
            "ceiling_bootstrap": (
                ("area", "way", "resample"),
                np.array([sample.resamples[..., 0] for sample in resampled]),
                about("lower noise ceiling when stimuli, subjects, or both are resampled"),
            ),
        },
        {"area": [area for area, _, _ in measured], "way": WAYS},
    )


def bootstrap(found: xr.Dataset, n_stimuli: int, n_subjects: int) -> Bootstrap:
    """Take the lower ceiling of one area as a bootstrap of one row.

    Parameters
    ----------
    found
        What `analyse` found, of one area.
    n_stimuli, n_subjects
        Of how many.
    """
    mean = found["ceiling_low"].values[None]
    resamples = found["ceiling_bootstrap"].transpose("way", "resample").values[..., None]
    return Bootstrap(mean, resamples, n_stimuli, n_subjects)
