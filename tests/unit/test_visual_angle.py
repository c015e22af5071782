import numpy as np
import pytest
from PIL import Image

from ventralmap import energy_model, visual_angle
from ventralmap.errors import InputError

ANGLE = {"images": "match", "degrees": 8, "models": {}}
META = {"name": "d", "stimulus_degrees": 4.0}


def photo(size=(40, 40)):
    values = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_small_images_are_surrounded_by_the_background():
    placed = np.asarray(visual_angle.place(photo(), 2, (1, 2, 3)))
    assert placed.shape == (80, 80, 3)
    np.testing.assert_array_equal(placed[20:60, 20:60], np.asarray(photo()))
    placed = placed.copy()
    placed[20:60, 20:60] = (1, 2, 3)
    assert (placed == (1, 2, 3)).all()


def test_large_images_are_cut_about_their_middle():
    placed = np.asarray(visual_angle.place(photo(), 0.5, (0, 0, 0)))
    np.testing.assert_array_equal(placed, np.asarray(photo())[10:30, 10:30])


def test_images_of_the_size_that_is_seen_stay_as_they_are():
    image = photo()
    assert visual_angle.place(image, 1, (0, 0, 0)) is image


def test_the_width_counts_of_images_that_are_not_square():
    placed = np.asarray(visual_angle.place(photo((40, 20)), 1, (9, 9, 9)))
    np.testing.assert_array_equal(placed[10:30], np.asarray(photo((40, 20))))
    assert (placed[:10] == 9).all()


@pytest.mark.parametrize(
    ("given", "colour"),
    [(None, (128,) * 3), ("#ff8000", (255, 128, 0)), (0, (0, 0, 0)), ("90", (90,) * 3)],
)
def test_backgrounds_are_read(given, colour):
    assert visual_angle.background(META | {"background": given}) == colour


@pytest.mark.parametrize("given", ["grey", 256, "#fff", [1, 2, 3]])
def test_what_is_no_colour_is_refused(given):
    with pytest.raises(InputError, match="dataset 'd': background is"):
        visual_angle.background(META | {"background": given})


def test_a_model_is_shown_images_at_their_size():
    model = visual_angle.load("resnet18+untrained", META | {"background": "#000000"}, ANGLE)
    alone = visual_angle.load("resnet18+untrained", META, ANGLE | {"images": "as_is"})
    assert (model.degrees, alone.degrees) == (8.0, 4.0)
    assert model.field == alone.field == 224 / 256
    seen = model.preprocess(Image.new("RGB", (128, 128), (255, 255, 255)))
    assert seen.shape == (3, 224, 224)
    white = (seen[0] > seen[0].min()).nonzero()
    side = white.max(dim=0).values - white.min(dim=0).values + 1
    assert abs(side - 128).max() <= 2  # half of 256, of which the network sees 224


def test_models_may_see_other_angles():
    angle = ANGLE | {"models": {"pixels": 4}}
    assert visual_angle.load("pixels", META, angle).degrees == 4
    assert visual_angle.load("gabor", META, angle).degrees == 8


def test_images_of_unknown_size_are_shown_as_they_are():
    model = visual_angle.load("gabor", META | {"stimulus_degrees": None}, ANGLE)
    assert model.degrees is None
    assert model.preprocess is energy_model.luminance


def test_filters_in_cycles_per_degree_follow_what_is_shown():
    as_is = visual_angle.load("gabor", META, ANGLE | {"images": "as_is"})
    match = visual_angle.load("gabor", META, ANGLE)
    assert "1, 2, 4, 8 cycles per degree of 4 degrees" in as_is.source
    assert "0.5, 1, 2, 4 cycles per degree of 8 degrees" in match.source
