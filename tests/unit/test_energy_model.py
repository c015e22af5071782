import numpy as np
import pytest
import torch
from PIL import Image

from ventralmap import energy_model as v1
from ventralmap import models
from ventralmap.model_names import is_control

DEGREES = 8.0


def grating(frequency, orientation, phase=0.0, contrast=1.0, degrees=DEGREES):
    """A sinusoid of so many cycles per degree, its phase that at the middle of the grid."""
    place = (np.arange(v1.SIDE) - v1.SIDE // 2) * degrees / v1.SIDE
    x, y = np.meshgrid(place, place)
    along = x * np.cos(orientation) + y * np.sin(orientation)
    values = contrast * np.cos(2 * np.pi * frequency * along + phase)
    return torch.from_numpy(values).float()[None, None]


def at_middle(network, image):
    """Even and odd responses at the middle of the image: (frequency, orientation) each."""
    with torch.inference_mode():
        pairs = [scale(image) for scale in network.scales]
    middle = [(e[0, :, h, h], o[0, :, h, h]) for e, o in pairs for h in [e.shape[-1] // 2]]
    return (torch.stack(values).numpy() for values in zip(*middle, strict=True))


@pytest.fixture(scope="module")
def network():
    return v1.EnergyModel(DEGREES).eval()


def test_frequencies_are_those_that_the_images_can_show():
    assert v1.frequencies(8) == [0.5, 1, 2, 4]
    assert v1.frequencies(2.9) == [2, 4, 8]


@pytest.mark.parametrize("f", range(4))
@pytest.mark.parametrize("o", [0, 3, 5])
def test_the_filter_of_a_grating_answers_most_and_by_its_contrast(network, f, o):
    image = grating(v1.frequencies(DEGREES)[f], v1.orientations()[o], 0.4, contrast=0.5)
    even, odd = at_middle(network, image)
    energy = np.hypot(even, odd)
    assert np.unravel_index(energy.argmax(), energy.shape) == (f, o)
    assert energy[f, o] == pytest.approx(0.5, abs=0.04)


def test_the_even_and_the_odd_filter_answer_as_cosine_and_sine(network):
    for phase in (0.0, 0.9, 2.5):
        even, odd = at_middle(network, grating(2, 0, phase))
        # the grid's middle sample lies half a stride off at most
        assert np.hypot(even[2, 0], odd[2, 0]) == pytest.approx(1, abs=0.02)
        turned = np.angle(np.exp(1j * (np.arctan2(odd[2, 0], even[2, 0]) + phase)))
        assert abs(turned) < 0.02


def test_complex_cells_do_not_mind_the_phase_and_simple_cells_do(network):
    pairs = []
    with torch.inference_mode():
        for phase in np.linspace(0, 2 * np.pi, 8, endpoint=False):
            image = grating(1, v1.orientations()[2], phase)
            even, odd = network.scales[1](image)
            middle = even.shape[-1] // 2
            pair = [(v[:, 2:3, middle : middle + 1, middle : middle + 1]) for v in (even, odd)]
            pairs.append((network.simple([pair]).numpy(), network.complex([pair]).numpy()))
    simple, complex_ = (np.concatenate(values) for values in zip(*pairs, strict=True))
    assert np.ptp(complex_) < 0.03 * complex_.mean()
    assert (simple.min(axis=0) == 0).all()
    assert (simple.max(axis=0) > 0.9).all()


def test_filters_have_no_mean_and_see_nothing_in_grey(network):
    for scale in network.scales:
        assert scale.filters.dtype == torch.float32
        assert scale.filters.sum(dim=(1, 2, 3)).abs().max() < 1e-5
    with torch.inference_mode():
        assert network(torch.zeros(1, 1, v1.SIDE, v1.SIDE)).abs().max() == 0


def test_normalised_cells_saturate_with_contrast_and_keep_their_tuning(network):
    normalised = v1.EnergyModel(DEGREES, normalised=True).eval()
    with torch.inference_mode():
        answers = []
        for contrast in (0.05, 0.5, 1.0):
            pair = normalised.scales[1](grating(1, v1.orientations()[1], contrast=contrast))
            even, odd = v1._normalise(*pair)
            middle = even.shape[-1] // 2
            answers.append(v1._energy(even, odd)[0, :, middle, middle].sqrt())
    low, half, full = (float(answer[1]) for answer in answers)
    assert all(int(answer.argmax()) == 1 for answer in answers)
    assert low > 0.05 * full * 2  # more than in proportion to contrast
    assert full < 1.2 * half


def test_luminance_is_the_middle_square_about_mid_grey():
    image = Image.new("RGB", (200, 100), (255, 255, 255))
    image.paste((0, 0, 0), (0, 0, 50, 100))  # left of the middle square
    assert torch.equal(v1.luminance(image), torch.ones(1, v1.SIDE, v1.SIDE))
    assert v1.luminance(Image.new("RGB", (9, 9), (0, 0, 0))).min() == -1


def test_it_is_a_model_like_any_other():
    model = models.load("gabor", degrees=2.9)
    assert [layer.name for layer in model.layers] == ["simple", "complex"]
    assert "at 2, 4, 8 cycles per degree of 2.9 degrees" in model.source
    assert (model.n_params, is_control("gabor+normalised")) == (0, True)
    assert models.load("gabor+normalised").network.normalised
