"""Freeman, Ziemba et al. 2013: V1 and V2 of macaques, 135 public images of textures and noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ventralmap import assemblies, brainio, dataset, download

NAME = "freemanziemba2013"
RESPONSES = "assy_movshon_FreemanZiemba2013_public.nc"
STIMULI = "stimulus_FreemanZiemba2013_aperture-public.csv"
IMAGES = "stimulus_FreemanZiemba2013_aperture-public.zip"
WINDOW = (50.0, 200.0)
MONKEYS = "monkeys"
"""The subject: the file does not say which animal a neuron belongs to."""

META = {
    "name": NAME,
    "title": "Macaque V1 and V2, 135 images of textures and spectrally matched noise "
    "(Freeman, Ziemba et al. 2013)",
    "citation": "Freeman, Ziemba, Heeger, Simoncelli & Movshon (2013) Nat. Neurosci. 16:974-981; "
    "public part of Brain-Score (Schrimpf et al. 2018, bioRxiv 407007)",
    "licence": "none stated",
    "species": "macaque",
    "stimulus_degrees": 4,
    "measurement": "spikes per ms, 50-200 ms",
}


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return META


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder; the 15 families of textures are what can be held out as a whole."""
    table, archive, recorded = (
        download.fetch(NAME, file, downloads) for file in (STIMULI, IMAGES, RESPONSES)
    )
    columns = {"texture_family": "object", "texture_type": "texture_type", "sample": "sample"}
    stimuli = brainio.write_stimuli(folder, table, archive, columns)
    responses = assemblies.published_responses(recorded, WINDOW, subject=MONKEYS)
    # neurons are numbered, which could be anew in each area
    ids = np.char.add(np.char.add(responses["area"].values, "_"), responses["neuroid_id"].values)
    dataset.write(folder, about(), stimuli, responses.assign_coords(neuroid_id=("neuroid", ids)))
