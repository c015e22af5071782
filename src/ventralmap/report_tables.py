"""Tables of a report: rounded for reading, sortable, and whole as a download."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ventralmap import columns
from ventralmap.multiple_tests import is_p
from ventralmap.wording import MISSING

MOST_ROWS = 500
MOST_BYTES = 2_000_000
TITLES = {
    "correspondence": "Correspondence",
    "hierarchy": "Hierarchy",
    "encoding": "Encoding",
    "variance": "Variance explained by sets of layers",
    "cka": "CKA",
    "rsa": "RSA",
    "rsa_pairs": "RSA, layer against layer",
    "rsa_fitted": "RSA with fitted weights",
    "rsa_weights": "Fitted weights of layers",
    "twins": "Untrained twins",
    "latency": "Latency",
    "latency_hierarchy": "Latency over depth",
    "timecourse": "Time course",
    "fusion": "Fusion",
    "commonality": "Commonality",
    "alterations": "What variants change",
    "agreement": "Ranks of layers by each method",
    "spectra": "Dimensionality and alignment",
    "stability": "Other seeds",
    "recovery_summary": "Recovery: how often layers are found",
    "recovery": "Recovery: each simulated recording",
    "models": "Models",
    "model_layers": "Layers of the models",
    "filters": "First filters of the models",
}
NOTES = {
    "variance": "Banded ridge regression, a penalty per layer (Nunez-Elizalde et al. 2019; Dupré la"
    " Tour et al. 2022), on held-out images: r2 = 1 − Σ(y − ŷ)² / Σ(y − mean of training y)² of all"
    " layers of a set; unique = r2 − r2 of the set without the layer; shared = r2 − Σ unique"
    " (Borcard et al. 1992). Medians over neuroids with 95 % intervals from resamples of subjects"
    " and their neuroids. The parts add up for each neuroid, not in their medians; nothing is"
    " clipped.",
    "rsa_pairs": "Differences of two layers' similarities with their 95 % intervals, by Student's t"
    " on the bootstrap variance over stimuli and subjects (Schütt et al. 2023); p_family allows for"
    " all pairs of the model's layers in the area having been looked at (Westfall & Young 1993),"
    " p_fdr for all rows (Benjamini & Hochberg 1995).",
    "rsa_fitted": "Weights w ≥ 0 minimise ‖z(d) − Σ w_l z(d_l)‖² over pairs of the training images:"
    " d is the mean of the z-scored RDMs of the other subjects, d_l the RDM of layer l, z the"
    " z-score over pairs. A sum that weighs no layer counts as a similarity of 0, which a single"
    " layer can be below. No intervals: the folds share their training data.",
    "rsa_weights": "Weights as fitted for the table of combinations; layers that are alike share"
    " one weight in no particular way.",
    "alterations": "Models with lesions or other pooling beside the intact ones: score of the best"
    " layer of each area, and accuracy of a linear readout of the last layer on the categories."
    " Differences are altered minus intact.",
    "model_layers": "What a unit in the middle of a layer sees (its receptive field, theoretical:"
    " every pixel that it depends on; effective: where the gradient is at least 4.55 % of its"
    " largest value, Luo et al. 2016), and how well a linear readout of the layer tells the"
    " categories of held-out stimuli.",
    "filters": "Filters of the first layers along their principal colour axis, and Gabor functions"
    " fitted to them by least squares: n_x and n_y are the widths of the envelope across and along"
    " the bars in periods of the carrier (Ringach 2002).",
    "twins": "Scores of models with their weights, and mean and spread over untrained twins whose"
    " parameters are drawn by different seeds.",
    "cka": "CKA = HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)), each by its unbiased estimate; K is the"
    " kernel of the layer's features, L that of a subject's mean responses as they are. Zero on"
    " average where they are unrelated. Noise in the responses and few neuroids lower it: compare"
    " layers, not areas.",
}
"""What is said above a table."""
OF_THE_REPORT = {
    "depth_ci": "95 % interval of the depth of the best layer",
    "layers_off": "position of the best layer minus that of the planted one",
}
"""Columns that only the report's view of a table has."""


@dataclass(frozen=True)
class View:
    """A table as the report shows it.

    Attributes
    ----------
    name, title, note
        Of the table; the note is empty where a figure explains it.
    header
        Name and explanation of each column, and whether it holds numbers.
    rows
        For each row, for each column: text, value to sort by, whether it is a number.
    n_rows
        Rows of the whole table; the view has at most `MOST_ROWS`.
    download
        The whole table, unrounded, as a data URI; None when it is larger than `MOST_BYTES`.
    """

    name: str
    title: str
    note: str
    header: list[tuple[str, str, bool]]
    rows: list[list[tuple[str, str, bool]]]
    n_rows: int
    download: str | None


class Limits(NamedTuple):
    """How much of tables a page has room for.

    Attributes
    ----------
    rows
        Of a table, at most.
    download
        Bytes of a table that can be downloaded, at most.
    """

    rows: int = MOST_ROWS
    download: int = MOST_BYTES


def view(
    name: str, table: pd.DataFrame, whole: pd.DataFrame | None = None, limits: Limits | None = None
) -> View:
    """Prepare a table for the report.

    Parameters
    ----------
    name
        Of its file, without the suffix.
    table
        What to show.
    whole
        What to download, if that is another table.
    limits
        How much of it to show and to embed.
    """
    limits = limits or Limits()
    shown = table.head(limits.rows)
    header = [
        (str(column), _meaning(name, str(column)), is_numeric_dtype(dtype))
        for column, dtype in table.dtypes.items()
    ]
    rows = [
        [
            (*_cell(column, value), number)
            for (column, _, number), value in zip(header, row, strict=True)
        ]
        for row in shown.itertuples(index=False, name=None)
    ]
    download = csv_uri(table if whole is None else whole, limits.download)
    return View(
        name, TITLES.get(name, name), NOTES.get(name, ""), header, rows, len(table), download
    )


def _meaning(table: str, column: str) -> str:
    unit, meaning = columns.about(table, column)
    meaning = OF_THE_REPORT.get(column, meaning)
    return f"{meaning} ({unit})" if unit not in ("", "1") else meaning


def csv_uri(table: pd.DataFrame, most: int = MOST_BYTES) -> str | None:
    """Write a table at full precision as a data URI, None when that is too large."""
    text = table.to_csv(index=False)
    return None if len(text.encode()) > most else data_uri("text/csv", text)


def data_uri(kind: str, text: str) -> str:
    """Write a text as a data URI of a media type."""
    return f"data:{kind};charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def _cell(column: str, value: Any) -> tuple[str, str]:
    """Text and value to sort by, as JavaScript reads numbers."""
    if pd.isna(value):
        return MISSING, ""
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        return str(value), str(value)
    sorted_by = f"{float(value):.9g}".replace("inf", "Infinity")
    return rounded(column, float(value)), sorted_by


def rounded(column: str, value: float) -> str:
    """Round a number for reading: counts whole, probabilities and scores to three decimals."""
    if value.is_integer() and not column.startswith(("r", "p", "score", "depth", "ci_")):
        return f"{int(value):,}".replace("-", "−")
    if is_p(column) and 0 <= value < 0.001:
        return "< 0.001"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3f}".replace("-", "−")
