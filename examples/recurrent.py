"""A small recurrent network in the manner of CORnet: four areas that see their own past.

Each area adds its state of the step before to what the area below sends now (CORnet-RT; Kubilius
et al. 2018, https://doi.org/10.1101/408385). An area's output at a step is a layer: `IT@t2` is that
of the third step. No weights are published for this size, so the parameters are drawn at random.

    models: [examples/recurrent.py:build]
"""

import torch
from torch import nn
from torchvision import transforms

STEPS = 3
CHANNELS = {"V1": 16, "V2": 32, "V4": 64, "IT": 128}


class Area(nn.Module):
    """One area: its input at half the resolution, plus its own state, twice convolved."""

    def __init__(self, n_inputs: int, n_channels: int) -> None:
        super().__init__()
        self.input = nn.Conv2d(n_inputs, n_channels, 3, stride=2, padding=1)
        self.recurrent = nn.Conv2d(n_channels, n_channels, 3, padding=1)
        self.norm = nn.GroupNorm(4, n_channels)
        self.relu = nn.ReLU()

    def forward(self, below: torch.Tensor, state: torch.Tensor | None) -> torch.Tensor:
        """Return the area's output at this step, which is its state at the next."""
        x = self.relu(self.input(below))
        return self.relu(self.norm(self.recurrent(x if state is None else x + state)))


class Recurrent(nn.Module):
    """The areas, run for `STEPS` steps on a still image."""

    def __init__(self) -> None:
        super().__init__()
        inputs = [3, *CHANNELS.values()]
        for (name, n), n_inputs in zip(CHANNELS.items(), inputs, strict=False):
            self.add_module(name, Area(n_inputs, n))
        self.decoder = nn.Linear(CHANNELS["IT"], 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the scores of the last step, (image, 10)."""
        states: dict[str, torch.Tensor | None] = dict.fromkeys(CHANNELS)
        for _ in range(STEPS):
            below = images
            for name in CHANNELS:
                below = states[name] = getattr(self, name)(below, states[name])
        return self.decoder(below.mean(dim=(2, 3)))


def build():
    """Return network, preprocessing and layers: each area at each step, and the decoder."""
    preprocess = transforms.Compose([transforms.Resize((64, 64)), transforms.ToTensor()])
    layers = [f"{area}@t{step}" for area in CHANNELS for step in range(STEPS)]
    return Recurrent(), preprocess, [*layers, "decoder"]
