"""How many stimuli and subjects an RSA study needs to tell one layer from another.

>>> from ventralmap import planning_rsa
>>> planning_rsa.power(n_stimuli=92, n_subjects=12, noise=2.0, advantage=0.2)  # doctest: +SKIP
>>> planning_rsa.smallest_difference(n_stimuli=92, n_subjects=12, noise=2.0)  # doctest: +SKIP

Studies are simulated as for the calibration (`calibration.rsa_power`) and analysed by the functions
of the pipeline. Which `noise` is that of one's own data shows in the lower noise ceiling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ventralmap.calibration import experiments, rates
from ventralmap.calibration.rsa_power import AHEAD, CEILING, FOUND
from ventralmap.errors import InputError

LEVEL = 0.05
WANTED = 0.8
"""Share of studies that should find the difference."""
ADVANTAGES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
"""How much more strongly one layer is seen than the other, in the search for the smallest."""


@dataclass(frozen=True)
class Power:
    """What studies of one size find.

    Attributes
    ----------
    advantage
        How much more strongly subjects see the better layer's part; 1: twice as strongly.
    difference
        How far the better layer is ahead in similarity (Spearman), mean over studies.
    ceiling_low
        Lower noise ceiling, mean over studies; NaN with one subject.
    power, low, high
        Share of studies in which the better layer is the best and beats_next_p is below .05, and
        its 95 % Monte-Carlo interval.
    """

    advantage: float
    difference: float
    ceiling_low: float
    power: float
    low: float
    high: float


def power(
    n_stimuli: int,
    n_subjects: int,
    noise: float,
    advantage: float,
    n_studies: int = 200,
    seed: int = 0,
) -> Power:
    """Simulate how often the better of two layers is found.

    Parameters
    ----------
    n_stimuli, n_subjects
        Size of a study; at least 6 stimuli.
    noise
        Standard deviation of the noise of a subject's RDM, relative to that of the RDM.
    advantage
        See `Power`; 0 gives the false positives of one direction.
    n_studies
        Number of studies to simulate, each a tenth of a second or so.
    seed
        The same seed gives the same studies.

    Returns
    -------
    Power

    Raises
    ------
    InputError
        If a size is too small.
    """
    _check(n_stimuli=(n_stimuli, 6), n_subjects=(n_subjects, 1), n_studies=(n_studies, 1))
    setting = {
        "stimuli": n_stimuli, "subjects": n_subjects, "noise": float(noise), "advantage": advantage,
    }  # fmt: skip
    rows = experiments.repeat("rsa_difference", setting, range(n_studies), seed)
    found = int((rows.loc[rows["claim"] == FOUND, "value"] < LEVEL).sum())
    ahead, ceiling = (rows.loc[rows["claim"] == name, "value"].mean() for name in (AHEAD, CEILING))
    low, high = rates.monte_carlo_interval(found, n_studies)
    return Power(advantage, float(ahead), float(ceiling), found / n_studies, low, high)


def _check(**sizes: tuple[int, int]) -> None:
    for name, (value, least) in sizes.items():
        if value < least:
            raise InputError(f"planning: {name} is {value}; give at least {least}")


def smallest_difference(
    n_stimuli: int, n_subjects: int, noise: float, n_studies: int = 100, seed: int = 0
) -> float:
    """Find the smallest difference of similarity that 80 % of studies of one size find.

    Parameters
    ----------
    n_stimuli, n_subjects, noise, n_studies, seed
        As `power` takes them; so many studies are simulated for each of `ADVANTAGES`.

    Returns
    -------
    float
        Difference of two layers' similarity, interpolated; NaN where none of these is enough.
    """
    found = [power(n_stimuli, n_subjects, noise, a, n_studies, seed) for a in ADVANTAGES]
    return reached([one.difference for one in found], [one.power for one in found])


def reached(difference: Sequence[float], share: Sequence[float], wanted: float = WANTED) -> float:
    """Interpolate the difference at which so large a share of studies finds it.

    Parameters
    ----------
    difference, share
        Of several sizes of the difference, one value each.
    wanted
        The share.

    Returns
    -------
    float
        NaN where none is found by so many studies.
    """
    order = np.argsort(difference)
    x, y = np.asarray(difference)[order], np.maximum.accumulate(np.asarray(share)[order])
    if not len(y) or y[-1] < wanted:
        return float("nan")
    after = int(np.argmax(y >= wanted))
    before = (0.0, 0.0) if after == 0 else (x[after - 1], y[after - 1])
    ends = [before[1], y[after]], [before[0], x[after]]
    return float(np.interp(wanted, *ends))
