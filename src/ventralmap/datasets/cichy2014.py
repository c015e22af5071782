"""Cichy et al. 2014: fMRI of 15 people, the same 92 images; in the Algonauts 2019 form."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from ventralmap import arrays, dataset, download
from ventralmap.datasets import kriegeskorte2008

AREAS = ("EVC", "IT")

META = {
    "name": "cichy2014",
    "title": "Early visual and IT cortex of 15 people, 92 object images (Cichy et al. 2014)",
    "citation": "Cichy, Pantazis & Oliva (2014) Nat. Neurosci. 17:455-462; "
    "Cichy et al. (2019) arXiv:1905.05675",
    "licence": "none stated",
    "species": "human",
    "stimulus_degrees": 2.9,
    "measurement": "BOLD: RDMs, 1 - Pearson correlation",
}


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder; the images are those of Kriegeskorte et al., in their order."""
    stimuli = kriegeskorte2008.write_stimuli(folder, downloads)
    path = download.fetch("cichy2014", "target_fmri.mat", downloads)
    with h5py.File(path) as file:
        # MATLAB's (subject, stimulus, stimulus) is reversed in HDF5.
        values = np.array([file[f"{area}_RDMs"][()].T for area in AREAS])
    values = (values + values.swapaxes(-1, -2)) / 2  # they differ by rounding, 2e-16
    rdms = arrays.rdms(
        values,
        stimulus_id=stimuli["stimulus_id"],
        area=AREAS,
        subject=[f"subject{number:02d}" for number in range(1, values.shape[1] + 1)],
        attrs={"dissimilarity_measure": "1 - Pearson correlation"},
    )
    dataset.write(folder, META, stimuli, rdms={"": rdms})
