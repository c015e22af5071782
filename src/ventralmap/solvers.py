"""The maps from features to responses that a study can choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap import ridge
from ventralmap.crossvalidation import Solver

Settings = Mapping[str, Any]


def alpha_grid(settings: Settings) -> NDArray[np.float64]:
    """Log-spaced alphas from `low` to `high`, `n` of them, in units of the mean eigenvalue."""
    return np.geomspace(settings["low"], settings["high"], settings["n"])


def _ridge(settings: Settings) -> Solver:
    grid = alpha_grid(settings["alphas"])
    return lambda train, test, responses, groups: ridge.fit(train, test, responses, grid)


SOLVERS: dict[str, Callable[[Settings], Solver]] = {"ridge": _ridge}
"""By the config's `encoding: method`: what makes a map from the settings of `encoding`."""
