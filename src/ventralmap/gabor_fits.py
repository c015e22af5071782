"""Gabor functions fitted to small filters, as to receptive fields of simple cells.

The shape of a filter is told by n_x = sigma_x f and n_y = sigma_y f, the width of its envelope
across and along its bars in periods of the carrier (Ringach 2002).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Array = NDArray[np.float64]

PADDED = 64
"""Side to which filters are padded with zeros before their Fourier transform."""
SMALLEST = 5
"""Side of the smallest filters that are fitted: 3 x 3 have nine values for eight parameters."""
NARROWEST = 0.5
"""Pixels below which the width of an envelope is not told by pixels."""
NYQUIST = 0.5
"""Highest frequency, in cycles per pixel."""
EXPLAINED = 0.7
"""Share of the squares of a filter that a good fit explains."""
WIDTHS = ((0.2, 0.2), (0.15, 0.35))
"""Envelopes that fits start from, across and along, in sides of the filter."""
STARTS = 2
"""Peaks of the spectrum that fits start from, with each of the envelopes."""


@dataclass(frozen=True)
class GaborFit:
    """A Gabor function: A exp(-x'^2 / (2 sigma_x^2) - y'^2 / (2 sigma_y^2)) cos(2 pi f x' + phase).

    Attributes
    ----------
    orientation
        Direction x' in which the carrier varies, in degrees from the x axis towards the y axis,
        0 to 180; the bars are at right angles to it.
    frequency
        f, in cycles per pixel.
    sigma_x, sigma_y
        In pixels.
    phase
        Of the carrier in the middle of the envelope, in degrees, 0 (even) to 90 (odd).
    explained
        Share of the squares of the filter that are those of the fit: 1 - residual / total.
    """

    orientation: float
    frequency: float
    sigma_x: float
    sigma_y: float
    phase: float
    explained: float

    @property
    def n_x(self) -> float:
        """Width across the bars in periods."""
        return self.sigma_x * self.frequency

    @property
    def n_y(self) -> float:
        """Length along the bars in periods."""
        return self.sigma_y * self.frequency

    def verdict(self, size: int) -> str:
        """Say whether the fit to a filter of `size` pixels is good, or why it is not.

        Returns
        -------
        str
            ``good``; ``poor`` (explains less than `EXPLAINED`); ``narrow`` (an envelope of
            `NARROWEST` pixels, which only says that it is no wider); ``wide`` (an envelope as wide
            as the filter, which only says that it is no narrower); ``fine`` (the highest frequency
            that pixels have, which only says that it is no lower).
        """
        if self.explained < EXPLAINED:
            return "poor"
        if min(self.sigma_x, self.sigma_y) < 1.01 * NARROWEST:
            return "narrow"
        if max(self.sigma_x, self.sigma_y) > 0.99 * size:
            return "wide"
        return "fine" if self.frequency > 0.99 * NYQUIST else "good"


def peaks(image: Array, n: int = 1) -> list[tuple[float, float]]:
    """Find where the amplitude spectrum of a filter is highest.

    Parameters
    ----------
    image
        Shape (size, size), at most `PADDED`.
    n
        How many local maxima, in the order of their height.

    Returns
    -------
    list of (float, float)
        Orientation in degrees, 0 to 180, and frequency in cycles per pixel; fewer where there are
        fewer maxima.
    """
    spectrum = np.abs(np.fft.fft2(image, (PADDED, PADDED)))
    around = [np.roll(spectrum, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    highest = spectrum >= np.max(around, axis=0)
    y, x = np.nonzero(highest & (spectrum > 0))
    order = np.argsort(-spectrum[y, x].round(12), kind="stable")
    fy, fx = np.fft.fftfreq(PADDED)[[y[order], x[order]]]
    angles = np.degrees(np.arctan2(fy, fx)).round(6) % 180  # both halves of it are the same
    found = zip(angles.tolist(), np.hypot(fx, fy).tolist(), strict=True)
    return list(dict.fromkeys(found))[:n]


def fit(image: Array) -> GaborFit:
    """Fit a Gabor function by least squares, the best of several starts.

    Amplitude and phase are linear in the parts of even and odd phase, and solved for at each step;
    the other six parameters are searched (scipy.optimize.least_squares, variable projection).

    Parameters
    ----------
    image
        Shape (size, size), not all zero.

    Returns
    -------
    GaborFit
    """
    size = len(image)
    place = np.arange(size) - (size - 1) / 2
    x, y = np.meshgrid(place, place)
    target = image.ravel() / np.linalg.norm(image)
    low = [place[0], place[0], np.log(NARROWEST), np.log(NARROWEST), -np.inf, 0.0]
    high = [place[-1], place[-1], np.log(size), np.log(size), np.inf, NYQUIST]

    def residual(values: Array) -> Array:
        basis = _basis(values, x, y)
        return target - basis @ _amplitudes(basis, target)

    found = [
        least_squares(
            residual, np.clip(start, low, high), bounds=(low, high), max_nfev=20, ftol=1e-5
        )
        for start in _starts(image, x, y)
    ]
    best = min(found, key=lambda one: one.cost)
    return _described(best.x, 1 - 2 * best.cost, _amplitudes(_basis(best.x, x, y), target))


def _basis(values: Array, x: Array, y: Array) -> Array:
    """Gabor functions of even and odd phase, shape (pixels, 2)."""
    x0, y0, log_x, log_y, angle, frequency = values
    along = (x - x0) * np.cos(angle) + (y - y0) * np.sin(angle)
    across = -(x - x0) * np.sin(angle) + (y - y0) * np.cos(angle)
    squares = (along * np.exp(-log_x)) ** 2 + (across * np.exp(-log_y)) ** 2
    turned = np.exp(-squares / 2 - 2j * np.pi * frequency * along).ravel()
    return np.stack([turned.real, turned.imag], axis=1)


def _amplitudes(basis: Array, target: Array) -> Array:
    """Amplitudes of both phases by least squares; the odd one of a carrier that stands still is 0.

    A ridge far below what pixels tell keeps the equations solvable.
    """
    gram = basis.T @ basis
    gram.flat[::3] += 1e-9 * gram.trace() + 1e-300
    return np.asarray(np.linalg.solve(gram, basis.T @ target))


def _starts(image: Array, x: Array, y: Array) -> Iterator[Array]:
    weight = image**2 / (image**2).sum()
    centre = (weight * x).sum(), (weight * y).sum()
    for angle, frequency in peaks(image, STARTS):
        for across, along in WIDTHS:
            widths = np.log([across * len(image), along * len(image)])
            yield np.array([*centre, *widths, np.radians(angle), max(frequency, 0.02)])


def _described(values: Array, explained: float, amplitudes: Array) -> GaborFit:
    even, odd = np.abs(amplitudes)
    return GaborFit(
        orientation=float(np.degrees(values[4]) % 180),
        frequency=float(values[5]),
        sigma_x=float(np.exp(values[2])),
        sigma_y=float(np.exp(values[3])),
        phase=float(np.degrees(np.arctan2(odd, even))),
        explained=float(explained),
    )
