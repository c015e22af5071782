"""Neuroids that share the stimuli they have seen, and their folds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import folds
from ventralmap.arrays import seen_together
from ventralmap.crossvalidation import Between, Fit, Inner, Solver, cross_validate
from ventralmap.fold_sizes import testable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Neuroids of a dataset that have responses to the same stimuli.

    Attributes
    ----------
    stimuli
        Which were seen, shape (n_stimuli,).
    neuroids
        Positions of the neuroids, shape (n,).
    responses
        Of these to those, shape (n_seen, n).
    fold
        In which each is held out, shape (n_seen,).
    numbers
        The folds that can be tested.
    inner
        Their inner folds, as `folds.inner` makes them.
    """

    stimuli: NDArray[np.bool_]
    neuroids: NDArray[np.int64]
    responses: Array
    fold: NDArray[np.int64]
    numbers: NDArray[np.int64]
    inner: Inner

    def fits(self, solve: Solver, part: Array, between: Between) -> Iterator[tuple[int, Fit]]:
        """Fit a layer's matrix of the stimuli seen, (n_seen, ...); yield each fold and its fit."""
        arguments = (self.responses, self.fold, self.inner, between, self.numbers)
        return zip(self.numbers, cross_validate(solve, part, *arguments), strict=True)

    def held_out(self, number: int) -> tuple[NDArray[np.int64], Array]:
        """Positions, among all stimuli, of those that a fold holds out, and their responses."""
        out = self.fold == number
        return np.flatnonzero(self.stimuli)[out], self.responses[out]

    def training(self, number: int) -> Array:
        """Responses to the others, shape (n_train, n)."""
        return self.responses[self.fold != number]


def of_split(responses: Array, split: pd.DataFrame, seed: int) -> list[Group]:
    """Group the neuroids of a split.

    Parameters
    ----------
    responses
        Shape (n_stimuli, n_neuroids), NaN where a subject has not seen a stimulus.
    split
        As `folds.inner` takes it.
    seed
        Of the inner folds.
    """
    return [_of_seen(responses, split, seed, *seen) for seen in seen_together(responses)]


def _of_seen(
    responses: Array,
    split: pd.DataFrame,
    seed: int,
    stimuli: NDArray[np.bool_],
    neuroids: NDArray[np.int64],
) -> Group:
    fold = split["fold"].to_numpy()[stimuli]
    numbers = testable(fold)
    return Group(
        stimuli,
        neuroids,
        responses[np.ix_(stimuli, neuroids)],
        fold,
        numbers,
        folds.inner(split[stimuli], seed, numbers),
    )
