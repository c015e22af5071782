"""How long the steps of a study take on one core: what each grows with, and measured rates.

Rates are those of one core of an AMD EPYC (family 25, model 17) with NumPy's OpenBLAS: kernels,
eigendecompositions and comparisons from `benchmarks/README.md`, the rest from the logs of three
studies. `machine` says how much slower the machine at hand is. Light, for Snakemake's parser.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ventralmap import registry
from ventralmap.sizes import Size

REFERENCE = 7.2e-4
"""Seconds of `_loop` on one idle core of the machine whose rates these are."""

OVERHEAD = 2.8
"""Seconds of Snakemake, of Python's start and of imports around each job."""


@dataclass(frozen=True)
class Network:
    """What running a network once costs.

    Attributes
    ----------
    gmac
        Billions of multiplications for one image of its usual size.
    units
        Of all layers that are read.
    """

    gmac: float
    units: float


UNKNOWN = Network(4.1, 3e6)
"""For networks not in `NETWORKS`: as ResNet-50, half of its units."""

NETWORKS: Mapping[str, Network] = {
    "pixels": Network(0, 12_288),
    "alexnet": Network(0.71, 494_184),
    "vgg11": Network(7.61, 7_435_240),
    "vgg16": Network(15.47, 13_556_712),
    "vgg19": Network(19.63, 14_861_288),
    "resnet18": Network(1.81, 1_556_968),
    "resnet34": Network(3.66, 2_184_168),
    "resnet50": Network(4.09, 6_325_224),
    "resnet101": Network(7.80, 9_737_192),
    "mobilenet_v2": Network(0.30, 1_037_448),
    "googlenet": Network(1.50, 2_843_240),
    "densenet121": Network(2.83, 2_485_736),
    "efficientnet_b0": Network(0.39, 1_046_568),
    "convnext_tiny": Network(4.46, 2_447_848),
    "vit_b_16": Network(17.56, 2_118_376),
}
"""Of torch.utils.flop_counter, with the curated layers and images of 224 pixels."""


@dataclass(frozen=True)
class Task:
    """What the time of a step of one dataset and one model depends on.

    Attributes
    ----------
    size
        Of the dataset.
    layers
        How many are read from the model.
    network
        Its costs.
    resamples, permutations
        Of the study.
    fits
        Of each layer: folds x repeats x generalisations.
    slow
        How much longer a comparison of two RDMs takes than a correlation of ranks.
    """

    size: Size
    layers: int = 0
    network: Network = UNKNOWN
    resamples: int = 1000
    permutations: int = 1000
    fits: int = 15
    slow: float = 1

    @property
    def pairs(self) -> float:
        """Stimuli squared."""
        return float(self.size.n_stimuli) ** 2


def _extract(task: Task) -> float:
    image = 0.0025 + (0.01 + 0.025 * task.network.gmac if task.network.gmac else 0)
    return 2 + image * task.size.n_stimuli + 1.5e-11 * task.pairs * task.network.units


def _encode(task: Task) -> float:
    decomposition = 1.3e-10 * task.size.n_stimuli**3
    penalties = 4e-10 * task.pairs * task.size.n_neuroids
    return 2 + task.layers * task.fits * (0.07 + decomposition + penalties)


def _rsa(task: Task) -> float:
    resampled = 7e-9 * task.resamples * (task.layers + _static(task.size))
    permuted = 8e-10 * task.permutations * task.layers
    return 3 + task.slow * task.pairs * (resampled + permuted)


def _static(size: Size) -> int:
    """Return how many RDMs there are, as far as they are not of many times."""
    return min(size.n_rdms, 40)


SECONDS: Mapping[str, Callable[[Task], float]] = {
    "prepare": lambda task: 1.5,
    "summarise": lambda task: 0.5,
    "measured_rdms": lambda task: 1.5,
    "reliability": lambda task: 2 + 3e-8 * task.size.n_stimuli * task.size.n_neuroids,
    "ceilings": lambda task: 3 + 7e-9 * task.resamples * task.pairs * _static(task.size),
    "fusion": lambda task: 2 + 4e-8 * task.pairs * task.size.n_rdms,
    "extract": _extract,
    "readout": lambda task: 0.5,
    "layers": lambda task: 0.5 + 2e-8 * task.layers * task.pairs,
    "model_rdms": lambda task: 1.5 + 6e-8 * task.layers * task.pairs,
    "spectra": lambda task: 0.3 + task.layers * 3e-10 * task.size.n_stimuli**3,
    "encode": _encode,
    "cka": lambda task: 1.5 + 3.5e-7 * task.layers * task.pairs,
    "rsa": _rsa,
    "rsa_fitted": lambda task: 1 + 2e-6 * task.pairs * task.layers,
    "timecourse": lambda task: 3 + 0.35 * task.layers + 8e-8 * task.pairs * task.size.n_rdms,
}
"""Seconds of a step for one dataset and, where it has one, one model, by the step's name."""

PREPARING: Mapping[str, tuple[str, ...]] = {
    "": ("prepare", "summarise"),
    "responses": ("measured_rdms", "reliability"),
    "rdms": ("measured_rdms", "ceilings"),
    "timecourse": ("fusion",),
}
"""Steps of a dataset, by what it holds."""

MODELLING: Mapping[str, tuple[str, ...]] = {
    "": ("extract", "readout", "layers", "model_rdms", "spectra"),
    "responses": ("encode", "cka"),
    "rdms": ("rsa", "rsa_fitted"),
    "timecourse": ("timecourse",),
}
"""Steps of a dataset and a model, by what the dataset holds."""

COMMON = ((10, 8.0), (1, 11.0), (1, 1.0))
"""Jobs that a study has once, and their seconds together: tables, figures, the report."""

MODEL_ALONE = 3.5
"""Seconds of a model's weights and receptive fields."""

SLOW = {"tau-a": 17, "rho-a": 1.5}
"""Comparisons that take longer than a rank correlation, and how much."""


def network(model: str, n_layers: int) -> Network:
    """Return what a model costs; of networks with curated layers, by how many are read.

    Parameters
    ----------
    model
        A model's name.
    n_layers
        How many of its layers are read.
    """
    whole = NETWORKS.get(registry.parse(model).base, UNKNOWN)
    share = n_layers / (len(registry.curated_layers(model)) or n_layers)
    return Network(whole.gmac, whole.units * share)


def task(study: Mapping[str, Any], size: Size, model: str = "pixels", layers: int = 1) -> Task:
    """Return what the times of a dataset and a model depend on.

    Parameters
    ----------
    study
        The resolved config.
    size
        Of the dataset.
    model, layers
        The model's name, and how many of its layers are read.
    """
    encoding, rsa = study["encoding"], study["rsa"]
    fits = encoding["folds"] * encoding["repeats"] * max(1, len(encoding["generalisations"]))
    return Task(
        size,
        layers,
        network(model, layers),
        study["bootstrap"],
        rsa["permutations"],
        fits,
        SLOW.get(rsa["comparison"], 1),
    )


def machine() -> float:
    """Measure how many times as long as the reference this machine takes, in some 10 ms."""
    return min(max(min(_loop() for _ in range(12)) / REFERENCE, 0.25), 4)


def _loop() -> float:
    started = time.perf_counter()
    total = 0.0
    for number in range(20_000):
        total += number * 0.5
    return time.perf_counter() - started
