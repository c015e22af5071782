"""The table of CKA: a row per dataset, model, layer and area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ventralmap import best_layer
from ventralmap.matches import stored_bootstrap
from ventralmap.runs import Run, layer_columns


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `cka.csv`.

    Parameters
    ----------
    runs
        What ``cka.analyse`` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, layer and area: the mean over subjects that have a CKA.
    """
    parts = [_rows(run, str(area)) for run in runs for area in run.scores["area"].values]
    return pd.concat(parts, ignore_index=True)


def _rows(run: Run, area: str) -> pd.DataFrame:
    scores = run.scores.sel(area=area)
    sample = stored_bootstrap(run, area, "mean")
    return layer_columns(run, scores, area).assign(
        n_neuroids=int(scores["n_neuroids"].sum()),
        n_stimuli=int(scores["n_stimuli"].max()),
        n_subjects=int(scores["n_subjects"]),
        cka=sample.mean,
        ci_low=scores["ci_low"].values,
        ci_high=scores["ci_high"].values,
        resampled_missing=np.isnan(sample.samples).mean(axis=0),
        p_best=best_layer.p_best(best_layer.of_similarities(sample)),
    )
