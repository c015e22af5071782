"""Simulated units that read a layer of a network: locally, sparsely, with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import truncnorm

Array = NDArray[np.float64]

WINDOW = 2.0
"""Half-width of a receptive field in standard deviations of its Gaussian profile."""
BORDER = 0.1
"""Distance that the centre of a receptive field keeps from the border, as a share of the side."""
CONSTANT = 1e-6
"""A feature with a smaller standard deviation, relative to its largest value, is constant."""


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
        return self.drive_of(features[:, self.channel, self.row, self.column])

    def drive_of(self, inputs: NDArray) -> Array:
        """Compute the same from the inputs alone, shape (n_stimuli, n_units, n_inputs)."""
        summed = np.einsum("sui,ui->su", standardise(inputs.astype(np.float64)), self.weight)
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


def draw(
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
    centre = random.uniform(BORDER, 1 - BORDER, (n_units, 2))
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
