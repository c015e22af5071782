"""Batches of preprocessed images, decoded ahead by threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import torch
from PIL import Image

from ventralmap.images import open_rgb

Preprocess = Callable[[Image.Image], torch.Tensor]


def batches(
    images: Sequence[Path], preprocess: Preprocess, batch_size: int
) -> Iterator[torch.Tensor]:
    """Open and preprocess images, one batch ahead of the one in use.

    Parameters
    ----------
    images
        The image files.
    preprocess
        From an RGB image to a tensor (3, height, width).
    batch_size
        Images per batch; the last one may be smaller.

    Yields
    ------
    torch.Tensor
        Shape (image, 3, height, width), in the order of `images`.

    Raises
    ------
    InputError
        If an image is unreadable.
    """
    ahead: deque[list[Future[torch.Tensor]]] = deque()
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        for start in range(0, len(images), batch_size):
            group = images[start : start + batch_size]
            ahead.append([pool.submit(_read, path, preprocess) for path in group])
            if len(ahead) > 1:
                yield _stack(ahead.popleft())
        while ahead:
            yield _stack(ahead.popleft())


def _read(path: Path, preprocess: Preprocess) -> torch.Tensor:
    return preprocess(open_rgb(path))


def _stack(futures: list[Future[torch.Tensor]]) -> torch.Tensor:
    return torch.stack([future.result() for future in futures])
