"""Cowley et al. 2023: neurons of macaque V4, one dataset per recording session."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import arrays, dataset, download, layout
from ventralmap.archive import unpack
from ventralmap.errors import InputError

REPEATED = ("210325",)
"""Sessions whose single repeats are published; of the others only the mean is."""
ANIMALS = {"190923": "WE", "210325": "PE"}
"""The monkey of each session, from the publishers' readme."""


def build(folder: Path, *, downloads: Path, session: str, seed: int = 0) -> None:
    """Write the dataset folder of one session."""
    stimuli = _write_stimuli(folder, session, downloads)
    values = responses(session, downloads)  # (image, repeat, neuron)
    if len(values) != len(stimuli):
        raise InputError(
            f"cowley2023 session {session}: {len(stimuli)} images but responses to {len(values)}; "
            "delete the downloads and run again"
        )
    neurons = [f"{session}_n{number:02d}" for number in range(1, values.shape[2] + 1)]
    array = arrays.responses(
        values,
        stimulus_id=stimuli["stimulus_id"],
        neuroid_id=neurons,
        area=["V4"] * len(neurons),
        subject=[ANIMALS[session]] * len(neurons),
        attrs={"long_name": "spike count", "units": "spikes per 100 ms"},
    )
    dataset.write(folder, about(session), stimuli, array)


def responses(session: str, downloads: Path) -> NDArray[np.float64]:
    """Responses (image, repeat, neuron), NaN where an image was shown less often."""
    kind = "raw" if session in REPEATED else "repeat_averaged"
    path = download.fetch("cowley2023", f"responses_{kind}_{session}.npy", downloads)
    published = np.load(path, allow_pickle=False)  # (neuron, image[, repeat])
    return np.moveaxis(published.reshape(*published.shape[:2], -1), 0, -1)


def _write_stimuli(folder: Path, session: str, downloads: Path) -> pd.DataFrame:
    """Unpack the images; column i of the responses is image number i + 1."""
    archive = download.fetch("cowley2023", f"images_{session}.zip", downloads)
    target = folder / layout.IMAGES
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        unpacked = {_number(path): path for path in unpack(archive, Path(scratch) / "images")}
        if sorted(unpacked) != list(range(1, len(unpacked) + 1)):
            raise InputError(f"{archive}: an image number is missing; delete it and run again")
        files = [
            unpacked[number].replace(target / unpacked[number].name).name
            for number in sorted(unpacked)
        ]
    return pd.DataFrame({"stimulus_id": [Path(file).stem for file in files], "file": files})


def _number(path: Path) -> int:
    found = re.fullmatch(r"image(\d+)\.jpg", path.name)
    if found is None:
        raise InputError(f"{path.name}: not an image of cowley2023; delete the download")
    return int(found.group(1))


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return {
        "name": f"cowley2023_{session}",
        "title": f"Macaque V4 neurons, session {session} (Cowley et al. 2023)",
        "citation": "Cowley, Stan, Pillow & Smith (2023) Compact deep neural network models of "
        "visual cortex, bioRxiv 2023.11.22.568315",
        "licence": "none stated",
        "species": "macaque",
        "stimulus_degrees": None,
        "measurement": "spikes",
    }
