"""What comes out of one simulated study: p-values, intervals, estimates and probabilities.

Each claim that a table makes is named by the table, the column and the truth under which it is
looked at, such as ``rsa.csv p: no layer related``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

NULL, POWER, ERROR_RATE, COVERAGE, BIAS, PROBABILITY = (
    "false positives", "power", "error rate", "coverage", "bias", "probability",
)  # fmt: skip


class Outcome(TypedDict):
    """One number, or one interval, of one simulated study.

    Attributes
    ----------
    claim
        What is claimed.
    kind
        What kind of claim it is, one of this module's names.
    value
        The p-value (false positives, power), the share of wrong discoveries (error rate), the
        estimate (coverage, bias), or the probability that was given (probability).
    low, high
        Ends of the interval; NaN but for coverage.
    truth
        What the value should be, or whether what was given a probability is so (0 or 1). NaN
        where it is the mean of the estimates of all studies, and where there is none.
    """

    claim: str
    kind: str
    value: float
    low: float
    high: float
    truth: float


def null_p(claim: str, p: float) -> Outcome:
    """Record a p-value where its null hypothesis is true; NaN is one that was not given."""
    return _outcome(claim, NULL, p)


def power_p(claim: str, p: float) -> Outcome:
    """Record a p-value where its null hypothesis is false."""
    return _outcome(claim, POWER, p)


def family_wise(claim: str, p: Sequence[float]) -> Outcome:
    """Record the smallest of the p-values of a family of which all null hypotheses are true."""
    known = np.asarray(p, dtype=float)
    known = known[~np.isnan(known)]
    return _outcome(claim, NULL, float(known.min()) if len(known) else np.nan)


def false_discoveries(
    claim: str, p: Sequence[float], is_null: Sequence[bool], level: float = 0.05
) -> Outcome:
    """Record which share of the discoveries at a level are none, 0 without discoveries."""
    found = np.asarray(p, dtype=float) < level
    wrong = found & np.asarray(is_null)
    return _outcome(claim, ERROR_RATE, float(wrong.sum() / max(found.sum(), 1)))


def interval(claim: str, value: float, low: float, high: float, truth: float = np.nan) -> Outcome:
    """Record an estimate and its interval, of which the truth is known or is the mean estimate."""
    return _outcome(claim, COVERAGE, value, low, high, truth)


def estimate(claim: str, value: float, truth: float) -> Outcome:
    """Record an estimate of which the truth is known."""
    return _outcome(claim, BIAS, value, truth=truth)


def probability(claim: str, value: float, is_so: bool) -> Outcome:
    """Record a probability that was given, and whether what it was given to is so."""
    return _outcome(claim, PROBABILITY, value, truth=float(is_so))


def _outcome(
    claim: str,
    kind: str,
    value: float,
    low: float = np.nan,
    high: float = np.nan,
    truth: float = np.nan,
) -> Outcome:
    return {
        "claim": claim,
        "kind": kind,
        "value": float(value),
        "low": float(low),
        "high": float(high),
        "truth": float(truth),
    }
