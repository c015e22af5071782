import numpy as np
import pytest
import torch
from PIL import Image

from ventralmap import hmax, models, routes


@pytest.fixture(scope="module")
def model():
    return models.load("hmax", seed=1)


@pytest.fixture(scope="module")
def image():
    return torch.rand(1, 1, hmax.SIDE, hmax.SIDE, generator=torch.Generator().manual_seed(0))


def read(model, images):
    with torch.inference_mode():
        return routes.route(model.network, ["s1", "c1", "s2", "c2"])(images)


def test_it_has_the_layers_of_the_paper(model, image):
    s1, c1, _, c2 = read(model, image)
    assert [layer.name for layer in model.layers] == ["s1", "c1", "s2", "c2"]
    assert s1.shape == (1, 16 * 4 * 128**2)
    sides = [(128 - pool) // (pool // 2) + 1 for pool in hmax.POOLS]
    assert c1.shape == (1, 4 * sum(side**2 for side in sides))
    assert c2.shape == (1, 4 * hmax.N_PATCHES)


def test_s1_is_the_cosine_with_the_filter(image):
    cell = hmax.S1(11)
    with torch.inference_mode():
        found = cell(image)[0, 2, 60, 70]
    around = image[0, 0, 55:66, 65:76]
    expected = abs((around * cell.filters[2, 0]).sum()) / around.norm()
    assert found == pytest.approx(float(expected), rel=1e-4)


def test_filters_prefer_gratings_of_their_orientation():
    x = np.arange(hmax.SIDE)
    upright = np.tile(0.5 + 0.5 * np.cos(2 * np.pi * x / 5.6), (hmax.SIDE, 1))
    for values, preferred in ((upright, 0), (upright.T, 2)):
        with torch.inference_mode():
            found = hmax.S1(11)(torch.from_numpy(values.copy()).float()[None, None])
        assert int(found.mean(dim=(0, 2, 3)).argmax()) == preferred


def test_c1_is_the_largest_of_both_sizes_and_of_its_neighbourhood():
    values = torch.zeros(2, 1, 4, 16, 16)
    values[1, 0, 3, 5, 6] = 7
    found = hmax.C1(8)(values[0], values[1])
    assert found.shape == (1, 4, 3, 3)
    assert found[0, 3, :2, :2].tolist() == [[7, 7], [7, 7]]
    assert found.sum() == 4 * 7


def test_s2_falls_off_with_the_distance_from_the_patch():
    random = torch.Generator().manual_seed(0)
    band = torch.rand(1, 4, 6, 6, generator=random)
    patches = torch.stack([band[0, :, 1:5, 2:6], torch.rand(4, 4, 4, generator=random)])
    found = hmax.S2(patches)(band)
    assert found[0, 0, 1, 2] == pytest.approx(1, abs=1e-4)
    distance = ((band[0, :, 0:4, 1:5] - patches[1]) ** 2).sum()
    assert found[0, 1, 0, 1] == pytest.approx(float(torch.exp(-distance / 2)), rel=1e-3)


def test_c2_finds_a_pattern_wherever_it_is(model):
    random = np.random.default_rng(0)
    pattern = np.kron(random.random((8, 8)), np.ones((5, 5)))
    here, there = np.full((2, hmax.SIDE, hmax.SIDE), 0.5)
    here[40:80, 40:80] = pattern
    there[44:84, 36:76] = pattern  # moved within the neighbourhoods of C1
    images = torch.from_numpy(np.stack([here, there])).float()[:, None]
    s1, *_, c2 = read(model, images)
    moved = [float((v[0] - v[1]).norm() / v[0].norm()) for v in (s1, c2)]
    assert moved[1] < moved[0] / 4


def test_patches_are_cut_by_a_seed():
    first, again, other = (hmax.learn(seed) for seed in (1, 1, 2))
    assert [p.shape for p in first] == [(100, 4, n, n) for n in hmax.PATCHES]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


def test_the_seed_is_on_record(model):
    assert (model.seed, model.n_params) == (1, 0)
    assert model.preprocess(Image.new("RGB", (60, 40))).shape == (1, 128, 128)
