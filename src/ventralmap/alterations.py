"""What variants change: scores and readout of an altered network beside the intact one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ventralmap.model_names import altered

COLUMNS = [
    "dataset", "model", "intact", "area", "method", "score", "intact_score", "change", "best_layer",
    "intact_best_layer", "accuracy", "intact_accuracy", "accuracy_change",
]  # fmt: skip


def table(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Make `alterations.csv`.

    Parameters
    ----------
    tables
        ``correspondence.csv`` and ``model_layers.csv``, by the name without the suffix.

    Returns
    -------
    pandas.DataFrame
        For each model with a variant whose intact form is in the study too, a row per dataset,
        area and method: the score of its best layer and the accuracy of a linear readout of its
        last layer, those of the intact model, and the differences (`change`, altered minus intact).
        No intervals: see those of both in the other tables.
    """
    scores, layers = tables["correspondence"], tables["model_layers"]
    last = layers.sort_values("layer_index").groupby(["dataset", "model"])["separability"].last()
    keys = ["dataset", "area", "method"]
    parts = [
        _rows(scores, last, model, intact, keys)
        for model, intact in altered(scores["model"].unique()).items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _rows(
    scores: pd.DataFrame, last: pd.Series, model: str, intact: str, keys: list[str]
) -> pd.DataFrame:
    columns = [*keys, "score", "best_layer"]
    own = scores.loc[scores["model"] == model, columns]
    other = scores.loc[scores["model"] == intact, columns]
    both = own.merge(other.add_prefix("intact_").rename(columns=_plain(keys)), on=keys)
    accuracies = {
        name: last.reindex([(dataset, of) for dataset in both["dataset"]]).to_numpy()
        for name, of in (("accuracy", model), ("intact_accuracy", intact))
    }
    return both.assign(
        model=model,
        intact=intact,
        change=both["score"] - both["intact_score"],
        **accuracies,
        accuracy_change=accuracies["accuracy"] - accuracies["intact_accuracy"],
    )[COLUMNS]


def _plain(keys: list[str]) -> dict[str, str]:
    return {f"intact_{key}": key for key in keys}
