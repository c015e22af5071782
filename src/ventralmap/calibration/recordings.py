"""Recordings of neuroids that read layers, each as well as is asked for, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap.calibration import made
from ventralmap.dataset import Dataset

Array = NDArray[np.float64]

N_SHARED, N_PRIVATE, N_OTHER = 8, 6, 6
"""Features of a layer that all layers have, that it has alone, and that no neuroid reads."""
NOISE = {"low": 0.5, "high": 1.5}
"""Standard deviation of the noise of the mean response, relative to that of the signal: a
reliability of .8 and of .31."""
NOISE_SPREAD = 0.3
"""Standard deviation of the logarithm of the noise over neuroids."""
SUBJECT_SPREAD = 0.4
"""Standard deviation over subjects of how strongly they read a layer, relative to its mean."""


@dataclass(frozen=True)
class Study:
    """What is recorded of stimuli, and what layers hold of them.

    Attributes
    ----------
    data
        The recordings.
    layers
        Features of each layer, (n_stimuli, n_features).
    signal
        Responses without noise, shape (n_stimuli, n_neuroids).
    """

    data: Dataset
    layers: list[Array]
    signal: Array


@dataclass(frozen=True)
class Readers:
    """Neuroids and what they read.

    Attributes
    ----------
    read
        Weights of the features that all layers share and of those of each layer alone, each of
        shape (n_features, n_neuroids).
    noise
        Standard deviation of the noise of the mean response, shape (n_neuroids,).
    subject, area
        Of each neuroid.
    """

    read: list[Array]
    noise: Array
    subject: NDArray[np.int64]
    area: list[str]


def readers(
    random: np.random.Generator,
    gains: Sequence[float],
    *,
    subjects: int,
    neuroids: int,
    noise: str | float,
    areas: Sequence[str] = ("V4",),
) -> Readers:
    """Draw neuroids that read what layers share and what each has alone.

    Parameters
    ----------
    random
        Source of all draws.
    gains
        How strongly the neuroids read each layer alone. Subjects, if several, differ in it.
    subjects, neuroids
        How many; neuroids of each area, over all subjects.
    noise
        A key of `NOISE`, or a standard deviation like these.
    areas
        Names of the areas, which all read the layers in the same way.
    """
    n = neuroids * len(areas)
    subject = np.arange(n) % neuroids % subjects
    level = NOISE[noise] if isinstance(noise, str) else noise
    spread = level * np.exp(NOISE_SPREAD * random.normal(size=n))
    return Readers(
        _weights(random, gains, subject), spread, subject, list(np.repeat(list(areas), neuroids))
    )


def show(
    random: np.random.Generator,
    neuroids: Readers,
    stimuli: int,
    categories: int = 0,
    repeats: int = 1,
) -> Study:
    """Show new stimuli to neuroids: how many, in how many categories, how often each."""
    parts = [made.stimuli(random, stimuli, len(w), categories) for w in neuroids.read]
    signal = np.hstack(parts) @ np.vstack(neuroids.read)
    spread = neuroids.noise * np.sqrt(repeats)
    shown = signal[:, None] + spread * random.normal(size=(stimuli, repeats, signal.shape[1]))
    subject = [f"P{i:02d}" for i in neuroids.subject]
    columns = {"category": made.category(stimuli, categories)} if categories else None
    layers = [
        np.hstack([parts[0], part, made.stimuli(random, stimuli, N_OTHER, categories)])
        for part in parts[1:]
    ]
    responses = made.responses(shown, subject, neuroids.area)
    return Study(made.dataset(stimuli, responses=responses, columns=columns), layers, signal)


def record(
    random: np.random.Generator,
    gains: Sequence[float],
    *,
    stimuli: int,
    categories: int = 0,
    repeats: int = 1,
    **of_neuroids: Any,
) -> Study:
    """Draw neuroids and show them stimuli; parameters as for `readers` and `show`."""
    return show(random, readers(random, gains, **of_neuroids), stimuli, categories, repeats)


def _weights(
    random: np.random.Generator, gains: Sequence[float], subject: NDArray[np.int64]
) -> list[Array]:
    """Weights of each part's features, (n_features, n_neuroids): signals have variance one."""
    n_subjects = int(subject.max()) + 1
    spread = SUBJECT_SPREAD if n_subjects > 1 else 0.0
    of_subject = 1 + spread * random.normal(size=(len(gains), n_subjects))
    scale = np.vstack([np.ones(len(subject)), np.array(gains)[:, None] * of_subject[:, subject]])
    sizes = [N_SHARED, *[N_PRIVATE] * len(gains)]
    drawn = [s * random.normal(size=(n, len(subject))) for n, s in zip(sizes, scale, strict=True)]
    total = np.sqrt((np.vstack(drawn) ** 2).sum(axis=0))
    return [w / total for w in drawn]
