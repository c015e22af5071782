"""Fits find the Gabor functions that filters were made of."""

from dataclasses import replace

import numpy as np
import pytest

from ventralmap import gabor_fits
from ventralmap.gabors import gabor


def made(size=11, frequency=0.2, sigma_x=1.5, sigma_y=2.5, degrees=30.0, phase=60.0):
    turned, own = np.radians(degrees), np.radians(phase)
    return gabor(size, 1 / frequency, sigma_x, turned, own, sigma_x / sigma_y)


@pytest.mark.parametrize(
    ("degrees", "phase", "frequency"), [(30.0, 60.0, 0.2), (100.0, 0.0, 0.25), (0.0, 90.0, 0.15)]
)
def test_a_gabor_function_is_found_again(degrees, phase, frequency):
    image = made(degrees=degrees, phase=phase, frequency=frequency)
    found = gabor_fits.fit(image)
    assert found.explained == pytest.approx(1, abs=1e-6)
    assert (found.n_x, found.n_y) == pytest.approx((1.5 * frequency, 2.5 * frequency), rel=1e-3)
    assert found.frequency == pytest.approx(frequency, rel=1e-3)
    off = (found.orientation - degrees + 90) % 180 - 90
    assert off == pytest.approx(0, abs=0.1)
    assert found.phase == pytest.approx(phase, abs=0.5)
    assert found.verdict(11) == "good"


def test_the_fit_does_not_depend_on_sign_scale_or_place():
    image = made()
    moved = np.roll(image, (1, -1), (0, 1))
    for other in (-image, 100 * image, moved):
        found = gabor_fits.fit(other)
        assert (found.n_x, found.n_y) == pytest.approx((0.3, 0.5), rel=0.05)


def test_turning_a_filter_turns_the_fit():
    found, turned = gabor_fits.fit(made()), gabor_fits.fit(np.rot90(made(), -1))
    assert (turned.orientation - found.orientation) % 180 == pytest.approx(90, abs=0.1)
    assert (turned.n_x, turned.n_y) == pytest.approx((found.n_x, found.n_y), rel=1e-3)


def test_noise_is_explained_as_much_as_the_residual_says():
    noise = np.random.default_rng(0).normal(size=(7, 7))
    found = gabor_fits.fit(noise)
    assert 0 < found.explained < gabor_fits.EXPLAINED
    assert found.verdict(7) == "poor"


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "good"),
        ({"explained": 0.69}, "poor"),
        ({"sigma_y": 0.5}, "narrow"),
        ({"sigma_x": 7.0}, "wide"),
        ({"frequency": 0.5}, "fine"),
    ],
)
def test_fits_that_tell_little_are_not_good(changed, verdict):
    plain = gabor_fits.GaborFit(30.0, 0.2, 1.5, 2.5, 60.0, 0.9)
    assert replace(plain, **changed).verdict(7) == verdict


def test_the_peak_of_the_spectrum_is_that_of_a_grating():
    y, x = np.mgrid[:16, :16]
    ((angle, frequency), *_) = gabor_fits.peaks(np.cos(2 * np.pi * (3 * x + 4 * y) / 32 + 0.3), 2)
    assert frequency == pytest.approx(5 / 32, abs=0.01)
    assert angle == pytest.approx(np.degrees(np.arctan2(4, 3)), abs=3)


def test_a_spectrum_has_a_peak_even_at_the_highest_frequency():
    board = np.indices((3, 3)).sum(axis=0) % 2 * 2.0 - 1
    assert gabor_fits.peaks(board)[0][1] > 0.4
