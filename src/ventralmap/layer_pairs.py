"""Layer against layer: how similarities differ between every two layers of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ventralmap import inference, max_gap
from ventralmap.matches import stored_bootstrap
from ventralmap.multiple_tests import with_corrected
from ventralmap.runs import Run


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Make `rsa_pairs.csv`.

    Parameters
    ----------
    runs
        What ``similarity.analyse`` found.

    Returns
    -------
    pandas.DataFrame
        A row per dataset, model, area and pair of layers, the earlier one first. `p_family` is
        family-wise over the pairs of a model and an area, `p_fdr` corrects `p` over all rows
        (Benjamini & Hochberg 1995).
    """
    parts = [_rows(run, str(area)) for run in runs for area in run.scores["area"].values]
    return with_corrected(pd.concat(parts, ignore_index=True), "p")


def _rows(run: Run, area: str) -> pd.DataFrame:
    scores = run.scores.sel(area=area)
    sample, names = stored_bootstrap(run, area), scores["layer"].values.astype(str)
    first, second = np.triu_indices(len(names), k=1)
    gaps = sample.rows(first.tolist()).minus(sample.rows(second.tolist()))
    low, high = inference.interval(gaps)
    return pd.DataFrame(
        {
            "dataset": run.dataset,
            "model": run.model,
            "area": area,
            "layer_a": names[first],
            "layer_b": names[second],
            "index_a": first,
            "index_b": second,
            "difference": gaps.mean,
            "ci_low": low,
            "ci_high": high,
            "p": inference.p_different(gaps),
            "p_family": max_gap.p_of_gaps(gaps, sample),
            "n_subjects": sample.n_subjects,
            "n_stimuli": sample.n_stimuli,
        }
    )
