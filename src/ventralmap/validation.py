"""Checks of a dataset; each ends with one line that names the file, the id and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ventralmap import layout
from ventralmap.errors import InputError, name_some, suggest
from ventralmap.files import sha256

TOLERANCE = 1e-6  # of the largest dissimilarity: room for RDMs stored in float32
CROSS_VALIDATED = ("crossnobis", "poisson_cv", "cross-validated")  # may be below zero


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
    _refuse(index[index.duplicated()].unique(), path, "is there twice; keep one")
    _refuse(
        index.difference(target, sort=False), path, f"is not in {other}; add it there or drop it"
    )
    _refuse(target.difference(index, sort=False), path, f"is missing here but in {other}; add it")
    return np.asarray(index.get_indexer(target))


def _refuse(ids: Sequence[object] | pd.Index, path: Path, what: str) -> None:
    if len(ids):
        raise InputError(f"{path}: id {name_some(ids)} {what}")


def check_stimuli(table: pd.DataFrame, path: Path) -> None:
    """Check the columns `stimulus_id` and `file` of ``stimuli.csv``."""
    for column in ("stimulus_id", "file"):
        blank = np.flatnonzero(table[column].str.strip() == "")
        _refuse(blank + 2, path, f"(line number) has no {column}; fill it in")
        twice = table.loc[table[column].duplicated(), column].unique()
        remedy = "give each image one row" if column == "file" else "give each stimulus its own id"
        if len(twice):
            raise InputError(f"{path}: {column} {name_some(twice)} is there twice; {remedy}")
    if len(table) < 3:
        raise InputError(f"{path}: has {len(table)} stimuli; at least 3 are needed")
    for file in table["file"]:
        if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts:
            raise InputError(f"{path}: file '{file}' lies outside stimuli/; move the image there")


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
        with Image.open(path) as image:
            image.verify()
        with Image.open(path) as image:  # `verify` leaves the image unusable
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{path}: image of stimulus {stimulus} cannot be read ({error}); replace the file"
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
        response to a stimulus; if it responds the same to all.
    """
    neuroids = responses["neuroid_id"].values
    _refuse(neuroids[pd.Index(neuroids).duplicated()], path, "is there twice; rename one neuroid")
    for label in ("neuroid_id", "area", "subject"):
        blank = np.flatnonzero(responses[label].values == "")
        _refuse(blank, path, f"(position of the neuroid) has no {label}; fill it in")
    if responses.sizes["neuroid"] == 0:
        raise InputError(f"{path}: holds no neuroid; add one, or delete the file")
    _refuse(
        neuroids[np.isinf(responses.values).any((0, 1))], path, "is infinite; correct or drop it"
    )
    _check_seen(responses, path)
    mean = np.nanmean(responses.values, axis=1)  # (stimulus, neuroid)
    constant = np.ptp(mean, axis=0) <= 1e-12 * np.abs(mean).max(axis=0)
    _refuse(neuroids[constant], path, "(neuroid) responds the same to all stimuli; drop it")


def _check_seen(responses: xr.DataArray, path: Path) -> None:
    seen = ~np.isnan(responses.values).all(axis=1)  # (stimulus, neuroid)
    ids, stimuli = responses["neuroid_id"].values, responses["stimulus_id"].values
    _refuse(ids[~seen.any(axis=0)], path, "(neuroid) is NaN throughout; drop it from the file")
    holes = np.flatnonzero(~seen.all(axis=0))
    if len(holes):
        unseen = stimuli[~seen[:, holes[0]]]
        raise InputError(
            f"{path}: neuroid {name_some(ids[holes])} is NaN for stimulus {name_some(unseen)}"
            f"{_shared(responses, seen, holes[0])}; drop the neuroid, or the stimulus, from the files"
        )


def _shared(responses: xr.DataArray, seen: NDArray[np.bool_], neuroid: int) -> str:
    subject = responses["subject"].values[neuroid]
    same = responses["subject"].values == subject
    if (seen[:, same] == seen[:, [neuroid]]).all():
        return f", as are all neuroids of subject {subject}"
    return ""


def check_rdms(rdms: xr.DataArray, path: Path) -> None:
    """Check RDMs of dims (area, subject, [session,] [time,] stimulus_a, stimulus_b).

    Raises
    ------
    InputError
        If a label is empty or twice, if an area or a subject has no RDM, or if an RDM is not one.
    """
    for dim in rdms.dims[:-2]:
        labels = pd.Index(rdms[dim].values)
        _refuse(labels[labels.duplicated()], path, f"({dim}) is there twice; keep one")
        if (labels == "").any():
            raise InputError(f"{path}: an entry of {dim} has no name; fill it in")
    cross_validated = _is_cross_validated(rdms)
    for where, matrix in _matrices(rdms):
        problem = _problem(matrix, rdms["stimulus_a"].values, cross_validated)
        if problem:
            raise InputError(f"{path}: RDM of {where} {problem}")
    _check_present(rdms, path)


def _is_cross_validated(rdms: xr.DataArray) -> bool:
    return str(rdms.attrs.get("dissimilarity_measure", "")).lower() in CROSS_VALIDATED


def _matrices(rdms: xr.DataArray) -> Iterator[tuple[str, NDArray]]:
    dims = rdms.dims[:-2]
    for at in np.ndindex(*rdms.shape[:-2]):
        labels = (f"{dim} {rdms[dim].values[i]}" for dim, i in zip(dims, at, strict=True))
        yield ", ".join(labels), rdms.values[at]


def _problem(matrix: NDArray, ids: NDArray, cross_validated: bool) -> str | None:
    """Say what is wrong with one RDM, shape (n_stimuli, n_stimuli), and how to mend it."""
    off_diagonal = ~np.eye(len(matrix), dtype=bool)
    absent = np.isnan(matrix) & off_diagonal
    if (absent == off_diagonal).all():  # this area was not measured in this subject
        return None
    if absent.any():
        return f"is NaN for stimuli {_pair(absent, ids)}; fill it in, or make the whole RDM NaN"
    if np.isinf(matrix).any():
        return f"is infinite for stimuli {_pair(np.isinf(matrix), ids)}; correct it"
    room = TOLERANCE * np.abs(matrix[off_diagonal]).max()
    if (uneven := np.abs(matrix - matrix.T) > room).any():
        return f"is not symmetric for stimuli {_pair(uneven, ids)}; write (D + D.T) / 2"
    if (own := np.abs(np.diag(np.diag(matrix))) > room).any():
        return f"is not 0 on the diagonal for stimuli {_pair(own, ids)}; write dissimilarities"
    if not cross_validated and (below := matrix < -room).any():
        return (
            f"is negative for stimuli {_pair(below, ids)}; write distances or, if they are "
            "cross-validated, the attribute dissimilarity_measure = 'crossnobis'"
        )
    if np.ptp(matrix[off_diagonal]) <= room:
        return "is the same for all pairs; leave it out, or make it NaN"
    return None


def _pair(where: NDArray[np.bool_], ids: NDArray) -> str:
    row, column = np.argwhere(where)[0]
    return f"{ids[row]} and {ids[column]}"


def _check_present(rdms: xr.DataArray, path: Path) -> None:
    measured = ~np.isnan(rdms[..., 0, 1])  # checked before: an RDM is NaN everywhere or nowhere
    for dim in ("area", "subject"):
        empty = rdms[dim].values[~measured.any([d for d in measured.dims if d != dim]).values]
        _refuse(empty, path, f"({dim}) has no RDM, all is NaN; drop it from the file")
    if "time" in rdms.dims:
        gaps = measured.any("time") & ~measured.all("time")
        _refuse(
            rdms["subject"].values[gaps.any([d for d in gaps.dims if d != "subject"]).values],
            path,
            "(subject) has no RDM at some times only; fill them in, or drop the subject",
        )


def check_areas(
    areas: Iterable[str], hierarchy: Sequence[str | Sequence[str]], where: Path
) -> None:
    """Check that every area has a place in the study's hierarchy.

    Parameters
    ----------
    areas
        The areas of a dataset.
    hierarchy
        Areas from low to high; areas on one level stand in a list of their own.
    where
        The dataset, for the message.

    Raises
    ------
    InputError
        If an area has no place.
    """
    known = [a for level in hierarchy for a in ([level] if isinstance(level, str) else level)]
    for area in areas:
        if area not in known:
            raise InputError(
                f"{where}: area '{area}' is not in the hierarchy; "
                f"{suggest(area, known)} (or add it to `hierarchy` in the config)"
            )
