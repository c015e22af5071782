"""Layers and subjects' RDMs of simulated studies, and the analysis of the pipeline on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from ventralmap import similarity
from ventralmap.calibration import made
from ventralmap.ceilings import ceiling
from ventralmap.inference import WAYS
from ventralmap.runs import Run

Array = NDArray[np.float64]

N_DIMENSIONS = 8
"""Of what a layer, or a part of what a layer, sees of the stimuli."""
NOISE = {"low": 0.5, "high": 2.0}
"""Standard deviation of the noise of a subject's RDM, relative to that of the RDM itself."""
Noise = str | float
"""A name, or how large it is."""
SPREAD = 0.4
"""Standard deviation of how strongly subjects see a part, relative to the mean."""
SETTINGS: dict[str, Any] = {
    "distance": "euclidean",
    "comparison": "spearman",
    "responses": "none",
    "folds": 5,
    "permutations": 199,
}


def condensed(seen: Array) -> Array:
    """Squared Euclidean distances of what is seen, (n_stimuli, n_dimensions): (n_pairs,)."""
    return np.asarray(pdist(seen, "sqeuclidean"))


def noisy(random: np.random.Generator, rdms: Array, noise: float) -> Array:
    """Add noise to RDMs, (n, n_pairs), of `noise` times their mean spread."""
    return np.asarray(rdms + noise * rdms.std(axis=1).mean() * random.normal(size=rdms.shape))


def parts(
    random: np.random.Generator, n: int, n_stimuli: int, n_categories: int, again: bool = False
) -> list[Array]:
    """Draw n independent parts of what stimuli are made of, (n_stimuli, N_DIMENSIONS) each.

    Parameters
    ----------
    random
        Source of the draw.
    n, n_stimuli
        Numbers of parts and of stimuli.
    n_categories
        How many categories the stimuli come in, the same ones in all parts; 0: none.
    again
        Whether all studies have the same categories and differ in their members alone.
    """
    if not (again and n_categories):
        return [made.stimuli(random, n_stimuli, N_DIMENSIONS, n_categories) for _ in range(n)]
    fixed = np.random.default_rng(0).normal(size=(n, n_categories, N_DIMENSIONS))
    of = np.arange(n_stimuli) % n_categories
    own = random.normal(size=(n, n_stimuli, N_DIMENSIONS))
    return list(np.sqrt(0.2) * own + np.sqrt(0.8) * fixed[:, of])


def people(
    random: np.random.Generator, seen: Sequence[Array], weight: Array, n: int, noise: Noise
) -> Array:
    """Draw condensed RDMs of subjects who see several parts, each more or less strongly.

    A single subject sees them as all do on average: what is said of one is said of no others.

    Parameters
    ----------
    random
        Source of the draw.
    seen
        The parts.
    weight
        How strongly subjects see each part on average, shape (n_parts,).
    n
        Number of subjects.
    noise
        Relative to the spread of an RDM, or one of `NOISE`.

    Returns
    -------
    ndarray, shape (n, n_pairs)
    """
    spread = SPREAD if n > 1 else 0.0
    strength = weight * random.normal(1, spread, size=(n, len(seen)))
    distances = np.array([condensed(part) for part in seen])
    typical = ((1 + SPREAD**2) * weight**2 @ distances).std()  # the same whoever the subjects are
    clean = strength**2 @ distances
    level = NOISE[noise] if isinstance(noise, str) else noise
    return np.asarray(clean + level * typical * random.normal(size=clean.shape))


def features(random: np.random.Generator, seen: Sequence[Array], noise: float = 0.5) -> list[Array]:
    """Make a layer of each part, which adds to it as many dimensions of its own."""
    return [np.hstack([part, noise * random.normal(size=part.shape)]) for part in seen]


def analyse(
    layers: Sequence[Array],
    areas: Mapping[str, Array],
    seed: int,
    n_bootstrap: int,
    model: str = "net",
    ceilings: str = "resampled",
) -> Run:
    """Run the pipeline's RSA on layers and on subjects' condensed RDMs by area.

    Parameters
    ----------
    layers
        Features, (n_stimuli, n_features) each.
    areas
        Condensed RDMs, shape (n_subjects, n_pairs); as many subjects in each.
    seed, n_bootstrap
        As of a study.
    model
        Its name.
    ceilings
        What is known of noise ceilings, which take most of the time: a key of `CEILINGS`.
    """
    rdms = made.rdms(np.array(list(areas.values())), list(areas))
    data = made.dataset(len(layers[0]), rdms=[rdms])
    given = CEILINGS[ceilings](areas, n_bootstrap)
    kernels = made.kernels(list(layers), model)
    found = similarity.analyse(data, kernels, SETTINGS, n_bootstrap, seed, given)
    return Run(made.NAME, model, found)


def _ends(areas: Mapping[str, Array], n: int) -> xr.Dataset:
    """Find ceilings as `area_ceilings.analyse` does, but resample nothing."""
    return _unresampled(
        [ceiling(rdms, SETTINGS["comparison"]) for rdms in areas.values()], areas, n
    )


def _none(areas: Mapping[str, Array], n: int) -> xr.Dataset:
    return _unresampled([(np.nan, np.nan)] * len(areas), areas, n)


def _unresampled(ends: list[tuple[float, float]], areas: Iterable[str], n: int) -> xr.Dataset:
    low, high = np.array(ends).T
    drawn = np.full((len(ends), len(WAYS), n), np.nan)
    return xr.Dataset(
        {
            "ceiling_low": ("area", low),
            "ceiling_high": ("area", high),
            "ceiling_bootstrap": (("area", "way", "resample"), drawn),
        },
        {"area": list(areas)},
    )


CEILINGS: dict[str, Callable[[Mapping[str, Array], int], xr.Dataset | None]] = {
    "resampled": lambda areas, n: None,  # as the pipeline does
    "found": _ends,
    "none": _none,
}
"""By what the claims of an experiment need."""


def some_layers(run: Run, model: str, layers: slice) -> Run:
    """Take some layers as a model of their own.

    What a layer's similarity is, and what it is in each resample, does not depend on the others.
    """
    found: xr.Dataset = run.scores.isel(layer=layers)
    return Run(run.dataset, model, found)
