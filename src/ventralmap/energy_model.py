"""The control `gabor`: simple and complex cells of V1 as an energy model, in torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from ventralmap.gabors import ONE_OCTAVE, gabor, odd_size
from ventralmap.images import grey_square

SIDE = 128
"""Pixels along the side of the images."""
N_ORIENTATIONS = 8
OCTAVES = tuple(2.0**power for power in range(-4, 6))
"""Spatial frequencies that filters may have, in cycles per degree."""
CYCLES = (4.0, SIDE / 4)
"""Fewest and most cycles of a carrier along the side of an image: those that a grid can show."""
SEMI_SATURATION = 0.1
"""Contrast at which normalised responses reach half of their largest, roughly (Heeger 1992)."""
POOL = 3
"""Side of the neighbourhood, in samples of a scale, that divides a response."""


def frequencies(degrees: float) -> list[float]:
    """Spatial frequencies of the filters, in cycles per degree, for images of so many degrees."""
    return [f for f in OCTAVES if CYCLES[0] <= f * degrees <= CYCLES[1]]


def orientations(n: int = N_ORIENTATIONS) -> list[float]:
    """Directions in which the carriers vary, in radians, evenly over half a turn."""
    return [np.pi * k / n for k in range(n)]


def luminance(image: Image.Image) -> torch.Tensor:
    """Turn an RGB image into contrast about mid-grey, -1 to 1, shape (1, SIDE, SIDE), float32.

    The luma of the sRGB values (Rec. 601) of the largest square in the middle.
    """
    return torch.from_numpy(grey_square(image, SIDE) / 127.5 - 1)[None]


class Quadrature(nn.Module):
    """Pairs of an even and an odd filter of one frequency, for each orientation.

    The filters have no mean. The even one gives 1 for a full-contrast grating of its frequency and
    orientation in cosine phase, the odd one for sine phase. Beyond its edges an image is mid-grey.
    Its samples are half an envelope apart, or a pixel.

    Parameters
    ----------
    wavelength
        In pixels.
    angles
        Orientations in radians.
    """

    filters: torch.Tensor

    def __init__(self, wavelength: float, angles: Sequence[float]) -> None:
        super().__init__()
        sigma = ONE_OCTAVE * wavelength
        size = odd_size(sigma)
        pairs = [
            _unit(size, wavelength, sigma, angle, phase)
            for phase in (0.0, -np.pi / 2)
            for angle in angles
        ]
        self.register_buffer("filters", torch.from_numpy(np.array(pairs))[:, None].float())
        self.stride, self.padding = max(1, int(sigma / 2)), size // 2

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return even and odd responses, each (image, orientation, y, x)."""
        even, odd = functional.conv2d(
            images, self.filters, stride=self.stride, padding=self.padding
        ).chunk(2, dim=1)
        return even, odd


def _unit(
    size: int, wavelength: float, sigma: float, angle: float, phase: float
) -> np.typing.NDArray[np.float64]:
    """Sample a filter without its mean, weighted by its envelope, and of gain 1 at its optimum."""
    envelope = gabor(size, np.inf, sigma, angle)
    made = gabor(size, wavelength, sigma, angle, phase)
    made -= envelope * made.sum() / envelope.sum()
    grating = gabor(size, wavelength, 1e9, angle, phase)
    return made / (made * grating).sum()


class Simple(nn.Module):
    """Half-rectified responses at four phases (Movshon et al. 1978)."""

    def forward(self, pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
        """Return (image, unit)."""
        return torch.cat(
            [
                functional.relu(value).flatten(1)
                for even, odd in pairs
                for value in (even, odd, -even, -odd)
            ],
            dim=1,
        )


class Complex(nn.Module):
    """Root of the energy of a quadrature pair, whatever the phase (Adelson & Bergen 1985)."""

    def forward(self, pairs: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
        """Return (image, unit)."""
        return torch.cat([_energy(*pair).sqrt().flatten(1) for pair in pairs], dim=1)


def _energy(even: torch.Tensor, odd: torch.Tensor) -> torch.Tensor:
    return even**2 + odd**2


class EnergyModel(nn.Module):
    """V1 for images of some degrees: layers `simple` and `complex`.

    Parameters
    ----------
    degrees
        Visual angle of the images.
    normalised
        Whether responses are divided by the root of the mean energy of all orientations nearby and
        of `SEMI_SATURATION` squared (divisive normalisation, Heeger 1992, eq. 9).

    Attributes
    ----------
    scales
        A `Quadrature` for each frequency, low to high.
    """

    def __init__(self, degrees: float, normalised: bool = False) -> None:
        super().__init__()
        per_degree = SIDE / degrees
        angles = orientations()
        self.scales = nn.ModuleList(
            Quadrature(per_degree / f, angles) for f in frequencies(degrees)
        )
        self.normalised = normalised
        self.simple = Simple()
        self.complex = Complex()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the responses of simple and complex cells, (image, unit)."""
        pairs = [scale(images) for scale in self.scales]
        if self.normalised:
            pairs = [_normalise(*pair) for pair in pairs]
        return torch.cat([self.simple(pairs), self.complex(pairs)], dim=1)


def _normalise(even: torch.Tensor, odd: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    over_orientations = _energy(even, odd).mean(dim=1, keepdim=True)
    pool = functional.avg_pool2d(over_orientations, POOL, stride=1, padding=POOL // 2)
    divisor = (SEMI_SATURATION**2 + pool).sqrt()
    return even / divisor, odd / divisor
