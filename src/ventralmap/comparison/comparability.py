"""Whether scores of studies may be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from ventralmap.comparison import settings
from ventralmap.comparison.study import Study
from ventralmap.wording import listing

SCORING = ("encoding: method", "encoding: folds", "encoding: repeats", "encoding: alpha_by",
           "encoding: alphas: low", "encoding: alphas: high", "encoding: components",
           "encoding: generalisations", "rsa: responses", "kernels: features: centre",
           "kernels: features: scale", "kernels: features: projection",
           "kernels: visual_angle: images", "kernels: visual_angle: degrees")  # fmt: skip
"""Settings that scores depend on by themselves, whatever the data."""


def datasets(study: Study) -> set[str]:
    """Names of the datasets of a study."""
    return set(study.correspondence["dataset"].astype(str))


def unlike(studies: Sequence[Study]) -> set[str]:
    """Name the datasets that studies share by name, but not in what they hold."""
    names = set().union(*(datasets(study) for study in studies))
    return {name for name in names if len(_contents(studies, name)) > 1}


def _contents(studies: Sequence[Study], name: str) -> set[str]:
    """Tell what a dataset held: its hash, or where none is recorded the number of stimuli."""
    sharing = [study for study in studies if name in datasets(study)]
    hashes = [settings.of_dataset(study.settings, name) for study in sharing]
    if all(hashes):
        return set().union(*hashes)
    return {", ".join(sorted(_n_stimuli(study, name))) for study in sharing}


def _n_stimuli(study: Study, name: str) -> set[str]:
    tables = [t for t in study.tables.values() if {"dataset", "n_stimuli"} <= set(t)]
    return {f"{t['n_stimuli'][t['dataset'] == name].max()}" for t in tables} - {"nan"}


def warnings(studies: Sequence[Study], board: pd.DataFrame) -> list[str]:
    """List why scores of the studies are not, or not quite, comparable.

    Parameters
    ----------
    studies
        From `study.read`.
    board
        From `leaderboard.leaderboard`.

    Returns
    -------
    list of str
        One sentence each; empty where nothing speaks against it.
    """
    return [
        *_strangers(studies),
        *_versions(studies),
        *_unrecorded(studies),
        *_otherwise(studies),
        *_intervals(board),
    ]


def _strangers(studies: Sequence[Study]) -> list[str]:
    return [
        f"{a.label} and {b.label} share no dataset: other stimuli and other recordings, so that"
        " their scores are not comparable; they stand in panels of their own."
        for a, b in combinations(studies, 2)
        if not datasets(a) & datasets(b)
    ]


def _versions(studies: Sequence[Study]) -> list[str]:
    return [
        f"Dataset {name} holds other files or other stimuli in"
        f" {listing([s.label for s in studies if name in datasets(s)])}: their scores are not"
        " comparable, and stand in panels of their own."
        for name in sorted(unlike(studies))
    ]


def _unrecorded(studies: Sequence[Study]) -> list[str]:
    without = [study.label for study in studies if not study.settings]
    if not without or len(studies) < 2:
        return []
    return [
        f"Settings, versions and hashes of {listing(without)} are not recorded: datasets of the"
        " same name are taken for the same if they have as many stimuli."
    ]


def _otherwise(studies: Sequence[Study]) -> list[str]:
    found = []
    for a, b in combinations(studies, 2):
        different = [
            f"{key} ({_values(a, key)}; {_values(b, key)})"
            for key in SCORING
            if datasets(a) & datasets(b)
            and key in a.settings
            and key in b.settings
            and a.settings[key] != b.settings[key]
        ]
        if different:
            found.append(
                f"{a.label} and {b.label} were scored otherwise: {', '.join(different)}. A"
                " difference between them may be one of these settings, not of models."
            )
    return found


def _values(study: Study, key: str) -> str:
    return " or ".join(sorted(study.settings[key]))


def _intervals(board: pd.DataFrame) -> list[str]:
    kinds = board.groupby(["dataset", "area", "method", "scored_by"], sort=False)["interval"]
    mixed = kinds.nunique()
    if not (mixed > 1).any():
        return []
    names = [f"{area} ({dataset})" for dataset, area, *_ in mixed.index[mixed > 1]]
    return [
        f"Intervals of {listing(names)} are not for the same: some for other stimuli, neuroids and"
        " subjects, some for fewer of these (column interval). They cannot be held against each"
        " other."
    ]
