"""The report of a study: one HTML file that needs nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from ventralmap import (
    __version__,
    alternatives,
    last_run,
    methods,
    methods_software,
    report_charts,
    templates,
)
from ventralmap.cautions import cautions
from ventralmap.errors import InputError
from ventralmap.files import atomic
from ventralmap.findings import correspondence, findings, hierarchies, leading
from ventralmap.opinions import sections
from ventralmap.references import REFERENCES, Reference, cited
from ventralmap.report_images import display_width, image_uri
from ventralmap.report_tables import TITLES, Limits, View, data_uri, view

MOST_BYTES = 15_000_000
LIMITS = (Limits(), Limits(rows=100, download=200_000), Limits(rows=20, download=50_000))
"""How much of its tables a page shows: less where it would be too large."""


class Illustration(NamedTuple):
    """A figure of the report.

    Attributes
    ----------
    key
        Unique name; an anchor in the report.
    caption
        Plain text whose first sentence is the title.
    path
        An .svg or .png file.
    """

    key: str
    caption: str
    path: str | os.PathLike[str]


@dataclass(frozen=True)
class StudyReport:
    """Everything that a report tells.

    Attributes
    ----------
    study
        Name of the study.
    config
        Its config with defaults filled in; ``title``, where it has one, heads the report.
    tables
        By the name of the file without its suffix: correspondence, hierarchy, encoding, rsa, ...
        ``correspondence`` must be there.
    figures
        The first one is on the first screen. Tuples of the same three items will do.
    datasets
        For each dataset what its ``dataset.yaml`` holds, and ``n_stimuli``.
    provenance
        Versions, seeds, hashes, ...; mappings may be nested.
    references
        Labels in `ventralmap.references` to list beside those that the methods cite.
    run
        What differs from run to run: `last_run.told`.
    """

    study: str
    config: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    figures: Sequence[Illustration | tuple[str, str, str | os.PathLike[str]]]
    datasets: Sequence[Mapping[str, Any]]
    provenance: Mapping[str, Any]
    references: Sequence[str] = field(default=())
    run: last_run.Run | None = None

    @property
    def title(self) -> str:
        """What heads the report."""
        return str(self.config.get("title") or self.study)

    @property
    def simulated(self) -> list[str]:
        """Names of the datasets that are simulated."""
        return [str(meta["name"]) for meta in self.datasets if meta.get("simulated")]


def render(study: StudyReport) -> str:
    """Render the report of a study.

    Parameters
    ----------
    study
        What to tell.

    Returns
    -------
    str
        A whole HTML page. All text from the study is escaped, and the page loads nothing.

    Raises
    ------
    InputError
        When a figure is neither SVG nor PNG, or the page exceeds `MOST_BYTES`.
    """
    template, context = templates.template("report.html"), _context(study)
    for limits in LIMITS:
        page = template.render(context, tables=_tables(study, limits))
        if len(page.encode()) <= MOST_BYTES:
            return page
    largest = max((Path(path) for _, _, path in study.figures), key=lambda p: p.stat().st_size)
    raise InputError(
        f"report of {study.study} is larger than {MOST_BYTES // 10**6} MB; its largest figure"
        f" is {largest}: give it as PNG, or leave figures out"
    )


def write(study: StudyReport, path: str | os.PathLike[str]) -> Path:
    """Render the report of a study and write it to a file that is whole or absent.

    Parameters
    ----------
    study
        What to tell.
    path
        The .html file.

    Returns
    -------
    pathlib.Path
        The same path.

    Raises
    ------
    InputError
        As `render`.
    """
    page = render(study)
    with atomic(path) as scratch:
        scratch.write_text(page, encoding="utf-8")
    return Path(path)


def _context(study: StudyReport) -> dict[str, Any]:
    hierarchy = study.config.get("hierarchy", ())
    found = findings(study.tables, hierarchy, study.datasets)
    first = leading(found)
    keys = [key for key, _, _ in study.figures]
    return {
        "study": study,
        "findings": first,
        "more": [finding for finding in found if finding not in first],
        "hierarchies": hierarchies(study.tables),
        "figures": [_figure(i, study, *parts) for i, parts in enumerate(study.figures, start=1)],
        "sections": sections(study.tables),
        "cautions": cautions(study.tables, study.config, study.datasets),
        "config": yaml.safe_dump(_plain(study.config), sort_keys=False, allow_unicode=True),
        "provenance": list(_flat(study.provenance)),
        "version": __version__,
        "run": study.run,
        "run_begins": last_run.BEGINS,
        "run_ends": last_run.ENDS,
        **_methods(study),
        **report_charts.context(study.tables, hierarchy, study.datasets, keys),
    }


def _methods(study: StudyReport) -> dict[str, Any]:
    """Methods, references and their BibTeX."""
    versions = study.provenance.get("versions", {})
    texts = [
        *methods.paragraphs(study.config, study.datasets, list(study.tables)),
        methods_software.software(versions, study.tables.keys()),
    ]
    cited = _references(texts, study)
    bibtex = "\n\n".join([methods_software.own_bibtex(), *(r.bibtex for r in cited)]) + "\n"
    return {
        "methods": texts,
        "references": [methods_software.own_reference(), *(r.text for r in cited)],
        "bibtex": bibtex,
        "bibtex_uri": data_uri("application/x-bibtex", bibtex),
    }


def _figure(
    number: int, study: StudyReport, key: str, caption: str, path: str | os.PathLike[str]
) -> dict[str, str | int]:
    title, _, rest = caption.partition(". ")
    all_simulated = len(study.simulated) == len(study.datasets) > 0
    return {
        "number": number,
        "key": key,
        "title": title.rstrip("."),
        "caption": rest,
        "simulated": all_simulated or "simulated" in title.lower(),
        "uri": image_uri(path),
        "width": display_width(path),
        "alt": alternatives.text(key, number, title.rstrip("."), study.tables),
    }


def _tables(study: StudyReport, limits: Limits) -> list[View]:
    """Show all tables that have rows, those of `TITLES` first and in that order."""
    known = [name for name, table in study.tables.items() if not table.empty]
    names = [n for n in TITLES if n in known] + [n for n in known if n not in TITLES]
    return [
        view(name, correspondence(study.tables), study.tables[name], limits)
        if name == "correspondence"
        else view(name, study.tables[name], limits=limits)
        for name in names
    ]


def _references(texts: Sequence[str], study: StudyReport) -> list[Reference]:
    wanted = {reference.label for reference in cited(texts)} | set(study.references)
    unknown = wanted - {reference.label for reference in REFERENCES}
    if unknown:
        raise InputError(f"reference {sorted(unknown)[0]} is not in references.bib: add it there")
    return [reference for reference in REFERENCES if reference.label in wanted]


def _flat(mapping: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """List a nested mapping as (path of keys, value)."""
    rows: list[tuple[str, str]] = []
    for key, value in mapping.items():
        nested = isinstance(value, Mapping)
        rows += _flat(value, f"{prefix}{key}: ") if nested else [(f"{prefix}{key}", str(value))]
    return rows


def _plain(value: Any) -> Any:
    """Turn mappings and sequences into those that YAML knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
