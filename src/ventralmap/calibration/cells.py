"""The cells of a calibration: which experiment is run with studies of which sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

Setting = dict[str, Any]


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
    """

    experiment: str
    setting: Setting
    n: int

    @property
    def name(self) -> str:
        """The setting in words, for file names: ``stimuli=92,subjects=12``."""
        return ",".join(f"{key}={value}" for key, value in self.setting.items())


def grid(levels: Mapping[str, Any]) -> list[Setting]:
    """List all combinations of levels; a level that is not a list is the same in all."""
    lists = [value if isinstance(value, list) else [value] for value in levels.values()]
    return [dict(zip(levels, chosen, strict=True)) for chosen in product(*lists)]


def cells(experiments: Mapping[str, Sequence[Mapping[str, Any]]], n: int) -> list[Cell]:
    """List the cells of a config.

    Parameters
    ----------
    experiments
        By name, grids of levels; `simulations` among these is the number for this grid.
    n
        Number of studies to simulate where a grid gives none.

    Returns
    -------
    list of Cell
        Each once.
    """
    found: dict[tuple[str, str], Cell] = {}
    for name, grids in experiments.items():
        for levels in grids:
            sizes = {key: value for key, value in levels.items() if key != "simulations"}
            for setting in grid(sizes):
                cell = Cell(name, setting, int(levels.get("simulations", n)))
                found.setdefault((name, cell.name), cell)
    return list(found.values())


def chunks(n: int, size: int) -> list[range]:
    """Divide n studies into runs of at most `size`, so that work can be interrupted."""
    return [range(first, min(first + size, n)) for first in range(0, n, size)]
