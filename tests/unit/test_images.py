from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ventralmap.errors import InputError
from ventralmap.images import open_rgb


def pixel(path: Path) -> tuple[int, ...]:
    image = open_rgb(path)
    assert image.mode == "RGB"
    return image.getpixel((0, 0))


def test_rgb_is_kept(tmp_path: Path):
    values = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    np.testing.assert_array_equal(np.asarray(open_rgb(tmp_path / "a.png")), values)


def test_grey_is_copied_to_the_channels(tmp_path: Path):
    Image.new("L", (3, 3), 77).save(tmp_path / "a.png")
    assert pixel(tmp_path / "a.png") == (77, 77, 77)


def test_a_palette_is_looked_up(tmp_path: Path):
    image = Image.new("P", (3, 3), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.save(tmp_path / "a.png")
    assert pixel(tmp_path / "a.png") == (10, 200, 30)


@pytest.mark.parametrize(("stored", "shown"), [(0, 0), (257, 1), (32896, 128), (65535, 255)])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bits_are_scaled_to_8(tmp_path: Path, stored, shown, suffix):
    Image.fromarray(np.full((3, 3), stored, dtype=np.uint16)).save(tmp_path / f"a.{suffix}")
    assert pixel(tmp_path / f"a.{suffix}") == (shown, shown, shown)


@pytest.mark.parametrize(
    ("alpha", "shown"), [(255, (200, 100, 0)), (0, (128, 128, 128)), (51, (142, 122, 102))]
)
def test_transparent_pixels_show_mid_grey(tmp_path: Path, alpha, shown):
    Image.new("RGBA", (3, 3), (200, 100, 0, alpha)).save(tmp_path / "a.png")
    np.testing.assert_allclose(pixel(tmp_path / "a.png"), shown, atol=1)


def test_a_transparent_palette_entry_shows_mid_grey(tmp_path: Path):
    image = Image.new("P", (3, 3), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.save(tmp_path / "a.png", transparency=1)
    assert pixel(tmp_path / "a.png") == (128, 128, 128)


def test_a_mode_without_a_fixed_range_is_refused(tmp_path: Path):
    Image.fromarray(np.ones((3, 3), dtype=np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(InputError, match=r"a\.tif: unreadable image \(mode F has no fixed range"):
        open_rgb(tmp_path / "a.tif")


def test_a_missing_image_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"absent\.png: no such image"):
        open_rgb(tmp_path / "absent.png")


def test_a_file_that_is_no_image_is_named(tmp_path: Path):
    (tmp_path / "a.png").write_text("<html>")
    with pytest.raises(InputError, match=r"a\.png: not an image"):
        open_rgb(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_truncated_image_is_named(tmp_path: Path, suffix):
    path = tmp_path / f"a.{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(InputError, match=rf"a\.{suffix}: unreadable image"):
        open_rgb(path)
