import re

import numpy as np
import pytest
import torch
from torch import nn

from ventralmap import lesions, model_names, models, registry, routes
from ventralmap.errors import InputError
from ventralmap.files import write_json
from ventralmap.lesions import Lesion
from ventralmap.model_names import Variant


class Net(nn.Module):
    """One in-place ReLU twice; what the head gets is a sum."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1)
        self.relu, self.head = nn.ReLU(inplace=True), nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.conv1(x))
        return self.head(self.relu(self.conv2(x) + x).mean(dim=(2, 3)))


class Branching(Net):
    """Cannot be traced."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x if x.sum() > 0 else -x)


@pytest.fixture
def images():
    return torch.rand(2, 3, 9, 9, generator=torch.Generator().manual_seed(0))


def run(network, images, nodes, *lesion):
    with torch.inference_mode():
        return routes.route(network, nodes, lesion)(images.clone())


@pytest.mark.parametrize("kind", [Net, Branching])
def test_silent_channels_are_zero_in_the_layer_and_in_what_follows(kind, images):
    torch.manual_seed(0)
    network = kind().eval()
    lesion = Lesion("relu", torch.tensor([False, True, False, True]))
    conv, relu, after = run(network, images, ["conv1", "relu", "relu_1"], lesion)
    with torch.inference_mode():
        expected = network.conv1(images).relu()
        expected[:, [1, 3]] = 0
        last = (network.conv2(expected) + expected).relu()
    assert conv[:, 1].abs().sum() > 0  # what comes before is whole
    assert torch.equal(relu, expected)
    torch.testing.assert_close(after, last)


@pytest.mark.parametrize("kind", [Net, Branching])
def test_the_second_call_alone_can_be_silenced(kind, images):
    network = kind().eval()
    intact = run(network, images, ["relu"])[0]
    lesion = Lesion("relu_1", torch.ones(4, dtype=torch.bool))
    first, second, head = run(network, images, ["relu", "relu_1", "head"], lesion)
    assert torch.equal(first, intact)
    assert second.abs().max() == 0
    torch.testing.assert_close(head, network.head.bias.expand(2, 2))


def test_two_lesions_of_one_layer_add_up(images):
    network = Net().eval()
    both = [Lesion("relu", torch.arange(4) == k) for k in (0, 2)]
    (relu,) = run(network, images, ["relu"], *both)
    assert relu.sum(dim=(0, 2, 3)).eq(0).tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("shape", "axis"),
    [((1, 64, 7, 7), 1), ((1, 56, 56, 96), 3), ((1, 197, 768), 2), ((1, 1000), 1)],
)
def test_where_the_channels_are(shape, axis):
    assert lesions.channel_axis(shape) == axis


def test_the_share_is_drawn_by_the_seed():
    half = [lesions.draw("a", 40, Variant("lesion", ("a", "0.5", s)), 0).silent for s in "112"]
    assert [int(silent.sum()) for silent in half] == [20, 20, 20]
    assert torch.equal(half[0], half[1])
    assert not torch.equal(half[0], half[2])
    of_study = lesions.draw("a", 40, Variant("lesion", ("a", "0.5")), 1).silent
    assert torch.equal(of_study, half[0])
    assert lesions.draw("a", 40, Variant("lesion", ("a",)), 0).silent.all()


def test_the_channels_with_the_largest_weights_are_silent(tmp_path):
    name = "alexnet+untrained+lesion(conv3.relu,.01,by=V4)"
    variant = "lesion(conv3.relu,.01,by=V4)"
    weights = np.zeros(384)
    weights[[7, 100, 200, 380]] = [1.0, 3.0, 2.0, 0.5]
    write_json(tmp_path / "weights.json", {variant: weights.tolist()})
    readout = lesions.read_weights(tmp_path / "weights.json")
    (lesion,) = models.load(name, readout=readout).lesions
    assert np.flatnonzero(lesion.silent).tolist() == [7, 100, 200, 380]  # 3.84 rounded
    assert lesions.read_weights([]) == {}


def test_lesions_by_a_readout_are_told_from_those_by_a_seed():
    name = "net@W+untrained(2)+lesion(a,.5,by=IT)+lesion(b,.5,1)+avgpool"
    ((variant, area),) = model_names.by_readout(name).items()
    assert (str(variant), area) == ("lesion(a,.5,by=IT)", "IT")
    assert model_names.without_lesions(name) == "net@W+untrained(2)+avgpool"
    assert model_names.by_readout("net+lesion(a,.5,1)+lesion(b)") == {}
    assert model_names.of_slug(model_names.slug(name)) == name


def test_a_lesion_is_part_of_a_models_name():
    model = models.load("alexnet+untrained+lesion(conv3.relu,.25,3)+lesion(fc6.relu)")
    assert [lesion.node for lesion in model.lesions] == ["features.7", "classifier.2"]
    assert [int(lesion.silent.sum()) for lesion in model.lesions] == [96, 4096]
    assert registry.is_pretrained("alexnet+lesion(conv3.relu)")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("alexnet+lesion", "write '+lesion(<layer>)'"),
        ("alexnet+lesion(conv3.relu,2)", "is not possible; write"),
        ("alexnet+lesion(conv3.relu,0.0)", "is not possible; write"),
        ("alexnet+lesion(conv3.relu,.5,x)", "is not possible; write"),
        ("alexnet+lesion(conv3.relu,.5,by=)", "is not possible; write"),
        ("alexnet+untrained+lesion(conv3.relu,.5,by=V4)", "follows from responses to images"),
        ("alexnet+untrained+lesion(conv9.relu)", "has no layer 'conv9.relu'"),
        ("pixels+lesion(pixels)", "pixels has no variants"),
    ],
)
def test_lesions_that_cannot_be_are_named(name, message):
    with pytest.raises(InputError, match=re.escape(message)):
        models.load(name)
