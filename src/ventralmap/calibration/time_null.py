"""Experiments on time courses and fusions of what is not related to the recordings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import fusion
from ventralmap.calibration import made, rsa_made, time_made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome

Array = NDArray[np.float64]

N_LAYERS = 3
PEAK = 140.0
P = ("p", "p_subjects", "p_stimuli")


def layers(
    seed: int, *, stimuli: int, subjects: int, noise: str, evoked: str, categories: int = 0
) -> list[Outcome]:
    """Layers that see something else than the subjects do.

    Parameters
    ----------
    seed
        Of the study.
    stimuli, subjects, noise, categories
        Its sizes; the layers' stimuli come in categories of their own.
    evoked
        What stimuli evoke: ``nothing``, the ``same`` in all subjects, or something of each ``own``.
    """
    random = np.random.default_rng(seed)
    seen = [_pattern(random, stimuli, categories) for _ in range(N_LAYERS)]
    rdms = _recordings(random, stimuli, subjects, noise, evoked, categories)
    found = time_made.analyse(seen, rdms, seed)
    return _claims("timecourse.csv", found.timecourse, f"layers unrelated, {WORDS[evoked]}")


WORDS = {
    "nothing": "nothing evoked",
    "same": "the same evoked in all subjects (other stimuli)",
    "own": "something else evoked in each subject",
}


def _claims(name: str, table: pd.DataFrame, about: str) -> list[Outcome]:
    return [
        out.null_p(f"{name} {column}: any time of {about}", time_made.smallest(table, column))
        for column in P
    ]


def _pattern(random: np.random.Generator, stimuli: int, categories: int) -> Array:
    """Draw patterns in an order of their own, so that they share no categories with others."""
    return random.permutation(made.stimuli(random, stimuli, rsa_made.N_DIMENSIONS, categories))


def _recordings(
    random: np.random.Generator,
    stimuli: int,
    subjects: int,
    noise: str,
    evoked: str,
    categories: int,
) -> Array:
    def clean() -> Array:
        return time_made.clean([_pattern(random, stimuli, categories)], [PEAK])

    by_kind = {
        "nothing": lambda: 0.0 * clean(),
        "same": clean,
        "own": lambda: np.array([clean() for _ in range(subjects)]),
    }
    return time_made.people(random, by_kind[evoked](), subjects, time_made.NOISE[noise])


def areas(seed: int, *, stimuli: int, subjects: int, noise: str) -> list[Outcome]:
    """Two areas, the one unrelated to what the recordings show, the other what they show."""
    random = np.random.default_rng(seed)
    pattern, other = (_pattern(random, stimuli, 0) for _ in range(2))
    evoked = time_made.clean([pattern], [PEAK])
    rdms = time_made.people(random, evoked, subjects, time_made.NOISE[noise])
    measured = np.array([
        np.tile(rsa_made.condensed(x), (subjects, 1)) for x in (other, pattern)
    ])  # fmt: skip
    measured = np.array([rsa_made.noisy(random, area, 1.0) for area in measured])
    data = time_made.dataset(rdms, measured[:1]), time_made.dataset(rdms, measured[1:])
    models = [made.kernels(rsa_made.features(random, [pattern]))]
    (alone, _), (_, shared) = (
        fusion.analyse(one, models, time_made.SETTINGS, seed) for one in data
    )
    row = shared[shared["time_ms"] == PEAK].iloc[0]
    return [
        *_claims("fusion.csv", alone, "an area unrelated, the same evoked in all subjects"),
        out.interval("commonality.csv ci", row["commonality"], row["ci_low"], row["ci_high"]),
    ]
