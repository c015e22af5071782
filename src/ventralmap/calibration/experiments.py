"""The experiments by name, and how they are repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ventralmap.calibration.outcomes import Outcome
from ventralmap.errors import InputError, suggest
from ventralmap.resampling import derived_seed

EXPERIMENTS = {
    "rsa_unrelated": "rsa_null:unrelated",
    "rsa_unrelated_people": "rsa_null:unrelated_people",
    "rsa_equal_layers": "rsa_layers:equal",
    "rsa_unequal_layers": "rsa_layers:unequal",
    "rsa_no_hierarchy": "rsa_hierarchy:flat",
    "rsa_hierarchy": "rsa_hierarchy:rising",
    "rsa_difference": "rsa_power:difference",
    "time_unrelated_layers": "time_null:layers",
    "time_unrelated_area": "time_null:areas",
    "time_latencies": "time_planted:latencies",
    "encoding_equal": "encoding_layers:equal",
    "encoding_graded": "encoding_layers:graded",
    "encoding_ceilings": "encoding_bias:ceilings",
    "encoding_same_neuroids": "encoding_same:same_neuroids",
    "encoding_same_stimuli": "encoding_same:same_stimuli",
    "encoding_same_stimuli_bands": "encoding_same:same_stimuli_bands",
    "encoding_unequal": "encoding_layers:unequal",
    "encoding_fits_kept": "fixed_fits:stimuli",
    "encoding_fits_kept_categories": "fixed_fits:categories",
    "encoding_no_hierarchy": "encoding_layers:no_hierarchy",
    "encoding_compared": "encoding_models:compared",
    "encoding_explained": "encoding_models:explained_variance",
    "rsa_pairs": "rsa_tables:pairs",
    "rsa_ranks": "rsa_tables:ranks",
    "rsa_same_stimuli": "rsa_tables:same_stimuli",
    "rsa_many_areas": "rsa_tables:many_areas",
    "rsa_one_of_many": "rsa_tables:one_of_many",
    "time_fused": "time_shared:fused",
    "time_order": "time_shared:order",
    "cka_equal": "cka_layers:equal",
    "cka_same_neuroids": "cka_layers:same_neuroids",
    "cka_graded": "cka_layers:graded",
    "cka_no_hierarchy": "cka_layers:no_hierarchy",
}
"""Module of this package and function by the name of the experiment."""


class Experiment(Protocol):
    """Simulate one study and list what came out."""

    def __call__(self, seed: int, **setting: Any) -> list[Outcome]:
        """Simulate with this seed, and sizes as in the cell's setting."""


def find(name: str) -> Experiment:
    """Find an experiment; only its module is imported.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    _check(name)
    module, function = EXPERIMENTS[name].split(":")
    experiment: Experiment = getattr(import_module(f"ventralmap.calibration.{module}"), function)
    return experiment


def path(name: str) -> str:
    """Path of the module of an experiment, for `provenance.modules`.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    _check(name)
    return str(Path(__file__).with_name(f"{EXPERIMENTS[name].split(':')[0]}.py"))


def _check(name: str) -> None:
    if name not in EXPERIMENTS:
        raise InputError(f"calibration: no experiment '{name}'; {suggest(name, EXPERIMENTS)}")


def repeat(name: str, setting: Mapping[str, Any], which: Iterable[int], seed: int) -> pd.DataFrame:
    """Simulate some studies of a cell.

    Parameters
    ----------
    name
        Of the experiment.
    setting
        What it is given.
    which
        Numbers of the studies: each has a seed of its own, so that they may be run in any parts.
    seed
        Of the calibration.

    Returns
    -------
    pandas.DataFrame
        A row per outcome: simulation, and those of `outcomes.Outcome`.
    """
    experiment = find(name)
    sizes = ",".join(f"{key}={value}" for key, value in sorted(setting.items()))
    rows = [
        {"simulation": number, **outcome}
        for number in which
        for outcome in experiment(derived_seed(seed, name, sizes, str(number)), **setting)
    ]
    columns = ["simulation", *Outcome.__annotations__]
    return pd.DataFrame(rows, columns=columns).replace([np.inf, -np.inf], np.nan)
