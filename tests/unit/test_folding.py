import pytest
import torch
from torch import fx, nn

from ventralmap.folding import fold_batch_norm


class Net(nn.Module):
    """A convolution with its own normalisation, a sequence, and a convolution used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)
        self.block = nn.Sequential(nn.Conv2d(4, 5, 1), nn.BatchNorm2d(5), nn.ReLU(inplace=True))
        self.shared, self.other = nn.Conv2d(5, 5, 1), nn.BatchNorm2d(5)
        self.free = nn.BatchNorm2d(5, track_running_stats=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.block(self.norm(self.conv(x)))
        y = self.shared(x)
        return self.free(self.shared(y + self.other(y)))


@pytest.fixture
def net() -> Net:
    torch.manual_seed(0)
    made = Net().eval()
    for norm in (made.norm, made.block[1], made.other):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.1, 2)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    return made


def traced(net: nn.Module, leaves: bool) -> fx.GraphModule:
    tracer = fx.Tracer()
    leaf = tracer.is_leaf_module
    tracer.is_leaf_module = lambda m, name: leaf(m, name) or (leaves and name == "block")
    return fx.GraphModule(net, tracer.trace(net)).eval()


def kinds(module: nn.Module) -> list[str]:
    return [type(part).__name__ for part in module.modules() if not list(part.children())]


@pytest.mark.parametrize("leaves", [True, False])
def test_values_stay_and_the_passes_over_them_go(net, leaves):
    images = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    folded = traced(net.double(), leaves)
    with torch.inference_mode():
        expected = net(images)
        fold_batch_norm(folded)
        torch.testing.assert_close(folded(images), expected, rtol=1e-12, atol=1e-12)
    used = {str(n.target) for n in folded.graph.nodes if n.op == "call_module"}
    assert not {"norm", "block.1"} & used
    assert {"other", "free"} <= used  # not after a convolution alone; without constants
    assert not leaves or "BatchNorm2d" not in kinds(folded.get_submodule("block"))


def test_the_network_keeps_its_weights(net):
    before = {name: value.clone() for name, value in net.state_dict().items()}
    fold_batch_norm(traced(net, True))
    after = net.state_dict()
    assert kinds(net).count("BatchNorm2d") == 4
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_a_convolution_that_is_asked_for_is_not_changed():
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
            self.norm.running_var.fill_(9.0)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            y = self.conv(x)
            return y, self.norm(y)

    both = Both().eval()
    images = torch.randn(1, 3, 5, 5)
    graph = fx.symbolic_trace(both)
    fold_batch_norm(graph)
    with torch.inference_mode():
        for found, expected in zip(graph(images), both(images), strict=True):
            assert torch.equal(found, expected)
