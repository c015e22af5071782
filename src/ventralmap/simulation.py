"""Simulated recordings: from the drive of units to spike counts, and to RDMs over time.

How many random numbers are drawn never depends on the features, so that their float32 rounding
(other threads, another machine) cannot shift the random stream.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.stats import poisson

Array = NDArray[np.float64]


def stream(seed: int, *names: object) -> np.random.Generator:
    """Make the random generator of one part of a simulation.

    Parameters
    ----------
    seed
        Seed of the whole simulation.
    names
        What the numbers are for. Each part has a stream of its own, so that changing the size of
        one leaves the others as they were.
    """
    return np.random.default_rng([seed, *"/".join(map(str, names)).encode()])


def rates(drive: Array, mean: Array, modulation: Array) -> Array:
    """Turn drive into expected spike counts: affine, then rectified.

    Parameters
    ----------
    drive
        In standard deviations, shape (n_stimuli, n_neuroids).
    mean
        Expected count at zero drive, shape (n_neuroids,).
    modulation
        Change of the count per standard deviation of drive, as a share of `mean`, shape
        (n_neuroids,).

    Returns
    -------
    ndarray, shape (n_stimuli, n_neuroids)
        max(0, mean (1 + modulation drive)).
    """
    return np.maximum(0.0, mean * (1 + modulation * drive))


def slow_gain(
    n_stimuli: int, n_repetitions: int, sd: float, memory: float, random: np.random.Generator
) -> Array:
    """Draw an excitability that drifts slowly over the trials of a session.

    The stimuli are shown in blocks, each stimulus once per block in random order. The logarithm
    of the gain is a first-order autoregressive Gaussian process over trials.

    Parameters
    ----------
    n_stimuli, n_repetitions
        Number of stimuli and of blocks.
    sd
        Standard deviation of the log gain.
    memory
        Trials after which its autocorrelation has fallen to 1/e.
    random
        Source of the draw.

    Returns
    -------
    ndarray, shape (n_stimuli, n_repetitions)
        Positive, with expectation 1.
    """
    keep = np.exp(-1 / memory)
    steps = random.standard_normal(n_stimuli * n_repetitions)
    steps[1:] *= np.sqrt(1 - keep**2)  # the first one starts the process in its stationary state
    blocks = lfilter([1.0], [1.0, -keep], steps).reshape(n_repetitions, n_stimuli)
    return np.exp(sd * random.permuted(blocks, axis=1).T - sd**2 / 2)


def counts(expected: Array, gain: Array, random: np.random.Generator) -> Array:
    """Draw spike counts that are Poisson given a shared gain.

    A doubly stochastic count with gain of mean 1 and variance v has variance m + v m² for an
    expected count m: a Fano factor above 1 that grows with the rate, as in visual cortex (Goris,
    Movshon & Simoncelli 2014, Nat. Neurosci. 17:858).

    Parameters
    ----------
    expected
        Expected counts, shape (n_stimuli, n_neuroids).
    gain
        Shared by all neuroids of a trial, shape (n_stimuli, n_repetitions).
    random
        Source of the draw.

    Returns
    -------
    ndarray, shape (n_stimuli, n_repetitions, n_neuroids)
        Whole numbers.
    """
    given = gain[:, :, None] * expected[:, None, :]
    # Through the inverse distribution function: one uniform number per count, whatever the rate.
    uniform = (random.integers(2**32, size=given.shape) + 0.5) / 2**32
    return poisson.ppf(uniform, given)


def pattern_rdm(patterns: Array) -> NDArray[np.float32]:
    """Dissimilarity of patterns: 1 - Pearson correlation over channels.

    Parameters
    ----------
    patterns
        Shape (n_stimuli, n_channels).

    Returns
    -------
    ndarray, shape (n_stimuli, n_stimuli)
        Symmetric, zero on the diagonal.
    """
    distance = 1 - np.asarray(np.corrcoef(patterns))
    np.fill_diagonal(distance, 0)
    return distance.astype(np.float32)


def course(times: Array, peak: float, sharpness: float) -> Array:
    """Strength of a response over time: nothing before onset, 1 at its peak, then decay.

    Parameters
    ----------
    times
        Milliseconds from stimulus onset, shape (n_times,).
    peak
        Time of the peak.
    sharpness
        Shape of the gamma function; its width is about peak / sqrt(sharpness).

    Returns
    -------
    ndarray, shape (n_times,)
        (t/peak · exp(1 - t/peak)) ** sharpness after onset.
    """
    after = np.maximum(times, 0.0) / peak
    return (after * np.exp(1 - after)) ** sharpness
