"""RSA of one dataset and model: every layer against every area that has RDMs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import folds, resampling, rsa
from ventralmap.dataset import Dataset
from ventralmap.kernels import Kernels
from ventralmap.rdm_sources import measured_areas, model_rdms

Array = NDArray[np.float64]


def analyse(
    dataset: Dataset, kernels: Kernels, settings: Mapping[str, Any], n_bootstrap: int, seed: int
) -> xr.Dataset:
    """Compare every layer with every area.

    Parameters
    ----------
    dataset
        With RDMs, or responses of which RDMs are asked for.
    kernels
        Of the same stimuli.
    settings
        The config's `rsa`: distance, comparison, responses, folds, permutations.
    n_bootstrap
        Number of resamples of stimuli and subjects.
    seed
        Seed of the study; resamples depend on the dataset and area, not on the model.

    Returns
    -------
    xarray.Dataset
        similarity, ci_low, ci_high, p (area, layer); bootstrap (area, resample, layer);
        ceiling_low, ceiling_high, score_nested, n_subjects (area).
    """
    stimulus_ids = list(dataset.stimuli.index)
    layers = model_rdms(kernels, settings["distance"], stimulus_ids)
    fold = folds.assign(stimulus_ids, settings["folds"], seed)
    areas = [
        _analyse_area(
            layers,
            subjects,
            fold,
            settings["permutations"],
            n_bootstrap,
            resampling.derived_seed(seed, dataset.meta["name"], area),
        ).expand_dims(area=[area])
        for area, _, subjects in measured_areas(dataset, settings["responses"])
    ]
    return (
        xr.concat(areas, "area", data_vars="all", coords="minimal", compat="override", join="exact")
        .assign_coords(
            layer=list(kernels.layers),
            depth=("layer", kernels.depth),
            n_features=("layer", kernels.n_features),
        )
        .assign_attrs(
            n_stimuli=len(stimulus_ids),
            distance=settings["distance"],
            comparison=settings["comparison"],
        )
    )


def _analyse_area(
    layers: Array,
    subjects: Array,
    fold: NDArray[np.int64],
    n_permutations: int,
    n_bootstrap: int,
    seed: int,
) -> xr.Dataset:
    n_stimuli = len(fold)
    similarity = rsa.per_subject(layers, subjects).mean(axis=1)
    sample = rsa.bootstrap(layers, subjects, n_stimuli, n_bootstrap, seed)
    low, high = rsa.interval(similarity, sample, n_stimuli, len(subjects))
    ceiling_low, ceiling_high = rsa.ceiling(subjects)
    p = rsa.permutation_p(layers, subjects, n_stimuli, n_permutations, seed)
    return xr.Dataset(
        {
            "similarity": ("layer", similarity, _about("mean Spearman correlation of RDMs")),
            "ci_low": ("layer", low, _about("lower end of the 95 % confidence interval")),
            "ci_high": ("layer", high, _about("upper end of the 95 % confidence interval")),
            "p": ("layer", p, _about("one-sided p of the stimulus-label permutation test")),
            "bootstrap": (
                ("resample", "layer"),
                sample.both if len(subjects) > 1 else sample.stimuli,
                _about("similarity under resampling of stimuli and subjects"),
            ),
            "ceiling_low": ((), ceiling_low, _about("lower noise ceiling")),
            "ceiling_high": ((), ceiling_high, _about("upper noise ceiling")),
            "score_nested": (
                (),
                rsa.nested_score(layers, subjects, fold),
                _about("similarity on held-out stimuli of the layer chosen on the others"),
            ),
            "n_subjects": ((), len(subjects), _about("number of subjects")),
        }
    )


def _about(name: str) -> dict[str, str]:
    return {"long_name": name, "units": "1"}
