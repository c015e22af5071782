"""What the layers of a model are like: what a unit sees, and how apart the categories are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers, has_gram
from ventralmap.readout import accuracy

COLUMNS = [
    "dataset", "model", "layer", "layer_index", "depth", "n_features", "field_px", "field_degrees",
    "field_whole", "effective_px", "effective_degrees", "separability", "separability_chance",
]  # fmt: skip


def describe(
    dataset: Dataset, kernels: Layers, fields: Sequence[Mapping[str, Any]], n_folds: int, seed: int
) -> pd.DataFrame:
    """Describe the layers of a model that is shown a dataset.

    Parameters
    ----------
    dataset
        Its column `category`, where there is one, is what layers are asked to tell.
    kernels
        Of its stimuli.
    fields
        What `as_records` wrote of the model.
    n_folds, seed
        Of the cross-validation.

    Returns
    -------
    pandas.DataFrame
        A row per layer, `COLUMNS`. Degrees are empty where the dataset's are not known, and
        separability (accuracy of a linear readout on held-out stimuli; how untangled the
        categories are, DiCarlo & Cox 2007) where there are no categories.
    """
    by_layer = {str(field["layer"]): field for field in fields}
    own = [by_layer[layer] for layer in kernels.layers]
    pixels = np.array([field["theoretical"] for field in own])
    effective = np.array([field["effective"] for field in own], dtype=float)
    image = np.array([field["image"] for field in own])
    per_pixel = degrees_seen(dataset, kernels) / image
    scores, chance = _separability(dataset, kernels, n_folds, seed)
    return pd.DataFrame(
        {
            "dataset": dataset.name,
            "model": str(kernels.attrs["model"]),
            "layer": kernels.layers,
            "layer_index": np.arange(len(own)),
            "depth": kernels.depth,
            "n_features": kernels.n_features,
            "field_px": pixels,
            "field_degrees": pixels * per_pixel,
            "field_whole": pixels >= image,
            "effective_px": effective,
            "effective_degrees": effective * per_pixel,
            "separability": scores,
            "separability_chance": chance,
        },
        columns=COLUMNS,
    )


def degrees_seen(dataset: Dataset, kernels: Layers) -> float:
    """Visual angle of what the network sees; NaN where it is not known."""
    shown = kernels.attrs.get("degrees_shown", dataset.meta.get("stimulus_degrees"))
    return np.nan if shown is None else float(shown) * float(kernels.attrs.get("field", 1))


def _separability(
    dataset: Dataset, kernels: Layers, n_folds: int, seed: int
) -> tuple[list[float], float]:
    n_layers = len(kernels.layers)
    if "category" not in dataset.stimuli or not has_gram(kernels):
        return [np.nan] * n_layers, np.nan
    categories = dataset.stimuli.loc[kernels.stimulus_ids, "category"].to_numpy(str)
    chance = np.unique(categories, return_counts=True)[1].max() / len(categories)
    return [
        accuracy(kernels.kernel(layer), categories, n_folds, seed) for layer in range(n_layers)
    ], float(chance)
