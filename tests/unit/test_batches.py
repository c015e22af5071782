from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ventralmap.batches import batches
from ventralmap.errors import InputError


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Seven images, the i-th of grey level i."""
    paths = [tmp_path / f"{i}.png" for i in range(7)]
    for level, path in enumerate(paths):
        Image.new("L", (4, 3), level).save(path)
    return paths


def as_tensor(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image, dtype=np.float32)).permute(2, 0, 1)


@pytest.mark.parametrize(
    ("batch_size", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (9, [7])]
)
def test_every_image_comes_once_and_in_order(images, batch_size, sizes):
    found = list(batches(images, as_tensor, batch_size))
    assert [len(batch) for batch in found] == sizes
    assert found[0].shape[1:] == (3, 3, 4)
    assert torch.cat(found)[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_an_unreadable_image_is_named(images):
    images[4].write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"4\.png: not an image"):
        list(batches(images, as_tensor, 2))
