"""What the report says of second opinions: other methods, dimensionality, other seeds, recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ventralmap import agreement
from ventralmap import scores as sc
from ventralmap.method_words import named
from ventralmap.rank_correlation import rank_correlation
from ventralmap.recovery import words
from ventralmap.wording import counted, listing, share

Tables = Mapping[str, pd.DataFrame]
PLACE = ["dataset", "model", "area"]


class Section(NamedTuple):
    """A section of the report: its anchor, its head and its paragraphs."""

    key: str
    title: str
    texts: list[str]


def sections(tables: Tables) -> list[Section]:
    """Write the sections that a study has tables for; none without a model under test."""
    written = [Section(key, title, write(tables)) for key, (title, write) in _SECTIONS.items()]
    return [section for section in written if section.texts]


def _tested(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table["model"].map(lambda name: sc.is_control(str(name)))]


def _methods(tables: Tables) -> list[str]:
    """Say for each area how the methods' layers are ranked alike, and which layer each prefers."""
    if "agreement" not in tables or tables["agreement"].empty:
        return []
    found = []
    rhos = agreement.correlations(_tested(tables["agreement"]))
    for (dataset, model, area), pairs in rhos.groupby(PLACE, sort=False):
        same = (tables["agreement"][PLACE] == [dataset, model, area]).all(axis=1)
        best = tables["agreement"][same].sort_values("rank").groupby("method", sort=False).head(1)
        preferred = listing(f"{r['layer']} by {named(r['method'])}" for _, r in best.iterrows())
        alike = listing(
            f"{named(p['first'])} and {named(p['second'])} {share(p['rho'], 2)}"
            for _, p in pairs.iterrows()
        )
        found.append(
            f"{area} ({dataset}, {model}): best layer {preferred}; rank correlation over layers of"
            f" {alike}."
        )
    return found


def explained(tables: Tables) -> pd.DataFrame:
    """Rank correlations, over layers, of scores with dimensionality and with alignment.

    Parameters
    ----------
    tables
        With ``agreement`` and ``spectra``.

    Returns
    -------
    pandas.DataFrame
        Columns dataset, model, area, method, by_dimensionality, by_alignment, n_layers.
    """
    both = tables["agreement"].merge(tables["spectra"], on=[*PLACE, "layer"])
    rows = [
        (
            *key,
            float(rank_correlation(_of(part, "score"), _of(part, "dimensionality"))),
            float(rank_correlation(_of(part, "score"), _of(part, "power_10"))),
            len(part),
        )
        for key, part in both.groupby([*PLACE, "method"], sort=False)
    ]
    names = [*PLACE, "method", "by_dimensionality", "by_alignment", "n_layers"]
    return pd.DataFrame(rows, columns=names)


def _of(rows: pd.DataFrame, column: str) -> np.ndarray:
    return rows[column].to_numpy(float)


def _spectra(tables: Tables) -> list[str]:
    if not {"agreement", "spectra"} <= tables.keys() or tables["agreement"].empty:
        return []
    return [
        f"{r['area']} ({r['dataset']}, {r['model']}, {named(r['method'])}): over"
        f" {int(r['n_layers'])} layers, the score has a rank correlation of"
        f" {share(r['by_dimensionality'], 2)} with effective dimensionality and of"
        f" {share(r['by_alignment'], 2)} with the share of the"
        " responses' variance in the layer's ten leading eigenvectors."
        for _, r in _tested(explained(tables)).iterrows()
    ]


def cautions(tables: Tables) -> list[str]:
    """Name the areas whose layers are ranked no better by alignment than by dimensionality."""
    if not {"agreement", "spectra"} <= tables.keys() or tables["agreement"].empty:
        return []
    rows = _tested(explained(tables))
    alone = rows["by_dimensionality"]
    rows = rows[(alone > 0) & (alone >= rows["by_alignment"])]
    return [
        f"{r['area']} ({r['dataset']}, {named(r['method'])}): the dimensionality of the layers of"
        f" {r['model']} alone orders them as well (rank correlation with the score"
        f" {share(r['by_dimensionality'], 2)}) as what their leading dimensions share with the"
        f" responses ({share(r['by_alignment'], 2)}): the ranking may say no more than how many"
        " dimensions a layer has (Elmoznino & Bonner 2024)."
        for _, r in rows.iterrows()
    ]


def _seeds(tables: Tables) -> list[str]:
    """Say how far scores move with the seed, beside how far layers are apart."""
    if "stability" not in tables:
        return []
    found = []
    known = tables["stability"].dropna(subset=["score_mean"])
    for (dataset, model, area, how), rows in known.groupby([*PLACE, "method"], sort=False):
        best = rows.loc[rows["score_mean"].idxmax()]
        layers = rows.loc[rows["best_share"] > 0, "layer"]
        found.append(
            f"{area} ({dataset}, {model}, {named(how)}): over"
            f" {counted(int(best['n_seeds']), 'seed')} the score of a layer has a standard"
            f" deviation of {share(rows['score_sd'].median())} (median of layers; at most"
            f" {share(rows['score_sd'].max())});"
            f" {best['layer']} has the highest mean, {share(best['score_mean'])}, and the best"
            f" layer is {listing(layers)}."
        )
    return found


_SECTIONS: dict[str, tuple[str, Callable[[Tables], list[str]]]] = {
    "recovery": ("What this dataset can tell apart", words.paragraphs),
    "agreement": ("Do the methods agree?", _methods),
    "spectra": ("Dimensionality and alignment", _spectra),
    "stability": ("What other seeds move", _seeds),
}
