"""Datasets by name, and the folders that users bring; light to import, for Snakemake's parser.

A public dataset ``<family>[_<session>]`` is made by ``build`` of the module ``<family>`` here,
which is imported only then, so that no dataset depends on another's adapter.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ventralmap import layout
from ventralmap.datasets.recipes import RECIPES, page
from ventralmap.errors import InputError, suggest

MEASUREMENTS: dict[str, frozenset[str]] = {
    "simulated": frozenset({"responses", "rdms", "timecourse"}),
    "kriegeskorte2008": frozenset({"rdms"}),
    "cichy2014": frozenset({"rdms"}),
    "cichy2014_meg": frozenset({"rdms", "timecourse"}),
    "algonauts2019_92": frozenset({"rdms"}),
    "algonauts2019_118": frozenset({"rdms"}),
    "cowley2023_190923": frozenset({"responses"}),
    "cowley2023_210325": frozenset({"responses"}),
    "majajhong2015": frozenset({"responses"}),
    "freemanziemba2013": frozenset({"responses"}),
    "tvsd": frozenset({"responses"}),
    "tvsd_N": frozenset({"responses"}),
    "tvsd_F": frozenset({"responses"}),
}
"""What each public dataset holds: responses, rdms, a timecourse (RDMs over time)."""


def names() -> tuple[str, ...]:
    """Return the names of the public datasets."""
    return tuple(MEASUREMENTS)


def is_folder(entry: str) -> bool:
    """Tell whether an entry of a config's `datasets` is a folder rather than a name."""
    return entry not in MEASUREMENTS and ("/" in entry or os.path.isdir(entry))


def dataset_name(entry: str) -> str:
    """Return the name of a dataset in tables and paths.

    Parameters
    ----------
    entry
        A public dataset's name, or the path of a folder.

    Raises
    ------
    InputError
        When there is no such dataset or folder.
    """
    if is_folder(entry):
        return str(layout.read_meta(Path(entry))["name"])
    if entry in RECIPES:
        raise InputError(
            f"config: datasets: '{entry}' is not fetched: {RECIPES[entry]}; make a folder of it as "
            f"{page(entry)} says, and write its path"
        )
    if entry not in MEASUREMENTS:
        raise InputError(
            f"config: datasets: no dataset or folder '{entry}'; {suggest(entry, MEASUREMENTS)}"
        )
    return entry


def by_name(entries: Sequence[str]) -> dict[str, str]:
    """Map the name of each dataset of a study to its entry in the config.

    Raises
    ------
    InputError
        When two have the same name.
    """
    found: dict[str, str] = {}
    for entry in entries:
        name = dataset_name(entry)
        # some file systems know no case, and names are those of folders
        same = [other for other in found if other.casefold() == name.casefold()]
        if same:
            raise InputError(
                f"config: datasets: '{found[same[0]]}' and '{entry}' are both named '{name}'; "
                "change the name in one dataset.yaml"
            )
        found[name] = entry
    return found


def measurements(entry: str) -> frozenset[str]:
    """Tell what a dataset holds, without reading it: responses, rdms, timecourse."""
    if not is_folder(entry):
        return MEASUREMENTS[dataset_name(entry)]
    folder = Path(entry)
    over_time = [_has_time(path) for path in layout.rdm_files(folder)]
    held = {
        "responses": layout.response_file(folder) is not None,
        "rdms": not all(over_time),
        "timecourse": any(over_time),
    }
    return frozenset(kind for kind, there in held.items() if there)


def _has_time(path: Path) -> bool:
    import h5py

    try:
        with h5py.File(path) as file:
            # rsatoolbox keeps times as a descriptor of each RDM
            return "time" in (file["rdm_descriptors"] if path.suffix == ".h5" else file)
    except (OSError, KeyError) as error:
        raise InputError(f"{path}: not a readable RDM file ({error}); write it again") from error


def sources(entry: str) -> list[str]:
    """List the files that a folder consists of; none for a public dataset."""
    return [str(path) for path in layout.all_files(Path(entry))] if is_folder(entry) else []


def adapter(entry: str) -> list[str]:
    """Return the file of the module that makes a public dataset; none for a folder."""
    if is_folder(entry):
        return []
    family = dataset_name(entry).partition("_")[0]
    return [str(Path(__file__).with_name(f"{family}.py"))]


def about(name: str) -> dict[str, Any]:
    """Return the keys of a public dataset's ``dataset.yaml``, without making it."""
    family, _, session = dataset_name(name).partition("_")
    return dict(import_module(f"{__name__}.{family}").about(session))


def build(entry: str, folder: Path, *, downloads: Path, seed: int) -> None:
    """Make the canonical folder of a dataset: fetched, simulated, or the user's, validated.

    Parameters
    ----------
    entry
        A public dataset's name, or the path of a folder.
    folder
        The folder to make, whole or not at all.
    downloads
        Where published files are kept.
    seed
        Seed of simulated recordings.

    Raises
    ------
    InputError
        Naming the file, the id and the remedy when something is wrong.
    """
    from ventralmap import canonical, dataset
    from ventralmap.files import atomic

    if is_folder(entry):
        canonical.copy(entry, folder)
        return
    with atomic(folder) as scratch:
        scratch.mkdir()
        family, _, session = dataset_name(entry).partition("_")
        build_public = import_module(f"{__name__}.{family}").build
        build_public(scratch, downloads=downloads, session=session, seed=seed)
        dataset.load(scratch, verify_images=True)
