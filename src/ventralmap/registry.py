"""Which models there are: their names, weight files and curated layers. Imports no torch."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from ventralmap.errors import InputError, suggest
from ventralmap.model_names import CONTROLS, TIMM, Name, check_variants, slug, split

PATH = Path(__file__).with_name("models.yaml")


@dataclass(frozen=True)
class Layer:
    """A layer of a model.

    Attributes
    ----------
    name
        What it is called in studies and tables.
    node
        Its node in torchvision's feature-extraction graph, or a module that ends in it.
    relu
        Whether the values are those ``before`` a ReLU, ``after`` one, ``none`` of the two, or
        ``unstated`` (layers found automatically or asked for by the name of a node).
    """

    name: str
    node: str
    relu: str = "unstated"


def parse(name: str) -> Name:
    """Split a model's name into its parts.

    Raises
    ------
    InputError
        If there is no such model, with the closest name.
    """
    parts = split(name)
    _CHECKS[parts.kind](name, parts)
    check_variants(name, parts)
    slug(name)
    return parts


def check_name(name: str) -> str:
    """Return a model's name if it can be one.

    Parameters
    ----------
    name
        ``base[@weights][+variant...]``, see `model_names`.

    Raises
    ------
    InputError
        If there is no such model, with the closest name; if the file of a plug-in is not there, or
        timm is not installed.
    """
    parse(name)
    return name


def is_pretrained(name: str) -> bool:
    """Tell whether a model needs a weight file of torchvision."""
    parts = parse(name)
    return parts.kind == "torchvision" and not parts.untrained


def names() -> list[str]:
    """List the plain names: torchvision's classifiers and the controls."""
    return [*_registry()["torchvision"], *CONTROLS]


def sources(name: str) -> list[str]:
    """List the files of a user that a model is made from: the plug-in and what it imports.

    Modules are followed that lie in the plug-in's folder; what it reads besides is not known.

    Raises
    ------
    InputError
        If the plug-in is not there or is not Python.
    """
    parts = parse(name)
    if parts.kind != "plugin":
        return []
    waiting, found = [plugin_file(parts)], set()
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting.extend(_beside(file) - found)
    return sorted(map(str, found))


def plugin_file(parts: Name) -> Path:
    """Return the file of a plug-in, relative to the working directory as it is written."""
    return Path(parts.base.rpartition(":")[0]).expanduser()


def _beside(file: Path) -> set[Path]:
    """Modules in the same folder that a file imports."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not a Python file ({error}); correct it") from error
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add(str(node.module))
    files = {file.with_name(name.partition(".")[0] + ".py") for name in imported}
    return {path for path in files if path.is_file()}


def _check_torchvision(name: str, parts: Name) -> None:
    if parts.base not in names():
        raise InputError(
            f"model '{name}': there is no '{parts.base}'; {suggest(parts.base, names())} Others are"
            f" '{TIMM}<name>' and '<file>.py:<function>'"
        )
    if "@" in name and not re.fullmatch(r"[A-Z0-9_]+", parts.weights):
        raise InputError(
            f"model '{name}': '{parts.weights}' names no weights; write e.g. "
            f"'{parts.base}@IMAGENET1K_V1'"
        )


def _check_control(name: str, parts: Name) -> None:
    if "@" in name:
        raise InputError(f"model '{name}': {parts.base} has no weights; write '{parts.base}'")


def _check_timm(name: str, parts: Name) -> None:
    if find_spec("timm") is None:
        raise InputError(
            f"model '{name}': timm is not installed; run: pip install timm (or 'ventralmap[timm]')"
        )


def _check_plugin(name: str, parts: Name) -> None:
    file = plugin_file(parts)
    if not file.is_file():
        raise InputError(f"model '{name}': no file {file}; give its path from the study's folder")
    if parts.base.endswith(":"):
        raise InputError(f"model '{name}': no function; write '{parts.base}<function>'")
    if "@" in name.removeprefix(parts.base):
        raise InputError(
            f"model '{name}': a plug-in brings its own weights; write a function for each"
        )


_CHECKS = {
    "torchvision": _check_torchvision,
    "control": _check_control,
    "timm": _check_timm,
    "plugin": _check_plugin,
}


def curated_layers(name: str) -> tuple[Layer, ...]:
    """Return the curated layers of a model, first to last; none if they are found automatically.

    Raises
    ------
    InputError
        If there is no such model.
    """
    entry = _registry()["curated"].get(parse(name).base, {"layers": ()})
    return tuple(Layer(**layer) for layer in entry["layers"])


def curated_models() -> list[str]:
    """List the models whose layers are curated."""
    return list(_registry()["curated"])


def default_weights(architecture: str) -> str:
    """Return the weights that a plain name means; ``DEFAULT`` leaves the choice to torchvision."""
    return _registry()["curated"].get(architecture, {"weights": "DEFAULT"})["weights"]


def curated_file(name: str) -> str | None:
    """Return the weight file of a curated model with its default weights, else None."""
    parts = parse(name)
    entry = _registry()["curated"].get(parts.base)
    if entry is None or parts.weights not in ("", entry["weights"]):
        return None
    return entry["file"]


def expected_hash(file: str) -> str:
    """Return what the sha256 of a weight file begins with.

    Parameters
    ----------
    file
        torchvision's name of the file, ``<name>-<first digits of its sha256>.pth``.

    Returns
    -------
    str
        All 64 digits where the registry has them, else those in the file's name.
    """
    return _registry()["sha256"].get(file) or Path(file).stem.rpartition("-")[2]


def fingerprint(weights_sha256: str) -> list[list[float]] | None:
    """Return the known outputs of the network with these weights (`fingerprints`), if any are."""
    return _registry()["fingerprints"].get(weights_sha256)


@cache
def _registry() -> dict[str, Any]:
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))
