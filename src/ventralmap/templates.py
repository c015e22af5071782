"""The templates of HTML pages, and what their tables need to be read on paper."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup, escape

_JOINTS = re.compile(r"(?<=[a-z0-9][_+./])(?=[a-z])", re.IGNORECASE)
_INTERVAL = re.compile(r"\[([^\s\[\]]+,) ([^\s\[\]]+)\]")


def template(name: str) -> Template:
    """Load a template of the package.

    Parameters
    ----------
    name
        Of its file. What it shows is escaped, what it is not given is an error, and its filter
        ``breakable`` is `breakable`.
    """
    environment = Environment(
        loader=PackageLoader("ventralmap", "."),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    return environment.get_template(name)


def breakable(text: str) -> Markup:
    """Let the text of a cell break in names at their joints, and never in intervals.

    Parameters
    ----------
    text
        Not yet escaped.

    Returns
    -------
    markupsafe.Markup
        Escaped; a narrow column breaks ``mobilenet_v2+untrained`` after the plus, not in a word.

    Examples
    --------
    >>> print(breakable("best_layer"), breakable("features.12"), breakable("<b>"))
    best_<wbr>layer features.12 &lt;b&gt;
    """
    pieces = _JOINTS.split(_INTERVAL.sub("[\\1\u00a0\\2]", text))
    return Markup("<wbr>").join(escape(piece) for piece in pieces)
