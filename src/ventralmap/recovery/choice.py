"""What every method gives for simulated recordings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ventralmap.dataset import Dataset

Array = NDArray[np.float64]


class Choice(NamedTuple):
    """How layers fared on one simulated recording.

    Attributes
    ----------
    area
        Of the dataset of recordings.
    method
        Name of the method.
    scores
        Of each layer, shape (n_layers,).
    p_best
        Share of resamples in which each is best, shape (n_layers,); NaN where not asked for.
    """

    area: str
    method: str
    scores: Array
    p_best: Array


def made(area: str, method: str, scores: Array, p_best: Array | None) -> Choice:
    """Make a choice, of which p_best may not be known."""
    return Choice(area, method, scores, np.full(len(scores), np.nan) if p_best is None else p_best)


def areas(data: Dataset) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Yield each area's name and the positions of its neuroids."""
    assert data.responses is not None
    areas = data.responses["area"].values.astype(str)
    for area in dict.fromkeys(areas):
        yield str(area), np.flatnonzero(areas == area)
