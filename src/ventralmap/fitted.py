"""RSA with fitted weights: which combination of layers looks like an area, on data left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.optimize import nnls

from ventralmap import choosing, rsa
from ventralmap.arrays import about
from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.rdm import FEWEST_PAIRS, comparable
from ventralmap.rdm_sources import measured_areas, model_rdms
from ventralmap.runs import Run, layer_columns

Array = NDArray[np.float64]

DIMS = ("subject", "fold")
ABOUT = {
    "fitted": "similarity of the weighted sum of layers, weights fitted without subject and fold",
    "chosen": "similarity of the layer that is most similar without subject and fold",
    "chosen_index": "position of that layer",
}
ABOUT_LAYERS = {
    "single": "similarity of the layer to the subject, on the fold's stimuli",
    "weight": "weight of the layer's z-scored RDM, fitted without subject and fold",
}


def weights(layers: Array, subjects: Array) -> Array:
    """Fit a non-negative combination of layers to the mean RDM of subjects.

    Minimises ||z(mean_s z(d_s)) - sum_l w_l z(d_l)||^2 over w >= 0, z being the z-score over pairs
    of stimuli (Khaligh-Razavi & Kriegeskorte 2014; Storrs et al. 2021). The z-score stands for an
    intercept: that distances have an offset says nothing of their geometry.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs). A pair counts where any
        of the subjects is not NaN.

    Returns
    -------
    ndarray, shape (n_layers,)
        Of the z-scored RDMs.
    """
    measured = ~np.isnan(subjects).all(axis=0)
    target = np.nanmean(_z(subjects[:, measured]), axis=0)
    return nnls(_z(layers[:, measured]).T, _z(target[None])[0])[0]


def _z(rdms: Array) -> Array:
    spread = np.nanstd(rdms, axis=1, keepdims=True)
    return (rdms - np.nanmean(rdms, axis=1, keepdims=True)) / spread


def analyse(
    dataset: Dataset, kernels: Layers, settings: Mapping[str, Any], seed: int
) -> xr.Dataset:
    """Compare fitted combinations of layers with single ones, on what neither was chosen by.

    Each subject is left out in turn, and with it each fold of the stimuli: weights are fitted, and
    the best layer is chosen, by the other subjects' RDMs of the other stimuli; pairs of a
    left-out with another stimulus are used on neither side. Where there is one subject, it is the
    same on both sides, and only stimuli are left out.

    Parameters
    ----------
    dataset
        With RDMs, or responses of which RDMs are asked for.
    kernels
        Of the same stimuli.
    settings
        The config's `rsa`: distance, responses, comparison, folds.
    seed
        Seed of the folds, those of ``score_nested`` (``choosing.held_out``).

    Returns
    -------
    xarray.Dataset
        fitted, chosen and chosen_index (area, subject, fold), single and weight (area, layer,
        subject, fold); NaN for a subject who was not measured in an area, and where there are too
        few stimuli for two folds.
    """
    stimulus_ids = list(dataset.stimuli.index)
    layers = model_rdms(kernels, settings["distance"], stimulus_ids)
    fold = choosing.held_out(stimulus_ids, settings["folds"], seed)
    areas = [
        _analyse_area(layers, rdms, fold, settings["comparison"])
        .assign_coords(subject=names)
        .expand_dims(area=[area])
        for area, names, rdms in measured_areas(dataset, settings["responses"])
    ]
    return (
        xr.concat(areas, "area", data_vars="all", join="outer")
        .assign_coords(layer=list(kernels.layers), depth=("layer", kernels.depth))
        .assign_attrs(
            n_stimuli=len(stimulus_ids),
            distance=settings["distance"],
            comparison=settings["comparison"],
        )
    )


def _analyse_area(
    layers: Array, subjects: Array, fold: NDArray[np.int64], comparison: str
) -> xr.Dataset:
    found = [
        _analyse_fold(layers, subjects, fold == number, comparison) for number in np.unique(fold)
    ]
    fitted, chosen, index, single, weight = (np.stack(v, axis=-1) for v in zip(*found, strict=True))
    each = {"fitted": fitted, "chosen": chosen, "chosen_index": index.astype(float)}
    per_layer = {"single": single, "weight": weight}
    return xr.Dataset(
        {name: (DIMS, values, about(ABOUT[name])) for name, values in each.items()}
        | {
            name: (("layer", *DIMS), values, about(ABOUT_LAYERS[name]))
            for name, values in per_layer.items()
        }
    )


class _Fold(NamedTuple):
    """What is found on one fold: (n_subjects,), the last two (n_layers, n_subjects)."""

    fitted: Array
    chosen: Array
    chosen_index: NDArray[np.int64] | Array
    single: Array
    weight: Array


def _analyse_fold(
    layers: Array, subjects: Array, left_out: NDArray[np.bool_], comparison: str
) -> _Fold:
    train, test = _pairs(~left_out), _pairs(left_out)
    if train.sum() < FEWEST_PAIRS:
        return _unknown(len(layers), len(subjects))
    single = _similarity(layers[:, test], subjects[:, test], comparison)
    before = _similarity(layers[:, train], subjects[:, train], comparison)
    others = _others(len(subjects))
    index = np.argmax([np.nanmean(before[:, mask], axis=1) for mask in others], axis=1)
    weight = np.array([weights(layers[:, train], subjects[mask][:, train]) for mask in others])
    spread = [layers[:, train & ~np.isnan(subjects[m]).all(axis=0)].std(axis=1) for m in others]
    sums = (weight / spread) @ layers[:, test]
    fitted = [
        _similarity(of_fit[None], subject[None], comparison)[0, 0] if of_fit.any() else 0.0
        for of_fit, subject in zip(sums, subjects[:, test], strict=True)
    ]  # no weight at all predicts nothing
    return _Fold(np.array(fitted), single[index, np.arange(len(subjects))], index, single, weight.T)


def _unknown(n_layers: int, n_subjects: int) -> _Fold:
    one, each = np.full(n_subjects, np.nan), np.full((n_layers, n_subjects), np.nan)
    return _Fold(one, one, one, each, each)


def _others(n: int) -> NDArray[np.bool_]:
    """For each of n subjects, those to fit and choose by, shape (n, n)."""
    return ~np.eye(n, dtype=bool) if n > 1 else np.ones((1, 1), dtype=bool)


def _pairs(stimuli: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell the pairs of which both stimuli are marked."""
    rows, columns = np.triu_indices(len(stimuli), k=1)
    return stimuli[rows] & stimuli[columns]


def _similarity(layers: Array, subjects: Array, comparison: str) -> Array:
    """Compare every layer with every subject, (n_layers, n_subjects); NaN for too few pairs."""
    found = np.full((len(layers), len(subjects)), np.nan)
    enough = comparable(subjects)
    if enough.any():
        found[:, enough] = rsa.per_subject(layers, subjects[enough], comparison)
    return found


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `rsa_fitted.csv`.

    Parameters
    ----------
    runs
        What `analyse` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model and area: means over subjects and folds. A combination may weigh
        no layer, and then counts as a similarity of 0, where the single layer may be below that.
        There are no intervals: what the fits are trained on overlaps, so they are not independent.
    """
    return pd.DataFrame(_row(run, str(area)) for run in runs for area in run.scores["area"].values)


def _row(run: Run, area: str) -> dict[str, Any]:
    scores = run.scores.sel(area=area)
    n_subjects = int(scores["fitted"].notnull().any("fold").sum())
    fitted, chosen = float(scores["fitted"].mean()), float(scores["chosen"].mean())
    return {
        "dataset": run.dataset,
        "model": run.model,
        "area": area,
        "distance": run.scores.attrs["distance"],
        "comparison": run.scores.attrs["comparison"],
        "fitted": fitted,
        "single": chosen,
        "difference": fitted - chosen,
        "left_out": "stimuli and subjects" if n_subjects > 1 else "stimuli",
        "n_layers": scores.sizes["layer"],
        "n_unweighted": int((scores["weight"].sum("layer", skipna=False) == 0).sum()),
        "n_subjects": n_subjects,
        "n_stimuli": run.scores.attrs["n_stimuli"],
        "n_folds": scores.sizes["fold"],
    }


def weights_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `rsa_weights.csv`.

    Parameters
    ----------
    runs
        What `analyse` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer and area.
    """
    parts = [_layer_rows(run, str(area)) for run in runs for area in run.scores["area"].values]
    return pd.concat(parts, ignore_index=True)


def _layer_rows(run: Run, area: str) -> pd.DataFrame:
    scores = run.scores.sel(area=area)
    index, chosen = np.arange(scores.sizes["layer"]), scores["chosen_index"].values
    times = np.array([(chosen == i).sum() for i in index])
    return layer_columns(run, scores, area).assign(
        weight=scores["weight"].mean(DIMS).values,
        held_out=scores["single"].mean(DIMS).values,
        chosen=times / times.sum() if times.any() else np.nan,
    )
