"""The page ``docs/datasets.md``: all datasets, made from their registry and the table of files.

``python -m ventralmap.dataset_pages > docs/datasets.md`` makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from ventralmap import datasets, download
from ventralmap.datasets import recipes

HEAD = """# Datasets

Made by `python -m ventralmap.dataset_pages > docs/datasets.md` from the registry and
`data/sources.csv`. Write a name under `datasets` in a config, or the path of a
[folder of your own](tutorial-own-dataset.md).

## By name

Files are fetched once, and refused with another hash. Those of which no hash is known yet are
refused until you accept the one that is printed ([data/README.md](../data/README.md)). Where no
licence is stated, nothing is allowed by that.
"""
RECIPES = """
## Recipes

Not fetched; their pages say how to make a folder of them.
"""
COLUMNS = ("name", "what", "measurement", "degrees", "holds", "files", "licence")
ORDER = ("responses", "rdms", "timecourse")


def index() -> str:
    """Return the page, in Markdown."""
    rows = [_row(name) for name in datasets.names()]
    made = [(f"[{name}](datasets/{name}.md)", why) for name, why in recipes.RECIPES.items()]
    return HEAD + "\n" + _table(COLUMNS, rows) + RECIPES + "\n" + _table(("name", "why"), made)


def _row(name: str) -> list[str]:
    about, family = datasets.about(name), name.partition("_")[0]
    degrees = about["stimulus_degrees"]
    return [
        f"[{name}](datasets/{family}.md)",
        about["title"],
        about["measurement"],
        "unknown" if degrees is None else f"{degrees:g}",
        ", ".join(kind for kind in ORDER if kind in datasets.measurements(name)),
        _files(family),
        about["licence"],
    ]


def _files(family: str) -> str:
    sources = [source for source in download.read_sources() if source.dataset == family]
    kinds = [source.hash[0] if source.pinned else "no hash yet" for source in sources]
    counted = [f"{kinds.count(kind)} ({kind})" for kind in dict.fromkeys(kinds)]
    return ", ".join(counted) or "none"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [columns, ["---" for _ in columns], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(index(), end="")
