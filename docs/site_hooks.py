"""What MkDocs does besides: pages that lie outside of docs/, and the references of a page."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from ventralmap.references import cited

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = {
    "data/README.md": "data.md",
    "benchmarks/README.md": "benchmarks.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "README.md": "index.md",
}
"""Files of the repository, and what they are in the site."""
OWN_PAGE = "README.md"  # index.md is written for the site; links to README lead there
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>[^)#:]+)(?P<anchor>#[^)]*)?\)")
CITING = "explanation/"


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that lie outside of docs/."""
    for source, name in OUTSIDE.items():
        if source != OWN_PAGE:
            files.append(File.generated(config, name, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: Any, files: Files) -> str:
    """Turn links between files of the repository into links of the site; list what is cited."""
    name = page.file.src_uri
    source = {v: k for k, v in OUTSIDE.items() if k != OWN_PAGE}.get(name, f"docs/{name}")
    text = LINK.sub(lambda match: _link(match, source, name), markdown)
    return text + (_references(text) if name.startswith(CITING) else "")


def _link(match: re.Match[str], source: str, name: str) -> str:
    """Lead a link from a file of the repository to its page, or to nothing if it has none."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match["target"]))
    inside = target.removeprefix("docs/") if target.startswith("docs/") else OUTSIDE.get(target)
    if inside is None:
        return match["text"] if (ROOT / target).exists() else match[0]
    relative = posixpath.relpath(inside, posixpath.dirname(name) or ".")
    return f"[{match['text']}]({relative}{match['anchor'] or ''})"


def _references(text: str) -> str:
    found = cited([text])
    return "\n".join(["\n\n## References\n", *(f"- {entry.text}" for entry in found), ""])
