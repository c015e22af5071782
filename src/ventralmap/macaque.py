"""Published numbers of the macaque's ventral stream that models are held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

EDGES = 10 ** np.linspace(-1, 0.2, 6)
"""Edges of the bins of `SIMPLE_CELLS`, the same of n_x and n_y."""

SIMPLE_CELLS = np.array(
    [[2, 0, 1, 0, 0], [8, 9, 4, 1, 0], [1, 2, 19, 17, 3], [0, 0, 1, 7, 4], [0, 0, 0, 0, 0]]
)
"""Simple cells of V1 by n_x (rows) and n_y (columns), 79 in all: the histogram of the cells of
Ringach 2002 that Dapello et al. 2020 draw the filters of their VOneBlock from. Cells that lie
outside of these bins are not in it."""

HELD = 0.9
"""Share of the cells that the bins of the published region hold at least."""

GROWTH = {"V1": 0.15, "V2": 0.46}
"""Diameter of receptive fields over eccentricity, of macaques, from many studies (Freeman &
Simoncelli 2011). That of V1 is twice the radius that the authors of ``vistalab/PRFmodel`` took from
there (``pmEllipse_FigS9.m``); that of V2 is about half, as Wallis et al. 2019 (eLife 8:e42512) cite
them too."""
V4_OVER_V1 = (4.0, 7.0)
"""How much wider receptive fields of V4 are than those of V1 at the same place of the central 5
degrees, from and to (Desimone & Schein 1987, abstract)."""
ECCENTRICITIES = (1.0, 4.0)
"""Degrees between which receptive fields are shown: those of an image of 8 degrees that is looked
at in the middle, without the very centre, where sizes no longer grow with eccentricity."""
IT = (2.8, 26.0)
"""Smallest and largest receptive field of neurons of TE, in degrees (Op de Beeck & Vogels 2000,
abstract)."""


def region() -> NDArray[np.bool_]:
    """Tell the bins of the published region: the fullest, ties together, that hold `HELD`.

    Returns
    -------
    ndarray of bool, shape (5, 5)
        As `SIMPLE_CELLS`.
    """
    levels = np.unique(SIMPLE_CELLS)[::-1]
    enough = HELD * SIMPLE_CELLS.sum()
    least = next(n for n in levels if SIMPLE_CELLS[n <= SIMPLE_CELLS].sum() >= enough)
    return least <= SIMPLE_CELLS


def inside(n_x: ArrayLike, n_y: ArrayLike) -> NDArray[np.bool_]:
    """Tell which shapes lie in the published region."""
    places = [np.searchsorted(EDGES, np.asarray(n), side="right") - 1 for n in (n_x, n_y)]
    known = np.all([(place >= 0) & (place < len(EDGES) - 1) for place in places], axis=0)
    row, column = (np.where(known, place, 0) for place in places)
    return known & region()[row, column]


def field_sizes() -> dict[str, tuple[float, float]]:
    """Smallest and largest receptive field of each area near the fovea, in degrees."""
    low, high = ECCENTRICITIES
    grown = {area: (slope * low, slope * high) for area, slope in GROWTH.items()}
    least, most = V4_OVER_V1
    v4 = (least * grown["V1"][0], most * grown["V1"][1])
    return grown | {"V4": v4, "IT": IT}
