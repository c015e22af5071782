"""The maps from features to responses that a study can choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap import ridge
from ventralmap.crossvalidation import Inner, Solver

Settings = Mapping[str, Any]


def alpha_grid(settings: Settings) -> NDArray[np.float64]:
    """Log-spaced alphas from `low` to `high`, `n` of them, in units of the mean eigenvalue."""
    return np.geomspace(settings["low"], settings["high"], settings["n"])


def _one_by_one(inner: Inner | None) -> ridge.LeftOut:
    return ridge.loo_residuals


def _in_folds(inner: Inner | None) -> ridge.LeftOut:
    if inner is None:
        raise ValueError("alphas chosen by folds need the inner folds of the training stimuli")
    return partial(ridge.fold_residuals, folds=inner)


ALPHA_BY: dict[str, Callable[[Inner | None], ridge.LeftOut]] = {
    "loo": _one_by_one,
    "folds": _in_folds,
}
"""By the config's `encoding: alpha_by`: how training stimuli are left out to choose alpha."""


def _ridge(settings: Settings) -> Solver:
    grid, left_out = alpha_grid(settings["alphas"]), ALPHA_BY[settings.get("alpha_by", "loo")]
    return lambda train, test, responses, inner: ridge.fit(
        train, test, responses, grid, left_out(inner)
    )


SOLVERS: dict[str, Callable[[Settings], Solver]] = {"ridge": _ridge}
"""By the config's `encoding: method`: what makes a map from the settings of `encoding`."""
