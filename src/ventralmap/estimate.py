"""What a study will need, told before it runs: time, disk, memory; light, for the parser."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ventralmap import demands, durations
from ventralmap.model_names import is_untrained
from ventralmap.sizes import Size

FOLDER = 10.0
"""MB of logs, tables, figures and the report, whatever the data."""


def disk_mb(size: Size, layers: Sequence[int]) -> float:
    """Return the disk space of what is computed from one dataset, without the images.

    Parameters
    ----------
    size
        Of the dataset.
    layers
        Number of layers of each model.

    Returns
    -------
    float
        MB: per layer a triangle of a kernel and one of an RDM, in float64, or projected features in
        float32; the recordings, whole RDMs in float32.
    """
    pairs = size.n_stimuli * (size.n_stimuli - 1) / 2
    features = 4 * size.n_stimuli * size.projection
    kernels = (features if size.projected else 2 * 8 * pairs) * sum(layers)
    recordings = 8 * size.n_stimuli * size.n_neuroids + 8 * pairs * size.n_rdms
    return (kernels + recordings) / 1e6


def memory_mb(size: Size, layers: Sequence[int], memory_gb: float) -> float:
    """Return the memory of the largest job of a dataset, in MB."""
    alone = [
        demands.memory_mb(step, size, n, memory_gb)
        for step in ("extract", "encode", "rsa")
        for n in layers
    ]
    return max(alone)


@dataclass(frozen=True)
class Planned:
    """A study before it runs.

    Attributes
    ----------
    study
        The resolved config.
    sizes, holds
        Of each dataset: its size, and what it holds (`datasets.measurements`).
    layers
        Of each model, by its name: how many are read.
    """

    study: Mapping[str, Any]
    sizes: Mapping[str, Size]
    holds: Mapping[str, Collection[str]]
    layers: Mapping[str, int]

    def kinds(self, dataset: str) -> set[str]:
        """Return what a dataset holds or is given: RDMs may be made of responses."""
        of_responses = (
            self.study["rsa"]["responses"] != "none" and "responses" in self.holds[dataset]
        )
        return {"", *self.holds[dataset]} | ({"rdms"} if of_responses else set())


SIMULATED = 17.0
"""Seconds of running a network over the images of simulated recordings."""

BEGIN = 8.0
"""Seconds until Snakemake starts its first job."""


def _steps(table: Mapping[str, Sequence[str]], kinds: set[str]) -> list[str]:
    return sorted({step for kind in kinds for step in table.get(kind, ())})


def _prepared(planned: Planned, dataset: str) -> dict[str, float]:
    """Return the seconds of each step of a dataset alone."""
    task = durations.task(planned.study, planned.sizes[dataset])
    steps = _steps(durations.PREPARING, planned.kinds(dataset))
    seconds = {step: durations.SECONDS[step](task) for step in steps}
    seconds["prepare"] += SIMULATED if dataset == "simulated" else 0
    return seconds


def _modelled(planned: Planned, dataset: str, model: str) -> dict[str, float]:
    """Return the seconds of each step of a dataset and a model."""
    n_layers = planned.layers[model]
    task = durations.task(planned.study, planned.sizes[dataset], model, n_layers)
    steps = _steps(durations.MODELLING, planned.kinds(dataset))
    return {step: durations.SECONDS[step](task) for step in steps}


def _again(planned: Planned, model: str, seconds: Mapping[str, float]) -> float:
    """Return the time of other seeds: they make another network where it is not trained."""
    steps = ("extract", "encode", "rsa") if is_untrained(model) else ("encode",)
    return planned.study["stability"] * sum(seconds.get(step, 0) for step in steps)


def _work(planned: Planned) -> Iterator[float]:
    """Yield the seconds of all jobs on one core, with what is around them."""
    for dataset in planned.sizes:
        for seconds in _prepared(planned, dataset).values():
            yield seconds + durations.OVERHEAD
        for model in planned.layers:
            modelled = _modelled(planned, dataset, model)
            yield from (seconds + durations.OVERHEAD for seconds in modelled.values())
            yield _again(planned, model, modelled)
    for _ in planned.layers:
        yield durations.MODEL_ALONE + 2 * durations.OVERHEAD
    for n_jobs, seconds in durations.COMMON:
        yield seconds + n_jobs * durations.OVERHEAD


def _longest_chain(planned: Planned, threads: int) -> float:
    """Return the time of the longest row of jobs that wait for each other."""
    chains = []
    for dataset in planned.sizes:
        first = _prepared(planned, dataset)["prepare"]
        for model in planned.layers:
            seconds = _modelled(planned, dataset, model)
            extract = seconds.pop("extract") / threads**0.7
            chains.append(first + extract + max(seconds.values()))
    last = sum(seconds for _, seconds in durations.COMMON)
    return max(chains) + last + 7 * durations.OVERHEAD


def seconds(planned: Planned, cores: int) -> float:
    """Return the time of a whole study that begins with nothing, without a GPU.

    Parameters
    ----------
    planned
        The study.
    cores
        How many work at once; as in the rules, extraction has half of them.

    Returns
    -------
    float
        Seconds on the reference machine (`durations`), where it has nothing else to do. Banded
        ridge and the recovery of planted layers (`recovery`) are not counted.
    """
    at_least = _longest_chain(planned, max(1, cores // 2))
    return BEGIN + max(sum(_work(planned)) / cores, at_least)


def in_words(seconds: float) -> str:
    """Say a time as people do: in whole minutes, or in hours.

    >>> in_words(20), in_words(140), in_words(9_000), in_words(50_000)
    ('1 minute', '2 minutes', '2.5 hours', '14 hours')
    """
    if seconds > 5400:
        return f"{seconds / 3600:.2g} hours"
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def line(planned: Planned, cores: int, slower: float = 1) -> str:
    """Say in one line what a study needs.

    Parameters
    ----------
    planned
        The study.
    cores
        How many work at once.
    slower
        How many times as long as the reference this machine takes (`durations.machine`).
    """
    layers, memory_gb = list(planned.layers.values()), planned.study["extract"]["memory_gb"]
    disk = FOLDER + sum(disk_mb(size, layers) for size in planned.sizes.values())
    memory = max(memory_mb(size, layers, memory_gb) for size in planned.sizes.values())
    took = in_words(slower * seconds(planned, cores))
    return (
        f"{planned.study['study']}: from nothing about {took} on {cores} idle cores without a GPU"
        f"{_more(planned.study)}, {disk:,.0f} MB of disk beside the images, up to "
        f"{memory / 1000:.1f} GB of memory for the largest job (extract: memory_gb sets most of it)"
    )


def _more(study: Mapping[str, Any]) -> str:
    """Say what the time is without."""
    parts = {"recovery": study["recovery"]["draws"], "banded": study["encoding"]["banded"]}
    asked = [name for name, value in parts.items() if value]
    return f" (more for {' and '.join(asked)})" if asked else ""
