"""The cells of a calibration: which experiment is run with studies of which sizes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

Setting = dict[str, Any]

NUMBERS = ("simulations", "chunk")
"""What a grid may have beside sizes of studies."""


@dataclass(frozen=True)
class Cell:
    """One experiment with one setting.

    Attributes
    ----------
    experiment
        Its name, a key of `experiments.EXPERIMENTS`.
    setting
        What the experiment is given.
    n
        Number of studies to simulate.
    chunk
        How many of them are simulated at once.
    """

    experiment: str
    setting: Setting
    n: int
    chunk: int = 100

    @property
    def name(self) -> str:
        """The setting in words, for file names: ``stimuli=92,subjects=12``."""
        return ",".join(f"{key}={value}" for key, value in self.setting.items())


def grid(levels: Mapping[str, Any]) -> list[Setting]:
    """List all combinations of levels; a level that is not a list is the same in all."""
    lists = [value if isinstance(value, list) else [value] for value in levels.values()]
    return [dict(zip(levels, chosen, strict=True)) for chosen in product(*lists)]


def cells(
    experiments: Mapping[str, Sequence[Mapping[str, Any]]], n: int, chunk: int = 100
) -> list[Cell]:
    """List the cells of a config.

    Parameters
    ----------
    experiments
        By name, grids of levels; `simulations` and `chunk` among these are those of this grid.
    n, chunk
        Number of studies to simulate, and how many at once, where a grid gives none.

    Returns
    -------
    list of Cell
        Each once.
    """
    found: dict[tuple[str, str], Cell] = {}
    for name, grids in experiments.items():
        for levels in grids:
            sizes = {key: value for key, value in levels.items() if key not in NUMBERS}
            numbers = int(levels.get("simulations", n)), int(levels.get("chunk", chunk))
            for setting in grid(sizes):
                cell = Cell(name, setting, *numbers)
                found.setdefault((name, cell.name), cell)
    return list(found.values())


def chunks(n: int, size: int, done: Collection[int] = ()) -> list[range]:
    """Divide studies into runs of at most `size`, so that work can be interrupted.

    Parameters
    ----------
    n
        Number of studies.
    size
        Of a run; runs end at its multiples.
    done
        Numbers of studies that need not be run any more.

    Returns
    -------
    list of range
        Each study that is not done once.
    """
    return [
        run
        for first in range(0, n, size)
        for run in _without(range(first, min(first + size, n)), done)
    ]


def _without(run: range, done: Collection[int]) -> list[range]:
    """Divide a run where studies in it are done."""
    ends = [run.start - 1, *(i for i in run if i in done), run.stop]
    return [range(a + 1, b) for a, b in pairwise(ends) if b > a + 1]
