"""Checks of a dataset; each ends with one line that names the file, the id and the remedy."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from unicodedata import normalize

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ventralmap import arrays, images, layout
from ventralmap.errors import InputError, name_some
from ventralmap.files import sha256

MOST = 1e100
"""Of a response or a dissimilarity; the square of a larger one may be no number."""

LABELS = ("group", "object", "category")
"""Columns of ``stimuli.csv`` that say which stimuli are held out together."""


def join(ids: ArrayLike, wanted: Iterable[str], path: Path, other: str = "stimuli.csv") -> NDArray:
    """Return where each wanted id is among `ids`.

    Parameters
    ----------
    ids
        The ids in the file at `path`.
    wanted
        The ids in the file called `other`, each there once.

    Returns
    -------
    ndarray of int, shape (n_wanted,)

    Raises
    ------
    InputError
        If an id is twice in `ids`, or on one side only.
    """
    index, target = pd.Index(np.asarray(ids)), pd.Index(list(wanted))
    refuse(index[index.duplicated()].unique(), path, "is there twice; keep one")
    refuse(
        index.difference(target, sort=False), path, f"is not in {other}; add it there or drop it"
    )
    refuse(target.difference(index, sort=False), path, f"is missing here but in {other}; add it")
    return np.asarray(index.get_indexer(target))


def refuse(ids: Sequence[object] | pd.Index | NDArray, path: Path, what: str) -> None:
    """Raise an InputError that names the file and the ids, if there are any ids."""
    if len(ids):
        raise InputError(f"{path}: id {name_some(ids)} {what}")


def check_stimuli(table: pd.DataFrame, path: Path) -> None:
    """Check the columns `stimulus_id` and `file` of ``stimuli.csv``, and any of `LABELS`."""
    for column in ("stimulus_id", "file"):
        blank = np.flatnonzero(table[column].str.strip() == "")
        refuse(blank + 2, path, f"(line number) has no {column}; fill it in")
        twice = table.loc[table[column].duplicated(), column].unique()
        remedy = "give each image one row" if column == "file" else "give each stimulus its own id"
        if len(twice):
            raise InputError(f"{path}: {column} {name_some(twice)} is there twice; {remedy}")
    for column in LABELS:
        if column in table:
            _check_labels(table, column, path)
    if len(table) < 3:
        raise InputError(f"{path}: has {len(table)} stimuli; at least 3 are needed")
    for file in table["file"]:
        if _outside(file):
            raise InputError(f"{path}: file '{file}' lies outside stimuli/; move the image there")
    _check_distinct(table["file"], path)


def _outside(file: str) -> bool:
    return PurePosixPath(file).is_absolute() or ".." in file.replace("\\", "/").split("/")


def _check_distinct(files: Iterable[str], path: Path) -> None:
    """Refuse names that are one name on file systems that know no case, or one form of letters."""
    seen: dict[str, str] = {}
    for file in files:
        first = seen.setdefault(normalize("NFC", file).casefold(), file)
        if first != file:
            raise InputError(
                f"{path}: files '{first}' and '{file}' are one file on some systems, which know no "
                "case or write accents otherwise; rename one"
            )


def _check_labels(table: pd.DataFrame, column: str, path: Path) -> None:
    """Refuse empty cells: all stimuli without a label would be held out as if of one."""
    empty = table[column].isna() | (table[column].astype(str).str.strip() == "")
    remedy = f"has no {column}; fill it in, or drop the column"
    refuse(table.loc[empty, "stimulus_id"].tolist(), path, remedy)


def check_images(folder: Path, stimuli: pd.DataFrame, *, decode: bool) -> None:
    """Check that every image is there and, if asked to, that it can be decoded and is unique."""
    paths = dict(
        zip(stimuli.index, (folder / layout.IMAGES / f for f in stimuli["file"]), strict=True)
    )
    missing = [f"{path.name} (stimulus {key})" for key, path in paths.items() if not path.is_file()]
    if missing:
        raise InputError(
            f"{folder / layout.IMAGES}: image {name_some(missing)} is missing; "
            "add the file or correct stimuli.csv"
        )
    if decode:
        for key, path in paths.items():
            _decode(path, key)
        _check_unique(paths)


def _decode(path: Path, stimulus: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # decoding refuses it
            with Image.open(path, formats=images.FORMATS) as image:
                image.verify()
        images.open_rgb(path)  # as it will be used; `verify` leaves an image unusable
    except Exception as error:  # on damaged files, Pillow raises errors of any kind
        why = str(error).removeprefix(f"{path}: ")
        raise InputError(
            f"{path}: image of stimulus {stimulus} cannot be read ({why}); replace the file"
        ) from error


def _check_unique(paths: dict[str, Path]) -> None:
    seen: dict[str, str] = {}
    for stimulus, path in paths.items():
        first = seen.setdefault(sha256(path), stimulus)
        if first != stimulus:
            raise InputError(
                f"{path}: stimulus {stimulus} is the same image as stimulus {first}; "
                "make them repetitions of one stimulus, or the test images leak into training"
            )


def check_measured(
    responses: xr.DataArray | None, rdms: Sequence[xr.DataArray], folder: Path
) -> None:
    """Check that something was measured, and nothing under one name twice."""
    if responses is None and not rdms:
        raise InputError(
            f"{folder}: holds no measurement; add responses.nc (or responses.csv) or rdms.nc"
        )
    owner: dict[tuple[str, bool], str] = {}
    for array in rdms:
        for area in map(str, array["area"].values):
            first = owner.setdefault((area, "time" in array.dims), str(array.name))
            if first != array.name:
                raise InputError(
                    f"{folder}: area {area} is in {first} and {array.name}; rename one"
                )


def check_responses(responses: xr.DataArray, path: Path) -> None:
    """Check responses of dims (stimulus, repetition, neuroid) and the labels of the neuroids.

    Raises
    ------
    InputError
        If a label is empty or a neuroid twice; if a value is infinite; if a neuroid has no
        response to a stimulus that others of its subject respond to; if it responds the same to
        all.
    """
    neuroids = responses["neuroid_id"].values
    refuse(neuroids[pd.Index(neuroids).duplicated()], path, "is there twice; rename one neuroid")
    for label in ("neuroid_id", "area", "subject"):
        blank = np.flatnonzero(responses[label].values == "")
        refuse(blank, path, f"(position of the neuroid) has no {label}; fill it in")
    if responses.sizes["neuroid"] == 0:
        raise InputError(f"{path}: holds no neuroid; add one, or delete the file")
    refuse(
        neuroids[np.isinf(responses.values).any((0, 1))], path, "is infinite; correct or drop it"
    )
    size = np.abs(responses.values)  # squares of these must be numbers, too
    too_large = f"has responses beyond {MOST:g}; correct the unit, or drop it"
    refuse(neuroids[(size > MOST).any((0, 1))], path, too_large)
    _check_seen(responses, path)
    mean = arrays.mean_shown(responses.values)  # (stimulus, neuroid)
    spread = np.nanmax(mean, axis=0) - np.nanmin(mean, axis=0)
    constant = spread <= 1e-12 * np.nanmax(np.abs(mean), axis=0)
    refuse(neuroids[constant], path, "(neuroid) responds the same to all stimuli; drop it")


def _check_seen(responses: xr.DataArray, path: Path) -> None:
    seen = ~np.isnan(responses.values).all(axis=1)  # (stimulus, neuroid)
    ids, stimuli = responses["neuroid_id"].values, responses["stimulus_id"].values
    refuse(ids[~seen.any(axis=0)], path, "(neuroid) is NaN throughout; drop it from the file")
    for neuroid in np.flatnonzero(~seen.all(axis=0)).tolist():
        if not _whole_subject(responses, seen, neuroid):
            unseen = stimuli[~seen[:, neuroid]]
            raise InputError(
                f"{path}: neuroid {ids[neuroid]} is NaN for stimulus {name_some(unseen)}, other "
                "neuroids of its subject are not; drop the neuroid or the stimulus"
            )


def _whole_subject(responses: xr.DataArray, seen: NDArray[np.bool_], neuroid: int) -> bool:
    """Tell whether all neuroids of a subject lack the same stimuli: it has not seen them."""
    same = responses["subject"].values == responses["subject"].values[neuroid]
    return bool((seen[:, same] == seen[:, [neuroid]]).all())
