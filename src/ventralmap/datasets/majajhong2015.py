"""Majaj, Hong et al. 2015: V4 and IT of two macaques, 3,200 public images of 64 objects (HvM)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ventralmap import assemblies, brainio, dataset, download

NAME = "majajhong2015"
RESPONSES = "assy_dicarlo_MajajHong2015_public.nc"
STIMULI = "stimulus_hvm-public.csv"
IMAGES = "stimulus_hvm-public.zip"
WINDOW = (70.0, 170.0)
POSE = ("variation", "s", "ty", "tz", "rxy", "rxz", "ryz")
"""How much the pose varies; size, position and rotations of the object."""

META = {
    "name": NAME,
    "title": "Macaque V4 and IT, 3,200 images of 64 objects (Majaj, Hong et al. 2015)",
    "citation": "Majaj, Hong, Solomon & DiCarlo (2015) J. Neurosci. 35:13402-13418; public part of "
    "Brain-Score (Schrimpf et al. 2018, bioRxiv 407007)",
    "licence": "none stated",
    "species": "macaque",
    "stimulus_degrees": 8,
    "measurement": "spikes (multi-unit sites), 70-170 ms",
}


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return META


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder; objects and categories can be held out as a whole."""
    table, archive, recorded = (
        download.fetch(NAME, file, downloads) for file in (STIMULI, IMAGES, RESPONSES)
    )
    columns = {"object_name": "object", "category_name": "category", "background_id": "background"}
    columns |= {name: name for name in POSE}
    stimuli = brainio.write_stimuli(folder, table, archive, columns)
    responses = assemblies.published_responses(recorded, WINDOW)
    dataset.write(folder, about(), stimuli, responses)
