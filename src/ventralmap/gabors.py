"""Gabor functions on a grid of pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ONE_OCTAVE = float(np.sqrt(np.log(2) / 2) / np.pi * 3)
"""Width of the envelope, in wavelengths, of a filter that halves half an octave away (.562)."""


def gabor(
    size: int,
    wavelength: float,
    sigma: float,
    orientation: float,
    phase: float = 0.0,
    aspect: float = 1.0,
) -> Array:
    """Sample a Gabor function (Daugman 1985, eq. 1, without its constant factor).

    exp(-(x'^2 + (aspect y')^2) / (2 sigma^2)) cos(2 pi x' / wavelength + phase), in which x' and y'
    are the coordinates turned by the orientation, from the middle of the grid.

    Parameters
    ----------
    size
        Side of the grid, in pixels; odd, so that it has a middle.
    wavelength, sigma
        Of the carrier, and of the envelope along x', in pixels.
    orientation
        Direction in which the carrier varies, in radians from the x axis towards the y axis.
    phase
        Of the carrier at the middle, in radians: 0 is even, -pi/2 odd.
    aspect
        Envelope along x' over that along y'.

    Returns
    -------
    numpy.ndarray
        Shape (size, size): rows are y, columns x.
    """
    place = np.arange(size) - (size - 1) / 2
    x, y = np.meshgrid(place, place)
    along = x * np.cos(orientation) + y * np.sin(orientation)
    across = -x * np.sin(orientation) + y * np.cos(orientation)
    envelope = np.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma**2))
    return envelope * np.cos(2 * np.pi * along / wavelength + phase)


def odd_size(sigma: float, n_sigma: float = 3.0) -> int:
    """Side of a grid that holds an envelope to `n_sigma` on each side."""
    return 2 * int(np.ceil(n_sigma * sigma)) + 1
