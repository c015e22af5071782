"""How many stimuli a fold needs, for a fit and for a correlation, and who saw them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ventralmap.errors import InputError

Folds = NDArray[np.int64]

FEWEST = 3
"""Stimuli that a fold needs, and that a fit to the others needs: two always correlate, ±1."""


def testable(fold: Folds) -> NDArray[np.int64]:
    """List the folds that can be tested, with enough stimuli in them and outside.

    Parameters
    ----------
    fold
        Fold of each stimulus, shape (n_stimuli,): of those that a subject has seen, which may leave
        little of a fold, or lie in one alone.

    Returns
    -------
    ndarray of int
        Numbers of the folds of three stimuli or more that leave three or more for the fit.
    """
    numbers, n = np.unique(fold, return_counts=True)
    return numbers[(n >= FEWEST) & (len(fold) - n >= FEWEST)]


def check(folder: Path, generalisation: str, repeats: Folds, *, optional: bool) -> None:
    """Refuse splits of a whole dataset of which a fold is too small for a correlation.

    Parameters
    ----------
    folder
        Of the dataset.
    generalisation
        What is held out.
    repeats
        Fold of each stimulus, shape (n_repeats, n_stimuli).
    optional
        Whether the study could do without it.

    Raises
    ------
    InputError
        Naming the dataset, the generalisation and the remedy.
    """
    smallest = min(int(np.bincount(fold).min()) for fold in repeats)
    if smallest < FEWEST:
        out = f", or leave '{generalisation}' out of encoding: generalisations" if optional else ""
        raise InputError(
            f"{folder}: encoding: folds: {repeats.max() + 1} folds of {repeats.shape[1]} stimuli"
            f" for generalisation '{generalisation}' leave one with {smallest} stimuli, and a"
            f" correlation needs {FEWEST}; write fewer folds{out}"
        )
