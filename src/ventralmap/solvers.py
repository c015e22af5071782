"""The maps from features to responses that a study can choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap import pca, pls, ridge
from ventralmap.crossvalidation import Inner, Solver

Settings = Mapping[str, Any]


def alpha_grid(settings: Settings) -> NDArray[np.float64]:
    """Log-spaced alphas from `low` to `high`, `n` of them, in units of the mean eigenvalue."""
    return np.geomspace(settings["low"], settings["high"], settings["n"])


def _one_by_one(inner: Inner | None) -> ridge.LeftOut:
    return ridge.loo_residuals


def _in_folds(inner: Inner | None) -> ridge.LeftOut:
    return partial(ridge.fold_residuals, folds=_needed(inner))


def _needed(inner: Inner | None) -> Inner:
    if inner is None:
        raise ValueError("this map needs the inner folds of the training stimuli")
    return inner


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


def _ridge_pca(settings: Settings) -> Solver:
    grid, left_out = alpha_grid(settings["alphas"]), ALPHA_BY[settings.get("alpha_by", "loo")]
    return lambda train, test, responses, inner: pca.fit(
        train, test, responses, grid, settings["components"], left_out(inner)
    )


def _pls(settings: Settings) -> Solver:
    return lambda train, test, responses, inner: pls.fit(
        train, test, responses, settings["components"], _needed(inner)
    )


SOLVERS: dict[str, Callable[[Settings], Solver]] = {
    "ridge": _ridge,
    "ridge_pca": _ridge_pca,
    "pls": _pls,
}
"""By the config's `encoding: method`: what makes a map from the settings of `encoding`."""
