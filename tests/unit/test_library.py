"""The library without the workflow: the how-to as it stands, and the numbers of the steps."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from ventralmap import arrays, config, dataset, library, weights
from ventralmap.errors import InputError

ROOT = Path(__file__).parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "library.md").read_text("utf-8")
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
N = 24


def write(folder):
    """Write 24 images, and six neurons of V4 that respond to their mean colour."""
    rng = np.random.default_rng(0)
    ids = [f"s{i:02d}" for i in range(N)]
    (folder / "stimuli").mkdir(parents=True)
    means = []
    for name in ids:
        coarse = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8))
        coarse.resize((64, 64), Image.Resampling.BICUBIC).save(folder / "stimuli" / f"{name}.png")
        means.append(np.asarray(coarse, dtype=float).mean(axis=(0, 1)))
    tuned = np.array(means) @ rng.normal(size=(3, 6))  # (stimulus, neuroid)
    noisy = tuned[:, None] + 3 * rng.normal(size=(N, 3, 6))
    responses = arrays.responses(
        noisy, stimulus_id=ids, neuroid_id=list("abcdef"), area=["V4"] * 6, subject=["PE"] * 6
    )
    meta = {"name": "my_v4", "title": "Six neurons", "citation": "none", "licence": "CC0",
            "species": "macaque", "stimulus_degrees": 8, "measurement": "spikes"}  # fmt: skip
    table = pd.DataFrame({"stimulus_id": ids, "file": [f"{name}.png" for name in ids]})
    dataset.write(folder, meta, stimuli=table, responses=responses)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("library") / "my_v4")


@pytest.fixture(scope="module")
def pixels(folder):
    data = library.dataset(folder)
    return data, [library.kernels("pixels", data, progress=False)]


def test_the_how_to_does_what_it_says(folder, monkeypatch, capsys):
    try:
        weights.locate("mobilenet_v2")
    except InputError as reason:
        pytest.skip(str(reason))
    (code,) = re.findall(r"```python\n(.*?)```", HOW_TO, re.DOTALL)
    assert len(code.splitlines()) <= 12
    monkeypatch.chdir(folder.parent)
    found = {}
    exec(code, found)
    assert len(found["encoding"]) == 20 + 1  # layers
    assert set(found["rsa"]["area"]) == {"V4"}
    assert found["encoding"]["r"].max() > 0.5  # the mean colour is there to be read
    assert "r_ci_low" in capsys.readouterr().out
    for suffix in ("png", "svg", "pdf"):
        assert (folder.parent / f"encoding_over_depth.{suffix}").stat().st_size > 1000


def test_the_defaults_are_those_of_a_config_that_says_nothing():
    study = {"study": "s", "datasets": ["d"], "models": ["pixels"], "hierarchy": ["V4"]}
    resolved = config.resolve(study, SCHEMA)
    unused = {"banded"}  # sets of layers: ventralmap.variance
    assert {k: v for k, v in resolved["encoding"].items() if k not in unused} == library.ENCODING
    assert set(library.RSA) == set(resolved["rsa"]) - {"cluster_p"}  # of time courses
    assert all(resolved["rsa"][key] == value for key, value in library.RSA.items())
    assert resolved["visual_angle"] == library.VISUAL_ANGLE


def test_pixels_predict_what_their_mean_was_made_into(pixels):
    data, kernels = pixels
    table = library.encoding(data, kernels, bootstrap=100, repeats=1)
    (row,) = table.to_dict("records")
    assert row["r_ci_low"] < row["r"] < row["r_ci_high"]
    assert row["r"] > 0.5
    assert (row["dataset"], row["model"], row["n_stimuli"]) == ("my_v4", "pixels", N)


def test_settings_are_passed_on(pixels):
    data, kernels = pixels
    found = library.rsa(
        data, kernels, responses="euclidean", comparison="pearson", bootstrap=100, permutations=99
    )
    assert found["comparison"].tolist() == ["pearson"]
    assert found["p"].tolist() == [0.01]  # 1 / (99 + 1): no relabelling is as similar


def test_a_setting_that_is_none_is_answered_with_the_right_one(pixels):
    with pytest.raises(InputError, match="unknown setting 'fold'; did you mean 'folds'"):
        library.encoding(*pixels, fold=3)


@pytest.mark.parametrize(
    ("step", "setting", "message"),
    [
        ("encoding", {"method": "rigde"}, "encoding: method: 'rigde'.* did you mean 'ridge'"),
        ("encoding", {"interval": "al"}, "encoding: interval: 'al' .* choose from: neuroids"),
        ("rsa", {"responses": "crosnobis"}, "rsa: responses: .* did you mean 'crossnobis'"),
    ],
)
def test_a_value_that_is_not_possible_is_refused_before_anything_is_computed(
    pixels, step, setting, message
):
    with pytest.raises(InputError, match=message):
        getattr(library, step)(pixels[0], [], **setting)


def test_the_values_that_are_possible_are_those_of_a_config():
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))["properties"]
    for step, choices in library.CHOICES.items():
        for name, possible in choices.items():
            assert set(possible) == set(schema[step]["properties"][name]["enum"])


def test_responses_without_rdms_say_what_to_give(pixels):
    with pytest.raises(InputError, match="my_v4: has no RDMs; give responses='correlation'"):
        library.rsa(*pixels)


def test_a_public_dataset_is_made_once(tmp_path, monkeypatch):
    made = []

    def build(entry, folder, *, downloads, seed):
        made.append((entry, downloads, seed))
        write(folder)

    monkeypatch.setattr(library.datasets, "build", build)
    for _ in range(2):
        found = library.dataset("simulated", downloads=tmp_path, seed=3)
        assert len(found.stimuli) == N
    assert made == [("simulated", tmp_path, 3)]


def test_a_dataset_that_is_none_is_refused():
    with pytest.raises(InputError, match="no dataset or folder 'simulate'"):
        library.dataset("simulate")
