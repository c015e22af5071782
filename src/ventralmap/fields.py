"""How much of an image a unit sees: its receptive field, theoretical and effective.

The theoretical field of a unit is where the image could change its value. NaN is sent back from it
as its gradient: every pixel that it depends on gets NaN, whatever the weights. So that no path is
closed by values that happen to be negative, rectifications pass everything and maxima are means.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from ventralmap import routes
from ventralmap.lesions import channel_axis
from ventralmap.models import Model

EFFECTIVE = 0.0455
"""Share of the largest gradient below which a pixel counts as unseen (Luo et al. 2016): a Gaussian
has fallen to it some two and a half standard deviations away."""


@dataclass(frozen=True)
class Field:
    """What the units in the middle of a layer see.

    Attributes
    ----------
    theoretical
        Side of the smallest square that holds every pixel that they depend on.
    effective
        Root of the number of pixels whose gradient is at least `EFFECTIVE` of the largest, that is
        the side of a square of their area; NaN where there is no gradient.
    image
        Side of the image. A field may end at its border.
    """

    theoretical: float
    effective: float
    image: int

    @property
    def whole(self) -> bool:
        """Whether the units depend on pixels at opposite borders."""
        return self.theoretical >= self.image


def measure(model: Model, n_images: int = 4, seed: int = 0) -> list[Field]:
    """Measure the receptive fields of the layers of a model.

    Parameters
    ----------
    model
        Its network is run on the CPU, once for each layer and image.
    n_images
        Images of uniform noise over which squared gradients are averaged for the effective field.
    seed
        Of the noise.

    Returns
    -------
    list of Field
        One for each layer.
    """
    random = np.random.default_rng(seed)
    nodes = [layer.node for layer in model.layers]
    with _exact():
        seen = [_support(grad) for grad in _gradients(model, nodes, random, torch.nan)]
    energy = [np.zeros_like(support, dtype=float) for support in seen]
    for _ in range(n_images):
        for total, grad in zip(energy, _gradients(model, nodes, random, 1.0), strict=True):
            total += grad.numpy().astype(float) ** 2
    return [
        Field(_extent(support), _effective(total), max(support.shape))
        for support, total in zip(seen, energy, strict=True)
    ]


@contextmanager
def _exact() -> Iterator[None]:
    """Leave out oneDNN, whose shortcuts spread NaN beyond a filter."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="TF32 acceleration")  # of other devices
        with torch.backends.mkldnn.flags(enabled=False):
            yield


def _gradients(
    model: Model, nodes: Sequence[str], random: np.random.Generator, weight: float
) -> list[torch.Tensor]:
    """Gradients of the units in the middle with respect to a noise image, each (y, x)."""
    from PIL import Image

    noise = random.integers(256, size=(256, 256, 3), dtype=np.uint8)
    image = model.preprocess(Image.fromarray(noise))[None].requires_grad_()
    run = routes.route(model.network, nodes)  # traced before functions are changed
    with torch.enable_grad(), _Open(enabled=bool(np.isnan(weight))):
        values = run(image)
        return [_back(value, image, weight, random) for value in values]


def _back(
    value: torch.Tensor, image: torch.Tensor, weight: float, random: np.random.Generator
) -> torch.Tensor:
    """Send a weight, or signs by chance times it, back from the units in the middle."""
    seed = torch.zeros_like(value)
    signs = random.choice([-1.0, 1.0], size=tuple(value.shape))
    middle = _middle(value)
    seed[middle] = weight * torch.from_numpy(signs)[middle].to(value.dtype)
    (grad,) = torch.autograd.grad(value, image, seed, retain_graph=True, allow_unused=True)
    return torch.zeros(image.shape[-2:]) if grad is None else grad[0].sum(dim=0)


def _middle(value: torch.Tensor) -> tuple[slice, ...]:
    """All channels in the middle of a map; all units of what is no map."""
    if value.ndim != 4:
        return (slice(None),) * value.ndim
    spatial = {1, 2, 3} - {channel_axis(tuple(value.shape))}
    return tuple(
        slice(value.shape[axis] // 2, value.shape[axis] // 2 + 1)
        if axis in spatial
        else slice(None)
        for axis in range(4)
    )


def _support(grad: torch.Tensor) -> NDArray[np.bool_]:
    return torch.isnan(grad).numpy()


def _extent(support: NDArray[np.bool_]) -> float:
    """Side of the smallest square around all pixels that are seen."""
    sides = [np.flatnonzero(support.any(axis=axis)) for axis in (0, 1)]
    return float(max(np.ptp(side) + 1 if len(side) else 0 for side in sides))


def _effective(energy: NDArray[np.float64]) -> float:
    size = np.sqrt(energy)
    return float(np.sqrt((size >= EFFECTIVE * size.max()).sum())) if size.max() > 0 else np.nan


def _pass(value: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
    return value


def _mean_pool(
    value: torch.Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    *args: Any,
    **kw: Any,
) -> torch.Tensor:
    ceil = bool(kw.get("ceil_mode", args[1] if len(args) > 1 else False))
    return functional.avg_pool2d(value, kernel_size, stride or kernel_size, padding, ceil)


OPEN: dict[str, Callable[..., torch.Tensor]] = {
    **dict.fromkeys(
        ("relu", "relu_", "relu6", "hardtanh", "hardtanh_", "threshold", "clamp", "clip"), _pass
    ),
    **dict.fromkeys(("hardswish", "hardsigmoid", "clamp_", "leaky_relu", "elu"), _pass),
    "max_pool2d": _mean_pool,
    "adaptive_max_pool2d": lambda value, size, *_, **__: functional.adaptive_avg_pool2d(
        value, size
    ),
    "maximum": lambda a, b: a + b,
    "amax": lambda value, dim=(), keepdim=False: value.sum(dim, keepdim),
}
"""What is done instead of functions that let gradients through in places only."""


def opened() -> TorchFunctionMode:
    """Leave out rectifications, and take means for maxima, in what is computed within."""
    return _Open(enabled=True)


class _Open(TorchFunctionMode):
    """Opens the paths that rectifications and maxima may close."""

    def __init__(self, enabled: bool) -> None:
        super().__init__()
        self.enabled = enabled

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        instead = OPEN.get(getattr(function, "__name__", "")) if self.enabled else None
        return (instead or function)(*args, **(kwargs or {}))
