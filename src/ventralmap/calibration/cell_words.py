"""Sizes of simulated studies in words."""

from __future__ import annotations

SWITCHES = {"True": "", "False": "not "}
"""What stands before the name of a size that is true or false."""


def words(cell: str, leave_out: str = "") -> str:
    """Spell a cell: ``stimuli=92,subjects=1,same=False`` as *92 stimuli, 1 subject, not same*.

    Parameters
    ----------
    cell
        Its name.
    leave_out
        A size that is not told.
    """
    pairs = [part.split("=", 1) for part in str(cell).split(",")]
    return ", ".join(_size(key, value) for key, value in pairs if key != leave_out)


def claim(text: str) -> str:
    """Spell a claim: of one layer, not of *1 layers each*."""
    return text.replace(" 1 layers each", " one layer each")


def _size(key: str, value: str) -> str:
    name = key.replace("_", " ")
    if value in SWITCHES:
        return f"{SWITCHES[value]}{name}"
    return f"{value} {name.removesuffix('s') if value == '1' else name}"
