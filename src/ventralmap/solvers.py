"""The maps from features to responses that a study can choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ventralmap import devices, leaving_out, pca, pls, primal, ridge, side_by_side
from ventralmap.crossvalidation import Fit, Inner, Solver, Source, of_features, of_kernel
from ventralmap.errors import InputError
from ventralmap.kernels import Layers, Projected
from ventralmap.namespaces import on_host

Settings = Mapping[str, Any]


def alpha_grid(settings: Settings) -> NDArray[np.float64]:
    """Log-spaced alphas from `low` to `high`, `n` of them, in units of the mean eigenvalue."""
    return np.geomspace(settings["low"], settings["high"], settings["n"])


def _needed(inner: Inner | None) -> Inner:
    if inner is None:
        raise ValueError("this map needs the inner folds of the training stimuli")
    return inner


ALPHA_BY: dict[str, Callable[[Inner | None], leaving_out.LeftOut]] = {
    "loo": lambda inner: leaving_out.one_by_one,
    "folds": lambda inner: partial(leaving_out.in_folds, folds=_needed(inner)),
}
"""By the config's `encoding: alpha_by`: how training stimuli are left out to choose alpha."""


PRIMAL_BY: dict[str, Callable[[Inner | None], primal.LeftOut]] = {
    "loo": lambda inner: primal.one_by_one,
    "folds": lambda inner: partial(primal.in_folds, folds=_needed(inner)),
}
"""The same for maps of features instead of kernels."""


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


def _ridge_srp(settings: Settings) -> Solver:
    grid, by = alpha_grid(settings["alphas"]), settings.get("alpha_by", "loo")

    def solve(train: Any, test: Any, responses: Any, inner: Inner | None) -> Fit:
        if len(train) > train.shape[1]:
            return primal.fit(train, test, responses, grid, PRIMAL_BY[by](inner))
        kernels = train @ train.T, test @ train.T  # the smaller matrix
        return ridge.fit(*kernels, responses, grid, ALPHA_BY[by](inner))

    return solve


def _pls(settings: Settings) -> Solver:
    return lambda train, test, responses, inner: pls.fit(
        train, test, responses, settings["components"], _needed(inner)
    )


SOLVERS: dict[str, Callable[[Settings], Solver]] = {
    "ridge": _ridge,
    "ridge_pca": _ridge_pca,
    "ridge_srp": _ridge_srp,
    "pls": _pls,
}
"""By the config's `encoding: method`: what makes a map from the settings of `encoding`."""

OF_FEATURES = ("ridge_srp",)
"""Those that take features projected on few dimensions (`features: projection`), not kernels."""

HELD = 8
"""Matrices of the size of a kernel that a fit holds at once."""


def source(kernels: Layers, method: str, rows: Sequence[int]) -> Source:
    """Choose what a map is fitted to.

    Parameters
    ----------
    kernels
        Of a model.
    method
        A name in `SOLVERS`.
    rows
        Where the stimuli are in it.

    Raises
    ------
    InputError
        If the map needs projected features, and these are kernels.
    """
    if method not in OF_FEATURES:
        return Source(kernels.gram, np.array(rows), of_kernel)
    if isinstance(kernels, Projected):
        return Source(kernels.features, np.array(rows), of_features)
    raise InputError(f"encoding: method: {method} needs features: projection; set it in the config")


def make(settings: Settings) -> Solver:
    """Make the map that a study asks for, on the device that it asks for.

    Parameters
    ----------
    settings
        The config's `encoding`: method, device, and what the method needs.

    Returns
    -------
    Solver

    Raises
    ------
    InputError
        If the device is not there.
    """
    return placed(SOLVERS[settings["method"]](settings), settings)


def placed(solve: Any, settings: Settings) -> Any:
    """Make a map run on the device that a study asks for, as `make` does."""
    device = _device(settings)
    return solve if device == "cpu" else on_device(solve, device)


def _device(settings: Settings) -> str:
    return devices.choose(settings.get("device", "cpu"), "encoding")


def at_once(settings: Settings, shape: tuple[int, ...]) -> int:
    """Return how many layers to fit side by side: as many as there are cores and room for.

    Parameters
    ----------
    settings
        As for `make`.
    shape
        Of the responses (n_stimuli, n_neuroids).

    Returns
    -------
    int
        One on a GPU, and where features, which are large, are read as they are needed.
    """
    if _device(settings) != "cpu" or settings["method"] in OF_FEATURES:
        return 1
    n_stimuli, n_neuroids = shape
    per_stimulus = HELD * n_stimuli + 2 * settings["alphas"]["n"] * n_neuroids
    return side_by_side.at_once(8 * n_stimuli * per_stimulus)


def on_device(solve: Any, device: str) -> Any:
    """Make a map, or one of several layers, run in torch, in float64.

    Parameters
    ----------
    solve
        A map whose steps are those of `namespaces`.
    device
        As torch names it: ``cuda``, or ``cpu``, where NumPy and SciPy are faster.

    Returns
    -------
    Solver
        That takes and returns NumPy arrays.
    """
    import torch

    def moved(train: Any, test: Any, responses: Any, inner: Inner | None) -> Any:
        arrays = (torch.as_tensor(part, device=device) for part in (train, test, responses))
        found = solve(*arrays, inner)  # maps take tensors as they take arrays
        return replace(found, **{name: on_host(value) for name, value in vars(found).items()})

    return moved
