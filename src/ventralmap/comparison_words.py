"""What a comparison of RDMs is called in texts and on axes, and who it is from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from ventralmap.wording import listing


class Words(NamedTuple):
    """Names of a comparator.

    Attributes
    ----------
    symbol
        As on an axis.
    name
        As in a sentence: RDMs are compared by it.
    sources
        What a methods section says after the name, with its references; empty for what is in
        every textbook.
    """

    symbol: str
    name: str
    sources: str = ""


COMPARISONS = {
    "spearman": Words("Spearman ρ", "Spearman correlation"),
    "rho-a": Words(
        "Spearman ρₐ", "Spearman's ρ-a", "its expectation when ties are broken at random; Schütt"
        " et al. 2023",
    ),
    "tau-a": Words("Kendall τₐ", "Kendall's τ-a", "Kendall 1938; Nili et al. 2014"),
    "pearson": Words("Pearson r", "Pearson correlation"),
    "cosine": Words("cosine", "cosine similarity"),
    "whitened-cosine": Words(
        "whitened cosine", "whitened cosine similarity", "weighted by the inverse covariance of"
        " the distances' noise under independent noise of the patterns; Diedrichsen et al. 2021",
    ),
    "whitened-pearson": Words(
        "whitened Pearson r", "whitened Pearson correlation", "weighted by the inverse covariance"
        " of the distances' noise under independent noise of the patterns; Diedrichsen et al. 2021",
    ),
}  # fmt: skip
"""By `rsa: comparison`; all are in ``comparators.COMPARATORS``."""
UNKNOWN = Words("similarity", "similarity")


def words(comparison: str) -> Words:
    """Return the words for a comparator; those of any similarity for a name that is not known."""
    return COMPARISONS.get(comparison, UNKNOWN)


def symbol(comparisons: Iterable[str] | pd.Series) -> str:
    """Name what the rows of a table hold as on an axis: ``similarity`` where they differ."""
    different = {words(str(c)).symbol for c in comparisons}
    return different.pop() if len(different) == 1 else UNKNOWN.symbol


def name(comparisons: Iterable[str] | pd.Series) -> str:
    """Name the comparisons of the rows of a table as in a sentence."""
    return listing(dict.fromkeys(words(str(c)).name for c in comparisons))


def method(comparison: str) -> str:
    """Name a comparison with its references."""
    found = words(comparison)
    return f"{found.name} ({found.sources})" if found.sources else found.name
