"""Intervals and tests of scores of neuroids, for new stimuli, new neuroids and new subjects.

As `inference` does for RSA, the variance is put together from resamples of the stimuli, of the
neuroids, and of both (Schütt et al. 2023, eLife 12:e82566). Neuroids are nested in subjects,
who are resampled as well where there are several.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import resampling

Array = NDArray[np.float64]


ALIKE = 2
"""Subjects that may well be alike by chance, so that how they differ says little."""


@dataclass(frozen=True)
class Middle:
    """A smooth mean over an area's neuroids, resampled: of medians, the mean of the middle half.

    A median leaps from one neuroid's score to the next, and by more the fewer are drawn, so that
    for it variances over stimuli, over neuroids and over both do not add up. This mean moves as it
    does with all neuroids together.

    Attributes
    ----------
    stimuli, neuroids, both
        When these are resampled, each of shape (n_resamples, n_rows); of `stimuli` none where
        these are not resampled.
    """

    stimuli: Array
    neuroids: Array
    both: Array

    def map(self, function: Callable[[Array], Array]) -> Middle:
        """Apply a function of the last axis, the rows, to all resamples."""
        return Middle(function(self.stimuli), function(self.neuroids), function(self.both))


@dataclass(frozen=True)
class Sample:
    """Scores of an area and their resamples.

    Attributes
    ----------
    value
        Shape (n_rows,).
    stimuli, neuroids, subjects
        The same when stimuli, the neuroids of each subject or whole subjects are resampled, each
        of shape (n_resamples, n_rows); of `stimuli` and `subjects` none where these are not
        resampled.
    middle
        What the variances of stimuli and neuroids are put together by.
    n_stimuli, n_neuroids, n_subjects
        Of how many.
    n_folds
        In how many parts the stimuli were held out.
    """

    value: Array
    stimuli: Array
    neuroids: Array
    subjects: Array
    middle: Middle
    n_stimuli: int
    n_folds: int
    n_neuroids: int
    n_subjects: int

    def map(self, function: Callable[[Array], Array]) -> Sample:
        """Apply a function of the last axis, the rows, to the value and to all resamples."""
        return replace(
            self,
            value=function(self.value),
            stimuli=function(self.stimuli),
            neuroids=function(self.neuroids),
            subjects=function(self.subjects),
            middle=self.middle.map(function),
        )

    def drawn(self, kind: str) -> Array:
        """Resamples that vary in all that a key of `SPREADS` names, (n_resamples, n_rows)."""
        if kind != "both":
            return np.asarray(getattr(self, kind))
        moved = self.middle.stimuli
        if not len(moved):
            return self.neuroids
        turn = np.arange(len(self.neuroids)) % len(moved)
        return self.neuroids + (moved - moved.mean(axis=0))[turn]


@dataclass(frozen=True)
class Spread:
    """How much rows vary over new studies.

    Attributes
    ----------
    variance
        Shape (n_rows,).
    free
        Degrees of freedom of the variance, shape (n_rows,).
    """

    variance: Array
    free: Array


def of_neuroids(sample: Sample) -> Spread:
    """Spread over new neuroids, and new subjects where there are several; the stimuli stay.

    Resampling n things underestimates their variance by (n - 1) / n. Over subjects the variance is
    at least that over their neuroids, whose degrees of freedom it then has: a few subjects may be
    alike by chance. Two subjects are so often that they are left one degree of freedom.
    """
    s, within = sample.n_subjects, sample.n_neuroids - sample.n_subjects
    unbiased = sample.n_neuroids / within if within > 0 else 1.0
    variance = resampling.variance(sample.neuroids) * unbiased
    free = np.full(variance.shape, float(max(within, 1)))
    if s > 1 and len(sample.subjects):
        between = resampling.variance(sample.subjects) * s / (s - 1)
        free = np.where((variance > between) & (s > ALIKE), free, float(s - 1))
        variance = np.maximum(variance, between)
    return Spread(variance, free)


def of_stimuli(sample: Sample) -> Spread:
    """Spread over new stimuli (labels, where these are held out as a whole).

    Resampling held-out predictions keeps the fits, which other training stimuli would change. Of K
    folds each fit has K - 1 times as many stimuli as it is tested with, and the variance is that of
    the tests times 1 + K / (K - 1) (Nadeau & Bengio 2003, Mach. Learn. 52:239, section 3). The
    noise that belongs to single neuroids and stimuli is not shared by fits, and is taken once.
    """
    return _with_fits(sample, resampling.variance(sample.stimuli))


def _with_fits(sample: Sample, tested: Array) -> Spread:
    """Add to the variance over tested stimuli that of the fits to others."""
    shape, n, k = sample.value.shape, sample.n_stimuli, sample.n_folds
    if not len(sample.stimuli):
        return Spread(np.zeros(shape), np.full(shape, np.inf))
    shared = resampling.variance(sample.middle.stimuli) - _noise(sample.middle)
    fitted = np.maximum(shared, 0) * k / (k - 1)
    free = max(n - 1, 1)
    return Spread((tested + fitted) * n / free, np.full(shape, float(free)))


def noise(sample: Sample) -> Array:
    """Variance that belongs to neither stimuli nor neuroids, shape (n_rows,).

    It is to that of the smooth mean as their variances over neuroids are.
    """
    over_neuroids = resampling.variance(sample.middle.neuroids)
    ratio = np.divide(
        resampling.variance(sample.neuroids),
        over_neuroids,
        out=np.ones(over_neuroids.shape),
        where=over_neuroids > 0,
    )
    return ratio * _noise(sample.middle)


def _noise(middle: Middle) -> Array:
    """Variance of the smooth mean that belongs to neither stimuli nor neuroids.

    The variances over stimuli and over neuroids both hold it, and resampling both at once counts it
    three times: it is v_both - v_stimuli - v_neuroids (Schütt et al. 2023).
    """
    if not len(middle.stimuli):
        return np.zeros(middle.both.shape[-1])
    alone = resampling.variance(middle.stimuli) + resampling.variance(middle.neuroids)
    return np.maximum(resampling.variance(middle.both) - alone, 0)


def of_both(sample: Sample) -> Spread:
    """Spread over new stimuli and new neuroids.

    What both parts hold is taken off once. The sum has degrees of freedom by Satterthwaite (1946).
    """
    shared = resampling.variance(sample.middle.stimuli) - _noise(sample.middle)
    stimuli, units = _with_fits(sample, shared + noise(sample)), of_neuroids(sample)
    total = stimuli.variance + units.variance - noise(sample)
    variance = np.maximum(total, np.maximum(stimuli.variance, units.variance))
    return Spread(variance, _free(variance, stimuli, units))


def _free(variance: Array, *parts: Spread) -> Array:
    """Satterthwaite's degrees of freedom, no fewer than the fewest of the parts."""
    known = variance > 0
    sums = sum(part.variance**2 / part.free for part in parts)
    least = np.min([part.free for part in parts], axis=0)
    free = np.divide(variance**2, sums, out=least.copy(), where=known)
    return np.maximum(free, least)


SPREADS: dict[str, Callable[[Sample], Spread]] = {
    "neuroids": of_neuroids,
    "stimuli": of_stimuli,
    "both": of_both,
}
"""By the config's `encoding: interval`."""


def interval(sample: Sample, kind: str = "both") -> tuple[Array, Array]:
    """95 % confidence interval of each row by Student's t, two arrays of shape (n_rows,).

    NaN over neuroids alone where there is one, which says nothing of others.
    """
    spread = SPREADS[kind](sample)
    width = stats.t.ppf(0.975, spread.free) * np.sqrt(spread.variance)
    if kind == "neuroids" and sample.n_neuroids < 2:
        width = np.full(width.shape, np.nan)
    return sample.value - width, sample.value + width


def p_greater(sample: Sample) -> Array:
    """One-sided p that a row is not above zero, by Student's t on the spread over both.

    1 where nothing varies, NaN where nothing is known; never below 1 / (1 + n), n the number of
    resamples, which is as far as they resolve.
    """
    return _p(sample, lambda t, free: stats.t.sf(t, free))


def p_different(sample: Sample) -> Array:
    """Two-sided p that a row is zero; as `p_greater`."""
    return _p(sample, lambda t, free: 2 * stats.t.sf(np.abs(t), free))


def _p(sample: Sample, tail: Callable[[Array, Array], Array]) -> Array:
    spread = of_both(sample)
    deviation = np.sqrt(spread.variance)
    varies = ~(deviation <= 0)  # or unknown, which makes p unknown
    t = np.divide(sample.value, deviation, out=np.zeros(deviation.shape), where=varies)
    p = np.where(varies, tail(t, spread.free), 1.0)
    return np.where(np.isnan(sample.value), np.nan, np.maximum(p, 1 / (1 + len(sample.neuroids))))
