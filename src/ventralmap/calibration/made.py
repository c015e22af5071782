"""Datasets and kernels of simulated studies, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, draws
from ventralmap.dataset import Dataset
from ventralmap.kernels import Kernels

Array = NDArray[np.float64]

NAME = "simulated"


def ids(n: int) -> list[str]:
    """Name n stimuli."""
    return [f"s{i:04d}" for i in range(n)]


def kernels(features: Sequence[Array], model: str = "net") -> Kernels:
    """Make kernels of layers from their features, each of shape (n_stimuli, n_units)."""
    n_layers, n_stimuli = len(features), len(features[0])
    return Kernels.from_gram(
        np.array([x @ x.T for x in features]),
        row_sum=np.array([x.sum(axis=1) for x in features]),
        n_features=np.array([x.shape[1] for x in features]),
        n_constant=np.zeros(n_layers, dtype=int),
        layers=[f"layer{i}" for i in range(n_layers)],
        stimulus_ids=ids(n_stimuli),
        attrs={"model": model},
    )


def dataset(
    n_stimuli: int,
    *,
    responses: xr.DataArray | None = None,
    rdms: Sequence[xr.DataArray] = (),
    columns: Mapping[str, Sequence[str]] | None = None,
) -> Dataset:
    """Make a dataset of n stimuli, whose table has `columns` such as `category`."""
    about = pd.DataFrame(
        {"file": [f"{name}.png" for name in ids(n_stimuli)], **(columns or {})},
        index=pd.Index(ids(n_stimuli), name="stimulus_id"),
    )
    meta = {"name": NAME, "title": "Simulated"}
    return Dataset(Path("."), meta, about, responses, tuple(rdms))


def responses(
    values: Array, subject: Sequence[str], area: Sequence[str] | None = None
) -> xr.DataArray:
    """Label responses of shape (n_stimuli, [n_repetitions,] n_neuroids)."""
    n = values.shape[-1]
    return arrays.responses(
        values,
        stimulus_id=ids(len(values)),
        neuroid_id=[f"n{i:04d}" for i in range(n)],
        area=list(area or ["V4"] * n),
        subject=list(subject),
    )


def rdms(
    condensed: Array, areas: Sequence[str] = ("IT",), time: Sequence[float] | None = None
) -> xr.DataArray:
    """Label condensed RDMs of shape (n_areas, n_subjects, [n_times,] n_pairs)."""
    square = draws.squares(condensed)
    return arrays.rdms(
        square,
        stimulus_id=ids(square.shape[-1]),
        area=list(areas),
        subject=[f"P{i:02d}" for i in range(square.shape[1])],
        time=time,
    )


def stimuli(
    random: np.random.Generator, n_stimuli: int, n_dimensions: int, n_categories: int = 0
) -> Array:
    """Draw what stimuli are made of, of unit variance; see `category`.

    Parameters
    ----------
    random
        Source of the draw.
    n_stimuli, n_dimensions
        Shape of what is drawn.
    n_categories
        How many categories the stimuli come in, which have four fifths of the variance; 0: none.

    Returns
    -------
    ndarray, shape (n_stimuli, n_dimensions)
    """
    own = random.normal(size=(n_stimuli, n_dimensions))
    if not n_categories:
        return own
    centres = random.normal(size=(n_categories, n_dimensions))
    return np.sqrt(0.2) * own + np.sqrt(0.8) * centres[_number(n_stimuli, n_categories)]


def category(n_stimuli: int, n_categories: int) -> list[str]:
    """Name the category of each of the stimuli that `stimuli` draws."""
    return [f"c{number:02d}" for number in _number(n_stimuli, n_categories)]


def _number(n_stimuli: int, n_categories: int) -> NDArray[np.int64]:
    return np.arange(n_stimuli) % n_categories
