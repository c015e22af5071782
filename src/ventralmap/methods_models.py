"""What the methods section says of the models and of what they were shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ventralmap.method_words import ARCHITECTURES
from ventralmap.model_names import BY, PIXELS, Name, is_control, is_untrained, several_twins, split
from ventralmap.wording import listing, sentence

Config = Mapping[str, Any]
Metas = Sequence[Mapping[str, Any]]

CONTROLS = {
    PIXELS: "Pixels are the image itself.",
    "gabor": "gabor is an energy model of V1 (Adelson & Bergen 1985): quadrature pairs of Gabor"
    " filters, an octave wide, at eight orientations and at frequencies an octave apart; simple"
    " cells are half-rectified at four phases, complex cells the root of a pair's energy.",
    "hmax": "hmax has the layers S1, C1, S2 and C2 of Riesenhuber & Poggio 1999, with the filters"
    " and pools of Serre et al. 2007 and the responses of Mutch & Lowe 2008; its patches were cut"
    " from photographs.",
}


def models(config: Config, datasets: Metas) -> str:
    """Say which models there are, what was changed of them, and at which size images were shown.

    Parameters
    ----------
    config
        The study's config.
    datasets
        What each ``dataset.yaml`` holds.
    """
    names = [str(name) for name in config.get("models", ())]
    tested = [split(name) for name in names if not is_control(name)]
    bases = list(dict.fromkeys(split(name).base for name in names))
    return sentence(
        _sources(tested),
        *(_variant(name) for name in tested if name.variants),
        "Their untrained twins have the same layers with seeded random parameters."
        if any(is_untrained(n) for n in names) else "",
        "Where there are several, they differ in their seed." if several_twins(names) else "",
        *(CONTROLS[base] for base in bases if base in CONTROLS),
        "gabor+normalised divides responses by the energy of all orientations nearby (Heeger 1992)."
        if "gabor+normalised" in names else "",
        _angle(config, datasets),
    )  # fmt: skip


def _sources(tested: Sequence[Name]) -> str:
    kinds: dict[str, list[str]] = {}
    for name in tested:
        kinds.setdefault(name.kind, []).append(_with_source(name))
    return sentence(*(SOURCES[kind](listing(found)) for kind, found in kinds.items()))


def _with_source(name: Name) -> str:
    source = ARCHITECTURES.get(name.base)
    return f"{name} ({source})" if source else str(name)


SOURCES: dict[str, Callable[[str], str]] = {
    "torchvision": lambda names: (
        f"Models: {names}, with the weights and the preprocessing of torchvision."
    ),
    "timm": lambda names: f"Models: {names}, with the weights and the preprocessing of timm.",
    "plugin": lambda names: f"Models from files of the study: {names}.",
}


def _variant(name: Name) -> str:
    """Say how a variant differs from the network that it is made from."""
    parts = [VARIANTS[v.name](v.arguments) for v in name.variants if v.name in VARIANTS]
    return f"Of {name}, {listing(parts)}." if parts else ""


def _lesion(arguments: Sequence[str]) -> str:
    layer, share, how = (*arguments, "1", "")[:3] if len(arguments) < 3 else arguments
    some, area = f"{float(share):.0%} of the channels", how.removeprefix(BY)
    if float(share) == 1:
        return f"all channels of {layer} were set to zero"
    if area == how:
        return f"a random {some} of {layer} were set to zero"
    return (
        f"the {some} of {layer} with the largest weights in a ridge regression of the responses of"
        f" {area} to all images (root of the sum of squares over places and neuroids) were set to"
        " zero"
    )


VARIANTS: dict[str, Callable[[Sequence[str]], str]] = {
    "avgpool": lambda _: "max pooling was replaced by average pooling of the same geometry",
    "lesion": _lesion,
}


def _angle(config: Config, datasets: Metas) -> str:
    """Say at which size models were shown the images."""
    angle = config.get("visual_angle")
    if not angle:
        return ""
    if angle["images"] != "match":
        return "Images were shown whole, whatever angle they spanned in the experiment."
    known = [m for m in datasets if m.get("stimulus_degrees") is not None]
    unknown = [str(m.get("name")) for m in datasets if m.get("stimulus_degrees") is None]
    spans = listing(f"{m['stimulus_degrees']:g}° ({m.get('name')})" for m in known)
    others = "".join(f", {name} {d:g}°" for name, d in angle["models"].items())
    return sentence(
        f"Models were shown {angle['degrees']:g}° of the visual field{others}, as in Schrimpf et"
        f" al. 2018: images, which spanned {spans}, were surrounded by their background or cut"
        " where that differs." if known else "",
        f"Images of {listing(unknown)}, whose angle is not known, were shown as they are."
        if unknown else "",
    )  # fmt: skip
