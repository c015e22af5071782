"""Tests of one model against another, where their resamples are the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from ventralmap import intervals, runs, two_factor
from ventralmap.comparison.study import Study
from ventralmap.evidence import Neuroids
from ventralmap.intervals import Resampling
from ventralmap.matches import encoding_matches

COLUMNS = ["dataset", "area", "study_a", "model_a", "study_b", "model_b", "n_neuroids",
           "score_nested_a", "score_nested_b", "difference", "p", "p_holm"]  # fmt: skip
MEANINGS = {
    "difference": "mean over neuroids of the score of a minus that of b, each by the layer chosen"
    " without the test images",
    "p": "two-sided p that both predict the neuroids equally well, for other stimuli, neuroids and"
    " subjects",
    "p_holm": "p corrected for all pairs of the dataset's area (Holm 1979)",
}
SETTINGS = ("seed", "folds", "repeats", "generalisations", "n_resamples")
"""Settings of encoding that folds and resamples follow from."""


class Scored(NamedTuple):
    """One model's neuroids in one area."""

    study: str
    model: str
    neuroids: tuple[str, ...]
    drawn_by: tuple[str, ...]
    score: float
    evidence: Neuroids


def tests(studies: Sequence[Study]) -> pd.DataFrame:
    """Test the encoding scores of models against each other, neuroid by neuroid.

    Only where a pair is one: the same dataset (by its hash), the same neuroids, and folds and
    resamples from the same seed and settings. By Student's t on the two-factor variance of the mean
    difference of the nested scores, as `correspondence.csv` tests a model against its untrained
    twin.

    Parameters
    ----------
    studies
        From `study.read`. Of one whose ``encoding/`` is not there nothing is tested.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; no rows where no two models can be paired.
    """
    groups: dict[tuple[str, str], list[Scored]] = {}
    for study in studies:
        for key, scored in _scored(study):
            groups.setdefault(key, []).append(scored)
    parts = [of_area(*key, group) for key, group in groups.items()]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def _scored(study: Study) -> Iterator[tuple[tuple[str, str], Scored]]:
    for path in sorted((study.folder / "encoding").glob("*/*.nc")):
        (run,) = runs.read([str(path)])
        drawn = _draw(study, run)
        if drawn is None or not {"r_nested", "generalisation"} <= set(run.scores.variables):
            continue
        for match in encoding_matches([run], drawn):
            names = _neuroids(run, match.key[2])
            assert isinstance(match.evidence, Neuroids)
            yield (
                (run.dataset, match.key[2]),
                Scored(study.label, run.model, names, _drawn_by(study, run), match.nested,
                       match.evidence),
            )  # fmt: skip


def _neuroids(run: runs.Run, area: str) -> tuple[str, ...]:
    """Name the neuroids of an area that have a score, in their order."""
    scores = intervals.areas_of(run.scores.isel(generalisation=0))[area]
    return tuple(intervals.scored(scores)["neuroid"].values.astype(str))


def _draw(study: Study, run: runs.Run) -> Resampling | None:
    """How the study's tables resampled; None where its files do not say it."""
    seed = run.scores.attrs.get("seed")
    n = study.settings.get("encoding: n_resamples", set())
    return Resampling(int(next(iter(n))), int(seed)) if len(n) == 1 and seed is not None else None


def _drawn_by(study: Study, run: runs.Run) -> tuple[str, ...]:
    """List what folds and resamples follow from."""
    attrs = run.scores.attrs
    values = ["|".join(sorted(study.settings.get(f"encoding: {key}", ()))) for key in SETTINGS]
    return (str(attrs.get("dataset_sha256")), *values)


def of_area(dataset: str, area: str, group: Sequence[Scored]) -> pd.DataFrame:
    """Test every two models of an area that can be paired.

    Parameters
    ----------
    dataset, area
        Their names.
    group
        The models, whose p-values are corrected for the number of pairs.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`.
    """
    rows = [
        (dataset, area, a.study, a.model, b.study, b.model, len(a.neuroids), a.score, b.score,
         *_tested(a.evidence, b.evidence))
        for a, b in combinations(group, 2)
        if a.drawn_by == b.drawn_by and a.neuroids == b.neuroids
        and not (a.model == b.model and np.array_equal(a.evidence.nested, b.evidence.nested))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    return table.assign(p_holm=holm(table["p"].to_numpy(float)))


def _tested(a: Neuroids, b: Neuroids) -> tuple[float, float]:
    """Mean difference over neuroids, and its two-sided p."""
    own, others = a.nested_resampled, b.nested_resampled
    varied = None if own is None or others is None else own - others
    sample = intervals.mean(a.nested - b.nested, varied, a.drawn, a.held_out)
    return float(sample.value[0]), float(two_factor.p_different(sample)[0])


def holm(p: np.ndarray) -> np.ndarray:
    """Correct p-values for their number, step by step (Holm 1979, Scand. J. Stat. 6:65).

    Parameters
    ----------
    p
        Shape (n,).
    """
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1)
    return corrected
