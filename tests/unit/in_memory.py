"""Datasets, kernels and scores with known values, made in memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import arrays
from ventralmap.dataset import Dataset
from ventralmap.evidence import Neuroids
from ventralmap.intervals import Resampling
from ventralmap.kernels import Kernels, Projected

META = {"name": "tiny", "title": "Tiny"}


def ids(n):
    return [f"s{i:02d}" for i in range(n)]


def kernels(features, stimulus_ids=None, layers=None, model="net"):
    """Kernels of features as they are, a list of (n_stimuli, n_features)."""
    n = len(features[0])
    return Kernels.from_gram(
        gram=np.array([x @ x.T for x in features]),
        row_sum=np.array([x.sum(axis=1) for x in features]),
        n_features=np.array([x.shape[1] for x in features]),
        n_constant=np.zeros(len(features), dtype=int),
        layers=layers or [f"layer{i}" for i in range(len(features))],
        stimulus_ids=stimulus_ids or ids(n),
        attrs={"model": model},
    )


def projected(features, model="net"):
    """Features as they are, a list of (n_stimuli, n_components), as if projected."""
    return Projected(
        features=np.array(features, dtype=np.float32),
        row_sum=np.array([x.sum(axis=1) for x in features]),
        n_features=np.array([x.shape[1] for x in features]),
        n_constant=np.zeros(len(features), dtype=int),
        layers=[f"layer{i}" for i in range(len(features))],
        stimulus_ids=ids(len(features[0])),
        attrs={"model": model},
    )


def shuffled(made, order):
    """The same kernels with their stimuli in another order."""
    return Kernels.from_gram(
        gram=made.gram[:, order][:, :, order],
        row_sum=made.row_sum[:, order],
        n_features=made.n_features,
        n_constant=made.n_constant,
        layers=made.layers,
        stimulus_ids=[made.stimulus_ids[i] for i in order],
        attrs=made.attrs,
    )


def dataset(n, responses=None, rdms=(), area=None, subject=None, folder=".", **columns):
    """A dataset; responses of shape (n_stimuli, [n_repetitions,] n_neuroids)."""
    if responses is not None:
        v = np.shape(responses)[-1]
        responses = arrays.responses(
            responses,
            stimulus_id=ids(n),
            neuroid_id=[f"n{i}" for i in range(v)],
            area=area or ["V4"] * v,
            subject=subject or ["A"] * v,
        )
    stimuli = pd.DataFrame({"file": [f"{i}.png" for i in ids(n)], **columns}, index=ids(n))
    return Dataset(Path(folder), META, stimuli.rename_axis("stimulus_id"), responses, tuple(rdms))


def reordered(data, order):
    """The same dataset with its stimuli in another order."""
    responses = None if data.responses is None else data.responses.isel(stimulus=order)
    rdms = tuple(array.isel(stimulus_a=order, stimulus_b=order) for array in data.rdms)
    return Dataset(data.folder, data.meta, data.stimuli.iloc[order], responses, rdms)


def distances(n, seed=0, *shape):
    """Proper RDMs, shape (*shape, n, n)."""
    points = np.random.default_rng(seed).normal(size=(*shape, n, 4))
    return np.linalg.norm(points[..., :, None, :] - points[..., None, :, :], axis=-1)


def rdms(values, **labels):
    """Label RDMs of shape (n_areas, n_subjects, ..., n, n); areas and subjects have names."""
    n_areas, n_subjects, n = values.shape[0], values.shape[1], values.shape[-1]
    names = {
        "area": ["EVC", "IT", "V4"][:n_areas],
        "subject": [f"P{i}" for i in range(n_subjects)],
    }
    return arrays.rdms(values, stimulus_id=ids(n), **(names | labels))


def encoding_scores(r, area=None, subject=None, *, nested=None, training_r2=None, alpha_index=None):
    """What `encode` returns, for given r of shape (n_layers, n_neuroids), in two folds alike."""
    r = np.asarray(r, dtype=float)
    (n_layers, v), n = r.shape, 10
    r_fold = np.repeat(r[:, None], 2, axis=1)
    if training_r2 is None:
        training_r2 = r_fold
    if alpha_index is None:
        alpha_index = np.full((n_layers, 2, v), 2)
    nested = r.max(axis=0) if nested is None else np.asarray(nested)
    per_fold = ("generalisation", "repeat", "layer", "fold", "neuroid")
    return xr.Dataset(
        {
            "r": (("generalisation", "layer", "neuroid"), r[None]),
            "r_nested": (("generalisation", "neuroid"), nested[None]),
            "r_fold": (per_fold, r_fold[None, None]),
            "training_r2": (per_fold, np.asarray(training_r2, dtype=float)[None, None]),
            "alpha_index": (per_fold, np.asarray(alpha_index, dtype=float)[None, None]),
            "held_out_in": ((*per_fold[:2], "stimulus"), (np.arange(n) % 2)[None, None]),
            "n_stimuli": ("neuroid", np.full(v, n)),
        },
        coords={
            "generalisation": ["images"],
            "layer": [f"layer{i}" for i in range(n_layers)],
            "depth": ("layer", np.linspace(0, 1, n_layers)),
            "n_features": ("layer", np.full(n_layers, 7)),
            "stimulus": ids(n),
            "neuroid": [f"n{i}" for i in range(v)],
            "area": ("neuroid", np.array(area or ["V4"] * v)),
            "subject": ("neuroid", np.array(subject or ["A"] * v)),
        },
        attrs={"method": "ridge", "n_alphas": 5},
    )


def evidence(r, nested, *, n=500, subject=None):
    """Evidence of neuroids of one area, r of shape (n_layers, n_neuroids), no stimuli resampled."""
    scores = encoding_scores(r, subject=subject, nested=nested)
    return Neuroids(np.asarray(r), np.asarray(nested), Resampling(n, 0).neuroids("tiny", scores))


def reliability(values):
    """Reliabilities as `read_reliability` gives them, shape ([n_generalisations,] n_neuroids)."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    kinds, names = ["images", "object", "category"], [f"n{i}" for i in range(values.shape[1])]
    coords = {"generalisation": kinds[: len(values)], "neuroid": names}
    return xr.DataArray(values, coords, ("generalisation", "neuroid"))


def rsa_scores(similarity, bootstrap=None, *, area=("EVC", "IT"), p=None, nested=0.1):
    """What `similarity.analyse` returns, for given similarity of shape (n_areas, n_layers)."""
    similarity = np.asarray(similarity, dtype=float)
    n_areas, n_layers = similarity.shape
    if bootstrap is None:
        noise = np.random.default_rng(0).normal(size=(n_areas, 50, n_layers))
        bootstrap = similarity[:, None] + 0.01 * noise
    ways = np.repeat(np.asarray(bootstrap, dtype=float)[:, None], 3, axis=1)
    gap = similarity.max(axis=1, keepdims=True) - similarity
    per_layer = ("area", "layer")
    one = np.ones(n_areas)
    return xr.Dataset(
        {
            "similarity": (per_layer, similarity),
            "ci_low": (per_layer, similarity - 0.1),
            "ci_high": (per_layer, similarity + 0.2),
            "subjects_ci_low": (per_layer, similarity - 0.05),
            "subjects_ci_high": (per_layer, similarity + 0.1),
            "p": (per_layer, np.full(similarity.shape, 0.5) if p is None else np.asarray(p)),
            "p_subjects": (per_layer, np.full(similarity.shape, np.nan)),
            "below_best": (per_layer, gap),
            "below_best_ci_low": (per_layer, gap - 0.1),
            "below_best_ci_high": (per_layer, gap + 0.1),
            "p_below_best": (per_layer, np.where(gap > 0, 0.5, np.nan)),
            "below_ceiling": (per_layer, 0.3 - similarity),
            "below_ceiling_ci_low": (per_layer, 0.2 - similarity),
            "below_ceiling_ci_high": (per_layer, 0.4 - similarity),
            "bootstrap": (("area", "way", "resample", "layer"), ways),
            "ceiling_low": ("area", 0.3 * one),
            "ceiling_high": ("area", 0.4 * one),
            "score_nested": ("area", nested * one),
            "n_subjects": ("area", 6 * one.astype(int)),
            "n_pairs": ("area", 190 * one.astype(int)),
            "n_missing_pairs": ("area", 0 * one.astype(int)),
        },
        coords={
            "area": list(area)[:n_areas],
            "way": ["stimuli", "subjects", "both"],
            "layer": [f"layer{i}" for i in range(n_layers)],
            "depth": ("layer", np.linspace(0, 1, n_layers)),
            "n_features": ("layer", np.full(n_layers, 7)),
        },
        attrs={"n_stimuli": 20, "distance": "correlation", "comparison": "spearman"},
    )
