"""The visual angle that a model sees: from the weights' preprocessing to `models.csv`."""

from dataclasses import replace

import dataset_folders as folders
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from torchvision.transforms._presets import ImageClassification

from ventralmap import dataset, extraction, models, readout, tables
from ventralmap.kernels import Kernels

SMALL = ImageClassification(crop_size=48, resize_size=64)


@pytest.mark.parametrize(
    ("name", "field"),
    [("pixels", 1), ("mobilenet_v2+untrained", 224 / 256), ("resnet50+untrained", 224 / 232)],
)
def test_the_field_is_what_the_crop_leaves(name, field):
    assert models.load(name).field == field


@pytest.mark.parametrize("inside", [True, False])
def test_the_crop_shows_the_field_and_nothing_beside_it(inside):
    model = models.load("alexnet+untrained")
    side = 256
    edge = round(side * (1 - model.field) / 2)  # 16 pixels on each side are cut off
    values = np.zeros((side, side, 3), dtype=np.uint8)
    values[:, edge if inside else edge - 1] = 255
    seen = model.preprocess(Image.fromarray(values))
    assert (seen.max() > 0) == inside


def test_kernels_know_the_field(tmp_path):
    folders.images(tmp_path)
    shown = sorted((tmp_path / "stimuli").iterdir())
    model = replace(models.load("resnet50+untrained", layers=["fc"]), preprocess=SMALL)
    kernels = extraction.extract(model, shown, progress=False, device="cpu")
    assert kernels.attrs["field"] == 0.75


def described(tmp_path, degrees, **attrs):
    """Describe a model that was shown a dataset of so many degrees."""
    path = folders.folder(tmp_path / "d")
    data = dataset.load(path)
    data.meta["stimulus_degrees"] = degrees
    zeros = np.zeros((1, 4))
    kernels = Kernels.from_gram(
        gram=np.zeros((1, 4, 4)),
        row_sum=zeros,
        n_features=zeros[:, 0],
        n_constant=zeros[:, 0],
        layers=["fc"],
        stimulus_ids=folders.IDS,
        attrs={"model": "m"} | attrs,
    )
    return readout.describe(data, kernels, n_folds=2, seed=0)


@pytest.mark.parametrize(("degrees", "seen"), [(8, 7.0), (2.9, 2.5375), (None, None)])
def test_a_model_sees_the_field_of_the_degrees_shown(tmp_path, degrees, seen):
    found = described(tmp_path, degrees, field=0.875)["degrees:tiny"]
    assert found == (seen if seen is None else pytest.approx(seen))


@pytest.mark.parametrize(
    ("seen", "degrees"),
    [
        ({"a": 7.0}, 7.0),
        ({"a": 7.0, "b": 7.0}, 7.0),
        ({"a": 7.0, "b": 2.5}, np.nan),
        ({"a": 7.0, "b": None}, np.nan),
        ({"a": None, "b": None}, np.nan),
    ],
)
def test_degrees_are_those_that_all_datasets_share(seen, degrees):
    found = [{"model": "m", f"degrees:{name}": value} for name, value in seen.items()]
    table = tables.models_table(found)
    expected = pd.DataFrame({"model": ["m"]} | {f"degrees:{k}": [v] for k, v in seen.items()})
    pd.testing.assert_frame_equal(table, expected.assign(degrees=degrees), check_dtype=False)
