"""How many dimensions a layer has, and whether its leading ones are those of the responses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import dataset, kernels
from ventralmap.arrays import seen_together
from ventralmap.dataset import Dataset
from ventralmap.draws import squares
from ventralmap.kernels import Layers
from ventralmap.model_names import of_slug
from ventralmap.rdm_sources import static_areas

Array = NDArray[np.float64]

FEWEST = 4
"""Stimuli that a spectrum needs."""
FIRST = 10
"""Leading eigenvectors of `power_10`."""
HALF = 0.5 - 1e-9
COLUMNS = [
    "layer", "layer_index", "depth", "n_features", "area", "dimensionality", "n_leading",
    "power_leading", "power_leading_chance", "power_10", "n_half", "n_stimuli",
]  # fmt: skip


class Measured(NamedTuple):
    """Responses of some neuroids, or people, to the stimuli that they saw, as a kernel.

    Attributes
    ----------
    seen
        Which stimuli, shape (n_stimuli,).
    kernel
        Of the stimuli seen, centred, its trace 1, shape (n_seen, n_seen).
    n
        Neuroids or subjects that it is of: its weight in a mean.
    """

    seen: NDArray[np.bool_]
    kernel: Array
    n: int


def participation_ratio(values: Array) -> float:
    """Effective number of dimensions, (Σ λ)² / Σ λ² (as in Elmoznino & Bonner 2024).

    Parameters
    ----------
    values
        Eigenvalues of a kernel or covariance, shape (n,), none negative but by rounding.

    Returns
    -------
    float
        From 1, one dimension, to n, all alike; NaN where all are zero.
    """
    square = float(np.sum(values**2))
    return float(values.sum() ** 2 / square) if square > 0 else np.nan


def spectrum(kernel: Array) -> tuple[Array, Array]:
    """Eigenvalues of a centred kernel, largest first, and its eigenvectors, as columns."""
    values, vectors = np.linalg.eigh(centred(kernel))
    return values[::-1], vectors[:, ::-1]


def centred(kernel: Array) -> Array:
    """Take the means of rows and columns from a kernel, shape (n, n)."""
    mean = kernel.mean(axis=0)
    return kernel - mean - mean[:, None] + mean.mean()


def cumulative_power(vectors: Array, responses: Array) -> Array:
    """Share of the variance of responses in the first k eigenvectors of a layer, for each k.

    Canatar et al. (2023): the sum over the first k of u^T L u, by the trace of L, with L the
    centred kernel of the responses.

    Parameters
    ----------
    vectors
        Eigenvectors, the leading one first, shape (n_stimuli, n).
    responses
        L, shape (n_stimuli, n_stimuli).

    Returns
    -------
    ndarray, shape (n,)
        Rises to 1 where the eigenvectors span all centred responses.
    """
    power = np.einsum("si,si->i", vectors, responses @ vectors)
    return np.cumsum(power) / np.trace(responses)


def of_study(folders: Sequence[str], files: Sequence[str]) -> pd.DataFrame:
    """Make `spectra.csv`: what `table` finds for each dataset and model.

    Parameters
    ----------
    folders
        Of the datasets, by whose names they are known.
    files
        Kernels, named <dataset>/<model>.nc.
    """
    datasets = {Path(folder).name: dataset.load(folder) for folder in folders}
    parts = []
    for path in map(Path, files):
        found = table(datasets[path.parent.name], kernels.load(path))
        found.insert(0, "dataset", path.parent.name)
        found.insert(1, "model", of_slug(path.stem))
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def table(data: Dataset, layers: Layers) -> pd.DataFrame:
    """Describe the spectrum of each layer, and its alignment with each area.

    Parameters
    ----------
    data
        With responses, whose neuroids count alike, or with RDMs of people, who count alike. An area
        that has both is taken by its responses.
    layers
        Kernels of the same stimuli.

    Returns
    -------
    pandas.DataFrame
        A row per layer and area: dimensionality, of the stimuli that were seen; n_leading, that
        rounded up; power_leading, the share of the responses' variance in so many leading
        eigenvectors, and power_leading_chance, that of responses without any structure; power_10;
        n_half, the number of leading eigenvectors that hold half of it.
    """
    rows, found = layers.rows(list(data.stimuli.index)), []
    measured = areas(data)
    for index, layer in enumerate(layers.layers):
        gram = layers.kernel(index)[np.ix_(rows, rows)]
        made: dict[bytes, tuple[Array, Array]] = {}
        about = {"layer": layer, "layer_index": index, "depth": layers.depth[index]}
        about["n_features"] = int(layers.n_features[index])
        for area, parts in measured.items():
            found.append(about | {"area": area} | _area(gram, parts, made))
    return pd.DataFrame(found, columns=COLUMNS)


def _area(
    gram: Array, parts: list[Measured], made: dict[bytes, tuple[Array, Array]]
) -> dict[str, float]:
    """Average over neuroids or people that saw the same stimuli."""
    found = []
    for part in parts:
        key = part.seen.tobytes()
        if key not in made:  # once for all areas whose subjects saw the same
            made[key] = spectrum(gram[np.ix_(part.seen, part.seen)])
        found.append(_describe(*made[key], part.kernel))
    weights = [part.n for part in parts]
    mean = {name: _mean([one[name] for one in found], weights) for name in found[0]}
    return mean | {"n_stimuli": max(int(part.seen.sum()) for part in parts)}


def _mean(values: list[float], weights: list[int]) -> float:
    return float(np.average(values, weights=weights))


def _describe(values: Array, vectors: Array, responses: Array) -> dict[str, float]:
    dimensionality = participation_ratio(values)
    power, n = cumulative_power(vectors, responses), len(values)
    leading = n if np.isnan(dimensionality) else int(np.ceil(dimensionality - 1e-9))
    return {
        "dimensionality": dimensionality,
        "n_leading": leading,
        "power_leading": power[leading - 1],
        "power_leading_chance": min(leading / (n - 1), 1.0),
        "power_10": power[min(FIRST, n) - 1],
        "n_half": int(np.argmax(power >= HALF)) + 1,
    }


def areas(data: Dataset) -> dict[str, list[Measured]]:
    """Kernels of the responses of each area, each neuroid or subject with the same weight.

    Returns
    -------
    dict
        By area; without those of which nothing varies.
    """
    found: dict[str, list[Measured]] = {}
    for area, part in [*_of_responses(data), *_of_rdms(data)]:
        found.setdefault(area, []).append(part)
    return found


def _of_responses(data: Dataset) -> Iterator[tuple[str, Measured]]:
    if data.responses is None:
        return
    mean, names = data.mean_response(), data.responses["area"].values.astype(str)
    for area in dict.fromkeys(names):
        responses = mean[:, names == area]
        for seen, neuroids in seen_together(responses):
            y = responses[np.ix_(seen, neuroids)]
            y = y[:, np.ptp(y, axis=0) > 0]
            if seen.sum() >= FEWEST and y.shape[1]:
                z = (y - y.mean(axis=0)) / y.std(axis=0)
                yield str(area), Measured(seen, z @ z.T / z.size, z.shape[1])


def _of_rdms(data: Dataset) -> Iterator[tuple[str, Measured]]:
    """Take -D / 2, centred, as kernel: that of the patterns where D is squared Euclidean.

    1 - correlation is that of patterns that are z-scored over neuroids, but for a factor.
    """
    own: Mapping[str, object] = {}
    if data.responses is not None:
        own = dict.fromkeys(data.responses["area"].values.astype(str))
    for area, _, condensed in static_areas(data):
        whole = condensed[~np.isnan(condensed).any(axis=1)]
        if not len(whole):  # everyone lacks some pairs, which others may have
            whole = np.nanmean(condensed, axis=0, keepdims=True)
            whole = whole[~np.isnan(whole).any(axis=1)]
        seen = np.ones(len(data.stimuli), bool)
        for square in squares(whole) if area not in own else ():
            kernel = centred(-square / 2)
            if len(kernel) >= FEWEST and np.trace(kernel) > 0:
                yield area, Measured(seen, kernel / np.trace(kernel), 1)
