"""Intervals and tests of mean similarities over subjects, for new stimuli and new subjects.

Rows are what is compared with the subjects: layers, and whatever stands beside them, such as the
lower noise ceiling. Variances are those of the two-factor bootstrap (Schütt et al. 2023); with a
single subject they are over stimuli alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ventralmap import jackknife

Array = NDArray[np.float64]

WAYS = ["stimuli", "subjects", "both"]
"""What is resampled, in the order of `Bootstrap.resamples`."""
ENOUGH_SUBJECTS = 8
"""Subjects that a sign-flip test needs: with fewer, few p-values are possible."""
ENOUGH_KNOWN = 0.9
"""Share of the resamples that must have a similarity for their variance to stand for all."""


@dataclass(frozen=True)
class Bootstrap:
    """Mean similarities and their resamples.

    Attributes
    ----------
    mean
        Mean over subjects, shape (n_rows,).
    resamples
        The same when stimuli, subjects, or both are resampled, shape (3, n_bootstrap, n_rows).
    n_stimuli, n_subjects
        Of how many.
    left_out
        Similarity of each subject with each group of stimuli left out, shape (n_subjects,
        n_groups, n_rows), from which the variance over stimuli is then corrected (`jackknife`).
    """

    mean: Array
    resamples: Array
    n_stimuli: int
    n_subjects: int
    left_out: Array | None = None

    @property
    def single(self) -> bool:
        """Whether there is but one subject, who says nothing of others."""
        return self.n_subjects < 2

    @property
    def samples(self) -> Array:
        """Resamples of all that can be resampled, shape (n_bootstrap, n_rows)."""
        return self.resamples[0 if self.single else 2]

    def rows(self, rows: slice | list[int]) -> Bootstrap:
        """Take some of the rows."""
        return self._map(lambda values: values[..., rows])

    def contrast(self, weights: Array) -> Bootstrap:
        """Make weighted sums of the rows; `weights` has shape (n_sums, n_rows)."""
        return self._map(lambda values: values @ weights.T)

    def minus(self, other: Bootstrap) -> Bootstrap:
        """Subtract rows under the same resamples, such as those of another model."""
        a, b = self.left_out, other.left_out
        return replace(
            self,
            mean=self.mean - other.mean,
            resamples=self.resamples - other.resamples,
            left_out=None if a is None or b is None else a - b,
        )

    def _map(self, function: Callable[[Array], Array]) -> Bootstrap:
        """Apply a function of the last axis, the rows, to all that there is."""
        return replace(
            self,
            mean=function(self.mean),
            resamples=function(self.resamples),
            left_out=None if self.left_out is None else function(self.left_out),
        )


def variance(sample: Bootstrap) -> Array:
    """Variance of each row over new stimuli and new subjects, shape (n_rows,).

    Resampling n things underestimates their variance by (n - 1) / n, and resampling both at once
    counts the measurement noise three times. With the factors f of stimuli and g of subjects,
    n / (n - 1), the variance is f v_stimuli + g v_subjects - f g (v_both - v_stimuli - v_subjects),
    at least each of the first two and at most v_both (Schütt et al. 2023; rsatoolbox). With one
    subject it is f v_stimuli. Each is over the resamples that have a similarity, and NaN where
    these are less than `ENOUGH_KNOWN` of them. Where it is known what leaving out stimuli does, the
    bootstrap's variances over them are corrected by it (`jackknife`).
    """
    f, g = (n / (n - 1) if n > 1 else np.nan for n in (sample.n_stimuli, sample.n_subjects))
    stimuli, subjects, both = _variances(sample.resamples)
    if sample.left_out is not None:
        if sample.single:
            return jackknife.of_stimuli(jackknife.variance(_only(sample.left_out)), f * stimuli)
        return jackknife.of_both(sample.left_out, f * stimuli, g * subjects)
    if sample.single:
        return f * stimuli
    corrected = f * stimuli + g * subjects - f * g * (both - stimuli - subjects)
    return np.minimum(np.maximum(corrected, np.maximum(f * stimuli, g * subjects)), both)


def _only(left_out: Array) -> Array:
    """Take the one subject who has values, (n_groups, n_rows)."""
    return left_out[int((~np.isnan(left_out)).any(axis=(1, 2)).argmax())]


def _variances(resamples: Array) -> Array:
    """Variance over resamples, (3, n_bootstrap, n_rows), of each kind and row, (3, n_rows)."""
    enough = (~np.isnan(resamples)).mean(axis=1) >= ENOUGH_KNOWN
    known = np.where(enough[:, None], resamples, 0.0)
    return np.where(enough, np.nanvar(known, axis=1, ddof=1), np.nan)


def degrees_of_freedom(sample: Bootstrap) -> int:
    """Of Student's t: one less than the fewer of stimuli and subjects (Schütt et al. 2023)."""
    return (sample.n_stimuli if sample.single else min(sample.n_stimuli, sample.n_subjects)) - 1


def interval(sample: Bootstrap) -> tuple[Array, Array]:
    """95 % confidence interval of each row by Student's t, two arrays of shape (n_rows,)."""
    width = stats.t.ppf(0.975, degrees_of_freedom(sample)) * np.sqrt(variance(sample))
    return sample.mean - width, sample.mean + width


def interval_over_subjects(similarity: Array) -> tuple[Array, Array]:
    """95 % confidence interval of each row's mean over subjects who see the same stimuli.

    By Student's t on the standard error over subjects: it says where the mean of other subjects
    would lie, not what other stimuli would give.

    Parameters
    ----------
    similarity
        Shape (n_rows, n_subjects); NaN, a subject whose similarity is unknown, does not count.

    Returns
    -------
    low, high : ndarray, shape (n_rows,)
        NaN where fewer than two subjects are known.
    """
    known = ~np.isnan(similarity)
    n = np.where((counted := known.sum(axis=1)) > 1, counted, np.nan)
    mean = np.where(known, similarity, 0.0).sum(axis=1) / n
    squares = np.where(known, (similarity - mean[:, None]) ** 2, 0.0).sum(axis=1)
    width = stats.t.ppf(0.975, n - 1) * np.sqrt(squares / (n - 1) / n)
    return mean - width, mean + width


def p_greater(sample: Bootstrap) -> Array:
    """One-sided p that a row is not above zero, by Student's t, shape (n_rows,).

    1 where nothing varies, NaN where the variance is unknown; never below 1 / (1 + the number of
    resamples), which is as far as they resolve.
    """
    return _p(sample, lambda t, free: stats.t.sf(t, free))


def p_different(sample: Bootstrap) -> Array:
    """Two-sided p that a row is zero, by Student's t, shape (n_rows,); bounds as `p_greater`."""
    return _p(sample, lambda t, free: 2 * stats.t.sf(np.abs(t), free))


def _p(sample: Bootstrap, tail: Callable[[Array, int], Array]) -> Array:
    spread = np.sqrt(variance(sample))
    varies = ~(spread <= 0)  # or unknown, which makes p unknown
    t = np.divide(sample.mean, spread, out=np.zeros(spread.shape), where=varies)
    p = np.where(varies, tail(t, degrees_of_freedom(sample)), 1.0)
    return np.maximum(p, 1 / (1 + sample.resamples.shape[1]))


def below(sample: Bootstrap, reference: int) -> Bootstrap:
    """How far each row lies below one of them.

    Parameters
    ----------
    sample
        Of n_rows rows.
    reference
        Position of the row that is compared with all.

    Returns
    -------
    Bootstrap
        Of n_rows rows: the reference minus each, zero for itself.
    """
    return sample.rows([reference] * len(sample.mean)).minus(sample)


def sign_flip_p(similarity: Array, n: int, seed: int) -> Array:
    """Test each row's mean over subjects against zero by flipping signs of subjects.

    Under the null the similarity of a subject is as likely as its negative. All flips are made
    where there are no more than `n` of them.

    Parameters
    ----------
    similarity
        Shape (n_rows, n_subjects); NaN, a subject whose similarity is unknown, does not count.
    n
        Number of random flips.
    seed
        Seed of the flips.

    Returns
    -------
    ndarray, shape (n_rows,)
        One-sided p, the flip of none counted; NaN with fewer than `ENOUGH_SUBJECTS` known subjects.
    """
    known = ~np.isnan(similarity)
    enough, counted = known.sum(axis=1) >= ENOUGH_SUBJECTS, known.any(axis=0)
    if not enough.any():
        return np.full(len(similarity), np.nan)
    values = np.nan_to_num(similarity[:, counted])  # the sign of zero changes no sum
    flips = _signs(values.shape[1], n, seed) @ values.T  # (n_flips, n_rows)
    as_large = flips >= values.sum(axis=1) - 1e-12
    return np.where(enough, as_large.mean(axis=0), np.nan)


def _signs(n_subjects: int, n: int, seed: int) -> Array:
    """All 2 ** n_subjects flips if they are at most n, else the identity and n random ones."""
    if 2**n_subjects <= n:
        bits = (np.arange(2**n_subjects)[:, None] >> np.arange(n_subjects)) & 1
        return np.where(bits, -1.0, 1.0)
    random = np.random.default_rng(seed).choice([-1.0, 1.0], size=(n, n_subjects))
    return np.concatenate([np.ones((1, n_subjects)), random])
