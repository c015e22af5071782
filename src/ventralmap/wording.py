"""Numbers and lists as a paper writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

MISSING = "n/a"


def share(value: float, digits: int = 3) -> str:
    """Write a correlation or probability without its leading zero.

    Examples
    --------
    >>> share(0.5449), share(-0.1), share(1.02)
    ('.545', '−.100', '1.020')
    """
    if pd.isna(value):
        return MISSING
    text = f"{abs(value):.{digits}f}"
    # A value that rounds to zero has no sign.
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0.") else text)


def interval(low: float, high: float, digits: int = 3) -> str:
    """Write a confidence interval of shares: ``[.498, .581]``, empty when it is unknown."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"[{share(low, digits)}, {share(high, digits)}]"


def p_value(p: float) -> str:
    """Write a p-value: ``p = .013``, ``p < .001``, ``p n/a``."""
    if pd.isna(p):
        return f"p {MISSING}"
    return "p < .001" if p < 0.001 else f"p = {share(p)}"


def listing(words: Iterable[str]) -> str:
    """Join words: ``a``, ``a and b``, ``a, b and c``."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(n: int, noun: str) -> str:
    """Write a count with its noun, plural unless it is one: ``1 subject``, ``1,200 images``."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def span(numbers: Sequence[int] | pd.Series) -> str:
    """Write counts as ``50``, as ``48–50`` where they differ, as ``?`` where there are none."""
    if len(numbers) == 0:
        return "?"
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def sentence(*parts: str) -> str:
    """Join the parts that are not empty with spaces."""
    return " ".join(part for part in parts if part)
