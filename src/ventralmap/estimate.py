"""What a study will need, told before it runs: disk and memory; light, for Snakemake's parser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ventralmap import demands
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


def line(study: str, datasets: Mapping[str, Size], layers: Sequence[int], memory_gb: float) -> str:
    """Say in one line what a study needs."""
    disk = FOLDER + sum(disk_mb(size, layers) for size in datasets.values())
    memory = max(memory_mb(size, layers, memory_gb) for size in datasets.values())
    return (
        f"{study}: about {disk:,.0f} MB of disk beside the images, up to {memory / 1000:.1f} GB "
        "of memory for the largest job (extract: memory_gb sets most of it)"
    )
