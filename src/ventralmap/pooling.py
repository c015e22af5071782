"""The variant `+avgpool`: what a network would be if its pooling took means."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from ventralmap.errors import InputError

_MAX_POOL = ("max_pool2d", "adaptive_max_pool2d")


def average(network: nn.Module, images: torch.Tensor, name: str) -> nn.Module:
    """Replace the maximum pooling of a network by average pooling of the same geometry.

    Places beyond the border of an image count in neither.

    Parameters
    ----------
    network
        Changed in place: modules keep their names.
    images
        Something that it takes, with which it is run once.
    name
        Of the model, for messages.

    Raises
    ------
    InputError
        If there is no maximum pooling, or some that cannot be replaced.
    """
    replaced = 0
    for parent in list(network.modules()):
        for own, child in list(parent.named_children()):
            if isinstance(child, nn.MaxPool2d | nn.AdaptiveMaxPool2d):
                parent.set_submodule(own, _averaging(child, name), strict=True)
                replaced += 1
    with torch.inference_mode(), _Watch() as watch:
        network(images)
    if watch.pooled:
        raise InputError(
            f"model '{name}': its code calls max pooling itself, which cannot be replaced; "
            "leave out '+avgpool', or use a plug-in with modules of pooling"
        )
    if not replaced:
        raise InputError(f"model '{name}': has no max pooling to replace; leave out '+avgpool'")
    return network


def _averaging(pool: nn.MaxPool2d | nn.AdaptiveMaxPool2d, name: str) -> nn.Module:
    if pool.return_indices or getattr(pool, "dilation", 1) not in (1, (1, 1)):
        raise InputError(
            f"model '{name}': a max pooling with dilation or indices has no average of the same "
            "geometry; leave out '+avgpool'"
        )
    if isinstance(pool, nn.AdaptiveMaxPool2d):
        return nn.AdaptiveAvgPool2d(pool.output_size)
    return nn.AvgPool2d(
        pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, count_include_pad=False
    )


class _Watch(TorchFunctionMode):
    """Notes whether max pooling is called."""

    def __init__(self) -> None:
        super().__init__()
        self.pooled = False

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.pooled |= getattr(function, "__name__", "").removesuffix("_with_indices") in _MAX_POOL
        return function(*args, **(kwargs or {}))
