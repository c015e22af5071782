"""Units that recordings are simulated from, read off a network as it runs."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from ventralmap import models, routes
from ventralmap.errors import InputError
from ventralmap.recovery import units

LAYERS = ["conv1.relu", "layer2.0.relu_1", "fc"]
SIDE, N = 32, 7


def small(image):
    values = np.asarray(image.resize((SIDE, SIDE)), dtype=np.float32) / 127.5 - 1
    return torch.from_numpy(values).permute(2, 0, 1)


@pytest.fixture(scope="module")
def model():
    return replace(models.load("resnet18+untrained", layers=LAYERS), preprocess=small)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    for i in range(N):
        coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(folder / f"s{i}.png")
    return sorted(folder.glob("*.png"))


def pool(model, images, **settings):
    ids = [path.stem for path in images]
    return units.pool(model, images, ids, n_units=11, device="cpu", **settings)


def test_drive_is_that_of_the_whole_feature_maps(model, images):
    found = pool(model, images, seed=3)
    assert found["drive"].dims == ("layer", "stimulus", "unit")
    assert found["layer"].values.tolist() == LAYERS
    read = routes.route(model.network, [layer.node for layer in model.layers])
    batch = torch.stack([small(Image.open(path)) for path in images])
    with torch.inference_mode():
        values = [value.numpy() for value in read(batch)]
    for name, value in zip(LAYERS, values, strict=True):
        maps = value if value.ndim == 4 else value[:, :, None, None]
        expected = units._draw(name, maps.shape[1:], 11, 3).drive(maps)
        own = found["drive"].sel(layer=name).values
        varying = ~np.isnan(own[0])
        np.testing.assert_allclose(own[:, varying], expected[:, varying], atol=1e-3)
        np.testing.assert_allclose(own[:, varying].std(axis=0), 1, atol=1e-4)
        assert varying.sum() > 5


def test_passes_change_nothing(model, images):
    whole, parts = pool(model, images), pool(model, images, memory_gb=1e-9)
    np.testing.assert_array_equal(whole["drive"], parts["drive"])


def test_another_seed_draws_other_units(model, images):
    one, other = (pool(model, images, seed=seed)["drive"].values for seed in (0, 1))
    assert not np.allclose(one[0], other[0], equal_nan=True)


def test_a_layer_that_does_not_vary_is_named(model, images):
    with pytest.raises(InputError, match=r"no unit of layer 'conv1\.relu' varies"):
        pool(model, [images[0]] * 4)
