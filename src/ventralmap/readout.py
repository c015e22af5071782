"""How well a linear readout of a model's last layer tells the categories of the stimuli."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.svm import SVC

from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers, has_gram

Array = NDArray[np.float64]

DESCRIBED = (
    "source", "weights_sha256", "fingerprint", "fingerprint_check", "n_params", "preprocessing",
)  # fmt: skip


def accuracy(kernel: Array, categories: NDArray, n_folds: int, seed: int) -> float:
    """Cross-validated accuracy of a linear support vector machine on a kernel.

    Parameters
    ----------
    kernel
        Gram matrix, shape (n_stimuli, n_stimuli).
    categories
        One label per stimulus, shape (n_stimuli,).
    n_folds
        Number of stratified folds.
    seed
        Seed of the folds.

    Returns
    -------
    float
        Share of held-out stimuli that are told right; NaN when a category has fewer members than
        there are folds, or when there is only one.
    """
    members = np.unique(categories, return_counts=True)[1]
    if members.min() < n_folds or len(members) < 2:
        return float("nan")
    scaled = kernel / np.diag(kernel).mean()
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
    return float(cross_val_score(SVC(kernel="precomputed"), scaled, categories, cv=folds).mean())


def describe(dataset: Dataset, kernels: Layers, n_folds: int, seed: int) -> dict[str, Any]:
    """Describe a model, with the readout of its last layer on a dataset's categories.

    Parameters
    ----------
    dataset
        With a column `category` in its stimulus table, or the readout is left out.
    kernels
        Of the same stimuli; the readout is left out if these are too many (`kernels.has_gram`).
    n_folds, seed
        Of the cross-validation.

    Returns
    -------
    dict
        Columns of `models.csv`; those of the degrees and the readout end in the dataset's name.
    """
    described = {
        "model": kernels.attrs["model"],
        **{key: kernels.attrs.get(key) for key in DESCRIBED},
        "n_layers": len(kernels.layers),
        f"degrees:{dataset.name}": _degrees(dataset, kernels),
    }
    if "category" not in dataset.stimuli or not has_gram(kernels):
        return described
    categories = dataset.stimuli.loc[kernels.stimulus_ids, "category"].to_numpy(str)
    name, chance = dataset.name, np.unique(categories, return_counts=True)[1].max()
    return described | {
        f"readout_accuracy:{name}": accuracy(kernels.kernel(-1), categories, n_folds, seed),
        f"readout_chance:{name}": float(chance / len(categories)),
    }


def _degrees(dataset: Dataset, kernels: Layers) -> float | None:
    """Visual angle of what the model sees of what it is shown; None if not known."""
    own, seen = dataset.meta.get("stimulus_degrees"), kernels.attrs.get("field")
    whole = kernels.attrs.get("degrees_shown", own)
    return None if whole is None or seen is None else float(whole) * float(seen)
