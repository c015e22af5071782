"""What moves when folds and untrained networks are drawn again with other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ventralmap import runs
from ventralmap.runs import Run

KEYS = ["dataset", "model", "area", "method"]
SCORE = {"encoding": "r", "rsa": "similarity"}


def read(paths: Sequence[str], method: str, seed: int) -> list[pd.DataFrame]:
    """Read runs from files of a study, and of its repetitions below ``stability/<seed>/``.

    Parameters
    ----------
    paths
        Named [stability/<seed>/]<step>/<dataset>/<model>.nc.
    method
        As for `scores`.
    seed
        The study's own.
    """
    again = [Path(path).parents[3].name == "stability" for path in paths]
    seeds = [int(Path(p).parents[2].name) if a else seed for p, a in zip(paths, again, strict=True)]
    found = zip(runs.read(paths), seeds, strict=True)
    return [scores(run, method, own) for run, own in found]


def scores(run: Run, method: str, seed: int) -> pd.DataFrame:
    """List the score of each layer and area of one run.

    Parameters
    ----------
    run
        What `encoding.encode` or `similarity.analyse` found.
    method
        ``encoding``, whose score is the median r of the first generalisation, or ``rsa``.
    seed
        Of folds and of the network.

    Returns
    -------
    pandas.DataFrame
        Columns of `KEYS`, layer, layer_index, depth, seed and score.
    """
    values = run.scores[SCORE[method]]
    if method == "encoding":
        values = values.isel(generalisation=0).groupby("area").median()
    found = values.transpose("area", "layer")
    parts = [
        pd.DataFrame(
            {
                "dataset": run.dataset,
                "model": run.model,
                "area": str(area),
                "method": method,
                "layer": run.scores["layer"].values,
                "layer_index": np.arange(run.scores.sizes["layer"]),
                "depth": run.scores["depth"].values,
                "seed": seed,
                "score": found.sel(area=area).values,
            }
        )
        for area in found["area"].values
    ]
    return pd.concat(parts, ignore_index=True)


def table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Make `stability.csv` from the scores of all seeds.

    Parameters
    ----------
    parts
        As from `scores`, of two seeds or more.

    Returns
    -------
    pandas.DataFrame
        A row per layer: n_seeds; score_mean, score_sd, score_min and score_max over seeds; in how
        large a share of the seeds the layer is the best one of its area, best_share.
    """
    whole = pd.concat(parts, ignore_index=True)
    best = whole.groupby([*KEYS, "seed"])["score"].transform("max")
    whole = whole.assign(is_best=(whole["score"] == best).astype(float))
    by = [*KEYS, "layer", "layer_index", "depth"]
    rows: list[dict[str, Any]] = []
    for key, group in whole.groupby(by, sort=False):
        rows.append(dict(zip(by, key, strict=True)) | _spread(group))
    return pd.DataFrame(rows)


def _spread(rows: pd.DataFrame) -> dict[str, float]:
    score = rows["score"]
    return {
        "n_seeds": len(rows),
        "score_mean": score.mean(),
        "score_sd": score.std(),
        "score_min": score.min(),
        "score_max": score.max(),
        "best_share": rows["is_best"].mean(),
    }
