"""What the outcomes of many simulated studies say of each claim."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta, norm

from ventralmap.calibration import outcomes

Array = NDArray[np.float64]

TARGETS = {
    outcomes.NULL: (0.03, 0.07),
    outcomes.ERROR_RATE: (0.0, 0.07),
    outcomes.COVERAGE: (0.92, 0.98),
}
"""Between which a rate should be: of p below .05, of wrong discoveries, of intervals that hold."""
LEVELS = (0.05, 0.01)
SURE, NEAR = 0.8, 0.05
"""A probability that counts as sure, and how far from it the share that is right may be."""
HOLDS, CAREFUL, FAILS, UNSURE = "holds", "errs on the safe side", "fails", "undecided"


def monte_carlo_interval(n_found: int, n: int) -> tuple[float, float]:
    """95 % interval of a rate that was found in n_found of n studies (Clopper & Pearson 1934)."""
    low = beta.ppf(0.025, n_found, n - n_found + 1) if n_found else 0.0
    high = beta.ppf(0.975, n_found + 1, n - n_found) if n_found < n else 1.0
    return float(low), float(high)


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Count what came out of one cell, claim by claim.

    Parameters
    ----------
    rows
        As `experiments.repeat` lists them.

    Returns
    -------
    pandas.DataFrame
        A row per claim and kind: n (studies that have such an outcome), n_missing; rate, rate_low
        and rate_high with their Monte-Carlo interval, target_low and target_high, verdict;
        rate_01 (of p below .01); mean, sd and truth of estimates, and bias with its interval; of
        probabilities of `SURE` or more, n_sure, sure_rate, sure_mean and its interval.
    """
    groups = rows.groupby(["claim", "kind"], sort=False)
    found = [
        {"claim": claim, "kind": kind, **_summary(str(kind), group)}
        for (claim, kind), group in groups
    ]
    return pd.DataFrame(found)


def _summary(kind: str, rows: pd.DataFrame) -> dict[str, float | str]:
    needed = ["low", "high"] if kind == outcomes.COVERAGE else ["value"]
    known = rows.dropna(subset=needed)
    about = {"n": len(known), "n_missing": len(rows) - len(known)}
    return about | (_SUMMARIES[kind](known) if len(known) else {})


def _below(rows: pd.DataFrame) -> dict[str, float | str]:
    """Count p-values below the levels."""
    counts = [int((rows["value"] < level).sum()) for level in LEVELS]
    return _rate(counts[0], len(rows)) | {"rate_01": counts[1] / len(rows)}


def _null(rows: pd.DataFrame) -> dict[str, float | str]:
    rate = _below(rows)
    return rate | _judged(rate, outcomes.NULL)


def _wrong(rows: pd.DataFrame) -> dict[str, float | str]:
    """Average the share of wrong discoveries; its interval is that of a mean."""
    mean, half = rows["value"].mean(), _half_width(rows["value"])
    rate = {"rate": mean, "rate_low": max(mean - half, 0.0), "rate_high": min(mean + half, 1.0)}
    return rate | _judged(rate, outcomes.ERROR_RATE)


def _covered(rows: pd.DataFrame) -> dict[str, float | str]:
    truth = rows["truth"].fillna(rows["value"].mean())
    held = (rows["low"] <= truth) & (truth <= rows["high"])
    rate = _rate(int(held.sum()), len(rows))
    return rate | _judged(rate, outcomes.COVERAGE) | _error(rows)


def _error(rows: pd.DataFrame) -> dict[str, float | str]:
    """Mean error of an estimate of which the truth is known, with its Monte-Carlo interval."""
    error, value = (rows["value"] - rows["truth"]).dropna(), rows["value"]
    found: dict[str, float | str] = {"mean": value.mean(), "sd": value.std()}
    if not len(error):
        return found
    half = _half_width(error)
    return found | {
        "truth": rows["truth"].mean(),
        "bias": error.mean(),
        "bias_low": error.mean() - half,
        "bias_high": error.mean() + half,
    }


def _given(rows: pd.DataFrame) -> dict[str, float | str]:
    """Compare the probabilities with how often they were right: all, and those of `SURE` or more.

    The verdict is the worse one of both.
    """
    sure = rows[rows["value"] >= SURE]
    found, verdicts = _right(rows)
    of_sure, of_these = _right(sure) if len(sure) else ({}, verdicts)
    worst = next(word for word in (FAILS, UNSURE, CAREFUL, HOLDS) if word in (verdicts, of_these))
    return (
        found
        | {f"sure_{name}": value for name, value in of_sure.items()}
        | {"n_sure": len(sure), "verdict": worst}
    )


def _right(rows: pd.DataFrame) -> tuple[dict[str, float | str], str]:
    """Share that was right, and whether that is what was given, give or take `NEAR`."""
    rate, mean = _rate(int(rows["truth"].sum()), len(rows)), float(rows["value"].mean())
    ends = [float(rate[key]) for key in ("rate", "rate_low", "rate_high")]
    return rate | {"mean": mean}, _within(ends, (mean - NEAR, mean + NEAR), too_high=CAREFUL)


_SUMMARIES: dict[str, Callable[[pd.DataFrame], dict[str, float | str]]] = {
    outcomes.NULL: _null,
    outcomes.POWER: _below,
    outcomes.ERROR_RATE: _wrong,
    outcomes.COVERAGE: _covered,
    outcomes.BIAS: _error,
    outcomes.PROBABILITY: _given,
}


def _rate(n_found: int, n: int) -> dict[str, float | str]:
    low, high = monte_carlo_interval(n_found, n)
    return {"rate": n_found / n, "rate_low": low, "rate_high": high}


def _half_width(values: pd.Series) -> float:
    return float(norm.ppf(0.975) * values.std() / np.sqrt(len(values))) if len(values) > 1 else 0.0


def _judged(rate: dict[str, float | str], kind: str) -> dict[str, float | str]:
    low, high = TARGETS[kind]
    ends = [float(rate[key]) for key in ("rate", "rate_low", "rate_high")]
    found = verdict(ends[0], ends[1], ends[2], kind)
    return {"target_low": low, "target_high": high, "verdict": found}


def verdict(rate: float, rate_low: float, rate_high: float, kind: str) -> str:
    """Say whether a rate is within its target.

    Parameters
    ----------
    rate, rate_low, rate_high
        Of p below .05, of wrong discoveries, or of intervals that hold the truth, with its
        Monte-Carlo interval.
    kind
        One of `TARGETS`.

    Returns
    -------
    str
        `CAREFUL` where too few p are small or too many intervals hold: the table claims less than
        it could. `UNSURE` where the rate is outside its target, and the interval is not.
    """
    worse = CAREFUL if kind == outcomes.COVERAGE else FAILS
    return _within([rate, rate_low, rate_high], TARGETS[kind], too_high=worse)


def _within(ends: list[float], target: tuple[float, float], too_high: str) -> str:
    """Judge a rate and its interval by a target; `too_high` is said of one above it."""
    (rate, rate_low, rate_high), (low, high) = ends, target
    if low <= rate <= high:
        return HOLDS
    if rate_low <= high and rate_high >= low:
        return UNSURE
    too_low = FAILS if too_high == CAREFUL else CAREFUL
    return too_high if rate > high else too_low


def reliability_curve(rows: pd.DataFrame, n_bins: int = 5) -> pd.DataFrame:
    """Compare probabilities that were given with how often they were right, bin by bin.

    Parameters
    ----------
    rows
        Outcomes of the kind `outcomes.PROBABILITY`.
    n_bins
        Number of bins of equal width.

    Returns
    -------
    pandas.DataFrame
        A row per bin that is not empty: given (mean), right, right_low, right_high, n.
    """
    known = rows.dropna(subset=["value", "truth"])
    number = np.minimum((known["value"] * n_bins).astype(int), n_bins - 1)
    found = [
        {
            "given": part["value"].mean(),
            "right": part["truth"].mean(),
            **dict(
                zip(
                    ("right_low", "right_high"),
                    monte_carlo_interval(int(part["truth"].sum()), len(part)),
                    strict=True,
                )
            ),
            "n": len(part),
        }
        for _, part in known.groupby(number)
    ]
    return pd.DataFrame(found, columns=["given", "right", "right_low", "right_high", "n"])
