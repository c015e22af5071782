"""Which code, packages and settings a result comes from."""

from __future__ import annotations

import ast
import platform
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parent
NAME = PACKAGE.name
VERSIONED = ("ventralmap", "numpy", "scipy", "scikit-learn", "torch", "torchvision", "xarray",
             "rsatoolbox", "mne", "snakemake")  # fmt: skip


def modules(*files: str) -> list[str]:
    """List the modules of this package that Python files import, indirect imports too.

    Given to a rule as input, they make Snakemake rerun its jobs when one of them changes.

    Parameters
    ----------
    *files
        Paths of scripts or modules; those of the package are listed too.

    Returns
    -------
    list of str
        Paths, sorted; data files next to the modules are not among them.
    """
    found = {Path(file) for file in files if PACKAGE in Path(file).parents}
    waiting = [Path(file) for file in files]
    while waiting:
        new = _imported(waiting.pop()) - found
        found |= new
        waiting.extend(new)
    return sorted(str(path) for path in found)


DISTRIBUTIONS = {
    "PIL": "pillow",
    "h5py": "h5py",
    "mne": "mne",
    "numpy": "numpy",
    "pandas": "pandas",
    "plotly": "plotly",
    "rsatoolbox": "rsatoolbox",
    "scipy": "scipy",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "torchvision": "torchvision",
    "xarray": "xarray",
}
"""Packages whose release may change results: name in an import, name of the distribution."""


def packages(files: Sequence[str]) -> list[str]:
    """List a file of each installed package that Python files import, its version in the path.

    Given to a rule as input, they make Snakemake rerun its jobs when a package is updated.

    Parameters
    ----------
    files
        Paths of scripts or modules, such as `modules` returns, and a script itself.

    Returns
    -------
    list of str
        The ``METADATA`` of the packages in `DISTRIBUTIONS`, sorted.
    """
    names = {name.partition(".")[0] for file in files for name in _imports(Path(file))}
    found = (_metadata(DISTRIBUTIONS[name]) for name in names & DISTRIBUTIONS.keys())
    return sorted(path for path in found if path)


@cache
def _metadata(distribution: str) -> str | None:
    try:
        files = metadata.distribution(distribution).files or []
    except metadata.PackageNotFoundError:
        return None
    return next((str(path.locate()) for path in files if path.name == "METADATA"), None)


def _imported(path: Path) -> set[Path]:
    """Files of the package that one file imports, anywhere in it."""
    return {file for name in _imports(path) for file in _files(name)}


def _imports(path: Path) -> frozenset[str]:
    """Dotted names that a file imports, anywhere in it."""
    return _names(path, path.read_text(encoding="utf-8"))


@cache  # a module is used by many scripts, and parsing took half of Snakemake's start
def _names(path: Path, text: str) -> frozenset[str]:
    """Dotted names that the text of a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, path)
            names |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def _source(node: ast.ImportFrom, path: Path) -> str:
    """Dotted name of what a file imports from; relative ones are resolved."""
    if not node.level:
        return str(node.module)
    parents = path.relative_to(PACKAGE.parent).parts[: -node.level]
    return ".".join([*parents, *filter(None, [node.module])])


def _files(name: str) -> list[Path]:
    """Files that importing a dotted name reads, its parents' too; none of other packages."""
    first, *rest = name.split(".")
    if first != NAME:
        return []
    base = PACKAGE.joinpath(*rest)
    folders = [PACKAGE.joinpath(*rest[:depth]) for depth in range(len(rest) + 1)]
    possible = [base.with_suffix(".py"), *(folder / "__init__.py" for folder in folders)]
    return [path for path in possible if path.is_file()]


def versions(*more: str) -> dict[str, str]:
    """Versions of Python and of the packages that the numbers depend on.

    Parameters
    ----------
    *more
        Other distributions to list.
    """
    return {"python": platform.python_version()} | {
        package: metadata.version(package) for package in (*VERSIONED, *more)
    }
