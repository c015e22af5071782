"""What each column of each table of a study means, and in which unit.

A CSV file cannot say it of itself, so a study has ``tables/columns.csv``. The report's column heads
say the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ventralmap import opinion_columns
from ventralmap.columns_models import ALTERATIONS, FILTERS, LAYERS, MODELS, TEXT, TWINS
from ventralmap.columns_rsa import FITTED, PAIRS, RSA

ENCODING = {
    "r": ("1", "held-out Pearson correlation, mean over folds and repeats, median over neuroids"),
    "r_ci_low": ("1", "lower end of the 95 % interval of r, for what `interval` says"),
    "r_ci_high": ("1", "upper end of the 95 % interval of r, for what `interval` says"),
    "interval": (
        TEXT,
        "what the intervals and p_best are for: other subjects and neuroids with the same stimuli"
        " (neuroids), other stimuli or labels with the same neuroids (stimuli), or both",
    ),
    "resampled_missing": (
        "1",
        "share of resampled folds without a correlation, the responses drawn being constant, mean"
        " over neuroids; empty where no stimuli are resampled",
    ),
    "r_below_best": ("1", "r of the area's best layer minus r of this one"),
    "r_below_best_ci_low": (
        "1",
        "lower end of the 95 % interval of r_below_best, paired over the same resamples",
    ),
    "r_below_best_ci_high": (
        "1",
        "upper end of the 95 % interval of r_below_best, paired over the same resamples",
    ),
    "reliability": (
        "1",
        "split-half reliability of the mean response within the folds of the row's generalisation,"
        " corrected for the numbers of repeats, median over neuroids",
    ),
    "r_ceiled": ("1", "r / √reliability per neuroid, median over reliable neuroids"),
    "ev_ceiled": ("1", "r |r| / reliability per neuroid, median over reliable neuroids"),
    "n_scored": (
        "1",
        "neuroids with a score: their subject saw three stimuli or more of a fold, and of others",
    ),
    "n_reliable": (
        "1",
        "neuroids whose reliability, in the row's generalisation, is at least the threshold",
    ),
    "alpha_at_edge": ("1", "share of neuroids and folds with the smallest or largest penalty"),
    "n_at_edge": ("1", "neuroids with the smallest or largest penalty in any fold"),
}
CORRESPONDENCE = {
    "method": (TEXT, "encoding, rsa or cka"),
    "best_layer": (TEXT, "layer with the highest score"),
    "depth_ci_low": ("1", "lower end of the 95 % interval of the depth of the best layer"),
    "depth_ci_high": ("1", "upper end of the 95 % interval of the depth of the best layer"),
    "score": ("1", "that of the best layer: optimistic, as it was chosen for it"),
    "score_nested": ("1", "score of the layer chosen without the test images"),
    "beats_untrained_p": (
        "1",
        "one-sided p that the model is no better than its untrained twin, for other stimuli,"
        " neuroids and subjects; of several twins, the largest",
    ),
    "beats_untrained_p_fdr": (
        "1",
        "beats_untrained_p corrected over all rows for the false discovery rate",
    ),
    "next_layer": (TEXT, "layer with the second highest score"),
    "beats_next_p": (
        "1",
        "two-sided p that the best layer is as good as the next, for other stimuli, neuroids and"
        " subjects",
    ),
    "beats_next_p_fdr": ("1", "beats_next_p corrected over all rows for the false discovery rate"),
    "planted_layer": (TEXT, "layer that the simulated recordings were made from"),
    "areas": (TEXT, "areas in the order of the hierarchy"),
    "rho": ("1", "rank correlation of depth with the areas' order"),
}
TIME = {
    "time_ms": ("ms", "time from stimulus onset"),
    "significant": (TEXT, "whether p < .05"),
    "onset_ms": ("ms", "begin of the first significant cluster of at least two times"),
    "onset_ci_low": ("ms", "lower end of the 95 % interval of the onset"),
    "onset_ci_high": ("ms", "upper end of the 95 % interval of the onset"),
    "peak_ms": ("ms", "time of the highest mean similarity"),
    "peak_ci_low": ("ms", "lower end of the 95 % interval of the peak"),
    "peak_ci_high": ("ms", "upper end of the 95 % interval of the peak"),
}
VARIANCE = {
    "set": (TEXT, "layers that are fitted together, each with its own penalty"),
    "r2": ("1", "held-out variance explained by all layers of the set, median over neuroids"),
    "r2_ci_low": ("1", "lower end of the 95 % interval of r2, for other neuroids and subjects"),
    "r2_ci_high": ("1", "upper end of the 95 % interval of r2, for other neuroids and subjects"),
    "unique": ("1", "r2 minus the r2 of the set without the layer, median over neuroids"),
    "unique_ci_low": ("1", "lower end of the 95 % interval of unique, for other neuroids"),
    "unique_ci_high": ("1", "upper end of the 95 % interval of unique, for other neuroids"),
    "shared": ("1", "r2 minus the unique parts of all layers of the set, median over neuroids"),
    "shared_ci_low": ("1", "lower end of the 95 % interval of shared, for other neuroids"),
    "shared_ci_high": ("1", "upper end of the 95 % interval of shared, for other neuroids"),
    "weight": ("1", "share of the layer's kernel in the fit, median over neuroids"),
}
CLUSTER_SUBJECTS = (
    "1",
    "one-sided p of the time's cluster over other subjects with the same stimuli: sign flips",
)
FUSION = {
    "p_stimuli": (
        "1",
        "one-sided p of the time's cluster over other stimuli: relabelled; empty where pairs of the"
        " RDMs compared with the recordings are missing",
    ),
    "latency_hierarchy.rho": ("1", "rank correlation of depth with the layers' latency"),
    "latency_hierarchy.p": ("1", "p of rho over subjects; see the methods of the report"),
    "latency_hierarchy.n_layers": ("1", "layers that have this latency"),
    "onset_found": ("1", "share of the resamples of subjects in which there is an onset"),
    "latency": (TEXT, "onset or peak"),
    "recording": (TEXT, "what was recorded over time"),
    "commonality": (
        "1",
        "variance of the ranked RDM over time that area and layer explain in common",
    ),
    "ceiling": ("1", "variance that the area explains: the most that can be explained in common"),
}
COLUMNS: dict[str, tuple[str, str]] = {
    "dataset": (TEXT, "name of the dataset"),
    "model": (TEXT, "name of the model"),
    "layer": (TEXT, "name of the layer"),
    "layer_index": ("1", "position of the layer among those of its model, from 0"),
    "depth": ("1", "position of the layer, 0 (first) to 1 (last)"),
    "area": (TEXT, "visual area"),
    "subject": (TEXT, "all, or the one whose neuroids are counted"),
    "generalisation": (
        TEXT,
        "what was held out: images, or whole groups, objects or categories; empty for rsa and cka",
    ),
    "n_features": ("1", "number of units of the layer"),
    "n_neuroids": ("1", "number of neuroids"),
    "n_stimuli": ("1", "number of stimuli; of those that a subject saw, the most"),
    "p_best": (
        "1",
        "share of the resamples in which the layer is the area's best, leads that are chance"
        " allowed for",
    ),
    "timecourse.p": (
        "1",
        "one-sided p of the time's cluster, corrected for all layers and times: the larger of"
        " p_subjects and p_stimuli",
    ),
    "timecourse.p_subjects": CLUSTER_SUBJECTS,
    "fusion.p_subjects": CLUSTER_SUBJECTS,
    "rsa.resampled_missing": (
        "1",
        "share of the resamples in which no subject has the pairs that a similarity needs",
    ),
    "cka.resampled_missing": (
        "1",
        "share of the resamples in which no subject has four different stimuli",
    ),
    "cka.ci_low": ("1", "lower end of the 95 % interval of cka"),
    "cka.ci_high": ("1", "upper end of the 95 % interval of cka"),
    "rsa.p": ("1", "one-sided p of the test against zero by relabelling the stimuli"),
    "hierarchy.ci_low": (
        "1",
        "lower end of the 95 % percentile interval of rho, a tie being 0",
    ),
    "hierarchy.ci_high": (
        "1",
        "upper end of the 95 % percentile interval of rho, a tie being 0",
    ),
    "hierarchy.p": (
        "1",
        "share of the resamples in which depth does not rise along the areas, ties included: where"
        " it does not, fewer than 5 % of studies are below .05; empty where all depths tie",
    ),
    "variance.r": ("1", "held-out correlation of all layers of the set, median over neuroids"),
    "variance.layer": (TEXT, "<model>:<layer>"),
    **ENCODING,
    **RSA,
    **PAIRS,
    **CORRESPONDENCE,
    **TIME,
    **MODELS,
    **TWINS,
    **ALTERATIONS,
    **LAYERS,
    **FILTERS,
    **VARIANCE,
    **FITTED,
    **FUSION,
    **opinion_columns.COLUMNS,
}
"""Unit and meaning by column, or by table and column where a name means different things."""


def about(table: str, column: str) -> tuple[str, str]:
    """Give the unit and the meaning of a column, both empty where it is not described.

    Parameters
    ----------
    table
        Name of its file, without the suffix.
    column
        What follows a colon in it is the name of a dataset.
    """
    name = column.partition(":")[0]
    return COLUMNS.get(f"{table}.{name}", COLUMNS.get(name, (TEXT, "")))


def describe(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Make `columns.csv`: a row per table and column, with its unit and meaning.

    Parameters
    ----------
    tables
        By the name of their file without `.csv`.

    Returns
    -------
    pandas.DataFrame
        Columns table, column, unit (empty for text) and meaning.
    """
    rows = [
        (name, str(column), *about(name, str(column)))
        for name, table in tables.items()
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])
