"""The simulated recordings themselves: neurons, fMRI and MEG that read planted layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, receptive_fields, simulation

# V4's and IT's layers are the middle ones of three blocks of one resolution and width, V1's is the
# first of two: the layers that resemble each of them most are its neighbours. Receptive fields
# (standard deviation as a share of the image) grow along the hierarchy.
NEURONS = {
    "V1": ("features.2", 0.08),
    "V4": ("features.12", 0.10),
    "IT": ("features.15", 0.15),
}
"""Layer and receptive-field size of the neurons of each area."""
VOXELS = {"EVC": ("features.2", 0.10), "IT": ("features.15", 0.15)}
"""Layer and receptive-field size of the voxels of each area."""
SENSORS = {"features.2": (0.10, 100.0), "features.9": (0.15, 175.0), "features.17": (0.20, 250.0)}
"""Receptive-field size of the sources that read each layer, and when they peak (ms)."""

INPUTS = 20
"""Units of the layer that each neuron, voxel or source reads."""
RATE = (4.0, 0.4)
"""Median, and standard deviation of the logarithm, of the neurons' expected counts."""
MODULATION = (0.25, 0.55)
"""Range of the neurons' change of rate per standard deviation of drive, as a share of the rate."""
GAIN = (0.3, 30.0)
"""Standard deviation of the log gain, and its memory in trials."""
VOXEL_NOISE = 0.8
"""Standard deviation of a voxel's noise, in standard deviations of its drive."""
SENSOR_NOISE = 1.0
"""Standard deviation of a sensor's noise, in standard deviations of a source's peak drive."""
SHARPNESS = 8.0
"""Shape of the sources' gamma function of time."""

Features = Mapping[str, NDArray[np.float32]]
"""Layer -> features, shape (n_stimuli, n_channels, height, width)."""


@dataclass(frozen=True)
class Design:
    """How much is simulated.

    Attributes
    ----------
    per_category
        Stimuli in each of the ten categories.
    image_size
        Side of the stimuli in pixels.
    monkeys, neurons, repetitions
        Monkeys, neurons per area and monkey, presentations of each stimulus.
    people, voxels
        Human subjects of the fMRI, voxels per area and subject.
    meg_people, sensors, times
        Human subjects of the MEG, its sensors, and its time points (ms from stimulus onset).
    """

    per_category: int = 32
    image_size: int = 160
    monkeys: int = 2
    neurons: int = 30
    repetitions: int = 8
    people: int = 12
    voxels: int = 150
    meg_people: int = 10
    sensors: int = 150
    times: tuple[float, ...] = tuple(range(-100, 401, 25))


def readout(
    features: Features, layer: str, sd: float, n_units: int, random: np.random.Generator
) -> receptive_fields.Readout:
    """Draw units that read a layer; see `receptive_fields.draw`."""
    channels, height, width = features[layer].shape[1:]
    return receptive_fields.draw(n_units, INPUTS, sd, (channels, height, width), random)


def spikes(features: Features, ids: Sequence[str], design: Design, seed: int) -> xr.DataArray:
    """Simulate spike counts of neurons in V1, V4 and IT.

    Parameters
    ----------
    features
        The layers of `NEURONS`.
    ids
        Ids of the stimuli, in the order of the features.
    design
        How many monkeys, neurons and repetitions.
    seed
        Seed of readouts, rates and noise.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)
        Counts in windows of 100 ms.
    """
    monkeys = [f"monkey{number + 1}" for number in range(design.monkeys)]
    labels = [
        (f"{monkey}_{area}_{number + 1:02d}", area, monkey)
        for monkey in monkeys
        for area in NEURONS
        for number in range(design.neurons)
    ]
    values = [_monkey(features, monkey, design, seed) for monkey in monkeys]
    names, areas, subjects = zip(*labels, strict=True)
    return arrays.responses(
        np.concatenate(values, axis=2),
        stimulus_id=ids,
        neuroid_id=names,
        area=areas,
        subject=subjects,
        attrs={"units": "spikes per 100 ms", "long_name": "simulated spike count"},
    )


def _monkey(features: Features, monkey: str, design: Design, seed: int) -> NDArray:
    """Draw the counts of one monkey, shape (n_stimuli, n_repetitions, n_neurons of all areas)."""
    expected = np.hstack([_rates(features, area, monkey, design, seed) for area in NEURONS])
    random = simulation.stream(seed, "gain", monkey)
    gain = simulation.slow_gain(len(expected), design.repetitions, *GAIN, random)
    return simulation.counts(expected, gain, simulation.stream(seed, "counts", monkey))


def _rates(features: Features, area: str, monkey: str, design: Design, seed: int) -> NDArray:
    """Compute the expected counts of the neurons of one area, shape (n_stimuli, n_neurons)."""
    layer, sd = NEURONS[area]
    random = simulation.stream(seed, "neurons", monkey, area)
    units = readout(features, layer, sd, design.neurons, random)
    median, spread = RATE
    mean = random.lognormal(np.log(median), spread, design.neurons)
    modulation = random.uniform(*MODULATION, design.neurons)
    return simulation.rates(units.drive(features[layer]), mean, modulation)


def bold(features: Features, ids: Sequence[str], design: Design, seed: int) -> xr.DataArray:
    """Simulate the fMRI RDMs of human subjects in EVC and IT.

    Parameters
    ----------
    features
        The layers of `VOXELS`.
    ids
        Ids of the stimuli, in the order of the features.
    design
        How many subjects and voxels.
    seed
        Seed of readouts and noise.

    Returns
    -------
    xarray.DataArray, dims (area, subject, stimulus_a, stimulus_b), float32
        1 - Pearson correlation over voxels.
    """
    people = _people(design.people)
    values = [[_area(features, area, who, design, seed) for who in people] for area in VOXELS]
    return arrays.rdms(
        values,
        stimulus_id=ids,
        area=VOXELS,
        subject=people,
        attrs={"dissimilarity_measure": "1 - Pearson correlation", "long_name": "simulated fMRI"},
    )


def _people(number: int) -> list[str]:
    return [f"human{person + 1:02d}" for person in range(number)]


def _area(features: Features, area: str, who: str, design: Design, seed: int) -> NDArray:
    layer, sd = VOXELS[area]
    random = simulation.stream(seed, "voxels", who, area)
    drive = readout(features, layer, sd, design.voxels, random).drive(features[layer])
    return simulation.pattern_rdm(drive + VOXEL_NOISE * random.standard_normal(drive.shape))


def meg(features: Features, ids: Sequence[str], design: Design, seed: int) -> xr.DataArray:
    """Simulate the MEG RDMs of human subjects over time: deeper layers peak later.

    Parameters
    ----------
    features
        The layers of `SENSORS`.
    ids
        Ids of the stimuli, in the order of the features.
    design
        How many subjects and sensors, which times.
    seed
        Seed of readouts and noise.

    Returns
    -------
    xarray.DataArray, dims (area, subject, time, stimulus_a, stimulus_b), float32
        1 - Pearson correlation over sensors at each time.
    """
    people = _people(design.meg_people)
    values = np.stack([_over_time(features, who, design, seed) for who in people])
    return arrays.rdms(
        values[None],
        stimulus_id=ids,
        area=["MEG"],
        subject=people,
        time=design.times,
        attrs={"dissimilarity_measure": "1 - Pearson correlation", "long_name": "simulated MEG"},
        name="rdms_meg",
    )


def _over_time(features: Features, who: str, design: Design, seed: int) -> NDArray[np.float32]:
    """RDMs of one subject, shape (n_times, n_stimuli, n_stimuli)."""
    random = simulation.stream(seed, "sensors", who)
    times = np.array(design.times, dtype=np.float64)
    courses, drives = [], []
    for layer, (sd, peak) in SENSORS.items():
        courses.append(simulation.course(times, peak, SHARPNESS))
        sources = readout(features, layer, sd, design.sensors, random)
        drives.append(sources.drive(features[layer]))
    return np.stack([_instant(strength, drives, random) for strength in np.transpose(courses)])


def _instant(
    strengths: NDArray, drives: Sequence[NDArray], random: np.random.Generator
) -> NDArray[np.float32]:
    """RDM of one subject at one time: the layers' sources mix in each sensor."""
    signal = sum(strength * drive for strength, drive in zip(strengths, drives, strict=True))
    noise = SENSOR_NOISE * random.standard_normal(drives[0].shape)
    return simulation.pattern_rdm(signal + noise)
