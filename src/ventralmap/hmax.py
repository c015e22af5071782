"""The control `hmax`: alternating layers of simple and complex cells, in torch.

Riesenhuber & Poggio (1999); filters, bands and patches as in Serre et al. (2007, table 1), the
responses of S2 as in Mutch & Lowe (2008, eq. 3). The patches of S2 are learned, as there, by
cutting them from C1's responses to natural photographs, here those that packages ship.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from ventralmap.gabors import gabor
from ventralmap.images import grey_square
from ventralmap.shipped import PHOTOGRAPHS, open_photograph

SIDE = 128
"""Pixels along the side of the images."""
SIZES = tuple(range(7, 39, 2))
"""Sides of the filters of S1, in pixels."""
N_ORIENTATIONS = 4
ASPECT = 0.3
POOLS = tuple(range(8, 24, 2))
"""Sides of the neighbourhoods of C1, one for each band of two sizes of filters."""
PATCHES = (4, 8, 12, 16)
"""Sides of the patches of S2, in samples of C1."""
N_PATCHES = 100
"""Patches of each side."""
LEARNED_FROM = 2
"""Band of C1 that patches are cut from: the first with room for the largest and for places."""
LEAST = 1e-3
"""Root mean square of an image, in its range of 0 to 1, below which a place counts as blank."""


def grey(image: Image.Image) -> torch.Tensor:
    """Turn an RGB image into luma in [0, 1], shape (1, SIDE, SIDE): its largest middle square."""
    return torch.from_numpy(grey_square(image, SIDE) / 255)[None]


class S1(nn.Module):
    """Filters of one size and four orientations: size of the cosine with the image there."""

    filters: torch.Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        made = [_filter(size, np.pi * k / N_ORIENTATIONS) for k in range(N_ORIENTATIONS)]
        self.register_buffer("filters", torch.from_numpy(np.array(made))[:, None].float())
        self.size = size

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (image, orientation, y, x), 0 to 1."""
        found = functional.conv2d(images, self.filters, padding=self.size // 2)
        pad = self.size // 2
        square = functional.avg_pool2d(images**2, self.size, stride=1, padding=pad)
        norm = self.size * square.clamp(min=LEAST**2).sqrt()
        return found.abs() / norm


def _filter(size: int, orientation: float) -> np.typing.NDArray[np.float64]:
    """Sample a filter inside its circle, without its mean, of norm 1 (Serre et al. 2007)."""
    sigma = 0.0036 * size**2 + 0.35 * size + 0.18
    made = gabor(size, sigma / 0.8, sigma, orientation, aspect=ASPECT)
    place = np.arange(size) - size // 2
    inside = np.hypot(*np.meshgrid(place, place)) <= size / 2
    made = np.where(inside, made - made[inside].mean(), 0)
    return made / np.linalg.norm(made)


class C1(nn.Module):
    """The largest of two sizes of S1 and of a neighbourhood, for each orientation."""

    def __init__(self, pool: int) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, small: torch.Tensor, large: torch.Tensor) -> torch.Tensor:
        """Return (image, orientation, y, x); neighbourhoods overlap by half."""
        return functional.max_pool2d(torch.maximum(small, large), self.pool, self.pool // 2)


class S2(nn.Module):
    """How near each place of C1 is to each patch: exp(-distance² / (2 (side / 4)²))."""

    patches: torch.Tensor

    def __init__(self, patches: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("patches", patches)

    def forward(self, band: torch.Tensor) -> torch.Tensor:
        """Return (image, patch, y, x)."""
        side = self.patches.shape[-1]
        around = functional.conv2d(band**2, torch.ones_like(self.patches[:1]))
        own = (self.patches**2).sum(dim=(1, 2, 3))[:, None, None]
        distance = around - 2 * functional.conv2d(band, self.patches) + own
        return torch.exp(-distance.clamp(min=0) / (2 * (side / 4) ** 2))


class Flat(nn.Module):
    """Put values side by side, (image, unit)."""

    def forward(self, values: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return (image, unit)."""
        return torch.cat([value.flatten(1) for value in values], dim=1)


class C2(nn.Module):
    """The largest response to each patch at any place and size."""

    def forward(self, responses: Sequence[Sequence[torch.Tensor]]) -> torch.Tensor:
        """Return (image, patch) from what each size of patch gave in each band."""
        largest = [
            torch.stack([band.amax(dim=(2, 3)) for band in bands]).amax(dim=0)
            for bands in responses
        ]
        return torch.cat(largest, dim=1)


class Hmax(nn.Module):
    """The whole model; layers `s1`, `c1`, `s2` and `c2`.

    Parameters
    ----------
    patches
        For each side, shape (patch, orientation, side, side).
    """

    def __init__(self, patches: Sequence[torch.Tensor]) -> None:
        super().__init__()
        self.first = EarlyLayers()
        self.compare = nn.ModuleList(S2(of_side) for of_side in patches)
        self.s1, self.c1, self.s2, self.c2 = Flat(), Flat(), Flat(), C2()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (image, unit) of all layers."""
        simple, bands = self.first(images)
        responses = [
            [compare(band) for band in bands if band.shape[-1] >= side]
            for compare, side in zip(self.compare, PATCHES, strict=True)
        ]
        flat = [self.s1(simple), self.c1(bands)]
        flat.append(self.s2([value for of_side in responses for value in of_side]))
        return torch.cat([*flat, self.c2(responses)], dim=1)


class EarlyLayers(nn.Module):
    """S1 and C1."""

    def __init__(self) -> None:
        super().__init__()
        self.simple = nn.ModuleList(S1(size) for size in SIZES)
        self.complex = nn.ModuleList(C1(pool) for pool in POOLS)

    def forward(self, images: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return S1 for each size and C1 for each band, small to large."""
        simple = [cell(images) for cell in self.simple]
        pairs = zip(self.complex, simple[::2], simple[1::2], strict=True)
        return simple, [cell(small, large) for cell, small, large in pairs]


def learn(seed: int) -> list[torch.Tensor]:
    """Cut patches from C1's responses to photographs, at random places.

    Parameters
    ----------
    seed
        Of photographs and places.

    Returns
    -------
    list of torch.Tensor
        For each of `PATCHES`, shape (N_PATCHES, orientation, side, side).

    Raises
    ------
    InputError
        If the packages that ship the photographs are not there.
    """
    random = np.random.default_rng(seed)
    images = torch.stack([grey(open_photograph(p).crop(p.box)) for p in PHOTOGRAPHS])
    small, large = (S1(size) for size in SIZES[2 * LEARNED_FROM : 2 * LEARNED_FROM + 2])
    with torch.no_grad():
        band = C1(POOLS[LEARNED_FROM])(small(images), large(images))
    return [torch.stack([_cut(band, side, random) for _ in range(N_PATCHES)]) for side in PATCHES]


def _cut(band: torch.Tensor, side: int, random: np.random.Generator) -> torch.Tensor:
    image = random.integers(len(band))
    y, x = (random.integers(extent - side + 1) for extent in band.shape[-2:])
    return band[image, :, y : y + side, x : x + side]
