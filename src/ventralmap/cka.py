"""Debiased linear centred kernel alignment of layers and responses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap.dataset import Dataset
from ventralmap.hsic import FEWEST, hsic, hsic_of_features
from ventralmap.kernels import Layers, Projected, has_gram
from ventralmap.runs import Run

Array = NDArray[np.float64]


def cka(first: Array, second: Array) -> float:
    """Debiased linear CKA: HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)), unbiased estimates of each.

    Kornblith et al. (2019), with the correction that Murphy et al. (2024) show to be needed where
    there are more features than stimuli: unrelated features then have a CKA of zero on average.
    That only some neuroids of an area were recorded lowers it still (Chun et al. 2025).

    Parameters
    ----------
    first, second
        Kernels of the same stimuli, shape (n_stimuli, n_stimuli).

    Returns
    -------
    float
        -1 to 1, negative where less alike than chance; NaN where a kernel has the same value for
        all pairs of stimuli but for centring, or for fewer than four stimuli.
    """
    return _normalised(hsic(first, second), hsic(first, first), hsic(second, second))


def _normalised(both: float, first: float, second: float) -> float:
    return both / float(np.sqrt(first * second)) if min(first, second) > 0 else np.nan


def analyse(dataset: Dataset, kernels: Layers) -> xr.Dataset:
    """Align every layer with the responses of every area.

    Parameters
    ----------
    dataset
        With responses. Those of a subject are its mean responses as they are, not z-scored, to the
        stimuli that all its neuroids in the area have seen.
    kernels
        Of the same stimuli, joined on their ids.

    Returns
    -------
    xarray.Dataset
        cka (area, layer, subject), n_stimuli and n_neuroids (area, subject); NaN and 0 for a
        subject without neuroids in an area.
    """
    assert dataset.responses is not None
    rows, mean = kernels.rows(list(dataset.stimuli.index)), dataset.mean_response()
    align = _by_kernels(kernels, rows) if has_gram(kernels) else _by_features(kernels, rows)
    n_layers = len(kernels.layers)
    areas, subjects = (dataset.responses[name].values.astype(str) for name in ("area", "subject"))
    names = list(dict.fromkeys(areas)), list(dict.fromkeys(subjects))
    found = [
        [
            _of_subject(align, n_layers, mean[:, (areas == area) & (subjects == subject)])
            for subject in names[1]
        ]
        for area in names[0]
    ]
    values, counts = (np.array([[part[i] for part in row] for row in found]) for i in (0, 1))
    by_subject = ("area", "subject")
    return xr.Dataset(
        {
            "cka": ((*by_subject, "layer"), values, _about("debiased linear CKA")),
            "n_stimuli": (by_subject, counts[..., 0], _about("number of stimuli")),
            "n_neuroids": (by_subject, counts[..., 1], _about("number of neuroids")),
        },
        coords={
            "area": names[0],
            "subject": names[1],
            "layer": list(kernels.layers),
            "depth": ("layer", kernels.depth),
            "n_features": ("layer", kernels.n_features),
        },
    )


Align = Callable[[NDArray[np.bool_], Array], list[float]]
"""Called with the stimuli that were seen, as a mask, and the centred responses to these."""


def _by_kernels(kernels: Layers, rows: list[int]) -> Align:
    grams = kernels.gram[:, rows][:, :, rows]

    def align(seen: NDArray[np.bool_], responses: Array) -> list[float]:
        own = responses @ responses.T
        return [cka(gram[np.ix_(seen, seen)], own) for gram in grams]

    return align


def _by_features(kernels: Layers, rows: list[int]) -> Align:
    """Align projected features; what does not depend on the responses is computed once."""
    assert isinstance(kernels, Projected)
    known: dict[tuple[int, bytes], float] = {}

    def align(seen: NDArray[np.bool_], responses: Array) -> list[float]:
        found, theirs = [], hsic_of_features(responses, responses)
        for layer, features in enumerate(kernels.features):
            x, key = features[rows][seen].astype(np.float64), (layer, seen.tobytes())
            if key not in known:
                known[key] = hsic_of_features(x, x)
            found.append(_normalised(hsic_of_features(x, responses), known[key], theirs))
        return found

    return align


def _of_subject(align: Align, n_layers: int, mean: Array) -> tuple[Array, tuple[int, int]]:
    """Align layers with a subject's responses; with the number of stimuli and neuroids."""
    seen: NDArray[np.bool_] = np.all(~np.isnan(mean), axis=1)
    if mean.shape[1] == 0 or seen.sum() < FEWEST:
        return np.full(n_layers, np.nan), (0, 0)
    values = np.array(align(seen, mean[seen] - mean[seen].mean(axis=0)))
    return values, (int(seen.sum()), mean.shape[1])


def _about(name: str) -> dict[str, str]:
    return {"long_name": name, "units": "1"}


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `cka.csv`.

    Parameters
    ----------
    runs
        What `analyse` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer and area: the mean over subjects that have a CKA.
    """
    parts = [_rows(run, str(area)) for run in runs for area in run.scores["area"].values]
    return pd.concat(parts, ignore_index=True)


def _rows(run: Run, area: str) -> pd.DataFrame:
    scores = run.scores.sel(area=area)
    return pd.DataFrame(
        {
            "dataset": run.dataset,
            "model": run.model,
            "layer": scores["layer"].values,
            "layer_index": np.arange(scores.sizes["layer"]),
            "depth": scores["depth"].values,
            "area": area,
            "n_features": scores["n_features"].values,
            "n_neuroids": int(scores["n_neuroids"].sum()),
            "n_stimuli": int(scores["n_stimuli"].max()),
            "n_subjects": scores["cka"].notnull().sum("subject").values,
            "cka": scores["cka"].mean("subject").values,
        }
    )
