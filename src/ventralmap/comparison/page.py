"""The page that compares studies: one HTML file that needs nothing else, and its tables."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ventralmap import __version__, templates
from ventralmap.comparison import changes, comparability, leaderboard, pairs, settings
from ventralmap.comparison.figure import scores
from ventralmap.comparison.study import Study
from ventralmap.figures import save
from ventralmap.files import atomic, write_csv
from ventralmap.report_images import display_width, image_uri
from ventralmap.report_tables import View, view

METHODS = {"encoding": "Encoding", "rsa": "RSA", "cka": "CKA"}
MEANINGS = {**changes.MEANINGS, **pairs.MEANINGS, **leaderboard.MEANINGS}


@dataclass(frozen=True)
class Change:
    """What is otherwise in one study than in the first.

    Attributes
    ----------
    a, b
        Labels of the first and of the other study.
    tables
        By name: settings, layers, summary, unpaired, moved.
    """

    a: str
    b: str
    tables: Mapping[str, pd.DataFrame]

    @property
    def nothing(self) -> bool:
        """Whether they are the same in all that is recorded."""
        return all(table.empty for table in self.tables.values())


@dataclass(frozen=True)
class Comparison:
    """Everything that the page tells.

    Attributes
    ----------
    studies
        In the order in which they were given.
    board, tested
        From `leaderboard.leaderboard` and `pairs.tests`.
    warnings
        Why scores are not, or not quite, comparable.
    changes
        Of each study but the first, against the first.
    """

    studies: Sequence[Study]
    board: pd.DataFrame
    tested: pd.DataFrame
    warnings: list[str]
    changes: list[Change]


def compare(studies: Sequence[Study]) -> Comparison:
    """Compare studies.

    Parameters
    ----------
    studies
        From `study.read`.
    """
    board = leaderboard.leaderboard(studies)
    first, others = studies[0], studies[1:]
    return Comparison(
        studies,
        board,
        pairs.tests(studies),
        comparability.warnings(studies, board),
        [change(first, other) for other in others],
    )


def change(a: Study, b: Study) -> Change:
    """List what changed from one study to another: settings, layers, numbers."""
    return Change(
        a.label,
        b.label,
        {
            "settings": settings.changed(a.settings, b.settings),
            "layers": changes.layers(a.correspondence, b.correspondence),
            "summary": changes.summary(a.tables, b.tables),
            "unpaired": changes.unpaired(a.tables, b.tables),
            "moved": changes.moved(a.tables, b.tables),
        },
    )


def tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Name the tables of a comparison as their files are named."""
    found = {"leaderboard": comparison.board}
    if len(comparison.tested):
        found["paired_tests"] = comparison.tested
    for name in ("settings", "layers", "summary", "unpaired", "moved"):
        parts = [
            made.tables[name].assign(study_a=made.a, study_b=made.b)
            for made in comparison.changes
            if len(made.tables[name])
        ]
        if parts:
            found[f"changed_{name}"] = pd.concat(parts, ignore_index=True)
    return found


def write(comparison: Comparison, path: Path) -> list[Path]:
    """Write the page, and beside it a CSV file of each of its tables.

    Parameters
    ----------
    comparison
        What to tell.
    path
        The .html file; tables are ``<its name without suffix>_<table>.csv``.

    Returns
    -------
    list of pathlib.Path
        All files, the page first. Each is whole or absent.
    """
    text = render(comparison)
    with atomic(path) as scratch:
        scratch.write_text(text, encoding="utf-8")
    files = {
        path.with_name(f"{path.stem}_{name}.csv"): table
        for name, table in tables(comparison).items()
    }
    for file, table in files.items():
        write_csv(file, table)
    return [path, *files]


def render(comparison: Comparison) -> str:
    """Render the page; all text of the studies is escaped, and the page loads nothing."""
    return templates.template("comparison.html").render(_context(comparison))


def _context(comparison: Comparison) -> dict[str, Any]:
    board = comparison.board
    methods = list(dict.fromkeys(board["method"]))
    return {
        "studies": [_about(study) for study in comparison.studies],
        "warnings": comparison.warnings,
        "sentences": leaderboard.sentences(board),
        "sections": [_section(name, board[board["method"] == name]) for name in methods],
        "tested": _view("paired_tests", "Paired tests", comparison.tested),
        "changes": [_changes(i, made) for i, made in enumerate(comparison.changes, start=1)],
        "version": __version__,
    }


def _about(study: Study) -> dict[str, Any]:
    found = study.correspondence
    return {
        "label": study.label,
        "folder": str(study.folder),
        "datasets": [
            {"name": name, "simulated": name in study.simulated}
            for name in found["dataset"].unique()
        ],
        "models": ", ".join(found["model"].unique()),
    }


def _section(method: str, board: pd.DataFrame) -> dict[str, Any]:
    """Figure and table of one method."""
    title = METHODS.get(method, method)
    same = ["interval"] if board["interval"].nunique() == 1 else []
    shown = board.drop(columns=["method", *same]).dropna(axis="columns", how="all")
    with tempfile.TemporaryDirectory() as folder:
        (file,) = save(scores(board), Path(folder) / "scores", ("svg",))
        uri, width = image_uri(file), display_width(file)
    table = _view(f"leaderboard_{method}", f"Scores by {title}", shown)
    return {"key": method, "title": title, "uri": uri, "width": width, "view": table}


TITLES = {
    "settings": "Settings, versions and hashes",
    "layers": "Layers chosen differently",
    "summary": "How many numbers moved",
    "unpaired": "Rows that only one of them has",
    "moved": "Numbers that moved",
}


def _changes(number: int, made: Change) -> dict[str, Any]:
    views = [
        _view(f"{name}_{number}", TITLES[name], table)
        for name, table in made.tables.items()
        if len(table)
    ]
    empty = [TITLES[name].lower() for name, table in made.tables.items() if table.empty]
    return {"a": made.a, "b": made.b, "views": views, "empty": empty, "nothing": made.nothing}


def _view(name: str, title: str, table: pd.DataFrame) -> View:
    """Show a table as the report does, with the meanings of the columns that are made here."""
    made = view(name, table)
    header = [(c, MEANINGS.get(c) or meaning, number) for c, meaning, number in made.header]
    return replace(made, title=title, header=header)
