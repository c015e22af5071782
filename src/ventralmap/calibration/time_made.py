"""Recordings over time of simulated studies, and the analysis of the pipeline on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import timecourse
from ventralmap.calibration import made, rsa_made
from ventralmap.dataset import Dataset

Array = NDArray[np.float64]

TIMES = np.arange(-80.0, 320.0, 20.0)
"""In ms; nothing is evoked before 0."""
WIDTH = 80.0
"""How long before its peak a response begins, in ms."""
MEMORY = 0.5
"""Correlation of the noise at neighbouring times."""
NOISE = {"low": 4.0, "high": 10.0}
"""Standard deviation of an RDM's noise at one time, relative to that of what is evoked."""
SETTINGS: dict[str, Any] = {**rsa_made.SETTINGS, "cluster_p": 0.05}
N_BOOTSTRAP = 200


def course(peak: float) -> Array:
    """Strength of a response over time: from 0 to 1 in `WIDTH` ms, and back; (n_times,)."""
    distance = np.clip(np.abs(TIMES - peak) / WIDTH, 0, 1)
    return np.asarray(np.where(distance < 1, (1 + np.cos(np.pi * distance)) / 2, 0.0))


def clean(patterns: Sequence[Array], peaks: Sequence[float]) -> Array:
    """Condensed RDMs of what is evoked, a pattern at each peak; shape (n_times, n_pairs).

    Parameters
    ----------
    patterns
        What the stimuli are made of, (n_stimuli, n_dimensions) each.
    peaks
        In ms, one for each.
    """
    distances = np.array([rsa_made.condensed(pattern) for pattern in patterns])
    distances -= distances.mean(axis=1, keepdims=True)
    strength = np.array([course(peak) for peak in peaks])
    return np.asarray(strength.T @ (distances / distances.std(axis=1, keepdims=True)))


def people(random: np.random.Generator, evoked: Array, n: int, noise: float) -> Array:
    """Draw the RDMs of subjects, (n, n_times, n_pairs), in noise that remembers.

    Parameters
    ----------
    random
        Source of the draw.
    evoked
        The same for all, (n_times, n_pairs), or of each, (n, n_times, n_pairs); each subject's is
        more or less strong.
    n
        Number of subjects.
    noise
        Its standard deviation.
    """
    strength = random.lognormal(0, 0.3, size=(n, 1, 1))
    found = noise * random.normal(size=(n, *evoked.shape[-2:]))
    for time in range(1, found.shape[1]):
        found[:, time] *= np.sqrt(1 - MEMORY**2)
        found[:, time] += MEMORY * found[:, time - 1]
    return np.asarray(found + strength * evoked)


def dataset(rdms: Array, areas: Array | None = None) -> Dataset:
    """Make a dataset of recordings, (n_subjects, n_times, n_pairs), and of areas without time."""
    over_time = made.rdms(rdms[None], ["MEG"], list(TIMES))
    still = [] if areas is None else [made.rdms(areas)]
    return made.dataset(over_time.sizes["stimulus_a"], rdms=[over_time, *still])


def analyse(layers: Sequence[Array], rdms: Array, seed: int) -> timecourse.Tables:
    """Run the pipeline's time-resolved RSA."""
    data = dataset(rdms)
    return timecourse.analyse(data, made.kernels(list(layers)), SETTINGS, N_BOOTSTRAP, seed)


def smallest(table: pd.DataFrame, column: str) -> float:
    """Return the smallest p over all curves and times, for which the table corrects."""
    return float(table[column].min())
