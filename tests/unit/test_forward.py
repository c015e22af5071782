from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from ventralmap import forward as module
from ventralmap import models, packing, routes
from ventralmap.forward import Forward
from ventralmap.models import Layer, Model

CPU = torch.device("cpu")
N_IMAGES = 7


class Tiny(nn.Module):
    """A convolution (8 channels), a rectifier, and a value twice as large in between."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.conv(x))
        return torch.cat([x, x], 1)[:, :8] * self.large

    large = 1.0


class Twisted(Tiny):
    """Cannot be traced."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x if x.sum() > -1e9 else -x)


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    random = np.random.default_rng(0)
    paths = [tmp_path / f"{i}.png" for i in range(N_IMAGES)]
    for path in paths:
        Image.fromarray(random.integers(0, 256, (12, 10, 3), dtype=np.uint8)).save(path)
    return paths


def pixels(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.asarray(image, dtype=np.float32) / 255).permute(2, 0, 1)


def model(network: nn.Module, *nodes: str) -> Model:
    layers = tuple(Layer(f"layer{i}", node) for i, node in enumerate(nodes))
    about = {"layers": layers, "preprocess": pixels, "network": network.eval()}
    return replace(models.load("pixels"), **about)


def shown(network: nn.Module, images: list[Path], *nodes: str, batch_size: int = 3) -> Forward:
    return Forward(model(network, *nodes), images, CPU, batch_size, "float32")


@pytest.mark.parametrize("kind", [Tiny, Twisted])
def test_values_are_written_to_their_places_and_are_the_same(images, kind):
    torch.manual_seed(0)
    found = shown(kind(), images, "conv", "relu", "relu")  # the last two are one node
    plain = [torch.cat(values) for values in zip(*found.features([0, 1, 2]), strict=True)]
    places = [torch.full((N_IMAGES, 960), torch.nan) for _ in range(3)]
    parts = list(found.features([0, 1, 2], [places[0], None, places[2]]))
    for place, value in zip(places[::2], plain[::2], strict=True):
        by_pixels = place.unflatten(1, (12, 10, 8))
        assert torch.equal(by_pixels.permute(0, 3, 1, 2).flatten(1), value)
    assert torch.equal(torch.cat([values[1] for values in parts]), plain[1])
    assert parts[1][0].data_ptr() == places[0][3].data_ptr()
    assert next(found.features([0]))[0].data_ptr() != places[0].data_ptr()


def test_a_cpu_takes_as_many_images_as_the_largest_value_allows(images, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2 * 4 * 8 * 12 * 10)  # two of 8 x 12 x 10, float32
    found = shown(Tiny(), images, "relu", batch_size=5)
    assert found.at_once == 2
    assert [len(values[0]) for values in found.features([0])] == [2, 2, 1, 2]
    assert shown(Tiny(), images, "mul").at_once == 1  # a value twice as large comes before


def test_values_of_any_size_go_one_image_at_a_time(images, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    assert shown(Tiny(), images, "relu").at_once == 1


def test_a_gpu_takes_the_batch(images):
    there = replace(shown(Tiny(), images, "relu", batch_size=5), device=torch.device("cuda"))
    assert there.at_once == 5


def wanted(found: Forward, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Say of each route that is made whether it is packed."""
    made, route = [], routes.route

    def spy(*args, packed=False):
        made.append(packed)
        return route(*args, packed=packed)

    monkeypatch.setattr(routes, "route", spy)
    found.count_units()
    made.clear()
    next(found.features([0]))
    return made


def test_convolutions_are_packed_where_they_can_be(images, monkeypatch):
    assert wanted(shown(Tiny(), images, "relu"), monkeypatch) == [packing.available()]


@pytest.mark.parametrize("large", [1e31, torch.inf, torch.nan])
def test_nothing_is_packed_where_values_may_not_be_finite(images, monkeypatch, large):
    network = Tiny()
    network.large = large
    assert wanted(shown(network, images, "mul"), monkeypatch) == [False]


def test_rounded_products_are_not_packed(images, monkeypatch):
    rounded = replace(shown(Tiny(), images, "relu"), precision="bf16")
    assert wanted(rounded, monkeypatch) == [False]


def test_without_the_operators_nothing_is_packed(images, monkeypatch):
    monkeypatch.setattr(packing, "available", lambda: False)
    assert wanted(shown(Tiny(), images, "relu"), monkeypatch) == [False]


def test_an_image_that_is_not_finite_shows_behind_a_rectifier(images):
    def broken(image: Image.Image) -> torch.Tensor:
        value = pixels(image)
        return value * torch.nan if torch.equal(value, last) else value

    last = pixels(Image.open(images[-1]))
    found = shown(Tiny(), images, "relu")
    found = replace(found, model=replace(found.model, preprocess=broken))
    values = torch.cat([values[0] for values in found.features([0])])
    assert values[:-1].isfinite().all()
    assert values[-1].isnan().all()
