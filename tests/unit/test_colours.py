"""Colours that differ for everybody, and in grey."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from ventralmap.figures import opinions, style

# Viénot, Brettel & Mollon (1999), Color Res. Appl. 24:243: cones of linear RGB, and what is left of
# them without long- or middle-wave cones.
CONES = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
WITHOUT = {
    "protanopia": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deuteranopia": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
WHITE = TO_XYZ.sum(axis=1)
NOTICEABLE = 10
"""CIELAB distance that is seen at a glance; 2.3 is just noticeable (Mahy et al. 1994)."""


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB of linear RGB (CIE 1976)."""
    t = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour, kind):
    rgb = linear(colour)
    return lab(rgb if kind == "all" else np.linalg.inv(CONES) @ WITHOUT[kind] @ CONES @ rgb)


def test_lab_of_known_colours():
    np.testing.assert_allclose(lab(linear("white")), [100, 0, 0], atol=1e-3)
    np.testing.assert_allclose(lab(linear("red")), [53.24, 80.09, 67.20], atol=0.02)


def test_red_and_green_look_alike_without_middle_cones():
    red, green = "#BF5A20", "#8A7A20"
    apart, alike = (
        np.linalg.norm(seen(red, kind) - seen(green, kind)) for kind in ("all", "deuteranopia")
    )
    assert alike < apart / 2


@pytest.mark.parametrize("kind", ["all", "deuteranopia", "protanopia"])
@pytest.mark.parametrize("pair", list(combinations(style.PALETTE, 2)), ids="-".join)
def test_any_two_colours_of_the_palette_differ(kind, pair):
    first, second = (seen(colour, kind) for colour in pair)
    assert np.linalg.norm(first - second) > NOTICEABLE


@pytest.mark.parametrize("name", [style.SEQUENTIAL, "Greys"])
def test_scales_go_one_way_in_grey(name):
    lightness = [lab(linear(colormaps[name](x)))[0] for x in np.linspace(0, 1, 30)]
    steps = np.diff(lightness)
    assert (steps > 0).all() or (steps < 0).all()


def test_curves_that_share_a_panel_differ_without_colour():
    markers = [marker for _, marker, _ in opinions.METHODS.values()]
    dashes = [str(dashes) for _, _, dashes in opinions.METHODS.values()]
    assert len(set(markers)) == len(set(dashes)) == len(opinions.METHODS)
    models = ["net", "net+untrained", "pixels", "gabor", "hmax"]
    assert len({str(style.line_of(model).dashes) for model in models}) == len(models)
    assert len(style.MARKERS) == len(set(style.MARKERS)) >= len(style.PALETTE)
