"""What a job asks for where it is given no more: memory, and time.

The memory of a step is that of the arrays that it holds at once, in float64, and of Python with
what the step imports. Time is for one slow core, and generous: a job that asks for too long waits
longer in a queue, one that asks for too little is ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil

from ventralmap.side_by_side import ROOM
from ventralmap.sizes import Size

IMPORTS = 1000
"""MB of Python with NumPy, pandas, xarray and, in some steps, torch."""

SHORTEST = 20
"""Minutes that every job gets: the start of Python from a busy shared disk can take some."""

IMAGES_PER_MINUTE = 120
"""Through a large network on one slow core."""

Megabytes = Callable[[Size, int], float]


def _pairs(size: Size) -> float:
    width = size.projection if size.projected else size.n_stimuli
    return 8 * size.n_stimuli * width / 1e6


def _kernels(size: Size, layers: int) -> float:
    """MB of kernels, and of the triangles from which they are read; of one layer if projected."""
    return 1.5 * (1 if size.projected else layers) * _pairs(size)


def _fits(size: Size, layers: int) -> float:
    """MB of kernels or features, a decomposition, and predictions with each of some 25 penalties.

    From projected features, penalties are tried one by one, and layers too.
    """
    if size.projected:
        return _kernels(size, layers) + 8 * _pairs(size) + 10 * _responses(size, layers)
    of_one = 8 * _pairs(size) + 50 * _responses(size, layers)
    return _kernels(size, layers) + max(of_one, min(layers * of_one, ROOM / 1e6))


def _rdms(size: Size, _: int) -> float:
    return size.n_rdms * _pairs(size)


def _responses(size: Size, _: int) -> float:
    return 8 * size.n_stimuli * size.n_neuroids / 1e6


HELD: Mapping[str, Megabytes] = {
    "prepare": lambda size, n: 1000 + 4 * (_responses(size, n) + _rdms(size, n)),
    "reliability": lambda size, n: 8 * _responses(size, n),
    "encode": _fits,
    "variance": lambda size, n: 2 * _kernels(size, n) + 8 * _pairs(size) + 50 * _responses(size, n),
    "readout": lambda size, n: _kernels(size, n) + 4 * _pairs(size),
    "ceilings": lambda size, n: 4 * _rdms(size, n) + 8 * _pairs(size),
    "rsa": lambda size, n: 3 * _kernels(size, n) + 3 * _rdms(size, n) + 8 * _pairs(size),
    "rsa_fitted": lambda size, n: 4 * _kernels(size, n) + 3 * _rdms(size, n) + 8 * _pairs(size),
    "cka": lambda size, n: _kernels(size, n) + 4 * _pairs(size) + 4 * _responses(size, n),
    "model_rdms": lambda size, n: 3 * _kernels(size, n),
    "measured_rdms": lambda size, n: 3 * _rdms(size, n) + 4 * _responses(size, n),
    "timecourse": lambda size, n: 3 * _kernels(size, n) + 3 * _rdms(size, n),
    "fusion": lambda size, n: 4 * _kernels(size, n) + 3 * _rdms(size, n),
}
"""MB that a step holds beside `IMPORTS`, by its name."""

SLOW = ("encode", "variance", "ceilings", "rsa", "rsa_fitted", "timecourse", "fusion")
"""Steps whose work grows with layers x stimuli³ (eigendecompositions) or a resample of that."""


def memory_mb(step: str, size: Size, n_layers: int, memory_gb: float = 0) -> int:
    """Return the memory that a step asks for the first time.

    Parameters
    ----------
    step
        A name in `HELD`, or ``extract``.
    size
        Of the dataset.
    n_layers
        Of the model, or of all models where the step takes them together.
    memory_gb
        The config's budget for features; only ``extract`` has it.

    Returns
    -------
    int
        MB.
    """
    if step == "extract":
        return IMPORTS + 1000 + ceil(1000 * memory_gb)
    return IMPORTS + ceil(HELD[step](size, n_layers))


def minutes(step: str, size: Size, n_layers: int) -> int:
    """Return the time that a step asks for the first time, in minutes."""
    if step == "extract":
        return SHORTEST + ceil(size.n_stimuli / IMAGES_PER_MINUTE)
    if step not in SLOW:
        return SHORTEST
    solves = n_layers * (_projected_s(size) if size.projected else _kernel_s(size))
    return SHORTEST + ceil(solves / 60) + size.n_rdms * n_layers // 1000


def _kernel_s(size: Size) -> float:
    """Seconds for a layer: 15 fits of .2 s and more."""
    return 5 * (size.n_stimuli / 1000) ** 3


def _projected_s(size: Size) -> float:
    """Seconds for a layer: in 15 fits the covariance, and 25 predictions; 10¹⁰ products a s."""
    columns = size.projection + 25 * size.n_neuroids
    return 15 * size.n_stimuli * size.projection * columns / 1e10
