"""What each method finds in recordings simulated from each layer of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap.dataset import Dataset
from ventralmap.intervals import Resampling
from ventralmap.kernels import Layers
from ventralmap.recovery import recordings, voxels
from ventralmap.recovery.choice import Choice
from ventralmap.recovery.choices import METHODS
from ventralmap.recovery.recordings import Condition, Design, Simulation
from ventralmap.resampling import derived_seed

COLUMNS = [
    "dataset", "area", "method", "simulated_model", "simulated_layer", "simulated_index",
    "simulated_depth", "draw", "noise", "share_neuroids", "share_stimuli", "n_neuroids",
    "n_stimuli", "model", "chosen_layer", "chosen_index", "chosen_depth", "score", "p_best",
]  # fmt: skip
NEUROIDS = 3000
"""Simulated neuroids that are analysed together; other models analyse only the first of these."""
RESAMPLES = 100
"""For p_best: enough to tell .8 from .5, and each is as dear as an analysis of its own."""
PER_FOLD = 4
"""Stimuli of a fold that a smaller recording must have."""
DRAWS = {"pls": 1}
"""At most so many recordings of each layer by a method that takes long."""
ALONE = ("pls",)
"""Methods that take too long for layers of other models."""


def analyse(
    dataset: Dataset,
    units: xr.Dataset,
    reliability: xr.DataArray | None,
    models: Mapping[str, Layers],
    how: str,
    config: Mapping[str, Any],
) -> pd.DataFrame:
    """Simulate recordings from each layer of one model, and choose layers of all models for them.

    Parameters
    ----------
    dataset
        Whose stimuli, neuroids and reliability are taken.
    units
        Of the model that is simulated, as `units.pool` makes them.
    reliability
        Of the dataset's neuroids, dims (neuroid,); None where it holds RDMs alone.
    models
        Kernels by name of the model, that of the units among them.
    how
        A name in `choices.METHODS`.
    config
        The study's config.

    Returns
    -------
    pandas.DataFrame
        A row per recording, model that is analysed and method, with `COLUMNS`; none without an area
        of `rdm.FEWEST` neuroids. Recordings that are
        unlike the real one are analysed by the model itself alone, and without p_best.
    """
    found, own = [], str(units.attrs["model"])
    designs = design(dataset, units, reliability, config)
    settings = config["recovery"]
    for condition in recordings.conditions(settings):
        usual = condition == Condition()
        if condition.stimuli * len(dataset.stimuli) < PER_FOLD * config["encoding"]["folds"]:
            continue
        for draws in _batches(designs, len(units["layer"]), condition, how, settings["draws"]):
            made = recordings.simulate(dataset, units, designs, condition, draws, config["seed"])
            for name in models if usual and draws[0] == 0 and how not in ALONE else [own]:
                draw = _resampling(dataset, config) if usual and name == own else None
                for choice in METHODS[how](made[0], models[name], config, draw):
                    about = _about(made[0], choice, made[1][choice.area], condition, units)
                    found.append(about | _chosen(name, models[name], choice))
    return pd.DataFrame(found, columns=COLUMNS[1:]).assign(dataset=dataset.name)[COLUMNS]


def design(
    dataset: Dataset,
    units: xr.Dataset,
    reliability: xr.DataArray | None,
    config: Mapping[str, Any],
) -> list[Design]:
    """Take sizes and noise from the dataset: from its responses if it has any, else its RDMs."""
    settings = config["recovery"]
    if dataset.responses is None:
        n, unknown = settings["voxels"], settings["reliability"]
        return voxels.of_rdms(dataset, units, n, unknown, config["seed"])
    assert reliability is not None
    of_neuroid = reliability.sel(neuroid=dataset.responses["neuroid_id"].values.astype(str))
    n_layers, unknown = len(units["layer"]), settings["reliability"]
    return recordings.of_responses(dataset, of_neuroid.values, n_layers, unknown)


def _batches(
    designs: Sequence[Design], n_layers: int, condition: Condition, how: str, draws: int
) -> Iterator[list[int]]:
    """Split the draws into those analysed together: one by one where each has its own stimuli."""
    if condition != Condition():
        draws = -(-draws // 2)
    draws = min(draws, DRAWS.get(how, draws))
    size = n_layers * sum(len(part.subjects) for part in designs)
    at_once = 1 if condition.stimuli != 1 else max(1, NEUROIDS // size)
    return (list(range(i, min(i + at_once, draws))) for i in range(0, draws, at_once))


def _resampling(dataset: Dataset, config: Mapping[str, Any]) -> Resampling:
    seed = derived_seed(config["seed"], dataset.name, "recovery")
    return Resampling(min(config["bootstrap"], RESAMPLES), seed)


def _about(
    data: Dataset, choice: Choice, made: Simulation, condition: Condition, units: xr.Dataset
) -> dict[str, Any]:
    assert data.responses is not None
    names = [str(name) for name in units["layer"].values]
    return {
        "area": made.area,
        "method": choice.method,
        "simulated_model": units.attrs["model"],
        "simulated_layer": names[made.layer],
        "simulated_index": made.layer,
        "simulated_depth": made.layer / max(len(names) - 1, 1),
        "draw": made.draw,
        "noise": condition.noise,
        "share_neuroids": condition.neuroids,
        "share_stimuli": condition.stimuli,
        "n_neuroids": int((data.responses["area"].values == choice.area).sum()),
        "n_stimuli": len(data.stimuli),
    }


def _chosen(name: str, layers: Layers, choice: Choice) -> dict[str, Any]:
    if np.isnan(choice.scores).all():
        return {"model": name}
    best = int(np.nanargmax(choice.scores))
    return {
        "model": name,
        "chosen_layer": layers.layers[best],
        "chosen_index": best,
        "chosen_depth": layers.depth[best],
        "score": choice.scores[best],
        "p_best": choice.p_best[best],
    }
