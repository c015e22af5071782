"""The noise of simulated voxels whose RDMs agree between people as measured ones do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import ceilings, rdm, response_rdms, simulation
from ventralmap.dataset import Dataset
from ventralmap.rdm_sources import static_areas
from ventralmap.recovery.recordings import Design, choose, noise_of

Array = NDArray[np.float64]

NOISES = np.geomspace(0.05, 20, 13)
"""Standard deviations of a voxel's noise that are tried, the signal's being 1."""


def of_rdms(
    dataset: Dataset, units: xr.Dataset, n_voxels: int, unknown: float, seed: int
) -> list[Design]:
    """Take the design from measured RDMs: as many voxels of each subject, and noise to match.

    The noise is such that the lower noise ceiling of the simulated RDMs (Spearman) is that of the
    measured ones. It depends on the layer: units of some are more alike than those of others.

    Parameters
    ----------
    dataset
        With RDMs without time.
    units
        As `units.pool` makes them, of the same stimuli.
    n_voxels
        Of each subject in each area.
    unknown
        Reliability of the voxels of a single subject, whose noise is not known.
    seed
        Of the voxels on which the noise is found.
    """
    drive = units["drive"].sel(stimulus=[str(i) for i in dataset.stimuli.index]).values
    return [
        _design(area, names, measured, drive, n_voxels, unknown, seed)
        for area, names, measured in static_areas(dataset)
    ]


def _design(
    area: str,
    names: Sequence[str],
    measured: Array,
    drive: Array,
    n_voxels: int,
    unknown: float,
    seed: int,
) -> Design:
    subjects = np.repeat(np.array(names), n_voxels)
    seen = np.ones((drive.shape[1], len(subjects)), bool)
    if len(names) == 1:
        noise = noise_of(np.full(len(subjects), np.nan), len(drive), unknown)
        return Design(area, subjects, noise, seen)
    target, noise = ceilings.ceiling(measured)[0], np.empty((len(drive), len(subjects)))
    for layer, of_layer in enumerate(drive):
        random = simulation.stream(seed, "voxels", area, layer)
        noise[layer] = matching_noise(of_layer, subjects, target, random)
    return Design(area, subjects, noise, seen)


def matching_noise(
    drive: Array, subjects: NDArray[np.str_], target: float, random: np.random.Generator
) -> float:
    """Find the noise with which the RDMs of subjects agree as much as is wanted.

    Parameters
    ----------
    drive
        Of the units of a layer, shape (n_stimuli, n_units).
    subjects
        Of each voxel, shape (n_voxels,).
    target
        The lower noise ceiling wanted.
    random
        Source of voxels and noise.

    Returns
    -------
    float
        A standard deviation, interpolated between `NOISES`; the smallest of these where even that
        is too noisy, and the largest where that is not noisy enough.
    """
    signal = drive[:, choose(drive, subjects, random)]
    noise = random.standard_normal(signal.shape)
    found = [_agreement(signal + sd * noise, subjects) for sd in NOISES]
    falling = np.minimum.accumulate(found)
    return float(np.exp(np.interp(-target, -falling, np.log(NOISES))))


def _agreement(responses: Array, subjects: NDArray[np.str_]) -> float:
    """Lower noise ceiling of the subjects' RDMs of responses, shape (n_stimuli, n_voxels)."""
    square = [
        response_rdms.correlation(responses[:, None, subjects == subject])
        for subject in dict.fromkeys(subjects)
    ]
    return ceilings.ceiling(rdm.condense(np.array(square)))[0]
