"""A network without weight sharing, and the same one with it, to ask what sharing does.

Cells of a cortical map do not share their synapses as the places of a convolution do. Here every
place of a layer has filters of its own (locally connected layers; Pogodin et al. 2021,
https://arxiv.org/abs/2106.13031). Their parameters are drawn as those of convolutions are; with
weights trained elsewhere, load them in `build` and name them by `pretrained`.

    models: [examples/unshared.py:unshared, examples/unshared.py:shared]
"""

import math

import torch
from torch import nn
from torch.nn import functional
from torchvision import transforms

SIDE = 64
CHANNELS = (16, 32, 64)


class LocallyConnected2d(nn.Module):
    """A convolution whose filters differ from place to place.

    Parameters
    ----------
    n_inputs, n_channels
        Channels.
    side
        Of the input, in pixels.
    kernel, stride
        Of the filters; a border of half a filter is filled with zeros.
    """

    def __init__(self, n_inputs: int, n_channels: int, side: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.side = (side + 2 * (kernel // 2) - kernel) // stride + 1
        n_weights = n_inputs * kernel**2
        self.weight = nn.Parameter(torch.empty(self.side**2, n_channels, n_weights))
        bound = 1 / math.sqrt(n_weights)  # as that of torch's convolutions
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return (image, channel, y, x)."""
        places = functional.unfold(
            images, self.kernel, padding=self.kernel // 2, stride=self.stride
        )
        found = torch.einsum("pcw,nwp->ncp", self.weight, places)
        return found.unflatten(2, (self.side, self.side))


def unshared():
    """Return network, preprocessing and layers; each place with filters of its own."""
    return _build(LocallyConnected2d)


def shared():
    """Return the same with convolutions."""
    return _build(
        lambda n, m, side, kernel, stride: nn.Conv2d(
            n, m, kernel, stride, padding=kernel // 2, bias=False
        )
    )


def _build(layer):
    steps, side = [], SIDE
    for n_inputs, n_channels in zip((3, *CHANNELS), CHANNELS, strict=False):
        steps += [layer(n_inputs, n_channels, side, 5, 2), nn.ReLU()]
        side //= 2
    network = nn.Sequential(*steps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    preprocess = transforms.Compose([transforms.Resize((SIDE, SIDE)), transforms.ToTensor()])
    layers = [("layer1.relu", "1"), ("layer2.relu", "3"), ("layer3.relu", "5"), ("readout", "8")]
    return network, preprocess, layers
