"""What a dataset looks like before anything is run: counts, reliability, an RDM per area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.distance import squareform

from ventralmap import arrays, rdm_sources, reliability, summary
from ventralmap.dataset import Dataset

Array = NDArray[np.float64]

MOST_STIMULI = 300
"""For an RDM to look at; of more, as many at equal distances."""
SPLITS = 30


@dataclass(frozen=True)
class Overview:
    """The facts of one page.

    Attributes
    ----------
    dataset
        Of which.
    lines
        Counts, in words.
    reliability
        Split-half reliability of each neuroid over all stimuli, by area; empty without repeats.
        (That of encoding is lower: it is over the stimuli of a fold.)
    rdms
        By area, shape (n_shown, n_shown): the mean over subjects (and times).
    shown
        Positions of the stimuli that the RDMs are of, shape (n_shown,).
    """

    dataset: Dataset
    lines: list[str]
    reliability: dict[str, Array]
    rdms: dict[str, Array]
    shown: NDArray[np.int64]


def look(dataset: Dataset) -> Overview:
    """Count what a dataset holds, and compute what one would look at first.

    Parameters
    ----------
    dataset
        Loaded, so that it is valid.
    """
    n = len(dataset.stimuli)
    shown = np.unique(np.linspace(0, n - 1, min(n, MOST_STIMULI)).astype(int))
    by_area = _reliability(dataset)
    rdms = _rdms(_some(dataset, shown))
    return Overview(dataset, _lines(dataset, by_area), by_area, rdms, shown)


def _reliability(dataset: Dataset) -> dict[str, Array]:
    if dataset.responses is None or dataset.responses.sizes["repetition"] < 2:
        return {}
    values, given = dataset.responses.values, dataset.responses.coords.get(arrays.AVERAGED)
    all_at_once = np.zeros((1, 1, len(values)), dtype=np.int64)  # no folds: of all stimuli
    n_averaged = None if given is None else given.values
    found = reliability.split_half(values, all_at_once, SPLITS, 0, n_averaged)[0]
    areas = dataset.responses["area"].values.astype(str)
    return {area: found[areas == area] for area in dict.fromkeys(areas.tolist())}


def _some(dataset: Dataset, shown: NDArray[np.int64]) -> Dataset:
    responses = dataset.responses
    return replace(
        dataset,
        stimuli=dataset.stimuli.iloc[shown],
        responses=None if responses is None else responses.isel(stimulus=shown),
        rdms=tuple(rdm.isel(stimulus_a=shown, stimulus_b=shown) for rdm in dataset.rdms),
    )


def _rdms(dataset: Dataset) -> dict[str, Array]:
    """RDMs as given, else of the mean responses; over time, the mean over all times."""
    found: dict[str, Array] = {}
    for measured in dataset.rdms:
        other = [dim for dim in measured.dims if not str(dim).startswith("stimulus")]
        known = measured.mean([dim for dim in other if dim != "area"], skipna=True)
        over_time = " (mean over time)" if "time" in other else ""
        for area in measured["area"].values:
            found[f"{area}{over_time}"] = known.sel(area=area).values.astype(float)
    if dataset.responses is not None:
        for area, _, condensed in rdm_sources.pooled_areas(_varying(dataset)):
            found.setdefault(area, squareform(condensed[0]))
    return found


def _varying(dataset: Dataset) -> Dataset:
    """Leave out neuroids that respond the same to all of the stimuli that are shown."""
    assert dataset.responses is not None
    mean = arrays.mean_shown(dataset.responses.values)
    low, high = (np.where(np.isnan(mean), end, mean) for end in (np.inf, -np.inf))
    varies = high.max(axis=0) > low.min(axis=0)
    return replace(dataset, responses=dataset.responses.isel(neuroid=varies))


def _lines(dataset: Dataset, by_area: dict[str, Array]) -> list[str]:
    facts = summary.summarise(dataset)
    return [
        f"{facts['title']} ({facts['name']})",
        f"{facts['species']}; {facts['measurement']}; {facts['licence']}; {_degrees(facts)}",
        _stimuli(dataset),
        *_responses(dataset, facts, by_area),
        *(
            f"{fact['area']}: RDMs of {fact['n_subjects']} subjects"
            + (f" at {fact['n_times']} times" if fact["n_times"] else "")
            for fact in facts["rdms"]
        ),
    ]


def _degrees(facts: dict[str, Any]) -> str:
    degrees = facts["stimulus_degrees"]
    return "degrees unknown" if degrees is None else f"{degrees:g} degrees"


def _stimuli(dataset: Dataset) -> str:
    labels = [
        f"{dataset.stimuli[column].nunique()} {plural}"
        for column, plural in (
            ("object", "objects"), ("category", "categories"), ("group", "groups")
        )
        if column in dataset.stimuli
    ]  # fmt: skip
    return ", ".join([f"{len(dataset.stimuli)} images", *labels])


def _responses(dataset: Dataset, facts: dict[str, Any], by_area: dict[str, Array]) -> list[str]:
    if dataset.responses is None:
        return []
    table = pd.DataFrame(facts["responses"])
    shown = (~np.isnan(dataset.responses.values)).sum(axis=1)
    repeats = f"{shown[shown > 0].min()} to {shown.max()}" if shown.max() > 1 else "1"
    lines = []
    for area, rows in table.groupby("area", sort=False):
        subjects = ", ".join(f"{row.subject} {row.n_neuroids}" for row in rows.itertuples())
        line = f"{area}: {rows['n_neuroids'].sum()} neuroids ({subjects}), repeats {repeats}"
        known = by_area.get(str(area), np.array([]))
        if (~np.isnan(known)).any():
            line += f", median reliability {np.nanmedian(known):.2f}"
        lines.append(line)
    return lines
