"""RSA of one dataset and model: every layer against every area that has RDMs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import folds, rdm, resampling, rsa
from ventralmap.dataset import Dataset
from ventralmap.encoding import mean_response
from ventralmap.errors import InputError
from ventralmap.kernels import Kernels

Array = NDArray[np.float64]


def model_rdms(kernels: Kernels, distance: str, stimulus_ids: list[str]) -> Array:
    """Condensed RDM of each layer, in the order of the given stimuli.

    Parameters
    ----------
    kernels
        Of the model.
    distance
        A name in ``rdm.DISTANCES``.
    stimulus_ids
        The order wanted, shape (n_stimuli,).

    Returns
    -------
    ndarray, shape (n_layers, n_stimuli (n_stimuli - 1) / 2)

    Raises
    ------
    InputError
        When a layer gives a stimulus a constant pattern, whose distance is not defined.
    """
    where = {stimulus: i for i, stimulus in enumerate(kernels.stimulus_ids)}
    rows = [where[stimulus] for stimulus in stimulus_ids]
    measure = rdm.DISTANCES[distance]
    square = [
        measure(gram, row_sum, int(p))[np.ix_(rows, rows)]
        for gram, row_sum, p in zip(kernels.gram, kernels.row_sum, kernels.n_features, strict=True)
    ]
    condensed = rdm.condense(np.array(square))
    for layer, values in zip(kernels.layers, condensed, strict=True):
        if np.isnan(values).any():
            raise InputError(
                f"layer {layer}: {distance} distance is undefined for stimuli with a constant "
                "pattern; choose rsa: distance: euclidean or leave the layer out"
            )
    return condensed


def static_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, subjects, condensed RDMs) of RDMs without time; sessions are averaged."""
    for measured in dataset.rdms:
        if "time" in measured.dims:
            continue
        for area in measured["area"].values:
            yield (str(area), *_subjects(measured.sel(area=area)))


def _subjects(measured: xr.DataArray) -> tuple[list[str], Array]:
    """Condense one area's RDMs (subject, [session,] stimulus_a, stimulus_b)."""
    if "session" in measured.dims:
        measured = measured.mean("session", skipna=True)
    condensed = rdm.condense(measured.values.astype(float))
    present = ~np.isnan(condensed).all(axis=1)  # a subject not measured in this area
    return [str(s) for s in measured["subject"].values[present]], condensed[present]


def response_areas(dataset: Dataset) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, ["all"], condensed RDM) of the mean responses of each area's neuroids.

    The distance is 1 - Pearson correlation over neuroids, each z-scored over stimuli so that
    neuroids with high rates do not dominate.
    """
    if dataset.responses is None:
        return
    mean = mean_response(dataset)
    features = (mean - mean.mean(axis=0)) / mean.std(axis=0)
    names = dataset.responses["area"].values.astype(str)
    for area in dict.fromkeys(names):
        of_area = features[:, names == area]
        gram = of_area @ of_area.T
        distance = rdm.correlation(gram, of_area.sum(axis=1), of_area.shape[1])
        yield area, ["all"], rdm.condense(distance)[None]


def save_model(
    path: str | os.PathLike[str], dataset: Dataset, kernels: Kernels, distance: str
) -> None:
    """Save the RDM of every layer as an rsatoolbox file."""
    stimulus_ids = list(dataset.stimuli.index)
    rdm.save(
        path,
        model_rdms(kernels, distance, stimulus_ids),
        distance,
        stimulus_ids,
        {"layer": list(kernels.layers), "depth": [float(d) for d in kernels.depth]},
        {"dataset": dataset.meta["name"], "model": str(kernels.attrs["model"])},
    )


def save_measured(path: str | os.PathLike[str], dataset: Dataset) -> None:
    """Save the RDMs of every area and subject as an rsatoolbox file.

    Areas of which only responses are given have one RDM, of the mean responses of all neuroids.
    """
    found = [*static_areas(dataset), *response_areas(dataset)]
    rdm.save(
        path,
        np.concatenate([values for _, _, values in found]),
        "as measured",
        list(dataset.stimuli.index),
        {
            "area": [area for area, subjects, _ in found for _ in subjects],
            "subject": [subject for _, subjects, _ in found for subject in subjects],
        },
        {"dataset": dataset.meta["name"]},
    )


def analyse(
    dataset: Dataset, kernels: Kernels, settings: Mapping[str, Any], n_bootstrap: int, seed: int
) -> xr.Dataset:
    """Compare every layer with every area.

    Parameters
    ----------
    dataset
        With RDMs.
    kernels
        Of the same stimuli.
    settings
        The config's `rsa`: distance, comparison, folds, permutations.
    n_bootstrap
        Number of resamples of stimuli and subjects.
    seed
        Seed of the study; resamples depend on the dataset and area, not on the model.

    Returns
    -------
    xarray.Dataset
        similarity, ci_low, ci_high, p (area, layer); bootstrap (area, bootstrap, layer);
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
        for area, _, subjects in static_areas(dataset)
    ]
    return (
        xr.concat(areas, dim="area", coords="minimal", compat="override", join="exact")
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
                ("bootstrap", "layer"),
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
