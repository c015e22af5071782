"""Which layer corresponds to which area, and how sure one can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ventralmap import resampling
from ventralmap.hierarchy import Hierarchy, ranks
from ventralmap.matches import Match, beats_next_p, beats_p
from ventralmap.model_names import is_untrained, trained_twin
from ventralmap.multiple_tests import with_corrected
from ventralmap.rank_correlation import rank_correlation

Array = NDArray[np.float64]

UNKNOWN = ("ci_low", "ci_high", "p")
"""Of a rho that is not defined."""
COLUMNS = [
    "dataset", "model", "area", "method", "generalisation", "best_layer", "layer_index", "depth",
    "depth_ci_low", "depth_ci_high", "p_best", "score", "score_nested", "beats_untrained_p",
    "next_layer", "beats_next_p", "planted_layer",
]  # fmt: skip


def correspondence_table(
    matches: Sequence[Match], truth: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Make `correspondence.csv`.

    Parameters
    ----------
    matches
        Of all datasets, models, areas and methods.
    truth
        The planted layers (area, model, layer) of the simulated datasets, by dataset.

    Returns
    -------
    pandas.DataFrame
        A row per match. Names that end in `_fdr` are p-values corrected over all rows.
    """
    by_key = {match.key: match for match in matches}
    found = pd.DataFrame((_row(match, by_key, truth) for match in matches), columns=COLUMNS)
    return with_corrected(found, "beats_untrained_p", "beats_next_p")


def _row(
    match: Match, by_key: Mapping[tuple, Match], truth: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    dataset, model, area, method = match.key
    low, high = resampling.percentile_interval(match.depth_samples)
    beats = [beats_p(match, own) for key, own in by_key.items() if _is_twin(key, match.key)]
    return {
        "dataset": dataset,
        "model": model,
        "area": area,
        "method": method,
        "generalisation": match.generalisation,
        "best_layer": match.layers[match.best],
        "layer_index": match.best,
        "depth": match.depth[match.best],
        "depth_ci_low": float(low),
        "depth_ci_high": float(high),
        "p_best": match.p_best[match.best],
        "score": match.scores[match.best],
        "score_nested": match.nested,
        "beats_untrained_p": np.max(beats) if beats else np.nan,  # of all; unknown if one is
        "next_layer": "" if match.next is None else match.layers[match.next],
        "beats_next_p": beats_next_p(match),
        "planted_layer": _planted(truth.get(dataset), model, area),
    }


def _is_twin(key: tuple[str, ...], of: tuple[str, ...]) -> bool:
    """Tell whether a key is that of an untrained twin, of which there may be several seeds."""
    same = (key[0], *key[2:]) == (of[0], *of[2:])
    return same and is_untrained(key[1]) and trained_twin(key[1]) == of[1]


def _planted(truth: pd.DataFrame | None, model: str, area: str) -> str:
    if truth is None:
        return ""
    found = truth.loc[(truth["model"] == model) & (truth["area"] == area), "layer"]
    return str(found.iloc[0]) if len(found) else ""


def hierarchy_table(matches: Sequence[Match], hierarchy: Hierarchy) -> pd.DataFrame:
    """Make `hierarchy.csv`: whether the depth of the best layer rises along the areas.

    Parameters
    ----------
    matches
        Of all datasets, models, areas and methods.
    hierarchy
        The areas in order, those on one level together; others do not count.

    Returns
    -------
    pandas.DataFrame
        A row per model and method with areas on at least two levels; without an interval and p
        where all areas have the same best depth, so that rho is not defined.
    """
    order = ranks(hierarchy)
    groups: dict[tuple[str, str], list[Match]] = {}
    for match in (match for match in matches if match.key[2] in order):
        groups.setdefault((match.key[1], match.key[3]), []).append(match)
    rows = [
        _hierarchy_row(key, group, order)
        for key, group in groups.items()
        if len({order[match.key[2]] for match in group}) > 1 and len(group[0].layers) > 1
    ]
    columns = ["model", "method", "areas", "rho", "ci_low", "ci_high", "p"]
    return pd.DataFrame(rows, columns=columns)


def _hierarchy_row(
    key: tuple[str, str], group: Sequence[Match], order: Mapping[str, int]
) -> dict[str, Any]:
    levels = np.array([order[match.key[2]] for match in group])
    rho = float(rank_correlation(levels, np.array([match.depth[match.best] for match in group])))
    depths = np.array([match.depth_samples for match in group]).T  # (n_bootstrap, n_areas)
    return {
        "model": key[0],
        "method": key[1],
        "areas": _spell({match.key[2] for match in group}, order),
        "rho": rho,
        **(_rise(levels, depths) if not np.isnan(rho) else dict.fromkeys(UNKNOWN, np.nan)),
    }


def _rise(levels: NDArray, depths: Array) -> dict[str, float]:
    """Interval of rho and p that depth does not rise, from resampled depths, (n, n_areas).

    A resample in which all areas have the same depth shows no rise, so that it counts as rho 0:
    left out, the others could agree on 1 whatever their number. One in which an area has no score
    is left out of the interval, and is no rise either.
    """
    known = ~np.isnan(depths).any(axis=1)
    samples = np.nan_to_num(rank_correlation(levels, depths[known]))
    low, high = resampling.percentile_interval(samples)
    not_rising = len(depths) - np.sum(samples > 0)
    return dict(
        zip(UNKNOWN, (float(low), float(high), (1 + not_rising) / (1 + len(depths))), strict=True)
    )


def _spell(areas: set[str], order: Mapping[str, int]) -> str:
    levels: dict[int, list[str]] = {}
    for area in sorted(areas):
        levels.setdefault(order[area], []).append(area)
    return " < ".join(" = ".join(levels[rank]) for rank in sorted(levels))
