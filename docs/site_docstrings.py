"""Docstrings as they are meant: ``[session,] [time,]`` are optional axes, not a link."""

from __future__ import annotations

from typing import Any

import griffe


class OptionalAxes(griffe.Extension):
    """Escapes a bracket that follows another one, which Markdown takes for the target of a link."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of an object before it is parsed."""
        if obj.docstring is not None:
            obj.docstring.value = obj.docstring.value.replace("] [", "] \\[")
