"""What figures take from the files of a study, beside its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from ventralmap import hierarchy, layout, rdm_files
from ventralmap.model_names import slug

Array = NDArray[np.float64]
Best = tuple[dict[str, Array], dict[str, tuple[str, Array]]]


@dataclass(frozen=True)
class Study:
    """What the figures of a study are drawn from.

    Attributes
    ----------
    config
        The study's config, resolved.
    tables
        By the name of their file without `.csv`.
    summaries
        What ``summary.summarise`` says of each dataset.
    folders
        The canonical folder of each dataset, by its name.
    rdms
        Folder with ``<dataset>.measured.h5`` and ``<dataset>/<slug of the model>.h5``; beside it,
        ``fields/<slug of the model>.json`` has the first filters.
    neuroids
        ``explained`` and ``neuroids``: what `ventralmap.explained` makes of the encoding scores.
    """

    config: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    summaries: Sequence[Mapping[str, Any]]
    folders: Mapping[str, Path]
    rdms: Path
    neuroids: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def best(self) -> pd.DataFrame:
        """The table of correspondences."""
        return self.tables["correspondence"]

    @property
    def look(self) -> dict[str, Any]:
        """What all figures take: the datasets, and the width."""
        return {"datasets": self.summaries, "width": self.config["figures"]["width"]}

    @property
    def about(self) -> dict[str, Any]:
        """What all captions take: the datasets, and the config."""
        return {"datasets": self.summaries, "config": self.config}


def best_rdms(
    dataset: str, model: str, correspondence: pd.DataFrame, order: hierarchy.Hierarchy, rdms: Path
) -> Best:
    """Find the RDM of each area of a dataset, and that of its best layer of a model.

    Parameters
    ----------
    dataset, model
        Their names.
    correspondence
        ``correspondence.csv``.
    order
        The study's areas, early to late.
    rdms
        Folder with ``<dataset>.measured.h5`` and ``<dataset>/<slug of the model>.h5``.

    Returns
    -------
    measured, model : dict
        By area, in the order of the hierarchy, others last: the mean over subjects
        (n_stimuli, n_stimuli); the name of the layer and its RDM.
    """
    wanted = (correspondence["dataset"] == dataset) & (correspondence["model"] == model)
    # An area with responses and RDMs of its own (the same name) is shown by its RDMs.
    chosen = correspondence[wanted & correspondence["method"].isin(["encoding", "rsa"])]
    chosen = chosen.sort_values("method", kind="stable")
    layers = dict(zip(chosen["area"], chosen["best_layer"], strict=True))
    ranks = hierarchy.ranks(order)
    areas = sorted(layers, key=lambda area: ranks.get(area, len(ranks)))
    brain, network = rdms / f"{dataset}.measured.h5", rdms / dataset / f"{slug(model)}.h5"
    return {area: rdm_files.mean(brain, "area", area) for area in areas}, {
        area: (layers[area], rdm_files.mean(network, "layer", layers[area])) for area in areas
    }


def stimuli(folder: Path) -> pd.DataFrame:
    """Read the stimuli of a canonical dataset, all columns as text."""
    return pd.read_csv(folder / "stimuli.csv", dtype=str, keep_default_na=False)


def categories(table: pd.DataFrame) -> list[str] | None:
    """Category of each stimulus, None where there are none."""
    return table["category"].tolist() if "category" in table else None


def thumbnails(
    folder: Path, files: Sequence[str], chosen: Iterable[int], side: int
) -> dict[int, NDArray[np.uint8]]:
    """Read small versions of some images.

    Parameters
    ----------
    folder
        Of the dataset.
    files
        Of all stimuli, relative to the folder of images.
    chosen
        Positions of those that are read.
    side
        Pixels of the longer side.

    Returns
    -------
    dict
        By position, shape (height, width, 4).
    """
    return {i: _small(folder / layout.IMAGES / files[i], side) for i in chosen}


def _small(path: Path, side: int) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        image.draft("RGB", (2 * side, 2 * side))  # of a JPEG, no more is decoded than needed
        whole = image.convert("RGBA")
        scale = side / max(whole.size)
        width, height = (max(1, round(length * scale)) for length in whole.size)
        return np.asarray(whole.resize((width, height), Image.Resampling.BOX))


def truth(folders: Mapping[str, Path]) -> pd.DataFrame | None:
    """Read the planted layers of the datasets that have them; None where none has."""
    files = [folder / "truth.csv" for folder in folders.values()]
    found = [pd.read_csv(path) for path in files if path.is_file()]
    return pd.concat(found) if found else None
