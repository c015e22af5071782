"""Tables of a report: rounded for reading, sortable, and whole as a download."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ventralmap.wording import MISSING

MOST_ROWS = 500
MOST_BYTES = 2_000_000
TITLES = {
    "correspondence": "Correspondence",
    "hierarchy": "Hierarchy",
    "encoding": "Encoding",
    "rsa": "RSA",
    "latency": "Latency",
    "latency_hierarchy": "Latency over depth",
    "timecourse": "Time course",
    "fusion": "Fusion",
    "commonality": "Commonality",
    "models": "Models",
}
COLUMNS = {
    "depth_ci": "95 % interval of the depth of the best layer",
    "depth": "position of the layer, 0 (first) to 1 (last)",
    "subject": "all, or the one whose neuroids are counted",
    "generalisation": "what was held out: images, or whole groups, objects or categories",
    "r": "held-out Pearson correlation, mean over folds, median over neuroids",
    "reliability": "split-half reliability of the mean response, median over neuroids",
    "r_ceiled": "r / √reliability per neuroid, median over reliable neuroids",
    "ev_ceiled": "r |r| / reliability per neuroid, median over reliable neuroids",
    "n_reliable": "neuroids whose reliability is above the threshold",
    "alpha_at_edge": "share of neuroids and folds with the smallest or largest penalty",
    "similarity": "correlation of RDMs, mean over subjects",
    "p_fdr": "p corrected over all rows for the false discovery rate",
    "p_best": "share of the resamples in which the layer is the area's best",
    "score": "that of the best layer: optimistic, as it was chosen for it",
    "score_nested": "score of the layer chosen without the test images",
    "beats_untrained_p": "one-sided p that the model is no better than its untrained twin",
    "next_layer": "layer with the second highest score",
    "beats_next_p": "two-sided p that the best layer is no better than the next",
    "planted_layer": "layer that the simulated recordings were made from",
    "layers_off": "position of the best layer minus that of the planted one",
    "degrees": "visual angle that the model sees of a square image, if all datasets agree",
    "rho": "rank correlation of depth with the areas' order, or with the layers' latency",
    "onset_ms": "begin of the first significant cluster of at least two times",
    "onset_found": "share of the resamples of subjects in which there is an onset",
    "peak_ms": "time of the highest mean similarity",
    "latency": "onset or peak",
    "n_layers": "layers that have this latency",
    "n_pairs": "pairs of images that the least complete RDM was compared on",
    "recording": "what was recorded over time",
    "commonality": "variance of the ranked RDM over time that area and layer explain in common",
    "ceiling": "variance that the area explains: the most that can be explained in common",
}


@dataclass(frozen=True)
class View:
    """A table as the report shows it.

    Attributes
    ----------
    name, title
        Of the table.
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
    header: list[tuple[str, str, bool]]
    rows: list[list[tuple[str, str, bool]]]
    n_rows: int
    download: str | None


def view(name: str, table: pd.DataFrame, whole: pd.DataFrame | None = None) -> View:
    """Prepare a table for the report.

    Parameters
    ----------
    name
        Of its file, without the suffix.
    table
        What to show.
    whole
        What to download, if that is another table.
    """
    shown = table.head(MOST_ROWS)
    header = [
        (str(name), COLUMNS.get(str(name), ""), is_numeric_dtype(dtype))
        for name, dtype in table.dtypes.items()
    ]
    rows = [
        [
            (*_cell(column, value), number)
            for (column, _, number), value in zip(header, row, strict=True)
        ]
        for row in shown.itertuples(index=False, name=None)
    ]
    download = csv_uri(table if whole is None else whole)
    return View(name, TITLES.get(name, name), header, rows, len(table), download)


def csv_uri(table: pd.DataFrame) -> str | None:
    """Write a table at full precision as a data URI, None when that is too large."""
    text = table.to_csv(index=False).encode()
    if len(text) > MOST_BYTES:
        return None
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text).decode()


def _cell(column: str, value: Any) -> tuple[str, str]:
    """Text and value to sort by."""
    if pd.isna(value):
        return MISSING, ""
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        return str(value), str(value)
    return rounded(column, float(value)), repr(float(value))


def rounded(column: str, value: float) -> str:
    """Round a number for reading: counts whole, probabilities and scores to three decimals."""
    if value.is_integer() and not column.startswith(("r", "p", "score", "depth", "ci_")):
        return f"{int(value):,}".replace("-", "−")
    if column in ("p", "p_fdr", "beats_untrained_p", "beats_next_p") and 0 <= value < 0.001:
        return "< 0.001"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.3f}".replace("-", "−")
