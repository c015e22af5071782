"""How models are named: ``base[@weights][+variant...]``. Imports nothing heavy.

The base is a classifier of torchvision, ``timm:<name>``, ``path/to/file.py:function`` (a plug-in)
or a control. Names stand in tables as they are, and in file names as `slug` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from ventralmap.errors import InputError, suggest

PIXELS = "pixels"
UNTRAINED = "+untrained"
TIMM = "timm:"
BY = "by="
"""Before the area whose readout weighs the channels of a lesion."""
LONGEST = 200
"""Bytes of a file name that a model may take: file systems have room for 255."""

_NAME = re.compile(r"(?P<base>.*\.py:\w*|[^@+]*)(?P<weights>@[^+]*)?(?P<variants>\+.*)?", re.DOTALL)
_VARIANT = re.compile(r"\+(?P<name>[^+(]*)(?:\((?P<arguments>[^()]*)\))?")
_WHOLE = re.compile(r"\d+")


@dataclass(frozen=True)
class Variant:
    """A change of a model: its name and arguments, ``name(argument,...)``."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({','.join(self.arguments)})" if self.arguments else self.name


@dataclass(frozen=True)
class Name:
    """The parts of a model's name.

    Attributes
    ----------
    base
        torchvision's name, ``timm:<name>``, ``<file>.py:<function>``, or a control.
    weights
        Which weights; empty for the default ones.
    variants
        What is changed, in the order of the name.
    """

    base: str
    weights: str = ""
    variants: tuple[Variant, ...] = ()

    def __str__(self) -> str:
        at = f"@{self.weights}" if self.weights else ""
        return f"{self.base}{at}" + "".join(f"+{variant}" for variant in self.variants)

    @property
    def kind(self) -> str:
        """``plugin``, ``timm``, ``control`` or ``torchvision``."""
        if re.search(r"\.py:\w*$", self.base):
            return "plugin"
        if self.base.startswith(TIMM):
            return "timm"
        return "control" if self.base in CONTROLS else "torchvision"

    @property
    def untrained(self) -> bool:
        """Whether the parameters are drawn at random instead."""
        return any(variant.name == "untrained" for variant in self.variants)

    @property
    def trained(self) -> Name:
        """The same model with its weights."""
        kept = tuple(variant for variant in self.variants if variant.name != "untrained")
        return replace(self, variants=kept)

    def seed(self, default: int) -> int:
        """Seed of an untrained network: that of its name, or the one given."""
        seeds = [
            int(v.arguments[0]) for v in self.variants if v.name == "untrained" and v.arguments
        ]
        return seeds[0] if seeds else default


def split(name: str) -> Name:
    """Split a name into its parts, whether or not there is such a model."""
    found = _NAME.fullmatch(name)
    if found is None:
        return Name(name)
    variants = [
        Variant(m["name"], tuple(a.strip() for a in (m["arguments"] or "").split(",") if a.strip()))
        for m in _VARIANT.finditer(found["variants"] or "")
    ]
    return Name(found["base"], (found["weights"] or "")[1:], tuple(variants))


def is_untrained(name: str) -> bool:
    """Tell an untrained twin by its name."""
    return split(name).untrained


def is_control(name: str) -> bool:
    """Tell a control, an untrained twin among them, from a model under test."""
    parts = split(name)
    return parts.untrained or parts.kind == "control"


def trained_twin(name: str) -> str:
    """Return the name of the same model with its weights; of a trained one, its own."""
    return str(split(name).trained)


def several_twins(models: Iterable[str]) -> dict[str, list[str]]:
    """Return the models that have twins of several seeds, each with the twins' names."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(models):
        if is_untrained(name):
            found.setdefault(trained_twin(name), []).append(name)
    return {model: names for model, names in found.items() if len(names) > 1}


def altered(models: Iterable[str]) -> dict[str, str]:
    """Return the models with variants whose intact form is among them too, with its name.

    An untrained twin is compared with one of the same seed.
    """
    names = list(models)
    intact = {name: str(_intact(split(name))) for name in names}
    return {name: own for name, own in intact.items() if own != name and own in names}


def by_readout(name: str) -> dict[Variant, str]:
    """Return the lesions of a name that an area's readout chooses, each with the area."""
    return {
        variant: variant.arguments[2].removeprefix(BY)
        for variant in split(name).variants
        if variant.name == "lesion" and variant.arguments[2:3] and BY in variant.arguments[2]
    }


def without_lesions(name: str) -> str:
    """Return the name of the same model without its lesions."""
    parts = split(name)
    kept = tuple(variant for variant in parts.variants if variant.name != "lesion")
    return str(replace(parts, variants=kept))


def _intact(parts: Name) -> Name:
    kept = tuple(variant for variant in parts.variants if variant.name == "untrained")
    return replace(parts, variants=kept)


def slug(name: str) -> str:
    """Write a name as one that a file can have; other names have other slugs.

    Characters beside letters, digits and ``_.-~+@`` become ``%`` and two digits, and so does a
    first dot, which would hide the file.

    Raises
    ------
    InputError
        If it is too long for a file name.
    """
    made = quote(name, safe="+@")
    made = f"%2E{made[1:]}" if made.startswith(".") else made
    if len(made) > LONGEST:
        raise InputError(f"model '{name}': too long for the name of a file; use a shorter path")
    return made


def of_slug(made: str) -> str:
    """Return the name that `slug` wrote."""
    return unquote(made)


def check_variants(name: str, parts: Name) -> None:
    """Refuse variants that do not exist, are there twice, or have other arguments than they take.

    Raises
    ------
    InputError
        Naming the model, and what can be written.
    """
    possible = CONTROLS[parts.base] if parts.kind == "control" else VARIANTS
    for variant in parts.variants:
        if not possible:
            raise InputError(f"model '{name}': {parts.base} has no variants; write '{parts.base}'")
        if variant.name not in possible:
            hint = suggest(variant.name, possible)
            raise InputError(f"model '{name}': there is no variant '+{variant.name}'; {hint}")
        usage, takes = possible[variant.name]
        if not takes(variant.arguments):
            raise InputError(f"model '{name}': '+{variant}' is not possible; write '+{usage}'")
    names = [variant.name for variant in parts.variants if variant.name != "lesion"]
    if len(set(names)) < len(names) or str(parts) != name:
        raise InputError(f"model '{name}': not a name; write e.g. '{parts.base}+untrained'")


def _is_seed(arguments: tuple[str, ...]) -> bool:
    return len(arguments) <= 1 and all(map(_WHOLE.fullmatch, arguments))


def _is_lesion(arguments: tuple[str, ...]) -> bool:
    layer, share, how = (*arguments, *("1",) * 3)[:3] if arguments else ("", "", "")
    is_share = re.fullmatch(r"0?\.\d+|1(\.0*)?", share) is not None and float(share) > 0
    is_how = _WHOLE.fullmatch(how) or how.removeprefix(BY) not in ("", how)
    return bool(layer) and is_share and bool(is_how) and len(arguments) <= 3


Variants = dict[str, tuple[str, Callable[[tuple[str, ...]], bool]]]
VARIANTS: Variants = {
    "untrained": ("untrained' or '+untrained(<seed>)", _is_seed),
    "avgpool": ("avgpool", lambda arguments: not arguments),
    "lesion": ("lesion(<layer>)' or '+lesion(<layer>,<share>[,<seed> or by=<area>])", _is_lesion),
}
"""Of networks, by name: how it is written, and whether it takes such arguments."""
CONTROLS: dict[str, Variants] = {
    PIXELS: {},
    "gabor": {"normalised": ("normalised", lambda arguments: not arguments)},
    "hmax": {},
}
"""Models that are no networks of anybody's, what any network should beat; and their variants."""
