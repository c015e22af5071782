import pytest
import torch
import torchvision
from torch import fx, nn

from ventralmap import packing, routes
from ventralmap.packing import Packed, pack_convolutions

needed = pytest.mark.skipif(not packing.available(), reason="torch without oneDNN's operators")
pytestmark = needed


class Net(nn.Module):
    """Convolutions before a ReLU of two calls, a ReLU6, a sum, and one that is asked for itself."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.relu = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(inplace=True)
        self.deep = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.block = nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU6(inplace=True))
        self.mirrored = nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.relu(self.stem(x))
        y = self.deep(x)
        return y, self.mirrored(self.block(self.relu(x - y)) * 9)


@pytest.fixture
def net() -> Net:
    torch.manual_seed(0)
    return Net().eval()


def packed(net: nn.Module) -> fx.GraphModule:
    graph = fx.symbolic_trace(net)
    pack_convolutions(graph)
    return graph


@pytest.mark.parametrize("n_images", [1, 5])
@pytest.mark.parametrize("form", [torch.contiguous_format, torch.channels_last])
def test_values_are_those_of_the_network(net, n_images, form):
    graph = packed(net)
    with torch.inference_mode():
        for n, side in ((n_images, 20), (2, 31)):  # packed for the first, right for the second
            images = torch.randn(n, 3, side, side).to(memory_format=form)
            for found, expected in zip(graph(images), net(images), strict=True):
                torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_rectifiers_go_where_nothing_else_uses_their_input(net):
    graph = packed(net)
    assert graph.stem.then == packing.RECTIFIERS[nn.ReLU]
    assert graph.deep.then == packing.NOTHING
    assert type(graph.mirrored) is nn.Conv2d  # which the operators cannot
    calls = [str(node.target) for node in graph.graph.nodes if node.op == "call_module"]
    assert calls.count("relu") == 1


def test_the_network_is_not_changed(net):
    before = {name: value.clone() for name, value in net.state_dict().items()}
    kinds = [type(module) for module in net.modules()]
    with torch.inference_mode():
        packed(net)(torch.randn(1, 3, 20, 20))
    assert [type(module) for module in net.modules()] == kinds
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())


def test_weights_are_packed_once_and_not_kept_twice(net):
    graph = packed(net)
    with torch.inference_mode():
        graph(torch.randn(1, 3, 20, 20))
        weight = graph.stem.weight
        graph(torch.randn(3, 3, 20, 20))
    assert isinstance(graph.stem, Packed)
    assert graph.stem.convolution is None
    assert graph.stem.weight is weight


@pytest.mark.parametrize("name", ["alexnet", "mobilenet_v2", "resnet18", "googlenet"])
def test_architectures_give_the_values_of_their_graphs(name):
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, weights=None, init_weights=True) if (
        name == "googlenet"
    ) else torchvision.models.get_model(name, weights=None)  # fmt: skip
    network.eval().to(memory_format=torch.channels_last)
    nodes = [node for node in routes.names(network) if "relu" in node or node.count(".") == 1]
    images = torch.rand(2, 3, 96, 96).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        plain = routes.route(network, nodes)(images)
        fast = routes.route(network, nodes, packed=True)(images)
    for a, b in zip(fast, plain, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-5 * float(b.abs().max()))
        assert a.is_contiguous()
