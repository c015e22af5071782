"""How many neuroids, images, subjects and repeats are needed to tell two layers apart.

Studies of the size that is planned are simulated, in which one of two layers predicts the neuroids
better, and are analysed as the pipeline does (`calibration.encoding_layers.unequal`).

Examples
--------
Two or three levels and ten studies are a first look; take a hundred for a plan (minutes).

>>> from ventralmap import planning_encoding
>>> plan = planning_encoding.Plan(stimuli=60, neuroids=30, repeats=20, reliability=0.1)
>>> table = planning_encoding.power(plan, (0, 1), studies=10)
>>> round(planning_encoding.smallest_difference(table), 1)
0.2

Where no level is found often enough the answer is NaN: give larger levels, or plan a larger study.
Two subjects who differ leave one degree of freedom (`two_factor`) and find almost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ventralmap.errors import InputError
from ventralmap.resampling import derived_seed

MORE = (0.0, 0.25, 0.5, 1.0, 2.0)
"""By how much more strongly the better layer is read."""
WANTED = 0.8
"""Power that a study should have."""


@dataclass(frozen=True)
class Plan:
    """A study that is planned.

    Attributes
    ----------
    stimuli, neuroids, subjects, repeats
        How many; neuroids of all subjects together.
    reliability
        Share of a neuroid's variance over stimuli that is signal, in a single repeat.
    """

    stimuli: int
    neuroids: int
    subjects: int = 1
    repeats: int = 1
    reliability: float = 0.1

    @property
    def noise(self) -> float:
        """Standard deviation of the noise of the mean response relative to that of the signal."""
        return float(np.sqrt((1 - self.reliability) / self.reliability / self.repeats))


def power(
    plan: Plan, more: Sequence[float] = MORE, *, studies: int = 100, seed: int = 0
) -> pd.DataFrame:
    """Simulate studies, and count those that find the better of two layers.

    Parameters
    ----------
    plan
        Their size.
    more
        By how much more strongly the neuroids read the better layer.
    studies
        Number to simulate for each of these; 100 leave a standard error of .04 in power of .8.
    seed
        Of the simulation.

    Returns
    -------
    pandas.DataFrame
        A row per level: more, difference (mean difference of the layers' r), power (share of
        studies with p < .05, two-sided, and the right layer in front).

    Raises
    ------
    InputError
        If the reliability is not between 0 and 1, or there are fewer than two neuroids, fewer
        neuroids than subjects, or fewer than 15 stimuli.
    """
    check(plan)
    return pd.DataFrame([_level(plan, level, studies, seed) for level in more])


def check(plan: Plan) -> None:
    """Check that such a study can be simulated.

    Raises
    ------
    InputError
        See `power`.
    """
    if not 0 < plan.reliability < 1:
        raise InputError(f"planning: reliability must be between 0 and 1, not {plan.reliability}")
    if plan.neuroids < max(2, plan.subjects) or min(plan.subjects, plan.repeats) < 1:
        raise InputError("planning: give two or more neuroids, at least one of each subject")
    if plan.stimuli < 15:
        raise InputError(f"planning: 5 folds need 15 stimuli or more, not {plan.stimuli}")


def _level(plan: Plan, more: float, studies: int, seed: int) -> dict[str, float]:
    from ventralmap.calibration import encoding_layers  # simulates only when asked to

    sizes = {"stimuli": plan.stimuli, "neuroids": plan.neuroids, "subjects": plan.subjects}
    found = [
        encoding_layers.unequal(
            derived_seed(seed, "planning", str(study)), more=more, noise=plan.noise, **sizes
        )
        for study in range(studies)
    ]
    p, difference = np.array([[outcome["value"] for outcome in study] for study in found]).T
    return {
        "more": more,
        "difference": float(difference.mean()),
        "power": float((p < 0.05).mean()),
    }


def smallest_difference(table: pd.DataFrame, wanted: float = WANTED) -> float:
    """Find the smallest difference of r that is found often enough.

    Parameters
    ----------
    table
        As from `power`, its levels ascending.
    wanted
        Share of studies that should find it.

    Returns
    -------
    float
        Between the levels by straight lines; NaN where no level is found often enough.
    """
    reached = np.flatnonzero(table["power"] >= wanted)
    if not len(reached):
        return np.nan
    last = max(reached[0], 1)
    rows = table.iloc[last - 1 : last + 1]
    return float(np.interp(wanted, rows["power"], rows["difference"]))
