"""The tutorial, done as it says with a real V4 session, gives the numbers of the adapter."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from ventralmap import cli, config, dataset, datasets, download, encoding, extraction, models

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial-own-dataset.md").read_text("utf-8")
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SESSION = "210325"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL, re.DOTALL)


@pytest.fixture(scope="module")
def adapted(downloads, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapted") / "v4"
    datasets.build(f"cowley2023_{SESSION}", folder, downloads=downloads, seed=0)
    return dataset.load(folder)


@pytest.fixture(scope="module")
def brought(adapted, downloads, tmp_path_factory):
    """The folder that somebody makes who has the images and the published array."""
    folder = tmp_path_factory.mktemp("own") / "my_v4"
    shutil.copytree(adapted.folder / "stimuli", folder / "stimuli")
    published = np.load(
        download.fetch("cowley2023", f"responses_raw_{SESSION}.npy", downloads)
    )  # (neuron, image, repetition)
    files = sorted(path.name for path in (folder / "stimuli").iterdir())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        assert cli.main(["new-dataset", "my_v4"]) == 0
        (code,) = blocks("python")
        exec(code, {"spikes": np.moveaxis(published, 0, -1), "files": files})
        Path("my_v4/dataset.yaml").write_text(blocks("yaml")[0])
        assert cli.main(["check", "my_v4"]) == 0
    made = folder.parent / "made" / "my_v4"
    datasets.build(str(folder), made, downloads=folder, seed=0)
    return dataset.load(made)


@pytest.mark.real
def test_the_folder_holds_what_the_adapter_makes(adapted, brought):
    assert brought.name == "my_v4"
    assert brought.stimuli.index.tolist() == adapted.stimuli.index.tolist()
    np.testing.assert_array_equal(brought.responses, adapted.responses)
    for name in ("area", "subject"):
        assert brought.responses[name].values.tolist() == adapted.responses[name].values.tolist()
    for a, b in zip(adapted.images, brought.images, strict=True):
        assert a.read_bytes() == b.read_bytes()


@pytest.mark.real
def test_the_numbers_are_those_of_the_adapter(adapted, brought):
    study = {"study": "s", "datasets": ["d"], "models": ["pixels"], "hierarchy": ["V4"]}
    settings = config.resolve(study, SCHEMA)["encoding"] | {"repeats": 1, "device": "cpu"}
    found = [
        encoding.encode(
            data,
            extraction.extract_dataset(models.load("pixels"), data, progress=False),
            settings,
            seed=0,
        )
        for data in (adapted, brought)
    ]
    np.testing.assert_array_equal(found[0]["r"], found[1]["r"])
    assert np.isfinite(found[0]["r"]).all()


def test_the_study_of_the_tutorial_is_valid():
    study = yaml.safe_load(blocks("yaml")[1])
    assert config.resolve(study, SCHEMA)["study"] == "my_v4"


def test_every_command_of_the_tutorial_is_one():
    used = set(re.findall(r"ventralmap ([a-z-]+) ", TUTORIAL))
    assert used == {"new-dataset", "check", "from-nwb"}
    assert used <= set(cli.COMMANDS)
