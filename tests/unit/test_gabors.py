import numpy as np
import pytest
from skimage.filters import gabor_kernel

from ventralmap.gabors import ONE_OCTAVE, gabor, odd_size


@pytest.mark.parametrize("orientation", [0.0, 0.7, np.pi / 2])
def test_gabors_are_those_of_scikit_image(orientation):
    kernel = gabor_kernel(0.1, theta=orientation, sigma_x=4, sigma_y=8, n_stds=3, dtype=complex)
    size = min(kernel.shape) // 2 * 2 - 1
    top, left = ((n - size) // 2 for n in kernel.shape)
    middle = kernel[top : top + size, left : left + size]
    made = gabor(size, 10, 4, orientation, aspect=0.5)
    np.testing.assert_allclose(made, middle.real * 2 * np.pi * 32, atol=1e-12)


def test_one_octave_is_the_width_at_half_height():
    """The transfer of a Gabor is a Gaussian about its frequency, of width 1 / (2 pi sigma)."""
    size, wavelength = 801, 20.0
    kernel = gabor(size, wavelength, ONE_OCTAVE * wavelength, 0.0)
    spectrum = np.abs(np.fft.rfft(kernel.sum(axis=0)))
    passed = np.fft.rfftfreq(size)[spectrum > spectrum.max() / 2]
    assert np.log2(passed.max() / passed.min()) == pytest.approx(1, abs=0.05)


def test_grids_have_a_middle_and_hold_the_envelope():
    assert odd_size(2.0) == 13
    assert odd_size(2.1) == 15
