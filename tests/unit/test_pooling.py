import re

import pytest
import torch
from torch import nn

from ventralmap import models, pooling
from ventralmap.errors import InputError

IMAGES = torch.rand(1, 3, 17, 17, generator=torch.Generator().manual_seed(0))


class Functional(nn.Module):
    """Calls max pooling in its code."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.max_pool2d(x, 2)


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("padding", [0, 1])
def test_the_geometry_stays(ceil, padding):
    pool = nn.MaxPool2d(3, 2, padding=padding, ceil_mode=ceil)
    network = nn.Sequential(nn.Sequential(pool), nn.AdaptiveMaxPool2d(2))
    before = [network[:1](IMAGES), network(IMAGES)]
    network = pooling.average(network, IMAGES, "m")
    assert [network[:1](IMAGES).shape, network(IMAGES).shape] == [v.shape for v in before]


def test_places_are_averaged_and_the_border_does_not_count():
    network = pooling.average(nn.Sequential(nn.MaxPool2d(2, padding=1)), IMAGES, "m")
    found = network(IMAGES)
    assert found[0, 0, 0, 0] == IMAGES[0, 0, 0, 0]
    torch.testing.assert_close(found[0, 0, 2, 2], IMAGES[0, 0, 3:5, 3:5].mean())


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (nn.Sequential(nn.Conv2d(3, 3, 1)), "has no max pooling"),
        (nn.Sequential(Functional()), "calls max pooling itself"),
        (nn.Sequential(nn.MaxPool2d(2, dilation=2)), "dilation"),
    ],
)
def test_what_cannot_be_replaced_is_refused(network, message):
    with pytest.raises(InputError, match=re.escape(message)):
        pooling.average(network, IMAGES, "m")


def test_it_is_a_variant_of_any_network():
    model = models.load("alexnet+untrained+avgpool", seed=2)
    twin = models.load("alexnet+untrained", seed=2)
    pools = [i for i, module in enumerate(twin.network.features) if "MaxPool" in str(module)]
    assert pools == [2, 5, 12]
    assert all(isinstance(model.network.features[i], nn.AvgPool2d) for i in pools)
    assert model.layers == twin.layers
    assert torch.equal(model.network.features[0].weight, twin.network.features[0].weight)
