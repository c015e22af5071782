"""RDMs of responses: one for each area and subject, crossnobis where stimuli were repeated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ventralmap import crossnobis
from ventralmap.arrays import mean_shown
from ventralmap.dataset import Dataset
from ventralmap.errors import InputError
from ventralmap.rdm import FEWEST, FEWEST_PAIRS, ROUNDING, comparable, condense

Array = NDArray[np.float64]

NONE = "none"


class _Shared(NamedTuple):
    """Sums over the neuroids that have both stimuli of a pair, each (n_stimuli, n_stimuli).

    `own` and `square` belong to the stimulus of the row.
    """

    product: Array
    own: Array
    square: Array
    n: Array


def _shared(patterns: Array) -> _Shared:
    shown = ~np.isnan(patterns)
    x, there = np.where(shown, patterns, 0.0), shown.astype(float)
    n = there @ there.T
    n[n < FEWEST] = np.nan
    return _Shared(x @ x.T, x @ there.T, (x * x) @ there.T, n)


def correlation(responses: Array) -> Array:
    """1 - Pearson correlation of the mean responses to two stimuli.

    Parameters
    ----------
    responses
        Of one subject's neuroids, shape (n_stimuli, n_repetitions, n_neuroids), NaN where a
        repetition was not shown. They are taken as they are: not z-scored over stimuli.

    Returns
    -------
    ndarray, shape (n_stimuli, n_stimuli)
        Over the neuroids that have both stimuli; NaN where fewer than `FEWEST` have, and for a
        stimulus to which all neuroids respond alike.
    """
    mean = mean_shown(responses)
    average = mean_shown(mean[:, :, None])  # (n_stimuli, 1); a shift of a pattern changes nothing
    shared = _shared(mean - average)
    variance = shared.square - shared.own**2 / shared.n
    faint = variance <= ROUNDING * (shared.square + shared.n * average**2)
    variance[faint] = np.nan
    covariance = shared.product - shared.own * shared.own.T / shared.n
    return 1 - covariance / np.sqrt(variance * variance.T)


def cosine(responses: Array) -> Array:
    """1 - cosine of the mean responses to two stimuli; parameters as in `correlation`."""
    shared = _shared(mean_shown(responses))
    square = np.where((shared.square > 0) & (shared.n >= FEWEST), shared.square, np.nan)
    return 1 - shared.product / np.sqrt(square * square.T)


def euclidean(responses: Array) -> Array:
    """Squared Euclidean distance per neuroid; parameters as in `correlation`."""
    shared = _shared(mean_shown(responses))
    return (shared.square + shared.square.T - 2 * shared.product) / shared.n


DISTANCES: dict[str, Callable[[Array], Array]] = {
    "correlation": correlation,
    "euclidean": euclidean,
    "cosine": cosine,
    "crossnobis": crossnobis.distance,
}
"""By `rsa: responses`."""


def areas(
    dataset: Dataset, distance: str, leave_out: Collection[str] = ()
) -> Iterator[tuple[str, list[str], Array]]:
    """Yield (area, subjects, condensed RDMs), an RDM for each subject.

    Subjects with fewer than `FEWEST` neuroids in an area or `FEWEST_PAIRS` distances are left out.

    Parameters
    ----------
    dataset
        With responses, or nothing is yielded.
    distance
        A name in `DISTANCES`; ``none`` yields nothing.
    leave_out
        Areas that are not wanted.

    Raises
    ------
    InputError
        When no subject has as many neuroids in an area as a pattern needs, or as many pairs as an
        RDM needs, or crossnobis lacks repeated stimuli or noise.
    """
    if dataset.responses is None or distance == NONE:
        return
    names = list(dict.fromkeys(dataset.responses["area"].values.astype(str)))
    for area in (name for name in names if name not in leave_out):
        subjects = _subjects(dataset, area)
        _check_enough(dataset, area, subjects)
        if distance == "crossnobis":
            _check_repeated(dataset, area, subjects)
        square = [DISTANCES[distance](values) for values in subjects.values()]
        yield area, *_compared(dataset, area, list(subjects), condense(np.array(square)))


def _subjects(dataset: Dataset, area: str) -> dict[str, Array]:
    """Responses of an area by subject, of those with enough neuroids."""
    assert dataset.responses is not None
    of_area = dataset.responses.isel(neuroid=dataset.responses["area"].values == area)
    names = of_area["subject"].values.astype(str)
    return {
        str(name): of_area.values[:, :, names == name].astype(float)
        for name in dict.fromkeys(names)
        if (names == name).sum() >= FEWEST
    }


def _check_enough(dataset: Dataset, area: str, subjects: dict[str, Array]) -> None:
    if not subjects:
        raise InputError(
            f"dataset {dataset.name}: area {area} has no subject with {FEWEST} neuroids or more,"
            " too few for an RDM; take the area out of the responses or set rsa: responses: none"
        )


def _compared(
    dataset: Dataset, area: str, subjects: list[str], rdms: Array
) -> tuple[list[str], Array]:
    """Take the subjects whose RDMs have enough pairs."""
    kept = comparable(rdms)
    if not kept.any():
        raise InputError(
            f"dataset {dataset.name}: area {area} has no subject with {FEWEST_PAIRS} pairs of"
            " stimuli that have a distance, too few for an RDM; take the area out of the responses"
            " or set rsa: responses: none"
        )
    return [name for name, keep in zip(subjects, kept, strict=True) if keep], rdms[kept]


def _check_repeated(dataset: Dataset, area: str, subjects: dict[str, Array]) -> None:
    for subject, values in subjects.items():
        place = f"dataset {dataset.name}: area {area}, subject {subject}"
        shown = crossnobis.shown_to_all(values)
        if (shown.sum(axis=1) < 2).all():
            raise InputError(
                f"{place}: no stimulus was shown twice, as rsa: responses: crossnobis needs;"
                " choose correlation, euclidean or cosine"
            )
        repeated = values[shown.sum(axis=1) > 1]
        spread = np.nanmax(repeated, axis=1) - np.nanmin(repeated, axis=1)
        if not (spread > 0).any(axis=0).all():
            raise InputError(
                f"{place}: a neuroid responds the same to every repeat, so that its noise is not"
                " known; leave it out or choose correlation, euclidean or cosine"
            )
