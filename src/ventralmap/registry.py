"""Which models there are: their names, weight files and curated layers. Imports no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ventralmap.errors import InputError, suggest

PATH = Path(__file__).with_name("models.yaml")
PIXELS = "pixels"
UNTRAINED = "+untrained"


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


@dataclass(frozen=True)
class Name:
    """The parts of a model's name, ``<architecture>[@<weights>][+untrained]``.

    Attributes
    ----------
    architecture
        torchvision's name, or ``pixels``.
    weights
        The member of torchvision's enumeration of weights; empty for the default ones.
    untrained
        Whether the parameters are drawn at random instead.
    """

    architecture: str
    weights: str
    untrained: bool


def parse(name: str) -> Name:
    """Split a model's name into its parts.

    Raises
    ------
    InputError
        If there is no such model, with the closest name.
    """
    base, _, weights = name.removesuffix(UNTRAINED).partition("@")
    untrained = name.endswith(UNTRAINED)
    if base not in names():
        raise InputError(f"model '{name}': there is no '{base}'; {suggest(base, names())}")
    if base == PIXELS and name != PIXELS:
        raise InputError(f"model '{name}': pixels have no weights; write '{PIXELS}'")
    if "@" in name and not re.fullmatch(r"[A-Z0-9_]+", weights):
        raise InputError(
            f"model '{name}': '{weights}' names no weights; write e.g. '{base}@IMAGENET1K_V1'"
        )
    return Name(base, weights, untrained)


def check_name(name: str) -> str:
    """Return a model's name if it can be one.

    Parameters
    ----------
    name
        A torchvision classifier, ``<classifier>@<weights>`` for other weights than the default
        ones, either with ``+untrained`` appended for its untrained twin, or ``pixels``.

    Raises
    ------
    InputError
        If there is no such model, with the closest name.
    """
    parse(name)
    return name


def is_pretrained(name: str) -> bool:
    """Tell whether a model needs a weight file."""
    parts = parse(name)
    return parts.architecture != PIXELS and not parts.untrained


def names() -> list[str]:
    """List the plain names: torchvision's classifiers and ``pixels``."""
    return [*_registry()["torchvision"], PIXELS]


def curated_layers(name: str) -> tuple[Layer, ...]:
    """Return the curated layers of a model, first to last; none if they are found automatically.

    Raises
    ------
    InputError
        If there is no such model.
    """
    entry = _registry()["curated"].get(parse(name).architecture, {"layers": ()})
    return tuple(Layer(**layer) for layer in entry["layers"])


def default_weights(architecture: str) -> str:
    """Return the weights that a plain name means; ``DEFAULT`` leaves the choice to torchvision."""
    return _registry()["curated"].get(architecture, {"weights": "DEFAULT"})["weights"]


def curated_file(name: str) -> str | None:
    """Return the weight file of a curated model with its default weights, else None."""
    parts = parse(name)
    entry = _registry()["curated"].get(parts.architecture)
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


@cache
def _registry() -> dict[str, Any]:
    return yaml.safe_load(PATH.read_text(encoding="utf-8"))
