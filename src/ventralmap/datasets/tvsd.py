"""Papale et al. 2025 (TVSD): V1, V4 and IT of two macaques, 22,348 images of THINGS.

The session is a monkey, ``N`` or ``F``; without one, both. The images are THINGS', whose terms ask
everybody to fetch them for themselves: the folder that `THINGS` names.
"""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath
from typing import Any

import h5py
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ventralmap import arrays, canonical, dataset, download, layout
from ventralmap.errors import InputError, name_some
from ventralmap.matlab import texts, variable

THINGS = "VENTRALMAP_THINGS"
"""Names the folder with a folder of images per concept (``aardvark/aardvark_01b.jpg``, ...)."""
MONKEYS = ("N", "F")
ELECTRODES = {
    "N": {"V1": range(512), "V4": range(512, 768), "IT": range(768, 1024)},
    "F": {"V1": range(512), "IT": range(512, 832), "V4": range(832, 1024)},
}
SETS = ("train", "test")

Array = NDArray[np.float64]


def build(folder: Path, *, downloads: Path, session: str = "", seed: int = 0) -> None:
    """Write the dataset folder of one monkey, or of both, joined on the images."""
    things = _things()
    monkeys = [session] if session else MONKEYS
    found = [_monkey(monkey, downloads) for monkey in monkeys]
    paths = dict.fromkeys(path for array, _ in found for path in array["stimulus_id"].values)
    of_set = {path: name for _, sets in found for path, name in sets.items()}
    stimuli = pd.DataFrame({"stimulus_id": [_id(path) for path in paths], "file": list(paths)})
    stimuli["object"] = [path.partition("/")[0] for path in paths]
    stimuli["set"] = [of_set[path] for path in paths]
    _link(things, list(paths), folder / layout.IMAGES)
    dataset.write(folder, about(session), stimuli, join([array for array, _ in found], list(paths)))


def _things() -> Path:
    named = os.environ.get(THINGS)
    where = (
        "the folder with a folder of images per concept (object_images of THINGS, to be had from "
        "https://things-initiative.org by whoever accepts its terms)"
    )
    if not named:
        raise InputError(f"{THINGS} is not set, and tvsd needs the images; set it to {where}")
    if not Path(named).expanduser().is_dir():
        raise InputError(f"{THINGS}: there is no folder {named}; set it to {where}")
    return Path(named).expanduser()


def _monkey(monkey: str, downloads: Path) -> tuple[xr.DataArray, dict[str, str]]:
    """Responses of one monkey, labelled by the paths of the images; which set each is in."""
    recorded, shown = (
        download.fetch("tvsd", f"monkey{monkey}_{file}", downloads)
        for file in ("THINGS_normMUA.mat", "things_imgs.mat")
    )
    paths = {name: image_paths(shown, name) for name in SETS}
    ids = [path for name in SETS for path in paths[name]]
    array = responses(recorded, monkey, ids, len(paths["train"]))
    return array, {path: name for name in SETS for path in paths[name]}


def image_paths(path: Path, of_set: str) -> list[str]:
    r"""Read which images were shown, from ``things_imgs.mat``.

    Parameters
    ----------
    path
        The file (MATLAB 7.3).
    of_set
        ``train`` or ``test``: the structure ``<of_set>_imgs``, whose cells `things_path` hold text
        such as ``aardvark\aardvark_01b.jpg``.

    Returns
    -------
    list of str
        With forward slashes, in the order of the responses.

    Raises
    ------
    InputError
        If the file has another form.
    """
    with h5py.File(path) as file:
        found = texts(file, f"{of_set}_imgs/things_path", path)
    return [PureWindowsPath(text).as_posix() for text in found]


def responses(path: Path, monkey: str, ids: list[str], n_train: int) -> xr.DataArray:
    """Read ``THINGS_normMUA.mat``: train_MUA, and test_MUA_reps in two halves.

    The images of the train set were shown once, those of the test set 30 times. A table of all
    images x 30 repetitions would be nearly empty and take 5 GB: the repetitions of the test set are
    averaged in two halves, taken in turn, and `n_averaged` says of how many each is the mean, so
    that the reliability is that of an image that was shown once.

    Parameters
    ----------
    path
        The file (MATLAB 7.3, axes reversed).
    monkey
        ``N`` or ``F``.
    ids
        Of the images, those of the train set first.
    n_train
        How many these are.

    Returns
    -------
    xarray.DataArray, dims (stimulus, repetition, neuroid)
        Two repetitions, the second NaN for the train set. Electrodes that recorded nothing, or
        always the same, are left out.

    Raises
    ------
    InputError
        If the file has another form.
    """
    areas, n_test = _area_of_electrode(monkey), len(ids) - n_train
    train, repeats = _read(path, n_train, n_test, len(areas))
    half = len(repeats) // 2
    values = np.full((len(ids), 2, len(areas)), np.nan)
    values[:n_train, 0] = train
    for which in range(2):
        values[n_train:, which] = arrays.mean_shown(repeats[which : 2 * half : 2].swapaxes(0, 1))
    kept = _recorded(arrays.mean_shown(values))
    return arrays.responses(
        values[..., kept],
        stimulus_id=ids,
        neuroid_id=[f"{monkey}_{number:04d}" for number in np.flatnonzero(kept)],
        area=areas[kept],
        subject=[monkey] * int(kept.sum()),
        n_averaged=np.repeat([1, half], [n_train, n_test]),
        attrs={"long_name": "multi-unit activity, normalised in each session", "units": "1"},
    )


def _read(path: Path, n_train: int, n_test: int, n_electrodes: int) -> tuple[Array, Array]:
    """Read responses (image, electrode) and (repetition, image, electrode)."""
    with h5py.File(path) as file:
        train = variable(file, "train_MUA", path)[()]
        repeats = variable(file, "test_MUA_reps", path)[()]
    if train.shape != (n_train, n_electrodes) or repeats.shape[1:] != (n_test, n_electrodes):
        raise InputError(
            f"{path}: train_MUA has the axes {train.shape[::-1]} and test_MUA_reps "
            f"{repeats.shape[::-1]}; should be {n_electrodes} electrodes x {n_train} images, and x "
            f"{n_test} images x repetitions"
        )
    return train, repeats


def _area_of_electrode(monkey: str) -> NDArray[np.str_]:
    areas = np.empty(1024, dtype="<U2")
    for area, electrodes in ELECTRODES[monkey].items():
        areas[electrodes] = area
    return areas


def _recorded(mean: Array) -> NDArray[np.bool_]:
    """Tell which electrodes responded to every image that others did, and not always the same."""
    shown = mean[~np.isnan(mean).all(axis=1)]
    return ~np.isnan(shown).any(axis=0) & (np.ptp(np.nan_to_num(shown), axis=0) > 0)


def join(monkeys: list[xr.DataArray], paths: list[str]) -> xr.DataArray:
    """Join the responses of monkeys on the images; NaN where one of them has not seen an image."""
    rows = [pd.Index(array["stimulus_id"].values).get_indexer(paths) for array in monkeys]
    values, counts = [], np.ones(len(paths))
    for array, row in zip(monkeys, rows, strict=True):
        seen = row >= 0
        values.append(np.where(seen[:, None, None], array.values[row], np.nan))
        counts[seen] = array["n_averaged"].values[row[seen]]
    labels = {
        name: np.concatenate([array[name].values for array in monkeys])
        for name in ("neuroid_id", "area", "subject")
    }
    return arrays.responses(
        np.concatenate(values, axis=2),
        stimulus_id=[_id(path) for path in paths],
        **labels,
        n_averaged=counts.astype(int),
        attrs=monkeys[0].attrs,
    )


def _id(path: str) -> str:
    return path.rpartition(".")[0].rpartition("/")[2]


def _link(things: Path, paths: list[str], target: Path) -> None:
    missing = [path for path in paths if not (things / path).is_file()]
    if missing:
        raise InputError(
            f"{THINGS}: {things} has no image {name_some(missing)}; set it to the folder that has "
            "a folder per concept, unpacked as a whole"
        )
    for path in paths:
        canonical.link(things / path, target / path)


def about(session: str = "") -> dict[str, Any]:
    """Return what stands in ``dataset.yaml``."""
    whose = f"of monkey {session}" if session else "of two macaques"
    return {
        "name": f"tvsd_{session}" if session else "tvsd",
        "title": f"V1, V4 and IT {whose}, 22,348 images of THINGS (Papale et al. 2025)",
        "citation": "Papale, Wang, Self & Roelfsema (2025) Neuron 113, "
        "doi:10.1016/j.neuron.2024.12.003",
        "licence": "CC BY 4.0 (recordings); the images are THINGS', under its own terms",
        "species": "macaque",
        "stimulus_degrees": 8,
        "measurement": "multi-unit activity, normalised (V1 25-125, V4 50-150, IT 75-175 ms)",
    }
