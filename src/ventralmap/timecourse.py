"""Time-resolved RSA: latency and similarity of each layer in recordings over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from ventralmap import ranks, rdm, resampling
from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.rdm_sources import model_rdms

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SignFlip:
    """Outcome of the sign-flip test: corrected p and the similarity that is significant."""

    p: Array
    threshold: float


def by_time(layers: Array, measured: xr.DataArray) -> Array:
    """Spearman correlation of each layer's RDM with each subject's at each time.

    Parameters
    ----------
    layers
        Condensed RDMs, shape (n_layers, n_pairs).
    measured
        RDMs of one area, dims (subject, [session,] time, stimulus_a, stimulus_b).

    Returns
    -------
    ndarray, shape (n_layers, n_subjects, n_times)
    """
    if "session" in measured.dims:
        measured = measured.mean("session", skipna=True)
    z_layers = _standard(layers)
    return np.stack(
        [
            z_layers @ _standard(rdm.condense(subject.values)).T
            for subject in measured.transpose("subject", "time", ...)
        ],
        axis=1,
    )


def _standard(rdms: Array) -> Array:
    rdms = rdms.astype(float)
    return ranks.standardise(stats.rankdata(rdms, axis=1), np.ones(rdms.shape[1]))


def sign_flip(similarity: Array, n: int, seed: int) -> SignFlip:
    """Test each layer and time against zero, corrected for all of them.

    Under the null each subject's similarities are as likely as their negatives; the maximum
    over layers and times of the mean over subjects controls the family-wise error (Nichols &
    Holmes 2002). One-sided.

    Parameters
    ----------
    similarity
        Shape (n_layers, n_subjects, n_times).
    n
        Number of random sign flips.
    seed
        Seed of the flips.

    Returns
    -------
    SignFlip
        p of shape (n_layers, n_times) and the mean similarity above which p < .05.
    """
    random = np.random.default_rng(seed)
    observed = similarity.mean(axis=1)
    signs = random.choice([-1.0, 1.0], size=(n, similarity.shape[1])) / similarity.shape[1]
    maximum = np.array([np.einsum("s,lst->lt", sign, similarity).max() for sign in signs])
    exceeded = (maximum[:, None, None] >= observed - 1e-12).sum(axis=0)
    ordered = np.sort(maximum)[::-1]
    allowed = n // 20 - 1  # so many flips may be as large while p < .05
    threshold = ordered[allowed] if 0 <= allowed < n else np.inf
    return SignFlip((1 + exceeded) / (1 + n), float(threshold))


def onset(curve: Array, times: Array, threshold: float) -> Array:
    """First of two neighbouring times above a threshold.

    Parameters
    ----------
    curve
        Mean similarity, shape (..., n_times).
    times
        In ms, shape (n_times,).
    threshold
        The similarity that counts as significant.

    Returns
    -------
    ndarray, shape (...)
        In ms; NaN where there are none.
    """
    above = curve > threshold
    pair = above[..., :-1] & above[..., 1:]
    return np.where(pair.any(axis=-1), times[pair.argmax(axis=-1)], np.nan)


def peak(curve: Array, times: Array) -> Array:
    """Time of the highest similarity in ms, shape (...), of a curve (..., n_times)."""
    return times[curve.argmax(axis=-1)]


def analyse(
    dataset: Dataset, kernels: Layers, distance: str, n_bootstrap: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the time course and latency rows of one dataset and model.

    Parameters
    ----------
    dataset
        With RDMs over time.
    kernels
        Of the same stimuli.
    distance
        A name in ``rdm.DISTANCES``.
    n_bootstrap
        Number of resamples of the subjects, and of sign flips.
    seed
        Seed of both.

    Returns
    -------
    timecourse, latency : pandas.DataFrame
        One row per layer and time; one row per layer. Times in ms.
    """
    layers = model_rdms(kernels, distance, list(dataset.stimuli.index))
    tables = [
        _analyse_area(layers, kernels, measured.sel(area=area), n_bootstrap, seed)
        for measured in dataset.rdms
        if "time" in measured.dims
        for area in measured["area"].values
    ]
    timecourse, latency = (
        pd.concat(parts, ignore_index=True) for parts in zip(*tables, strict=True)
    )
    return timecourse.assign(n_stimuli=len(dataset.stimuli)), latency


def _analyse_area(
    layers: Array, kernels: Layers, measured: xr.DataArray, n: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    measured = measured.dropna("subject", how="all")
    times = measured["time"].values.astype(float)
    similarity = by_time(layers, measured)
    test = sign_flip(similarity, n, seed)
    resampled = _resampled_means(similarity, n, seed)  # (n_bootstrap, n_layers, n_times)
    layer_columns = pd.DataFrame(
        {
            "area": str(measured["area"].item()),
            "layer": list(kernels.layers),
            "layer_index": np.arange(len(kernels.layers)),
            "depth": kernels.depth,
        }
    )
    return (
        _timecourse_rows(layer_columns, times, similarity, resampled, test),
        _latency_rows(layer_columns, times, similarity.mean(axis=1), resampled, test.threshold),
    )


def _resampled_means(similarity: Array, n: int, seed: int) -> Array:
    n_subjects = similarity.shape[1]
    if n_subjects < 2:  # one subject says nothing about others
        return np.full((1, similarity.shape[0], similarity.shape[2]), np.nan)
    drawn = np.random.default_rng(seed).integers(n_subjects, size=(n, n_subjects))
    share = np.array([np.bincount(d, minlength=n_subjects) for d in drawn]) / n_subjects
    return np.einsum("bs,lst->blt", share, similarity)


def _timecourse_rows(
    layer_columns: pd.DataFrame, times: Array, similarity: Array, resampled: Array, test: SignFlip
) -> pd.DataFrame:
    low, high = resampling.percentile_interval(resampled)
    rows = layer_columns.loc[layer_columns.index.repeat(len(times))].reset_index(drop=True)
    return rows.assign(
        time_ms=np.tile(times, len(layer_columns)),
        similarity=similarity.mean(axis=1).ravel(),
        ci_low=low.ravel(),
        ci_high=high.ravel(),
        p=test.p.ravel(),
        significant=test.p.ravel() < 0.05,
        n_subjects=similarity.shape[1],
    )


def _latency_rows(
    layer_columns: pd.DataFrame, times: Array, mean: Array, resampled: Array, threshold: float
) -> pd.DataFrame:
    known = not np.isnan(resampled).any()
    missing = np.full((1, len(mean)), np.nan)
    onsets = onset(resampled, times, threshold) if known else missing
    peaks = peak(resampled, times) if known else missing
    onset_low, onset_high = resampling.percentile_interval(onsets)
    peak_low, peak_high = resampling.percentile_interval(peaks)
    return layer_columns.assign(
        onset_ms=onset(mean, times, threshold),
        onset_ci_low=onset_low,
        onset_ci_high=onset_high,
        peak_ms=peak(mean, times),
        peak_ci_low=peak_low,
        peak_ci_high=peak_high,
    )
