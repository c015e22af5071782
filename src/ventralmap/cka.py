"""Debiased linear centred kernel alignment of layers and responses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.runs import Run

Array = NDArray[np.float64]

ROUNDING = 1e-24  # of a sum of squares: what is left of the digits of a difference, squared

FEWEST = 4
"""Stimuli that the unbiased estimate needs: it is a mean over four different ones."""


def hsic(first: Array, second: Array) -> float:
    """Unbiased estimate of the Hilbert-Schmidt independence criterion (Song et al. 2012, eq. 5).

    It is the sum of products of both kernels after `debias`, over n (n - 3).

    Parameters
    ----------
    first, second
        Kernels of the same n stimuli, shape (n, n). Adding the same to a row and its column, as
        centring does, changes nothing.

    Returns
    -------
    float
        NaN for fewer than four stimuli.
    """
    n = len(first)
    if n < FEWEST:
        return np.nan
    return float(np.vdot(debias(first), debias(second)) / (n * (n - 3)))


def debias(kernel: Array) -> Array:
    """Centre a kernel without its diagonal, so that all rows sum to zero.

    k_st - (r_s + r_t) / (n - 2) + sum(r) / ((n - 1) (n - 2)), with r the sums of the rows but for
    the diagonal (Székely & Rizzo 2014).

    Parameters
    ----------
    kernel
        Shape (n, n), n > 2.

    Returns
    -------
    ndarray, shape (n, n)
        Its diagonal zero.
    """
    n, mean = len(kernel), kernel.mean(axis=0)
    hollow = kernel - mean - mean[:, None] + mean.mean()  # so that a large mean costs no digits
    np.fill_diagonal(hollow, 0.0)
    r = hollow.sum(axis=0)
    found = hollow - (r + r[:, None]) / (n - 2) + r.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(found, 0.0)
    return found if np.vdot(found, found) > ROUNDING * np.vdot(hollow, hollow) else 0 * found


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
    own = hsic(first, first), hsic(second, second)
    return hsic(first, second) / float(np.sqrt(own[0] * own[1])) if min(own) > 0 else np.nan


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
    grams = kernels.gram[:, rows][:, :, rows]
    areas, subjects = (dataset.responses[name].values.astype(str) for name in ("area", "subject"))
    names = list(dict.fromkeys(areas)), list(dict.fromkeys(subjects))
    found = [
        [_align(grams, mean[:, (areas == area) & (subjects == subject)]) for subject in names[1]]
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


def _align(grams: Array, mean: Array) -> tuple[Array, tuple[int, int]]:
    """Align layers with a subject's responses; with the number of stimuli and neuroids."""
    seen = ~np.isnan(mean).any(axis=1)
    if mean.shape[1] == 0 or seen.sum() < FEWEST:
        return np.full(len(grams), np.nan), (0, 0)
    centred = mean[seen] - mean[seen].mean(axis=0)
    own = centred @ centred.T
    values = np.array([cka(gram[np.ix_(seen, seen)], own) for gram in grams])
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
