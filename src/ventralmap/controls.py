"""Models that are no networks of anybody's, by name: what any network should beat."""

from __future__ import annotations

from collections.abc import Callable

from ventralmap import energy_model, hmax, networks
from ventralmap.built import Built
from ventralmap.model_names import Name
from ventralmap.registry import Layer


def build(parts: Name, seed: int, degrees: float) -> Built:
    """Make a control.

    Parameters
    ----------
    parts
        Of the model's name.
    seed
        Of the patches of `hmax`.
    degrees
        Visual angle of the images, for the spatial frequencies of `gabor`.
    """
    return BUILDERS[parts.base](parts, seed, degrees)


def _pixels(parts: Name, seed: int, degrees: float) -> Built:
    return Built(
        network=networks.Pixels().eval(),
        preprocess=networks.small_rgb,
        layers=(Layer("pixels", "pixels", "none"),),
        preprocessing=f"RGB in [0, 1], resized to {networks.SIDE} x {networks.SIDE} (bilinear)",
        source="the images themselves",
    )


def _gabor(parts: Name, seed: int, degrees: float) -> Built:
    normalised = any(variant.name == "normalised" for variant in parts.variants)
    side, per_degree = energy_model.SIDE, energy_model.frequencies(degrees)
    frequencies = ", ".join(f"{f:g}" for f in per_degree)
    return Built(
        network=energy_model.EnergyModel(degrees, normalised).eval(),
        preprocess=energy_model.luminance,
        layers=(Layer("simple", "simple", "after"), Layer("complex", "complex", "none")),
        preprocessing=f"luma about mid-grey, middle square resized to {side} x {side} (bilinear)",
        source=f"energy model of V1: {energy_model.N_ORIENTATIONS} orientations at {frequencies}"
        f" cycles per degree of {degrees:g} degrees" + ", divisively normalised" * normalised,
    )


def _hmax(parts: Name, seed: int, degrees: float) -> Built:
    names = ("s1", "c1", "s2", "c2")
    return Built(
        network=hmax.Hmax(hmax.learn(seed)).eval(),
        preprocess=hmax.grey,
        layers=tuple(Layer(name, name, "none") for name in names),
        preprocessing=f"luma, middle square resized to {hmax.SIDE} x {hmax.SIDE} (bilinear)",
        source=f"HMAX with {hmax.N_PATCHES} patches of each of {len(hmax.PATCHES)} sizes from"
        " photographs of scikit-image and scikit-learn",
        seed=seed,
    )


BUILDERS: dict[str, Callable[[Name, int, float], Built]] = {
    "pixels": _pixels,
    "gabor": _gabor,
    "hmax": _hmax,
}
