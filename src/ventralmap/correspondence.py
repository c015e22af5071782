"""Which layer corresponds to which area, and how sure one can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import spearmanr, wilcoxon

from ventralmap import resampling
from ventralmap.hierarchy import Hierarchy, ranks
from ventralmap.runs import Run
from ventralmap.tables import Resampling, areas_of, median_samples

Array = NDArray[np.float64]

UNTRAINED = "+untrained"
SMALLEST = float(np.finfo(float).tiny)
COLUMNS = [
    "dataset", "model", "area", "method", "best_layer", "layer_index", "depth", "depth_ci_low",
    "depth_ci_high", "p_best", "score", "score_nested", "beats_untrained_p", "planted_layer",
]  # fmt: skip


@dataclass(frozen=True)
class Match:
    """The best layer of one area, by one method.

    Attributes
    ----------
    key
        dataset, model, area, method.
    scores
        Score of each layer, shape (n_layers,).
    samples
        The same under resampling, shape (n_bootstrap, n_layers).
    nested
        Score of the layer chosen without the test images.
    paired
        What a paired test against the untrained twin compares: the nested score of each neuroid
        (encoding), or the best score in each resample (RSA).
    layers, depth
        Names and depths, shape (n_layers,).
    """

    key: tuple[str, str, str, str]
    scores: Array
    samples: Array
    nested: float
    paired: Array
    layers: list[str]
    depth: Array

    @property
    def best(self) -> int:
        """Position of the layer with the highest score."""
        return int(np.argmax(self.scores))

    @property
    def depth_samples(self) -> Array:
        """Depth of the best layer in each resample, shape (n_bootstrap,)."""
        return self.depth[resampling.best_layers(self.samples)]


def encoding_matches(runs: Sequence[Run], draw: Resampling) -> list[Match]:
    """Match every area of every encoding run to its best layer, by the first generalisation."""
    return [
        _encoding_match(run, area, scores.isel(generalisation=0), draw)
        for run in runs
        for area, scores in areas_of(run.scores).items()
    ]


def _encoding_match(run: Run, area: str, scores: xr.Dataset, draw: Resampling) -> Match:
    r, nested = scores["r"].values, scores["r_nested"].values
    return Match(
        key=(run.dataset, run.model, area, "encoding"),
        scores=np.median(r, axis=1),
        samples=median_samples(r, draw.neuroids(run.dataset, scores)),
        nested=float(np.median(nested)),
        paired=nested,
        layers=[str(layer) for layer in scores["layer"].values],
        depth=scores["depth"].values,
    )


def rsa_matches(runs: Sequence[Run]) -> list[Match]:
    """Match every area of every RSA run to its best layer."""
    return [
        _rsa_match(run, str(area), run.scores.sel(area=area))
        for run in runs
        for area in run.scores["area"].values
    ]


def _rsa_match(run: Run, area: str, scores: xr.Dataset) -> Match:
    samples = scores["bootstrap"].values
    return Match(
        key=(run.dataset, run.model, area, "rsa"),
        scores=scores["similarity"].values,
        samples=samples,
        nested=float(scores["score_nested"]),
        paired=samples.max(axis=1),
        layers=[str(layer) for layer in scores["layer"].values],
        depth=scores["depth"].values,
    )


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
        A row per match.
    """
    by_key = {match.key: match for match in matches}
    return pd.DataFrame((_row(match, by_key, truth) for match in matches), columns=COLUMNS)


def _row(
    match: Match, by_key: Mapping[tuple, Match], truth: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    dataset, model, area, method = match.key
    low, high = resampling.percentile_interval(match.depth_samples)
    twin = by_key.get((dataset, model + UNTRAINED, area, method))
    return {
        "dataset": dataset,
        "model": model,
        "area": area,
        "method": method,
        "best_layer": match.layers[match.best],
        "layer_index": match.best,
        "depth": match.depth[match.best],
        "depth_ci_low": float(low),
        "depth_ci_high": float(high),
        "p_best": resampling.p_best(match.samples)[match.best],
        "score": match.scores[match.best],
        "score_nested": match.nested,
        "beats_untrained_p": np.nan if twin is None else beats_p(match, twin),
        "planted_layer": _planted(truth.get(dataset), model, area),
    }


def beats_p(match: Match, twin: Match) -> float:
    """One-sided p that a model is no better than its untrained twin.

    Encoding: Wilcoxon's signed-rank test over neuroids of the nested scores. RSA: share of the
    paired resamples in which the best untrained layer is at least as good. Never zero.

    Parameters
    ----------
    match, twin
        Of the same dataset, area and method.

    Returns
    -------
    float
    """
    difference = match.paired - twin.paired
    if match.key[3] == "encoding":
        p = wilcoxon(difference, alternative="greater").pvalue if difference.any() else 1.0
        return max(float(p), SMALLEST)  # of 2,000 neuroids p can be too small to be written
    return float((1 + (difference <= 0).sum()) / (1 + len(difference)))


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
        The areas in order, those on one level together.

    Returns
    -------
    pandas.DataFrame
        A row per model and method with areas on at least two levels.
    """
    order = ranks(hierarchy)
    groups: dict[tuple[str, str], list[Match]] = {}
    for match in matches:
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
    rho = rank_correlation(levels, np.array([[match.depth[match.best] for match in group]]))[0]
    samples = rank_correlation(levels, np.array([match.depth_samples for match in group]).T)
    low, high = resampling.percentile_interval(samples)
    return {
        "model": key[0],
        "method": key[1],
        "areas": _spell({match.key[2] for match in group}, order),
        "rho": rho,
        "ci_low": float(low),
        "ci_high": float(high),
        # A resample in which all areas have the same depth shows no rise.
        "p": (1 + (~(samples > 0)).sum()) / (1 + len(samples)),
    }


def rank_correlation(levels: NDArray, depths: Array) -> Array:
    """Spearman correlation of the areas' levels, (n_areas,), with depths, (n, n_areas).

    Returns
    -------
    ndarray, shape (n,)
        NaN where all depths are equal.
    """
    constant = np.ptp(depths, axis=1) == 0
    rho = np.full(len(depths), np.nan)
    rho[~constant] = [spearmanr(levels, row).statistic for row in depths[~constant]]
    return rho


def _spell(areas: set[str], order: Mapping[str, int]) -> str:
    levels: dict[int, list[str]] = {}
    for area in sorted(areas):
        levels.setdefault(order[area], []).append(area)
    return " < ".join(" = ".join(levels[rank]) for rank in sorted(levels))
