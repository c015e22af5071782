"""Scores of areas over studies and models, without an order that the intervals do not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ventralmap.comparison.comparability import unlike
from ventralmap.comparison.study import SCORES, Study
from ventralmap.method_words import named
from ventralmap.model_names import is_control
from ventralmap.wording import listing

PANEL = ["dataset", "area", "method", "scored_by"]
"""What scores must have in common to stand in one panel."""
COLUMNS = [
    *PANEL, "study", "model", "control", "best_layer", "depth", "p_best", "score", "ci_low",
    "ci_high", "score_nested", "ceiling_low", "ceiling_high", "beats_untrained_p", "n_measured",
    "n_stimuli", "interval", "overlaps",
]  # fmt: skip
MEANINGS = {
    "scored_by": "what was held out (encoding), or distance and comparison of RDMs (RSA)",
    "study": "folder of the study",
    "control": "yes for untrained twins and controls that are no networks",
    "ci_low": "lower end of the 95 % interval of the score",
    "ci_high": "upper end of the 95 % interval of the score",
    "ceiling_low": "lower noise ceiling; of encoding √reliability",
    "ceiling_high": "upper noise ceiling; of encoding √reliability",
    "n_measured": "neuroids (encoding) or subjects",
    "overlaps": "models of the panel whose 95 % intervals overlap with this one",
}
"""Of columns that no table of a study has."""


def leaderboard(studies: Sequence[Study]) -> pd.DataFrame:
    """Collect the best layer's score of every study, model and area.

    Parameters
    ----------
    studies
        From `study.read`.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. Panels (`PANEL`) in the order in which they come, in each the highest
        score first: an order of numbers, which `overlaps` says how far to trust. A dataset that
        studies read in different versions has a panel for each.
    """
    versions = _versions(studies)
    rows = [_row(s, match, versions) for s in studies for _, match in s.correspondence.iterrows()]
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    parts = [
        part.sort_values("score", ascending=False, kind="stable")
        for _, part in table.groupby(PANEL, sort=False)
    ]
    shown = [part.assign(overlaps=overlaps(part)) for part in parts]
    return pd.concat(shown, ignore_index=True)[COLUMNS]


def _row(study: Study, match: pd.Series, versions: dict[tuple[str, str], str]) -> dict[str, Any]:
    method = str(match["method"])
    scores = study.row_of(match)
    scores = pd.Series(dtype=object) if scores is None else scores
    names = SCORES[method]
    low, high = _ceiling(scores, method)
    return {
        **{name: match.get(name, np.nan) for name in COLUMNS},
        "dataset": versions[study.label, str(match["dataset"])],
        "scored_by": _scored_by(scores),
        "study": study.label,
        "control": "yes" if is_control(str(match["model"])) else "",
        "ci_low": scores.get(names.low, np.nan),
        "ci_high": scores.get(names.high, np.nan),
        "ceiling_low": low,
        "ceiling_high": high,
        "n_measured": scores.get(names.measured, np.nan),
        "n_stimuli": scores.get("n_stimuli", np.nan),
        "interval": scores.get("interval", "both"),
    }


def _scored_by(scores: pd.Series) -> str:
    names = ("generalisation", "distance", "comparison")
    return ", ".join(str(scores[name]) for name in names if name in scores)


def _ceiling(scores: pd.Series, method: str) -> tuple[float, float]:
    """Lower and upper ceiling; NaN where it is not known."""
    if method == "encoding":
        reliability = float(scores.get("reliability", np.nan))
        root = np.sqrt(reliability) if reliability >= 0 else np.nan
        return root, root
    return scores.get("ceiling_low", np.nan), scores.get("ceiling_high", np.nan)


def _versions(studies: Sequence[Study]) -> dict[tuple[str, str], str]:
    """Name each study's datasets, with the study where others read another version."""
    differ = unlike(studies)
    return {
        (s.label, str(name)): f"{name} (as in {s.label})" if name in differ else str(name)
        for s in studies
        for name in s.correspondence["dataset"].unique()
    }


def overlaps(panel: pd.DataFrame) -> list[str]:
    """Name, for each row of a panel, the others whose intervals overlap with its own.

    An interval that is not known overlaps with none, and is told apart from none.
    """
    names = panel["model"] + np.where(panel["study"].nunique() > 1, " in " + panel["study"], "")
    low, high = panel["ci_low"].to_numpy(float), panel["ci_high"].to_numpy(float)
    meet = (low[:, None] <= high[None]) & (low[None] <= high[:, None])
    np.fill_diagonal(meet, False)
    return [", ".join(names[row]) for row in meet]


def sentences(board: pd.DataFrame) -> list[str]:
    """Say of each panel which models under test its intervals do not tell apart.

    Parameters
    ----------
    board
        From `leaderboard`.
    """
    found = []
    for key, panel in board.groupby(PANEL, sort=False):
        tested = panel[panel["control"] == ""]
        if len(tested) > 1:
            found.append(f"{_title(key)}: {_sentence(tested)}")
    return found


def _title(key: Any) -> str:
    dataset, area, method, scored_by = key
    return f"{area} ({dataset}, {named(method)}{': ' + scored_by if scored_by else ''})"


def _sentence(tested: pd.DataFrame) -> str:
    several = tested["study"].nunique() > 1
    names = [f"{r.model} in {r.study}" if several else str(r.model) for r in tested.itertuples()]
    top, others = tested.iloc[0], tested.iloc[1:]
    meet = (others["ci_high"] >= top["ci_low"]) & (others["ci_low"] <= top["ci_high"])
    miss = (others["ci_high"] < top["ci_low"]) | (others["ci_low"] > top["ci_high"])  # or unknown
    alike, apart = (
        [name for name, here in zip(names[1:], where, strict=True) if here]
        for where in (meet, miss)
    )
    first = f"{names[0]} has the highest score"
    if alike:
        more = f"; not with that of {listing(apart)}" if apart else ""
        return f"{first}, and its interval overlaps with that of {listing(alike)}{more}."
    more = f", and its interval does not overlap with that of {listing(apart)}" if apart else ""
    return f"{first}{more}."
