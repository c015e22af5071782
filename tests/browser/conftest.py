"""A report of synthetic tables, opened in the system's Chromium."""

import base64
import io
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import study_tables as st
from PIL import Image

from ventralmap import last_run, report, usage

HOSTILE = '<img src="https://example.org/x.png" onerror="document.title=\'taken\'">'
CHROMIUM = os.environ.get("VENTRALMAP_CHROMIUM") or shutil.which("chromium") or ""
CONFIG = {
    "study": "synthetic",
    "title": f"A study {HOSTILE}",
    "models": list(st.MODELS),
    "hierarchy": [["V1", "EVC"], "V4", "IT"],
    "bootstrap": 1000,
    "seed": 7,
    "encoding": {"folds": 5, "reliability_threshold": 0.1},
    "rsa": {"distance": "correlation", "comparison": "spearman"},
}


def picture(path, size):
    """Draw a figure of the given size in pixels at 300 dpi: large squares, a small file."""
    squares = np.random.default_rng(0).integers(0, 255, (7, 7, 3), dtype=np.uint8)
    Image.fromarray(squares).resize(size, Image.Resampling.NEAREST).save(path, dpi=(300, 300))
    return path


def tables():
    """Make tables of all kinds; names of a layer and of a dataset hold tags."""
    encoding, rsa = st.encoding(), st.rsa()
    encoding.loc[encoding.index[:3], "reliability"] = np.nan
    courses, latency = st.timecourses(step=40)
    courses = courses.replace("features.0", "features.0<b>x</b>")
    whole = {
        "encoding": encoding,
        "rsa": rsa,
        "cka": st.cka(encoding),
        "correspondence": st.correspondence(encoding, rsa),
        "hierarchy": st.hierarchy(),
        "timecourse": courses,
        "latency": latency,
        "latency_hierarchy": st.latency_hierarchy(),
        "fusion": st.fusions(step=40)[0],
        "mixed": pd.DataFrame(
            {
                "name": ["a10", "a9", "b", HOSTILE],
                "value": [10.0, 9.0, np.nan, -1.5],
                "p": [1e-5, 2e-4, 0.04, np.nan],
            }
        ),
    }
    return {
        name: table.replace("simulated", HOSTILE) if name != "mixed" else table
        for name, table in whole.items()
    }


@pytest.fixture(scope="session")
def page_file(tmp_path_factory):
    """Write the report; return its path."""
    folder = tmp_path_factory.mktemp("report")
    figures = [
        ("encoding_depth", "Scores over depth. All of them.", (2100, 900)),
        ("encoding_map", "Layers and areas. n = 48.", (1000, 1400)),
        ("timecourse", "Time. n = 12.", (2100, 700)),
    ]
    used = usage.Job("encode/x/y", 90.0, 200_000_000, 1, "2026-01-31T12:00:00Z", {"cpu": "one"})
    whole = report.StudyReport(
        study="synthetic",
        config=CONFIG,
        tables=tables(),
        figures=[(key, text, picture(folder / f"{key}.png", size)) for key, text, size in figures],
        datasets=[{"name": HOSTILE, "title": HOSTILE, "simulated": True, "n_stimuli": 320}],
        provenance={"versions": {"numpy": HOSTILE}, "seed": 7},
        run=last_run.told([used]),
    )
    return report.write(whole, folder / "report.html")


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once; skip, saying so, where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip(
            "NO BROWSER: the report is not tested; install chromium, or set VENTRALMAP_CHROMIUM"
        )
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Opened:
    """A page, and what it said and asked for while it was open."""

    page: object
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser, page_file):
    """Open the report in a window of a width; further arguments are playwright's."""
    contexts = []

    def open_it(width=1280, path: Path = page_file, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        found = Opened(page)
        page.on("console", lambda message: found.said.append(message.text))
        page.on("pageerror", lambda error: found.said.append(str(error)))
        page.on("request", lambda request: found.asked.append(request.url))
        page.goto(path.as_uri())
        return found

    yield open_it
    for context in contexts:
        context.close()


def column(page, table, number):
    """Texts of a column of a table, top to bottom."""
    rows = page.locator(f"#table-{table} tbody tr")
    return rows.evaluate_all(f"rows => rows.map(row => row.cells[{number}].textContent)")


def download(uri):
    """Read a table out of a data URI."""
    return pd.read_csv(io.BytesIO(base64.b64decode(uri.split(",", 1)[1])))
