"""Simulated recordings of a real dataset's size and reliability, from units of known layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, simulation
from ventralmap.dataset import Dataset
from ventralmap.rdm import FEWEST

Array = NDArray[np.float64]

LEAST_RELIABILITY = 0.01
"""Neuroids with a lower estimate get as much noise as this one."""


class Condition(NamedTuple):
    """How a simulated recording differs from the real one.

    Attributes
    ----------
    noise
        Factor of the noise's variance.
    neuroids, stimuli
        Share of them that is kept.
    """

    noise: float = 1.0
    neuroids: float = 1.0
    stimuli: float = 1.0


class Simulation(NamedTuple):
    """Which recording was simulated: of what area, from what layer, and its number."""

    area: str
    layer: int
    draw: int


@dataclass(frozen=True, eq=False)
class Design:
    """What is simulated of one area.

    Attributes
    ----------
    area
        Its name.
    subjects
        Subject of each neuroid, shape (n_neuroids,).
    noise
        Standard deviation of the noise of the mean responses, in standard deviations of the signal,
        shape (n_layers, n_neuroids).
    seen
        Whether the subject saw the stimulus, shape (n_stimuli, n_neuroids).
    """

    area: str
    subjects: NDArray[np.str_]
    noise: Array
    seen: NDArray[np.bool_]

    def part(self, condition: Condition, seed: int) -> Design:
        """Take the share of each subject's neuroids, and change the noise; `FEWEST` are left."""
        random = simulation.stream(seed, "neuroids", self.area)
        kept = np.sort(np.concatenate([*self._kept(condition.neuroids, random)]))
        noise = np.sqrt(condition.noise) * self.noise[:, kept]
        return replace(self, subjects=self.subjects[kept], noise=noise, seen=self.seen[:, kept])

    def _kept(self, share: float, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        for subject in dict.fromkeys(self.subjects):
            own = random.permutation(np.flatnonzero(self.subjects == subject))
            yield own[: max(round(share * len(own)), FEWEST)]


def conditions(settings: Mapping[str, Any]) -> list[Condition]:
    """List the recordings that are simulated: like the real one, and with one thing changed.

    Parameters
    ----------
    settings
        The config's `recovery`: noise, neuroids and stimuli, lists of factors and shares.
    """
    changed = [
        Condition(**{name: float(value)})
        for name in Condition._fields
        for value in settings[name]
        if value != 1
    ]
    return [Condition(), *dict.fromkeys(changed)]


def noise_of(reliability: Array, n_layers: int, unknown: float) -> Array:
    """Turn the reliability of mean responses, signal / (signal + noise), into their noise.

    Parameters
    ----------
    reliability
        Of each neuroid, shape (n_neuroids,), NaN where it is not known.
    n_layers
        How many layers are simulated.
    unknown
        What to take where it is not known.

    Returns
    -------
    ndarray, shape (n_layers, n_neuroids)
        Standard deviations, the signal's being 1.
    """
    known = np.clip(np.where(np.isnan(reliability), unknown, reliability), LEAST_RELIABILITY, 1)
    return np.tile(np.sqrt((1 - known) / known), (n_layers, 1))


def of_responses(
    dataset: Dataset, reliability: Array, n_layers: int, unknown: float
) -> list[Design]:
    """Take the design from measured responses: a simulated neuroid for each real one.

    Parameters
    ----------
    dataset
        With responses.
    reliability, n_layers, unknown
        As for `noise_of`.
    """
    assert dataset.responses is not None
    seen = ~np.isnan(dataset.mean_response())
    noise = noise_of(reliability, n_layers, unknown)
    areas, subjects = (dataset.responses[name].values.astype(str) for name in ("area", "subject"))
    return [
        Design(str(area), subjects[own], noise[:, own], seen[:, own])
        for area in dict.fromkeys(areas)
        if len(own := np.flatnonzero(areas == area)) >= FEWEST
    ]


def simulate(
    dataset: Dataset,
    units: xr.Dataset,
    designs: Sequence[Design],
    condition: Condition,
    draws: Sequence[int],
    seed: int,
) -> tuple[Dataset, dict[str, Simulation]]:
    """Simulate recordings from each layer, all in one dataset.

    The neuroids of a subject are different units of the layer, those of different subjects may be
    the same. A recording with more noise has the same signal, and the same noise but for its size.

    Parameters
    ----------
    dataset
        Whose stimuli are shown.
    units
        As `units.pool` makes them, of the same stimuli.
    designs
        Of its areas.
    condition
        What differs from them.
    draws
        Numbers of the recordings, each of which has units and noise of its own.
    seed
        Of all that is random.

    Returns
    -------
    dataset : Dataset
        Whose areas are the recordings, one repetition of each stimulus, which is the mean response.
    made : dict
        What each area of it is.
    """
    rows = _stimuli(len(dataset.stimuli), condition.stimuli, [seed, *draws])
    drive = units["drive"].sel(stimulus=[str(i) for i in dataset.stimuli.index]).values
    made, values, subjects = {}, [], []
    for design in (design.part(condition, seed) for design in designs):
        for layer in range(len(drive)):
            for draw in draws:
                random = simulation.stream(seed, dataset.name, design.area, layer, draw)
                values.append(_record(drive[layer], design, design.noise[layer], random)[rows])
                subjects.append(design.subjects)
                made[f"{design.area}/{layer}/{draw}"] = Simulation(design.area, layer, draw)
    return _dataset(dataset, rows, made, values, subjects), made


def _stimuli(n: int, share: float, seed: Sequence[int]) -> NDArray[np.int64]:
    drawn = np.random.default_rng([*seed, n]).permutation(n)
    return np.sort(drawn[: round(share * n)])


def _record(drive: Array, design: Design, noise: Array, random: np.random.Generator) -> Array:
    """Draw mean responses, shape (n_stimuli, n_neuroids); NaN where not seen."""
    signal = drive[:, choose(drive, design.subjects, random)]
    found = signal + noise * random.standard_normal(signal.shape)
    return np.where(design.seen, found, np.nan)


def choose(
    drive: Array, subjects: NDArray[np.str_], random: np.random.Generator
) -> NDArray[np.int64]:
    """Choose a unit for each neuroid, different ones for each subject as far as there are enough.

    Parameters
    ----------
    drive
        Of the units of a layer, shape (n_stimuli, n_units); NaN for those that do not vary.
    subjects
        Of each neuroid, shape (n_neuroids,).
    random
        Source of the choice.

    Returns
    -------
    ndarray of int, shape (n_neuroids,)
    """
    varying = np.flatnonzero(~np.isnan(drive[0]))
    chosen = np.empty(len(subjects), np.int64)
    for subject in dict.fromkeys(subjects):
        own = subjects == subject
        times = -(-own.sum() // len(varying))
        chosen[own] = np.concatenate([random.permutation(varying) for _ in range(times)])[
            : own.sum()
        ]
    return chosen


def _dataset(
    dataset: Dataset,
    rows: NDArray[np.int64],
    made: Mapping[str, Simulation],
    values: Sequence[Array],
    subjects: Sequence[NDArray[np.str_]],
) -> Dataset:
    stimuli = dataset.stimuli.iloc[rows]
    areas = np.repeat(list(made), [len(names) for names in subjects])
    responses = arrays.responses(
        np.concatenate(values, axis=1)[:, None],
        stimulus_id=stimuli.index,
        neuroid_id=[f"{area}/{number}" for number, area in enumerate(areas)],
        area=areas,
        subject=np.concatenate(subjects),
    )
    return replace(dataset, stimuli=stimuli, responses=responses, rdms=(), truth=None)
