"""Cichy et al. 2014: fMRI of 15 people, the same 92 images; MEG of 16 in the session ``meg``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, dataset, download
from ventralmap.archive import unpack
from ventralmap.datasets import kriegeskorte2008
from ventralmap.errors import InputError
from ventralmap.matlab import variable

AREAS = ("EVC", "IT")
ARCHIVE = "osf_7vpyh.zip"
DECODING = "MEG_decoding_RDMs"
TIMES = range(-100, 1201)
"""Of the MEG, in ms from stimulus onset."""
MOST_BYTES = 1 << 33

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
WITH_MEG = META | {
    "name": "cichy2014_meg",
    "title": "EVC and IT of 15 people, MEG of 16, 92 object images (Cichy et al. 2014)",
    "measurement": "BOLD: RDMs, 1 - Pearson correlation; MEG: accuracy of decoding, every ms",
}


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    return WITH_MEG if session == "meg" else META


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder; the images are those of Kriegeskorte et al., in their order."""
    stimuli = kriegeskorte2008.write_stimuli(folder, downloads)
    ids = stimuli["stimulus_id"].tolist()
    path = download.fetch("cichy2014", "target_fmri.mat", downloads)
    rdms = {"": fmri(path, ids)}
    if session == "meg":
        archive = download.fetch("cichy2014", ARCHIVE, downloads)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            files = unpack(archive, Path(scratch) / "files", max_bytes=MOST_BYTES)
            rdms["meg"] = meg(find(files, f"{DECODING}.mat", archive), ids)
    dataset.write(folder, about(session), stimuli, rdms=rdms)


def find(files: list[Path], ending: str, archive: Path) -> Path:
    """Return the file of an archive whose path ends so, whatever folder it is in.

    Raises
    ------
    InputError
        If there is none, or several.
    """
    found = [path for path in files if f"/{path}".endswith(f"/{ending}")]
    if len(found) != 1:
        raise InputError(f"{archive}: has {len(found)} files '{ending}'; check where it comes from")
    return found[0]


def fmri(path: Path, ids: list[str]) -> xr.DataArray:
    """Read ``target_fmri.mat``: EVC_RDMs and IT_RDMs, subject x stimulus x stimulus.

    Returns
    -------
    xarray.DataArray, dims (area, subject, stimulus_a, stimulus_b)

    Raises
    ------
    InputError
        If the file has another form.
    """
    with h5py.File(path) as file:
        # MATLAB's (subject, stimulus, stimulus) is reversed in HDF5.
        values = np.array([variable(file, f"{area}_RDMs", path)[()].T for area in AREAS])
    return label(values, ids, AREAS, path)


def label(values: NDArray, ids: list[str], areas: tuple[str, ...], path: Path) -> xr.DataArray:
    """Label RDMs of shape (n_areas, n_subjects, n_stimuli, n_stimuli), and make them symmetric."""
    if values.shape[-1] != len(ids):
        raise InputError(f"{path}: {values.shape[-1]} stimuli, but {len(ids)} images")
    return arrays.rdms(
        (values + values.swapaxes(-1, -2)) / 2,  # they differ by rounding, 2e-16
        stimulus_id=ids,
        area=areas,
        subject=_people(values.shape[1]),
        attrs={"dissimilarity_measure": "1 - Pearson correlation"},
    )


def _people(number: int) -> list[str]:
    return [f"subject{person:02d}" for person in range(1, number + 1)]


def meg(path: Path, ids: list[str]) -> xr.DataArray:
    """Read ``MEG_decoding_RDMs.mat``; the sessions are averaged, as they are when compared.

    Returns
    -------
    xarray.DataArray, dims (area, subject, time, stimulus_a, stimulus_b), float32
        Per cent of pairs decoded.

    Raises
    ------
    InputError
        If the file has another form.
    """
    with h5py.File(path) as file:
        values = _mean_session(variable(file, DECODING, path), path)
    if values.shape[-1] != len(ids):
        raise InputError(f"{path}: {values.shape[-1]} stimuli, but {len(ids)} images")
    return arrays.rdms(
        values[None],
        stimulus_id=ids,
        area=["MEG"],
        subject=_people(len(values)),
        time=TIMES,
        # decoding is cross-validated: chance is not zero, and values may lie below it
        attrs={"dissimilarity_measure": "cross-validated", "long_name": "decoding accuracy"},
        name="rdms_meg",
    )


def _mean_session(stored: h5py.Dataset, path: Path) -> NDArray[np.float32]:
    """Average sessions; shape (n_subjects, n_times, n_stimuli, n_stimuli).

    MATLAB's axes (subject, session, time, stimulus, stimulus) are reversed in HDF5. All of it is
    2.8 GB: some rows of one stimulus axis are read at a time, in whole chunks of the file.
    """
    if stored.ndim != 5 or stored.shape[0] != stored.shape[1] or stored.shape[2] != len(TIMES):
        raise InputError(
            f"{path}: {DECODING} has the axes {stored.shape[::-1]}; should be subject x session x "
            f"{len(TIMES)} times x stimulus x stimulus"
        )
    n, _, n_times, _, n_subjects = stored.shape
    mean = np.empty((n_subjects, n_times, n, n), dtype=np.float32)
    step = stored.chunks[0] if stored.chunks else 1
    for start in range(0, n, step):
        # (row, stimulus, time, session, subject)
        part = arrays.mean_known(stored[start : start + step], axis=3)
        mean[..., start : start + step] = part.transpose(3, 2, 1, 0)
    return mean
