"""Which claim of the calibration stands for each p-value, interval and probability of the tables.

A column without a simulation has the reason. Nothing is left to memory: a test fails where a table
has such a column that is not listed here, or a claim is listed that no experiment makes.
"""

from __future__ import annotations

import re

import pandas as pd

from ventralmap.calibration import rates

COLUMN = re.compile(
    r"(^|_)p(_|$)|_fdr$|ci_(low|high)$|^within_one_(low|high)$|^significant$|^sure_right$"
)
"""Names of columns that say how sure one can be."""
NOT_RUN = "not in this run"
SAME = "the same number as {}"
CLAIMS: dict[str, dict[str, tuple[str, ...]]] = {
    "rsa": {
        "ci": ("rsa.csv ci",),
        "subjects_ci": ("rsa.csv subjects_ci",),
        "p": ("rsa.csv p",),
        "p_fdr": ("rsa.csv p_fdr",),
        "p_subjects": ("rsa.csv p_subjects",),
        "p_subjects_fdr": ("rsa.csv p_subjects_fdr",),
        "below_best_ci": ("rsa.csv below_best_ci (all)",),
        "p_below_best": ("rsa.csv p_below_best (any)",),
        "below_ceiling_ci": ("rsa.csv below_ceiling_ci",),
        "p_best": ("correspondence.csv p_best",),
    },
    "rsa_pairs": {
        "ci": ("rsa_pairs.csv ci",),
        "p": ("rsa_pairs.csv p",),
        "p_fdr": ("rsa_pairs.csv p_fdr",),
        "p_family": ("rsa_pairs.csv p_family",),
    },
    "encoding": {
        "r_ci": ("encoding.csv r",),
        "r_below_best_ci": ("encoding.csv r_below_best",),
        "p_best": ("correspondence.csv p_best",),
    },
    "explained": {"ev_ceiled_ci": ("explained.csv ev_ceiled_ci",)},
    "variance": {
        "r2_ci": ("variance.csv r2",),
        "unique_ci": ("variance.csv unique",),
        "shared_ci": ("variance.csv shared",),
    },
    "cka": {
        "ci": ("cka.csv ci",),
        "p_best": ("correspondence.csv p_best of cka",),
    },
    "correspondence": {
        "depth_ci": (
            "correspondence.csv depth_ci",
            "correspondence.csv depth_ci of encoding",
            "correspondence.csv depth_ci of cka",
        ),
        "p_best": ("correspondence.csv p_best", "correspondence.csv p_best of cka"),
        "beats_untrained_p": (
            "correspondence.csv beats_untrained_p",
            "correspondence.csv beats_untrained_p of cka",
        ),
        "beats_untrained_p_fdr": ("correspondence.csv beats_untrained_p_fdr",),
        "beats_next_p": (
            "correspondence.csv beats_next_p",
            "correspondence.csv beats_next_p of cka",
        ),
        "beats_next_p_fdr": ("correspondence.csv beats_next_p_fdr",),
    },
    "hierarchy": {
        "ci": ("hierarchy.csv rho of encoding", "hierarchy.csv ci (rsa)"),
        "p": (
            "hierarchy.csv p of encoding", "hierarchy.csv p (rsa)", "hierarchy.csv p of cka",
        ),
    },
    "agreement": {"rank_ci": ("agreement.csv rank_ci of rsa", "agreement.csv rank_ci of cka")},
    "timecourse": {
        "ci": ("timecourse.csv ci",),
        "p": ("timecourse.csv p",),
        "p_subjects": ("timecourse.csv p_subjects",),
        "p_stimuli": ("timecourse.csv p_stimuli",),
        "significant": ("timecourse.csv p",),
    },
    "latency": {
        "onset_ci": ("latency.csv onset_ci",),
        "peak_ci": ("latency.csv peak_ci",),
    },
    "latency_hierarchy": {
        "ci": ("latency_hierarchy.csv ci (peak)", "latency_hierarchy.csv ci (onset)"),
        "p": ("latency_hierarchy.csv p (peak)", "latency_hierarchy.csv p (onset)"),
    },
    "fusion": {
        "ci": ("fusion.csv ci",),
        "p": ("fusion.csv p",),
        "p_subjects": ("fusion.csv p_subjects",),
        "p_stimuli": ("fusion.csv p_stimuli",),
        "significant": ("fusion.csv p",),
    },
    "commonality": {"ci": ("commonality.csv ci",)},
    "compare": {"p": ("compare pairs p",), "p_holm": ("compare pairs p_holm",)},
}  # fmt: skip
"""By table and column (both ends of an interval as one), the claims up to their colon."""
REASONS: dict[str, dict[str, str]] = {
    "recovery": {
        "p_best": "a share of 100 resamples in simulated recordings: a study's own recovery counts"
        " how often it is right (`sure_right`, and the last panel of its figure)"
    },
    "recovery_summary": {
        "p_best": "the mean of those of `recovery.csv`",
        "sure_right": "a share that is counted, with its number beside it (`n_sure`)",
        "within_one": "exact: Clopper & Pearson (1934), which covers 95 % or more of any rate",
    },
    "leaderboard": {
        "p_best": SAME.format("in `correspondence.csv`"),
        "beats_untrained_p": SAME.format("in `correspondence.csv`"),
        "ci": SAME.format("in `encoding.csv`, `rsa.csv` or `cka.csv`"),
    },
}
"""By table and column, why there is no simulation of its own."""


def says_how_sure(column: str) -> bool:
    """Tell whether a column holds p-values, ends of intervals, or probabilities."""
    return bool(COLUMN.search(column))


def one_name(column: str) -> str:
    """Name both ends of an interval as one: ``rank_ci_low`` is ``rank_ci``."""
    return re.sub(r"_(low|high)$", "", column)


def missing(table: str, columns: list[str]) -> list[str]:
    """List the columns of a table that say how sure one can be and are listed nowhere.

    Parameters
    ----------
    table
        Name of its file without ``.csv``.
    columns
        Its columns.
    """
    known = {**CLAIMS.get(table, {}), **REASONS.get(table, {})}
    return [c for c in columns if says_how_sure(c) and one_name(c) not in known]


def section(found: pd.DataFrame) -> str:
    """Write the part of the page that lists all columns and what was simulated for each.

    Parameters
    ----------
    found
        As from `collect.tables`.
    """
    lines = [
        "## Every p-value, interval and probability",
        "",
        "By table and column, in how many kinds of studies its claims were looked at here, and"
        " what came out.",
        "",
        "| table | column | simulated |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {table} | {column} | {_told(found, claims)} |"
        for table, columns in CLAIMS.items()
        for column, claims in columns.items()
    ]
    lines += [
        f"| {table} | {column} | no: {why} |"
        for table, columns in REASONS.items()
        for column, why in columns.items()
    ]
    return "\n".join(lines)


def _told(found: pd.DataFrame, claims: tuple[str, ...]) -> str:
    """Count cells by verdict."""
    rows = found[found["claim"].str.partition(":")[0].isin(claims) & (found["n"] > 0)]
    counts = rows["verdict"].value_counts()
    order = (rates.HOLDS, rates.CAREFUL, rates.UNSURE, rates.FAILS)
    return ", ".join(f"{counts[word]} {word}" for word in order if word in counts) or NOT_RUN
