"""The papers that a study's methods rest on, from `references.bib`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_name("references.bib")
"""Entries of BibTeX in alphabetical order, a field in each line."""

ENTRY = re.compile(r"^@(?P<kind>\w+)\{(?P<key>\w+),\n(?P<fields>(?:  .*\n)+)\}$", re.MULTILINE)
FIELD = re.compile(r"^  (\w+) = \{(.*)\},$", re.MULTILINE)
PLAIN = (("{", ""), ("}", ""), ("\\&", "&"), ("--", "–"))
"""What BibTeX writes otherwise than a text does."""


class Reference(NamedTuple):
    """A publication.

    Attributes
    ----------
    label
        How a text cites it.
    authors, year, title, source
        As in a list of references.
    doi
        Without the resolver's address; empty when there is none.
    bibtex
        The entry as it stands in the file.
    """

    label: str
    authors: str
    year: int
    title: str
    source: str
    doi: str
    bibtex: str

    @property
    def text(self) -> str:
        """The entry in a list of references."""
        doi = f" doi:{self.doi}" if self.doi else ""
        return f"{self.authors} ({self.year}). {self.title}. {self.source}.{doi}"


def read(text: str) -> tuple[Reference, ...]:
    """Read entries of BibTeX.

    Parameters
    ----------
    text
        Entries of the kinds article, inproceedings, book and misc (arXiv alone); their last lines
        are a brace, and each field has a line of its own. Names are ``Last, F. M.``.

    Returns
    -------
    tuple
        In the order of the text.
    """
    return tuple(_reference(entry) for entry in ENTRY.finditer(text))


def _reference(entry: re.Match[str]) -> Reference:
    fields = {name: _plain(value) for name, value in FIELD.findall(entry["fields"])}
    names = [_name(author) for author in fields["author"].split(" and ")]
    return Reference(
        _label([last for last, _ in names], fields["year"]),
        ", ".join(" ".join(filter(None, name)) for name in names),
        int(fields["year"]),
        fields["title"],
        _source(entry["kind"], fields),
        fields.get("doi", ""),
        entry[0],
    )


def _plain(value: str) -> str:
    for written, meant in PLAIN:
        value = value.replace(written, meant)
    return value


def _name(author: str) -> tuple[str, str]:
    """Split a name into last name and initials."""
    if author == "others":
        return "et al.", ""
    last, _, first = author.partition(", ")
    return last, re.sub(r"\W", "", first)


def _label(last_names: list[str], year: str) -> str:
    first = f"{last_names[0]} et al." if len(last_names) > 2 else " & ".join(last_names)
    return f"{first} {year}"


def _source(kind: str, fields: Mapping[str, str]) -> str:
    """Say where it appeared: in print, and its number at arXiv."""
    arxiv = f"arXiv:{fields['eprint']}" if "eprint" in fields else ""
    return ", ".join(filter(None, (IN_PRINT[kind](fields), arxiv)))


def _article(fields: Mapping[str, str]) -> str:
    number = f"({fields['number']})" if "number" in fields else ""
    pages = f":{fields['pages']}" if "pages" in fields else ""
    return f"{fields['journal']} {fields['volume']}{number}{pages}"


def _in_proceedings(fields: Mapping[str, str]) -> str:
    series = f", {fields['series']} {fields['volume']}:" if "series" in fields else ": "
    pages = f"{series}{fields['pages']}" if "pages" in fields else ""
    return fields["booktitle"] + pages


def _book(fields: Mapping[str, str]) -> str:
    return f"{fields['publisher']}, {fields['address']}"


IN_PRINT: dict[str, Callable[[Mapping[str, str]], str]] = {
    "article": _article,
    "inproceedings": _in_proceedings,
    "book": _book,
    "misc": lambda fields: "",
}
"""By kind of entry."""

REFERENCES = read(PATH.read_text(encoding="utf-8"))


def cited(texts: Iterable[str]) -> list[Reference]:
    """List the references whose label occurs in any of the texts, in alphabetical order."""
    whole = "\n".join(texts)
    return [reference for reference in REFERENCES if reference.label in whole]
