"""Interactive charts of a report, embedded: their data, plotly.js, and what a browser may run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ventralmap import charts_areas, charts_times
from ventralmap import scores as sc
from ventralmap.chart_parts import Chart

SCRIPT = Path(__file__).with_name("report.js")
STYLE = Path(__file__).with_name("report.css")


def charts(
    tables: Mapping[str, pd.DataFrame], hierarchy: sc.Hierarchy, datasets: sc.Metas
) -> list[Chart]:
    """List the interactive charts of a study.

    Parameters
    ----------
    tables
        Those of the study; any may be missing.
    hierarchy
        The study's areas, early to late.
    datasets
        What each ``dataset.yaml`` holds.
    """
    areas = charts_areas.chart(tables, hierarchy, datasets)
    return [*([areas] if areas else []), *charts_times.charts(tables, hierarchy)]


def data(shown: Sequence[Chart]) -> str:
    """Write the charts as JSON that can stand inside an element ``script``.

    Parameters
    ----------
    shown
        The charts.

    Returns
    -------
    str
        No ``<`` or ``&`` in it, so that no text of a study can end the element.

    Raises
    ------
    ValueError
        When a number is not finite, which JSON does not have.
    """
    whole = {
        chart.key: {"plots": chart.plots, "starts": {k: list(v) for k, v in chart.starts.items()}}
        for chart in shown
    }
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def scripts(shown: Sequence[Chart]) -> list[str]:
    """List the scripts of a page: plotly.js where there are charts, and the page's own.

    Parameters
    ----------
    shown
        The charts.
    """
    own = SCRIPT.read_text(encoding="utf-8")
    return [_plotly(), own] if shown else [own]


def _plotly() -> str:
    """Return plotly.js as plotly for Python brings it, made safe to stand inside a page."""
    from plotly.offline import get_plotlyjs

    return get_plotlyjs().replace("</script", "<\\/script").replace("<!--", "<\\!--")


def policy(texts: Sequence[str]) -> str:
    """Write a content security policy: nothing is loaded, and only these scripts run.

    Parameters
    ----------
    texts
        The scripts, each exactly as it stands inside its element.
    """
    hashes = " ".join(f"'sha256-{_hash(text)}'" for text in texts)
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline';"
        f" script-src {hashes}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def context(
    tables: Mapping[str, pd.DataFrame],
    hierarchy: sc.Hierarchy,
    datasets: sc.Metas,
    keys: Sequence[str],
) -> dict[str, Any]:
    """List what the report's template needs of the charts.

    Parameters
    ----------
    tables, hierarchy, datasets
        As for `charts`.
    keys
        Of the report's figures, in their order.
    """
    shown = charts(tables, hierarchy, datasets)
    texts = scripts(shown)
    alike = {key for chart in shown for key in chart.figures}
    return {
        "charts": shown,
        "chart_data": data(shown),
        "scripts": texts,
        "policy": policy(texts),
        "style": STYLE.read_text(encoding="utf-8"),
        "still": [(n, key) for n, key in enumerate(keys, start=1) if key in alike],
    }
