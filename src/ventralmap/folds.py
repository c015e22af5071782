"""Splits of the stimuli into folds that do not depend on the order of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import fold_sizes
from ventralmap.errors import InputError

if TYPE_CHECKING:
    from ventralmap.dataset import Dataset

INNER = 5
"""Number of folds inside the training stimuli, where there are as many labels."""

IMAGES = "images"
"""The generalisation to single images, or to groups of them where the stimuli have groups."""

MORE = ("object", "category")
"""Columns of the stimulus table whose labels are held out as well, one generalisation each."""


def of_dataset(
    dataset: Dataset, settings: Mapping[str, Any], seed: int
) -> dict[str, NDArray[np.int64]]:
    """Split the stimuli of a dataset for the generalisations that a study asks for.

    Parameters
    ----------
    dataset
        Whose stimuli to split.
    settings
        The config's `encoding`: folds, repeats and, where not all are wanted, generalisations.
    seed
        Seed of the splits.

    Returns
    -------
    dict
        As `splits`, in the order of the config.

    Raises
    ------
    InputError
        When the dataset does not allow one of them, or has too few stimuli for so many folds.
    """
    chosen = settings.get("generalisations", ())
    check_generalisations(dataset, chosen)
    try:
        found = splits(dataset.stimuli, settings["folds"], settings["repeats"], seed, chosen)
    except InputError as error:
        raise InputError(f"{dataset.folder}: {error}") from error
    for name, repeats in found.items():
        fold_sizes.check(dataset.folder, name, repeats, optional=name in MORE)
    return found


def check_generalisations(dataset: Dataset, chosen: Sequence[str]) -> None:
    """Check that a dataset allows the generalisations that a study asks for.

    Parameters
    ----------
    dataset
        With its stimulus table.
    chosen
        The config's `encoding: generalisations`.

    Raises
    ------
    InputError
        Naming the dataset, the column that it needs and the remedy.
    """
    known = [IMAGES, *_generalisations(dataset.stimuli)]
    for name in chosen:
        if name not in known:
            raise InputError(
                f"{dataset.folder}: encoding: generalisations: '{name}' needs a column '{name}' in"
                " stimuli.csv with two or more labels, at least one of them of several stimuli;"
                f" add it, or take '{name}' out of the config"
            )


def splits(
    stimuli: pd.DataFrame, n_folds: int, repeats: int, seed: int, chosen: Sequence[str] = ()
) -> dict[str, NDArray[np.int64]]:
    """Assign the stimuli to folds for each generalisation.

    Parameters
    ----------
    stimuli
        Indexed by stimulus id. A column `group` keeps its stimuli together in place of single
        images; columns `object` and `category` give a generalisation each, if they have at least
        two labels and fewer than there are stimuli.
    n_folds
        Number of folds, or of labels where there are fewer objects or categories.
    repeats
        Number of random splits into folds.
    seed
        Seed of the splits.
    chosen
        Which generalisations, in their order; all that the stimuli allow, ``images`` or ``group``
        first, when empty. ``images`` stands for ``group`` where the stimuli have groups.

    Returns
    -------
    dict
        By generalisation: the fold in which each stimulus is held out, shape (repeats, n_stimuli).

    Raises
    ------
    InputError
        When there are fewer stimuli or groups than folds.
    """
    ids, possible = list(stimuli.index), _generalisations(stimuli)
    first = next(iter(possible))
    wanted = [first if name == IMAGES else name for name in chosen or possible]
    return {
        name: np.array(
            [
                assign(ids, _at_most(n_folds, name, possible[name]), seed + repeat, possible[name])
                for repeat in range(repeats)
            ]
        )
        for name in wanted
    }


def held_out_labels(stimuli: pd.DataFrame) -> dict[str, NDArray[np.str_]]:
    """List, by generalisation, what is held out as a whole.

    Parameters
    ----------
    stimuli
        As for `splits`.

    Returns
    -------
    dict
        By generalisation, as `splits` names them: the label of each stimulus, its own id for
        ``images``, shape (n_stimuli,).
    """
    return {
        name: np.asarray(stimuli.index if labels is None else labels, dtype=str)
        for name, labels in _generalisations(stimuli).items()
    }


def inner(
    split: pd.DataFrame, seed: int, numbers: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Split, for every fold, the stimuli of the others again.

    Parameters
    ----------
    split
        Indexed by stimulus id, with columns `fold`, in which a stimulus is held out, and `label`,
        whose stimuli stay together (see `held_out_labels`).
    seed
        Seed of the splits.
    numbers
        The folds that are wanted; all when not given.

    Returns
    -------
    ndarray of int, shape (n_folds, n_stimuli)
        A row per fold in the order of their numbers: the inner fold, 0 to 4, of each stimulus,
        and -1 for those held out. Fewer inner folds where there are fewer labels; where a single
        label is left for training, its stimuli are split one by one.
    """
    wanted = np.unique(split["fold"]) if numbers is None else numbers
    return np.array([_inner_fold(split, split["fold"] != fold, seed) for fold in wanted])


def _inner_fold(split: pd.DataFrame, kept: pd.Series, seed: int) -> NDArray[np.int64]:
    ids, labels = list(split.index[kept]), split["label"][kept].tolist()
    units = labels if len(set(labels)) > 1 else ids
    folds = np.full(len(split), -1, dtype=np.int64)
    folds[kept] = assign(ids, min(INNER, len(set(units))), seed, units)
    return folds


def _generalisations(stimuli: pd.DataFrame) -> dict[str, list[str] | None]:
    labels = {name: stimuli[name].astype(str).tolist() for name in stimuli.columns}
    first = {"group": labels["group"]} if "group" in labels else {IMAGES: None}
    more = {
        name: labels[name]
        for name in MORE
        if name in labels and 1 < len(set(labels[name])) < len(stimuli)
    }
    return {**first, **more}


def _at_most(n_folds: int, name: str, labels: Sequence[str] | None) -> int:
    return min(n_folds, len(set(labels))) if labels is not None and name in MORE else n_folds


def assign(
    stimulus_ids: Sequence[str], n_folds: int, seed: int, groups: Sequence[str] | None = None
) -> NDArray[np.int64]:
    """Assign each stimulus to a fold.

    Parameters
    ----------
    stimulus_ids
        One id per stimulus, shape (n_stimuli,).
    n_folds
        Number of folds.
    seed
        Seed of the shuffle. The fold of a stimulus depends on the set of ids, not their order.
    groups
        One label per stimulus, shape (n_stimuli,); stimuli of one group share a fold.

    Returns
    -------
    ndarray of int, shape (n_stimuli,)
        The fold, 0 to `n_folds` - 1, in which each stimulus is held out.

    Raises
    ------
    InputError
        When there are fewer stimuli or groups than folds.
    """
    unit, count = ("groups", len(set(groups))) if groups is not None else ("stimuli", None)
    count = len(stimulus_ids) if count is None else count
    if count < n_folds:
        raise InputError(
            f"{n_folds} folds need at least as many {unit}, there are {count}; write fewer under"
            " encoding: folds"
        )
    order = np.argsort(np.asarray(stimulus_ids, dtype=str))
    folds = np.empty(len(order), dtype=np.int64)
    for fold, test in enumerate(_tests(order, n_folds, seed, groups)):
        folds[order[test]] = fold
    return folds


def _tests(
    order: NDArray[np.int64], n_folds: int, seed: int, groups: Sequence[str] | None
) -> list[NDArray[np.int64]]:
    from sklearn.model_selection import GroupKFold, KFold  # a second that checks need not wait for

    if groups is None:
        splits = KFold(n_folds, shuffle=True, random_state=seed).split(order)
    else:
        labels = np.asarray(groups, dtype=str)[order]
        splits = GroupKFold(n_folds, shuffle=True, random_state=seed).split(order, groups=labels)
    return [test for _, test in splits]
