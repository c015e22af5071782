import numpy as np
import pytest
import torch
from torch import nn
from torchvision.transforms.functional import to_tensor

from ventralmap import fields, models
from ventralmap.models import Model
from ventralmap.registry import Layer


def model(network: nn.Module, *nodes: str, side: int = 48) -> Model:
    return Model(
        name="net",
        network=network.eval(),
        preprocess=lambda image: to_tensor(image)[:, :side, :side],
        layers=tuple(Layer(node, node) for node in nodes),
        preprocessing="",
        source="",
        weights_sha256="",
        n_params=0,
    )


def dead(network: nn.Module) -> nn.Module:
    """Let the first rectification be closed everywhere."""
    nn.init.constant_(network[0].bias, -100.0)
    return network


def sizes(network, *nodes):
    return [field.theoretical for field in fields.measure(model(network, *nodes), n_images=1)]


def test_fields_grow_by_kernels_and_strides():
    """Side = 1 + sum over layers of (kernel - 1) x product of the strides before it."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 5, padding=2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 4, 3, padding=1, dilation=2),
        nn.BatchNorm2d(4),
        nn.ReLU6(),
        nn.Conv2d(4, 4, 3, stride=2),
    )
    assert sizes(dead(network), "1", "2", "5", "6") == [5, 6, 6 + 4 * 2, 14 + 2 * 2]


def test_rectifications_that_are_functions_are_nodes_too():
    class Rectified(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 5, padding=2)

        def forward(self, image):
            return nn.functional.relu(self.conv(image)).mean((2, 3))

    assert sizes(Rectified(), "conv", "relu") == [5, 5]


def test_pooling_over_the_image_sees_all_of_it():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    )
    found = fields.measure(model(network, "0", "3"), n_images=1)
    assert [field.whole for field in found] == [False, True]
    assert found[1].theoretical == 48


def test_known_sizes_of_alexnet():
    """11, 51, 99, 131, 163: see e.g. Araujo et al. (2019), doi 10.23915/distill.00021."""
    alexnet = models.load("alexnet+untrained", layers=[f"conv{i}.relu" for i in range(1, 6)])
    found = fields.measure(alexnet, n_images=1)
    assert [field.theoretical for field in found] == [11, 51, 99, 131, 163]


def test_the_effective_field_is_that_of_the_weights():
    """A filter that is a Gaussian falls to the share where its exponent says."""
    sigma, place = 3.0, np.arange(31) - 15
    values = np.exp(-(place[:, None] ** 2 + place**2) / (2 * sigma**2))
    network = nn.Sequential(nn.Conv2d(3, 1, 31, padding=15))
    with torch.no_grad():
        network[0].weight.copy_(torch.from_numpy(values).float().expand(1, 3, 31, 31))
    (found,) = fields.measure(model(network, "0"), n_images=1)
    area = np.pi * sigma**2 * 2 * np.log(1 / fields.EFFECTIVE)
    assert found.effective == pytest.approx(np.sqrt(area), rel=0.03)
    assert found.theoretical == 31


@pytest.mark.parametrize(("name", "expected"), [("gabor", None), ("pixels", 64)])
def test_controls_have_fields_too(name, expected):
    found = fields.measure(models.load(name), n_images=1)
    assert all(field.theoretical > 0 for field in found)
    assert expected is None or found[0].theoretical == expected
