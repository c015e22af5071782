"""Simulated recordings: units that read a layer locally and sparsely, and their noise.

Every random number is drawn before any feature is looked at and used through fixed-size arrays, so
float32 rounding of the features (other threads, other machine) cannot shift the random stream.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson, truncnorm

Array = NDArray[np.float64]

WINDOW = 2.0
"""Half-width of a receptive field in standard deviations of its Gaussian profile."""
CONSTANT = 1e-6
"""A feature with a smaller standard deviation, relative to its largest value, is constant."""


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


@dataclass(frozen=True, eq=False)
class Readout:
    """Weights of simulated units on the units of a convolutional layer.

    Attributes
    ----------
    channel, row, column
        Inputs of each unit on the layer's map, shape (n_units, n_inputs).
    weight
        Their weights on the standardised features, shape (n_units, n_inputs).
    centre
        Centre of each receptive field, down and across, from 0 to 1, shape (n_units, 2).
    """

    channel: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    weight: Array
    centre: Array

    def drive(self, features: NDArray) -> Array:
        """Compute the noise-free drive of each unit, in standard deviations over stimuli.

        Parameters
        ----------
        features
            Shape (n_stimuli, n_channels, height, width).

        Returns
        -------
        ndarray, shape (n_stimuli, n_units)
            The weighted sum of the inputs, each standardised over stimuli, standardised in turn.
        """
        inputs = features[:, self.channel, self.row, self.column].astype(np.float64)
        summed = np.einsum("sui,ui->su", standardise(inputs), self.weight)
        return standardise(summed)


def standardise(values: Array) -> Array:
    """Subtract the mean over the first axis and divide by the standard deviation.

    Parameters
    ----------
    values
        Shape (n_stimuli, ...).

    Returns
    -------
    ndarray
        The same shape; zeros where a feature does not vary.
    """
    centred = values - values.mean(axis=0)
    deviation = centred.std(axis=0)
    varies = deviation > CONSTANT * np.abs(values).max(axis=0)
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=varies)


def draw_readout(
    n_units: int,
    n_inputs: int,
    sd: float,
    shape: tuple[int, int, int],
    random: np.random.Generator,
) -> Readout:
    """Draw units with Gaussian receptive fields and sparse random weights.

    Each unit has a random centre. Its inputs are drawn, with replacement, from all channels and
    from places around the centre under a Gaussian cut off at two standard deviations and at the
    border of the map; their weights are standard normal.

    Parameters
    ----------
    n_units
        Number of units.
    n_inputs
        Inputs per unit.
    sd
        Standard deviation of the receptive fields, as a share of the image's side.
    shape
        Channels, height and width of the layer.
    random
        Source of the draw.
    """
    n_channels, height, width = shape
    centre = random.uniform(WINDOW * 0.05, 1 - WINDOW * 0.05, (n_units, 2))
    place = _places(centre, n_inputs, sd, random)  # (2, n_units, n_inputs)
    return Readout(
        channel=random.integers(n_channels, size=(n_units, n_inputs)),
        row=_cell(place[0], height),
        column=_cell(place[1], width),
        weight=random.standard_normal((n_units, n_inputs)),
        centre=centre,
    )


def _places(centre: Array, n_inputs: int, sd: float, random: np.random.Generator) -> Array:
    centre = centre.T[:, :, None]
    low = np.maximum(-WINDOW, -centre / sd)
    high = np.minimum(WINDOW, (1 - centre) / sd)
    shape = (*centre.shape[:2], n_inputs)
    return centre + sd * truncnorm.rvs(low, high, size=shape, random_state=random)


def _cell(place: Array, n_cells: int) -> NDArray[np.int64]:
    """Index of the map's cell at a place from 0 to 1; the far border belongs to the last cell."""
    return np.minimum((place * n_cells).astype(np.int64), n_cells - 1)


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
    log_gain = np.empty_like(steps)
    state = steps[0]
    for trial, step in enumerate(steps):
        state = step if trial == 0 else keep * state + np.sqrt(1 - keep**2) * step
        log_gain[trial] = state
    blocks = log_gain.reshape(n_repetitions, n_stimuli)
    return np.exp(sd * random.permuted(blocks, axis=1).T - sd**2 / 2)


def counts(expected: Array, gain: Array, random: np.random.Generator) -> Array:
    """Draw spike counts that are Poisson given a shared gain.

    A doubly stochastic count with gain of mean 1 and variance v has variance m + v m² for an
    expected count m: a Fano factor above 1 that grows with the rate, as in visual cortex (Goris,
    Movshon & Simoncelli 2014, equation 3).

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
    distance = 1 - np.corrcoef(patterns)
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
