"""The Algonauts challenge of 2019: fMRI and MEG of 15 people, 92 or 118 images (the session)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr

from ventralmap import arrays, dataset, download, layout
from ventralmap.archive import unpack
from ventralmap.datasets import cichy2014
from ventralmap.errors import InputError
from ventralmap.matlab import variable

ARCHIVE = "algonautsChallenge2019.zip"
WINDOWS = ("early", "late")
DEGREES = {"92": 2.9, "118": None}


def build(folder: Path, *, downloads: Path, session: str, seed: int = 0) -> None:
    """Write the dataset folder of one set of images."""
    archive = download.fetch("algonauts2019", ARCHIVE, downloads)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        files = unpack(archive, Path(scratch) / "files", max_bytes=cichy2014.MOST_BYTES)
        stimuli = _write_stimuli(folder, files, session, archive)
        ids, parent = stimuli["stimulus_id"].tolist(), f"{session}_Image_Set"
        fmri = cichy2014.find(files, f"{parent}/target_fmri.mat", archive)
        meg = cichy2014.find(files, f"{parent}/target_meg.mat", archive)
        rdms = {"": cichy2014.fmri(fmri, ids), "meg": windows(meg, ids)}
    dataset.write(folder, about(session), stimuli, rdms=rdms)


def windows(path: Path, ids: list[str]) -> xr.DataArray:
    """Read ``target_meg.mat``: MEG_RDMs_early and MEG_RDMs_late.

    Each is subject x time x stimulus x stimulus within a window of some 20 ms. The file does not
    say which times these are, so that each window is averaged over the times that are known, and
    is an area: ``MEG_early`` and ``MEG_late``.

    Returns
    -------
    xarray.DataArray, dims (area, subject, stimulus_a, stimulus_b)

    Raises
    ------
    InputError
        If the file has another form.
    """
    with h5py.File(path) as file:
        # MATLAB's (subject, time, stimulus, stimulus) is reversed in HDF5.
        stored = [variable(file, f"MEG_RDMs_{window}", path)[()] for window in WINDOWS]
        values = np.array([arrays.mean_known(window, axis=2).T for window in stored])
    areas = tuple(f"MEG_{window}" for window in WINDOWS)
    found = cichy2014.label(values, ids, areas, path)
    return found.rename("rdms_meg").assign_attrs(dissimilarity_measure="cross-validated")


def _write_stimuli(folder: Path, files: list[Path], session: str, archive: Path) -> pd.DataFrame:
    """Move the images of one set; their numbers are the order of the RDMs."""
    pattern = re.compile(rf".*/{session}images/[^/]*?(\d+)\.jpg")
    found = {int(match[1]): path for path in files if (match := pattern.fullmatch(str(path)))}
    if not found:
        raise InputError(f"{archive}: has no {session}images/*.jpg; check where it comes from")
    (folder / layout.IMAGES).mkdir(parents=True)
    names = [
        found[number].replace(folder / layout.IMAGES / found[number].name).name
        for number in sorted(found)
    ]
    return pd.DataFrame({"stimulus_id": [Path(name).stem for name in names], "file": names})


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return {
        "name": f"algonauts2019_{session}",
        "title": f"EVC, IT and MEG of 15 people, {session} images (Algonauts 2019)",
        "citation": "Cichy et al. (2019) arXiv:1905.05675",
        "licence": "none stated",
        "species": "human",
        "stimulus_degrees": DEGREES[session],
        "measurement": "BOLD: RDMs, 1 - Pearson correlation; MEG: decoding in two windows",
    }
