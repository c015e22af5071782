"""Kriegeskorte et al. 2008: 92 object images, IT of man and monkey; how people judge them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from PIL import Image
from scipy.io import loadmat
from scipy.spatial.distance import squareform

from ventralmap import arrays, dataset, download, layout

STIMULI = "Kriegeskorte_Neuron2008_supplementalData.mat"
RDMS = "92_brainRDMs.mat"
JUDGEMENTS = "92_behavRDMs.mat"
FLAGS = ("human", "face", "animal", "natural")
MONKEYS = "monkeys"

META = {
    "name": "kriegeskorte2008",
    "title": "Human and monkey IT, and judgements, of 92 object images (Kriegeskorte et al. 2008)",
    "citation": "Kriegeskorte et al. (2008) Neuron 60:1126-1141; judgements: Mur et al. (2013) "
    "Front. Psychol. 4:128",
    "licence": "none stated",
    "species": "human, macaque",
    "stimulus_degrees": 2.9,
    "measurement": "RDMs: BOLD (hIT, 316 voxels) and spikes (mIT, 674 neurons), 1 - Pearson; "
    "judged dissimilarity (behaviour, 16 people)",
}


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return META


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder from the published files."""
    stimuli = write_stimuli(folder, downloads)
    ids = stimuli["stimulus_id"].tolist()
    rdms = {"": measured(downloads, ids), "behaviour": judged(downloads, ids)}
    dataset.write(folder, about(), stimuli, rdms=rdms)


def write_stimuli(folder: Path, downloads: Path) -> pd.DataFrame:
    """Write the 92 images as PNG, and return their table in the published order."""
    published = _read(STIMULI, downloads)["stimuli_92objs"]
    (folder / layout.IMAGES).mkdir(parents=True)
    rows = []
    for number, stimulus in enumerate(published, start=1):
        file = f"im{number:02d}.png"
        Image.fromarray(stimulus["image"]).save(folder / layout.IMAGES / file)
        flags = {flag: int(stimulus[flag]) for flag in FLAGS}
        superordinate = "animate" if flags["animal"] else "inanimate"
        names = {"category": str(stimulus["category"]), "superordinate": superordinate}
        rows.append({"stimulus_id": file[:-4], "file": file} | names | flags)
    return pd.DataFrame(rows)


def measured(downloads: Path, stimulus_ids: list[str]) -> xr.DataArray:
    """Human RDMs of four subjects in two sessions, and the one of two monkeys' neurons."""
    human = _human_rdms(downloads)
    subjects = sorted({subject for subject, _ in human})
    sessions = sorted({session for _, session in human})
    shape = (2, len(subjects) + 1, len(sessions), len(stimulus_ids), len(stimulus_ids))
    values = np.full(shape, np.nan)
    for (subject, session), rdm in human.items():
        values[0, subjects.index(subject), sessions.index(session)] = rdm
    values[1, -1, 0] = _monkey_rdm(downloads)
    return arrays.rdms(
        values,
        stimulus_id=stimulus_ids,
        area=["hIT", "mIT"],
        subject=[*subjects, MONKEYS],
        session=sessions,
        attrs={"dissimilarity_measure": "1 - Pearson correlation"},
    )


def judged(downloads: Path, stimulus_ids: list[str]) -> xr.DataArray:
    """Dissimilarities that 16 people judged, arranging the images on a screen (Mur et al. 2013).

    They lie in a file of their own because other people than those in the scanner judged, in one
    session each. The area is ``behaviour``.
    """
    people = _read(JUDGEMENTS, downloads)["rdms_behav_92"].ravel()
    return arrays.rdms(
        np.array([[person["RDM"] for person in people]]),
        stimulus_id=stimulus_ids,
        area=["behaviour"],
        subject=[str(person["name"]).rpartition(" | ")[2] for person in people],
        attrs={"dissimilarity_measure": "judged dissimilarity (multi-arrangement)"},
        name="rdms_behaviour",
    )


def _human_rdms(downloads: Path) -> dict[tuple[str, str], NDArray[np.float64]]:
    """RDMs by subject and session; they are named like 'hIT | BE | Session: 1'."""
    rdms = {}
    for entry in _read(RDMS, downloads)["RDMs"].ravel():
        _, subject, session = str(entry["name"]).split(" | ")
        rdms[subject, session.removeprefix("Session: ")] = entry["RDM"]
    return rdms


def _monkey_rdm(downloads: Path) -> NDArray[np.float64]:
    """RDM of 674 neurons; published column by column below the diagonal, scipy's order."""
    published = {str(e["name"]): e["RDM"] for e in _read(STIMULI, downloads)["RDMs_mIT_hIT_fig1"]}
    return squareform(published["mIT_674neurons"])


def _read(file: str, downloads: Path) -> dict[str, Any]:
    return loadmat(download.fetch("kriegeskorte2008", file, downloads), squeeze_me=True)
