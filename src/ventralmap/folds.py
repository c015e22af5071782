"""Splits of the stimuli into folds that do not depend on the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold

from ventralmap.errors import InputError


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
        raise InputError(f"{n_folds} folds need at least as many {unit}, there are {count}")
    order = np.argsort(np.asarray(stimulus_ids, dtype=str))
    folds = np.empty(len(order), dtype=np.int64)
    for fold, test in enumerate(_tests(order, n_folds, seed, groups)):
        folds[order[test]] = fold
    return folds


def _tests(
    order: NDArray[np.int64], n_folds: int, seed: int, groups: Sequence[str] | None
) -> list[NDArray[np.int64]]:
    if groups is None:
        splits = KFold(n_folds, shuffle=True, random_state=seed).split(order)
    else:
        labels = np.asarray(groups, dtype=str)[order]
        splits = GroupKFold(n_folds, shuffle=True, random_state=seed).split(order, groups=labels)
    return [test for _, test in splits]
