"""Variance over new stimuli without the share that resampling them counts too often.

A similarity of two kernels is in essence a mean over pairs of stimuli. Its variance over stimuli
has a part L that belongs to single stimuli and a part D that belongs to single pairs, such as the
noise of the measurement. A pair is in a resample as often as the product of its stimuli's counts,
whose variance is three: the bootstrap finds L + 3 D. Leaving out one stimulus at a time finds
L + 2 D (Efron & Stein 1981, Ann. Stat. 9:586). So L + D is twice the second less the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST = 200
"""Groups that the stimuli are left out in; single stimuli where there are no more."""


def counts(n_stimuli: int, seed: int) -> NDArray[np.int64]:
    """Count each stimulus with each group left out.

    Parameters
    ----------
    n_stimuli
        Number of stimuli.
    seed
        Of the groups, where stimuli are not left out one by one.

    Returns
    -------
    ndarray of int, shape (n_groups, n_stimuli)
        0 for the stimuli of the group, 1 for all others.
    """
    n = n_groups(n_stimuli)
    group = np.random.default_rng([seed, 2]).permutation(n_stimuli) % n
    return np.asarray(group != np.arange(n)[:, None], dtype=np.int64)


def n_groups(n_stimuli: int) -> int:
    """Return the number of groups that so many stimuli are left out in."""
    return min(n_stimuli, MOST)


def variance(left_out: Array) -> Array:
    """Jackknife variance, (n - 1) / n times the sum of squares around the mean.

    Parameters
    ----------
    left_out
        Values with each group left out, shape (..., n_groups, n_rows).

    Returns
    -------
    ndarray, shape (..., n_rows)
        NaN where one of the values is.
    """
    return np.asarray((left_out.shape[-2] - 1) * left_out.var(axis=-2))


def of_stimuli(left_out: Array, bootstrapped: Array) -> Array:
    """Variance L + D of a row over new stimuli.

    Parameters
    ----------
    left_out
        The jackknife's, L + 2 D.
    bootstrapped
        The bootstrap's, L + 3 D.

    Returns
    -------
    ndarray
        At most the first, and at least half of it, which is what it is where L is zero.
    """
    return np.clip(2 * left_out - bootstrapped, left_out / 2, left_out)


def of_both(left_out: Array, bootstrapped: Array, subjects: Array) -> Array:
    """Variance of a mean over subjects, for new stimuli and new subjects.

    What subjects share varies with the stimuli (S); the rest varies with the subjects and is in the
    spread of the subjects, noise of pairs included. The jackknife variance of the mean over n
    subjects is S + R, that of single ones S + n R on average, which tells S.

    Parameters
    ----------
    left_out
        Values of each subject with each group left out, shape (n_subjects, n_groups, n_rows); NaN
        where a subject has none.
    bootstrapped
        Variance with stimuli resampled, shape (n_rows,).
    subjects
        Variance over new subjects, shape (n_rows,).

    Returns
    -------
    ndarray, shape (n_rows,)
        At least that over new stimuli alone, and that over new subjects alone: the largest of
        estimates is too large on average where subjects are few and share little.
    """
    known: NDArray[np.bool_] = np.all(~np.isnan(left_out), axis=1)  # (n_subjects, n_rows)
    n = known.sum(axis=0)
    total = np.where(known[:, None], left_out, 0.0).sum(axis=0)
    of_mean = variance(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))
    each = np.where(known, variance(left_out), 0.0).sum(axis=0) / np.maximum(n, 1)
    shared = (n * of_mean - each) / np.maximum(n - 1, 1)
    least = np.maximum(of_stimuli(of_mean, bootstrapped), subjects)
    return np.asarray(np.maximum(shared + subjects, least))
