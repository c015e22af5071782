"""The one exception that users see, and the help it gives."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 900  # characters of a message


class InputError(Exception):
    """Something the user gave is wrong.

    The message is one line that names the file, the id and the remedy.
    """

    def __init__(self, message: str) -> None:
        line = " ".join(message.split())
        # What is quoted may hold anything: no control codes to the terminal, and no novels
        shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)
        super().__init__(_shortened(shown))


def _shortened(line: str) -> str:
    """Leave out the middle of a line: the start has the file, the end the remedy."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 3 :]}"


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return a hint for a name that is not among `choices`.

    Parameters
    ----------
    word
        What the user wrote.
    choices
        The names that exist.

    Returns
    -------
    str
        ``"did you mean 'x'?"`` when a choice is close, else the list of choices.
    """
    names = [str(choice) for choice in choices]
    close = get_close_matches(str(word), names, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"choose from: {', '.join(names)}"


def name_some(ids: Iterable[object], most: int = 3) -> str:
    """Name the first few ids and count the rest.

    Examples
    --------
    >>> name_some(["a", "b", "c", "d"])
    'a, b, c and 1 more'
    """
    names = [str(i) for i in ids]
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
