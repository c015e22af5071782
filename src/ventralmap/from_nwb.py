"""`ventralmap from-nwb`: a dataset folder from an NWB file and a folder of images."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ventralmap import layout
from ventralmap.errors import InputError, name_some

if TYPE_CHECKING:
    import pandas as pd


def arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what the sub-command takes."""
    parser.add_argument("file", type=Path, help="the NWB file")
    parser.add_argument("folder", type=Path, help="the dataset folder to make")
    parser.add_argument(
        "--images", type=Path, required=True, help="folder of images, named as the stimuli"
    )
    parser.add_argument(
        "--window", type=float, nargs=2, required=True, metavar=("FROM", "TO"),
        help="in which spikes are counted, in ms from the start of a presentation, such as 70 170",
    )  # fmt: skip
    parser.add_argument("--table", help="table of presentations: trials, or one of the intervals")
    parser.add_argument("--stimulus", help="its column that names the stimulus")
    parser.add_argument("--area", help="column of the units that names their area")
    parser.add_argument(
        "--without", nargs="+", default=[], help="stimuli to leave out, such as blank"
    )


def run(options: argparse.Namespace) -> str:
    """Write the folder, check it, and say what is in it.

    Raises
    ------
    InputError
        If the folder is there already, or the file or an image is not what it should be.
    """
    from ventralmap import canonical, dataset, nwb
    from ventralmap.files import atomic

    if options.folder.exists():
        raise InputError(f"{options.folder}: is there already; take another, or move it away")
    low, high = options.window
    chosen = {key: getattr(options, key) for key in ("table", "stimulus", "area", "without")}
    responses, about = nwb.read(options.file, (low, high), **chosen)
    stimuli, images = find(responses["stimulus_id"].values, options.images)
    with atomic(options.folder) as scratch:
        for file, image in zip(stimuli["file"], images, strict=True):
            canonical.link(image, scratch / layout.IMAGES / file)
        dataset.write(scratch, _meta(options, about), stimuli, responses)
        dataset.load(scratch, verify_images=True)
    n_stimuli, n_repetitions, n_units = responses.shape
    return (
        f"{options.folder}: {n_units} units, {n_stimuli} images, at most {n_repetitions} "
        f"repetitions; complete {options.folder / 'dataset.yaml'}, then: ventralmap check "
        f"{options.folder}"
    )


def find(ids: Iterable[str], folder: Path) -> tuple[pd.DataFrame, list[Path]]:
    """Find the image of each stimulus: a file of this name, with or without its suffix.

    Returns
    -------
    stimuli : pandas.DataFrame
        stimulus_id and file.
    images : list of pathlib.Path
        The files that are there.

    Raises
    ------
    InputError
        If a stimulus has no image, or several.
    """
    import pandas as pd

    names: dict[str, list[Path]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name[0] != "."):
        for name in {path.name, path.stem}:
            names.setdefault(name, []).append(path)
    ids = list(ids)
    missing = [i for i in ids if i not in names]
    if missing:
        raise InputError(
            f"{folder}: no image is named {name_some(missing)}; add it, or leave the stimulus out "
            "by --without"
        )
    for i in ids:
        if len(names[i]) > 1:
            raise InputError(f"{folder}: several images are named {i}: {name_some(names[i])}")
    images = [names[i][0] for i in ids]
    files = [path.relative_to(folder).as_posix() for path in images]
    return pd.DataFrame({"stimulus_id": ids, "file": files}), images


def _meta(options: argparse.Namespace, about: dict[str, str]) -> dict[str, object]:
    low, high = options.window
    return {
        "name": options.folder.resolve().name,
        "title": about.get("description", options.file.stem),
        "citation": "unpublished",
        "licence": "not stated",
        "species": about.get("species", "not stated"),
        "stimulus_degrees": None,
        "measurement": f"spikes, {low:g}-{high:g} ms",
    }
