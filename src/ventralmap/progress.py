"""Progress bars: on the terminal where a job has one, although all else goes to its log."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from tqdm import tqdm

_terminals: list[TextIO] = []


@contextmanager
def on(descriptor: int) -> Iterator[None]:
    """Show bars on a file descriptor for a while, if it is a terminal.

    Parameters
    ----------
    descriptor
        What standard error was before it went to a log.
    """
    if not os.isatty(descriptor):
        yield
        return
    with os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as terminal:
        _terminals.append(terminal)
        try:
            yield
        finally:
            _terminals.remove(terminal)


def bar(**about: Any) -> tqdm:
    """Return a bar of tqdm: on a job's terminal, or else on standard error, which is its log.

    On the terminal it vanishes when it is full.

    Parameters
    ----------
    **about
        As of `tqdm`: ``desc``, ``total``, ``unit``, ...
    """
    from tqdm import tqdm

    if _terminals:
        return tqdm(**about, file=_terminals[-1], leave=False)
    return tqdm(**about, file=sys.stderr)
