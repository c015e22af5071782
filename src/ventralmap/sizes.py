"""How large a dataset is, told without reading its data; light, for Snakemake's parser."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import prod
from pathlib import Path

from ventralmap import datasets, layout, model_names, registry

MOST_STIMULI = 10_000
"""Up to so many, Gram matrices are formed of projected features too (`kernels.MOST_STIMULI`)."""
LAYERS = 20
"""Layers of a network whose list is only made when it is built."""


@dataclass(frozen=True)
class Size:
    """What the work of a study grows with.

    Attributes
    ----------
    n_stimuli
        Images.
    n_neuroids
        Neuroids, each counted once per repetition.
    n_rdms
        RDMs: areas x subjects x sessions x times.
    projection
        Dimensions that features are projected on (`features: projection`), 0 where they are not.
    """

    n_stimuli: int
    n_neuroids: int = 0
    n_rdms: int = 0
    projection: int = 0

    @property
    def projected(self) -> bool:
        """Whether nothing is made of the size stimuli x stimuli."""
        return self.projection > 0 and self.n_stimuli > MOST_STIMULI


KNOWN = {
    "simulated": Size(320, 1440, 234),
    "kriegeskorte2008": Size(92, 0, 20),
    "cichy2014": Size(92, 0, 30),
    "cichy2014_meg": Size(92, 0, 16 * 1301),
    "algonauts2019_92": Size(92, 0, 30),
    "algonauts2019_118": Size(118, 0, 30),
    "cowley2023_190923": Size(1200, 33),
    "cowley2023_210325": Size(640, 500),
}
"""Sizes of the public datasets, as their adapters make them."""


def of_dataset(entry: str) -> Size:
    """Return the size of a dataset of a config.

    Parameters
    ----------
    entry
        A public dataset's name, or the path of a folder.

    Returns
    -------
    Size
        What a damaged file holds counts as nothing: the step that reads it says what is wrong.
    """
    if not datasets.is_folder(entry):
        return KNOWN.get(datasets.dataset_name(entry), Size(1000))
    folder = Path(entry)
    n_stimuli = max(_rows(folder / "stimuli.csv"), 1)
    responses = layout.response_file(folder)
    measured = _values(responses) // n_stimuli if responses else 0
    rdms = sum(_values(path) for path in layout.rdm_files(folder)) // n_stimuli**2
    return Size(n_stimuli, measured, rdms)


def n_layers(model: str, chosen: list[str] | None) -> int:
    """Return how many layers of a model a study takes, `LAYERS` where nobody knows yet."""
    if model == model_names.PIXELS:
        return 1
    return len(chosen or registry.curated_layers(model)) or LAYERS


def _rows(path: Path) -> int:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return sum(1 for row in csv.reader(file) if row) - 1
    except (OSError, UnicodeDecodeError, csv.Error):
        return 0


def _values(path: Path) -> int:
    """Return how many numbers the largest array of a file holds."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return len(file.readline().split(",")) * _rows(path)
    import h5py

    try:
        with h5py.File(path) as file:
            shapes = [item.shape for item in file.values() if isinstance(item, h5py.Dataset)]
    except OSError:
        return 0
    return max((prod(shape or ()) for shape in shapes), default=0)
