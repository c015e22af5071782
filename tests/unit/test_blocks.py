import pytest
import torch
import torchvision
from torch import nn
from torchvision.transforms.functional import to_tensor

from ventralmap import blocks, routes


def found(network: nn.Module) -> list[str]:
    return [
        layer.name for layer in blocks.find(network.eval(), lambda i: to_tensor(i)[:, :48, :48])
    ]


def test_a_plain_sequence_gives_each_weight_layer_with_its_activation():
    convolution = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    head = [nn.Dropout(), nn.Flatten(), nn.Linear(4 * 23 * 23, 5), nn.ReLU(), nn.Linear(5, 2)]
    network = nn.Sequential(nn.Sequential(*convolution, nn.Conv2d(4, 4, 1)), nn.Sequential(*head))
    assert found(network) == ["0.2", "0.4", "1.3", "1.4"]


class Shuffled(nn.Module):
    """Registers its layers in another order than it runs them, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.unused, self.first = (nn.Conv2d(3, 3, 1) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.first(x))


def test_layers_are_listed_as_they_run():
    assert found(Shuffled()) == ["first", "last"]


class Textbook(nn.Module):
    """Calls one ReLU and one pooling module again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 5, 3)
        self.fc1, self.fc2 = nn.Linear(500, 6), nn.Linear(6, 2)
        self.relu, self.pool = nn.ReLU(), nn.MaxPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        return self.fc2(self.relu(self.fc1(x.flatten(1))))


def test_one_relu_called_many_times_ends_a_layer_each_time():
    assert found(Textbook()) == ["relu", "relu_1", "relu_2", "fc2"]
    assert {"relu", "relu_1", "relu_2", "pool_1"} <= set(routes.names(Textbook().eval()))


def test_a_module_twice_in_a_plain_sequence_ends_a_layer_each_time():
    relu = nn.ReLU()
    network = nn.Sequential(nn.Conv2d(3, 4, 3), relu, nn.Conv2d(4, 4, 3), relu).eval()
    assert found(network) == ["1", "1_1"]
    images = torch.rand(1, 3, 12, 12)
    with torch.inference_mode():
        first, second = routes.route(network, ["1", "1_1"])(images)
        torch.testing.assert_close(first, network[:2](images))
        torch.testing.assert_close(second, network(images))


class Clashing(Textbook):
    """Has another module under the name that the second call of its ReLU would get."""

    def __init__(self) -> None:
        super().__init__()
        self.relu_1 = nn.ReLU()


def test_a_call_is_not_given_the_name_of_another_module():
    assert found(Clashing()) == ["relu@t0", "relu@t1", "relu@t2", "fc2"]


class Recurrent(nn.Module):
    """Runs a block with weights three times."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 7)  # larger: the block is no trunk
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for _ in range(3):
            x = self.block(x)
        return x


def test_the_calls_of_a_block_with_weights_are_time_steps():
    network = Recurrent().eval()
    assert found(network) == ["first", "block@t0", "block@t1", "block@t2"]
    images = torch.rand(1, 3, 12, 12)
    with torch.inference_mode():
        expected = network.block(network.block(network.first(images)))
        (step,) = routes.route(network, ["block@t1"])(images)
    torch.testing.assert_close(step, expected)


VGG11 = [1, 4, 7, 9, 12, 14, 17, 19]
DENSENET = ["denseblock1", "transition1", "denseblock2", "transition2", "denseblock3"]
RESNET34 = [f"layer{s}.{b}" for s, n in enumerate((3, 4, 6, 3), 1) for b in range(n)]


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        ("resnet34", ["relu", *RESNET34, "fc"]),
        (
            "vgg11",
            [f"features.{i}" for i in VGG11] + [f"classifier.{i}" for i in (1, 4, 6)],
        ),
        (
            "densenet121",
            [f"features.{part}" for part in ("relu0", *DENSENET, "transition3", "norm5")]
            + ["classifier"],
        ),
        (
            "mobilenet_v3_small",
            [f"features.{i}" for i in range(13)] + ["classifier.1", "classifier.3"],
        ),
    ],
)
def test_blocks_of_torchvisions_networks(architecture, expected):
    assert found(torchvision.models.get_model(architecture, weights=None)) == expected


def test_the_trunk_of_a_vision_transformer_is_opened():
    network = torchvision.models.VisionTransformer(48, 16, 3, 2, 64, 128, num_classes=2)
    blocks_ = [f"encoder.layers.encoder_layer_{i}" for i in range(3)]
    assert found(network) == ["conv_proj", *blocks_, "heads"]
