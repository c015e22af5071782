"""Stimuli cut from the photographs of installed packages."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ventralmap import shipped
from ventralmap.datasets import photographs
from ventralmap.errors import InputError


def planned(seed, per_category=32):
    return photographs.plan(per_category, np.random.default_rng(seed))


def test_plan_of_the_demo():
    stimuli = planned(0)
    assert len(stimuli) == 320
    assert stimuli.index.is_unique
    assert stimuli["file"].is_unique
    assert (stimuli.groupby("category").size() == 32).all()
    assert stimuli["category"].nunique() == 10
    assert stimuli["object"].nunique() == 18
    assert stimuli["scale"].between(0.6, 1).all()
    assert stimuli["rotation"].between(-20, 20).all()
    assert stimuli["gamma"].between(2 / 3, 3 / 2).all()


def test_an_odd_number_is_shared_out_in_order():
    counts = planned(0, 3)["object"].value_counts()
    assert counts[["astronaut", "cameraman", "cat"]].to_dict() == {
        "astronaut": 2,
        "cameraman": 1,
        "cat": 3,
    }


def test_plan_follows_its_seed():
    pd.testing.assert_frame_equal(planned(3, 2), planned(3, 2))
    assert not planned(3, 2).equals(planned(4, 2))


def test_every_photograph_is_there_and_its_box_inside():
    for photograph in photographs.PHOTOGRAPHS:
        left, upper, right, lower = photograph.box
        picture = shipped.open_photograph(photograph)
        assert 0 <= left < right <= picture.width
        assert 0 <= upper < lower <= picture.height


def test_render_is_deterministic(tmp_path):
    stimuli = planned(0, 2)
    for name in ("one", "two"):
        photographs.render(stimuli, tmp_path / name, 48)
    for file in stimuli["file"]:
        first, second = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert first == second
    with Image.open(tmp_path / "one" / stimuli["file"].iloc[0]) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (48, 48))


def test_stimuli_of_one_photograph_differ(tmp_path):
    stimuli = planned(0, 2)
    photographs.render(stimuli, tmp_path, 48)
    pictures = [np.asarray(Image.open(tmp_path / file)) for file in stimuli["file"]]
    assert len({picture.tobytes() for picture in pictures}) == 20
    assert all(picture.std() > 2 for picture in pictures)  # none is blank


def test_rotation_leaves_no_empty_corner(tmp_path, monkeypatch):
    white = Image.new("RGB", (1500, 1500), "white")
    monkeypatch.setattr(photographs, "open_photograph", lambda photograph: white)
    stimuli = planned(1, 4)
    photographs.render(stimuli, tmp_path, 64)
    for file in stimuli["file"]:
        assert np.asarray(Image.open(tmp_path / file)).min() == 255


def test_upright_crop_is_the_box_less_its_edge(tmp_path, monkeypatch):
    """At scale 1 and no rotation, a square box at its own size comes out as it is."""
    noise = np.random.default_rng(0).integers(256, size=(1500, 1500, 3), dtype=np.uint8)
    monkeypatch.setattr(photographs, "open_photograph", lambda photograph: Image.fromarray(noise))
    row = planned(0).loc[["gravel_01"]].assign(scale=1.0, rotation=0.0, gamma=1.0)
    photographs.render(row, tmp_path, 508)
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "gravel_01.png")), noise[2:510, 2:510]
    )


def test_gamma_keeps_black_white_and_order():
    table = photographs._gamma_table(1.5)
    assert (table[0], table[255]) == (0, 255)
    assert table[128] == round(255 * (128 / 255) ** 1.5) == 91
    assert table[:256] == sorted(table[:256])
    assert len(table) == 768


def test_a_missing_photograph_is_named():
    lost = replace(photographs.PHOTOGRAPHS[0], file="data/lost.png")
    with pytest.raises(InputError, match=r"lost\.png: cannot read .* reinstall skimage"):
        shipped.open_photograph(lost)
    with pytest.raises(InputError, match="no_such_package is not installed"):
        shipped.open_photograph(replace(lost, package="no_such_package"))
