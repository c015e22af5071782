"""One shape for the scores of both methods, so that a figure or caption is written once.

`tidy` turns rows of ``encoding.csv`` or ``rsa.csv`` into the columns of `COLUMNS`; the other
functions pick from that form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ventralmap import twins
from ventralmap.hierarchy import Hierarchy
from ventralmap.hierarchy import areas as hierarchy_areas
from ventralmap.model_names import is_control, is_untrained

Metas = Sequence[Mapping[str, Any]]

COLUMNS = (
    "dataset", "variant", "area", "model", "subject", "layer", "layer_index", "depth",
    "score", "low", "high", "subjects_low", "subjects_high", "ceiling_low", "ceiling_high",
    "p_best", "p_fdr", "n_measured", "n_stimuli",
)  # fmt: skip


class Panel(NamedTuple):
    """What one panel of a small multiple shows.

    Attributes
    ----------
    dataset, area
        As in the tables.
    variant
        How the score was made: the generalisation, or the distance and comparison of RDMs.
    """

    dataset: str
    variant: str
    area: str


def method(table: pd.DataFrame) -> str:
    """Say which step made a table of scores: ``"encoding"``, ``"cka"`` or ``"rsa"``."""
    names = {"r": "encoding", "cka": "cka"}
    return next((step for column, step in names.items() if column in table.columns), "rsa")


def tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Bring ``encoding.csv``, ``rsa.csv`` or ``cka.csv`` into one form.

    Parameters
    ----------
    table
        Rows as in the files, in any order.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, sorted by layer. ``score`` is r or the similarity, ``low`` and ``high``
        its confidence interval, ``subjects_low`` and ``subjects_high`` that over subjects alone;
        the ceiling of r is sqrt(reliability) (both bounds the same), that of a similarity its
        lower and upper noise ceiling; ``n_measured`` counts neuroids or
        subjects. Untrained twins of several seeds are one (`twins.merged`). Values that a table
        does not have are NaN.
    """
    renamed = {"encoding": _encoding, "rsa": _rsa, "cka": _cka}[method(table)](table)
    shown = twins.merged(renamed.reindex(columns=list(COLUMNS)))
    return shown.sort_values("layer_index", kind="stable").reset_index(drop=True)


def _encoding(table: pd.DataFrame) -> pd.DataFrame:
    reliability = table["reliability"].astype(float)
    # A negative reliability has no root: such a ceiling is as unknown as a missing one.
    ceiling = np.sqrt(reliability.where(reliability >= 0))
    names = {"r": "score", "r_ci_low": "low", "r_ci_high": "high", "n_neuroids": "n_measured"}
    return table.rename(columns=names).assign(
        variant=table.get("generalisation", pd.Series("images", index=table.index)),
        ceiling_low=ceiling,
        ceiling_high=ceiling,
    )


def _rsa(table: pd.DataFrame) -> pd.DataFrame:
    names = {"similarity": "score", "ci_low": "low", "ci_high": "high", "n_subjects": "n_measured",
             "subjects_ci_low": "subjects_low", "subjects_ci_high": "subjects_high"}  # fmt: skip
    return table.rename(columns=names).assign(
        variant=table["distance"].astype(str) + ", " + table["comparison"].astype(str),
        subject="all",
    )


def _cka(table: pd.DataFrame) -> pd.DataFrame:
    names = {"cka": "score", "ci_low": "low", "ci_high": "high", "n_subjects": "n_measured"}
    return table.rename(columns=names).assign(variant="CKA", subject="all")


def panels(scores: pd.DataFrame, hierarchy: Hierarchy) -> list[Panel]:
    """List dataset x variant x area: datasets as they come, areas in the hierarchy's order.

    Parameters
    ----------
    scores
        From `tidy`.
    hierarchy
        The study's areas, early to late; those of one level may be a list of their own. An area
        that is missing there comes last.
    """
    rows = scores[["dataset", "variant", "area"]].drop_duplicates()
    datasets, variants = list(rows["dataset"].unique()), list(rows["variant"].unique())
    areas = order_areas(rows["area"], hierarchy)
    found = [Panel(*row) for row in rows.itertuples(index=False)]
    return sorted(
        found,
        key=lambda p: (
            datasets.index(p.dataset),
            variants.index(p.variant),
            areas.index(p.area),
        ),
    )


def order_areas(areas: Iterable[str], hierarchy: Hierarchy) -> list[str]:
    """Order the areas that occur by the hierarchy; those it lacks follow in order of occurrence."""
    known = hierarchy_areas(hierarchy)
    present = list(dict.fromkeys(areas))
    return [a for a in known if a in present] + [a for a in present if a not in known]


def select(scores: pd.DataFrame, panel: Panel, subject: str | None = "all") -> pd.DataFrame:
    """Rows of one panel; of all subjects together, or of each apart when `subject` is None."""
    chosen = (scores["dataset"] == panel.dataset) & (scores["area"] == panel.area)
    chosen &= scores["variant"] == panel.variant
    return scores[chosen & ((scores["subject"] == "all") == (subject == "all"))]


def is_of_images(model: str) -> bool:
    """Tell a control that is no network, such as pixels."""
    return is_control(model) and not is_untrained(model)


def order_models(models: Iterable[str]) -> list[str]:
    """Order models as they come, but models under test first, then untrained twins, then others."""
    return sorted(dict.fromkeys(models), key=lambda m: (is_of_images(m), is_untrained(m)))


def layer_lists(scores: pd.DataFrame) -> dict[str, list[str]]:
    """Layers of each model, first to last."""
    ordered = scores.sort_values("layer_index", kind="stable")
    return {
        model: list(dict.fromkeys(ordered.loc[ordered["model"] == model, "layer"]))
        for model in order_models(scores["model"])
    }


def best(scores: pd.DataFrame) -> pd.Series | None:
    """Row with the highest score, None when there is no score at all."""
    known = scores.dropna(subset=["score"])
    return None if known.empty else known.loc[known["score"].idxmax()]


def planted(correspondence: pd.DataFrame | None, panel: Panel, how: str) -> dict[str, str]:
    """Layer planted in a panel's area, by model; empty for real data.

    Parameters
    ----------
    correspondence
        ``correspondence.csv``, whose ``planted_layer`` is empty where nothing was planted.
    panel
        Dataset and area.
    how
        ``"encoding"`` or ``"rsa"``.
    """
    if correspondence is None or "planted_layer" not in correspondence:
        return {}
    rows = correspondence[
        (correspondence["dataset"] == panel.dataset)
        & (correspondence["area"] == panel.area)
        & (correspondence["method"] == how)
    ]
    rows = rows[rows["planted_layer"].notna()]  # nothing planted anywhere: a column of NaN
    layers = rows["planted_layer"].astype(str)
    return {m: x for m, x in zip(rows["model"], layers, strict=True) if x and not is_control(m)}


def is_simulated(name: str, datasets: Metas) -> bool:
    """Whether the dataset of that name says it is simulated."""
    return any(bool(m.get("simulated")) for m in datasets if m.get("name") == name)


def title_of(name: str, datasets: Metas) -> str:
    """Title of the dataset of that name, the name itself when no title is known."""
    titles = [str(m["title"]) for m in datasets if m.get("name") == name and m.get("title")]
    return titles[0] if titles else name
