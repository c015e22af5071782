import pytest
import torch
import torchvision
from torch import nn

from ventralmap import routes
from ventralmap.errors import InputError


class Overwriting(nn.Module):
    """Overwrites a value in place after each step; `relu` runs twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.relu = nn.ReLU(inplace=True)
        self.ran_tail = 0
        self.tail = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.conv(x))
        x -= 0.2
        x = self.relu(x)
        x += 1
        return self.tail(x.mean(dim=(2, 3)))


class Branching(Overwriting):
    """Cannot be traced: what it does depends on the values."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x if x.sum() > 0 else -x)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(2, 3, 9, 9, generator=torch.Generator().manual_seed(0))


def read(make, network, nodes, images, *known):
    with torch.inference_mode():
        return make(network, nodes, *known)(images.clone())


@pytest.mark.parametrize("kind", [Overwriting, Branching])
def test_values_are_those_before_what_overwrites_them(kind, images):
    torch.manual_seed(0)
    network = kind().eval()
    conv, first, second = read(routes.route, network, ["conv", "relu", "relu_1"], images)
    with torch.inference_mode():
        expected = nn.functional.conv2d(images, network.conv.weight, network.conv.bias)
    assert torch.equal(conv, expected)
    assert conv.min() < 0
    assert torch.equal(first, expected.clamp(min=0))
    assert torch.equal(second, (expected.clamp(min=0) - 0.2).clamp(min=0))


def test_which_networks_have_a_graph():
    assert "relu_1" in routes.graph_nodes(Overwriting().eval())
    assert routes.graph_nodes(Branching().eval()) is None


@pytest.mark.parametrize("kind", [Overwriting, Branching])
def test_nothing_runs_after_the_last_node(kind, images, monkeypatch):
    network = kind().eval()
    monkeypatch.setattr(network.tail, "forward", lambda x: pytest.fail("the tail ran"))
    read(routes.route, network, ["relu"], images)


@pytest.mark.parametrize(
    ("architecture", "nodes"),
    [
        ("alexnet", ["features.0", "features.1", "features", "classifier.1", "classifier.6"]),
        ("resnet18", ["bn1", "relu", "layer1.0", "layer2.0.relu", "layer2.0.relu_1", "fc"]),
        ("mobilenet_v2", ["features.0", "features.3", "features.17", "features.17.conv.3"]),
        ("shufflenet_v2_x0_5", ["conv1", "stage2.1", "stage4", "fc"]),
    ],
)
def test_both_routes_give_equal_values(architecture, nodes):
    torch.manual_seed(0)
    network = torchvision.models.get_model(architecture, weights=None).eval()
    images = torch.rand(2, 3, 96, 96)
    graph = read(routes.by_graph, network, nodes, images, routes.graph_nodes(network))
    hooks = read(routes.by_hooks, network, nodes, images)
    for a, b in zip(graph, hooks, strict=True):
        # Hooks run normalisation by itself, the graph folds it: float32 rounding through all layers
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5 * float(b.abs().max()))
        assert a.is_contiguous()


def test_alexnet_before_its_relu_has_negative_values():
    torch.manual_seed(0)
    network = torchvision.models.alexnet(weights=None).eval()
    before, after = read(
        routes.route, network, ["features.0", "features.1"], torch.rand(1, 3, 96, 96)
    )
    assert before.min() < 0
    assert torch.equal(after, before.clamp(min=0))


def test_resnet_before_and_after_the_relu_of_a_block():
    torch.manual_seed(0)
    network = torchvision.models.resnet18(weights=None).eval()
    nodes = ["layer1.0.bn2", "layer1.0.add", "layer1.0.relu_1", "maxpool"]
    bn, added, after, shortcut = read(routes.route, network, nodes, torch.rand(1, 3, 96, 96))
    assert torch.equal(added, bn + shortcut)
    assert added.min() < 0
    assert torch.equal(after, added.clamp(min=0))


def test_hooks_are_removed(images):
    network = Branching().eval()
    read(routes.route, network, ["relu"], images)
    assert not network.relu._forward_hooks


@pytest.mark.parametrize("kind", [Overwriting, Branching])
def test_an_unknown_node_gets_a_hint(kind, images):
    with pytest.raises(InputError, match="no node 'cnv'; did you mean 'conv'"):
        routes.route(kind().eval(), ["cnv"])


def test_a_call_that_does_not_happen_is_named(images):
    with pytest.raises(InputError, match="does not run 'relu_7'"):
        read(routes.route, Branching().eval(), ["relu_7"], images)


@pytest.mark.parametrize("kind", [Overwriting, Branching])
def test_what_can_be_read_is_listed(kind):
    assert {"conv", "relu", "tail"} <= set(routes.names(kind().eval()))
