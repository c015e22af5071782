"""What is said and drawn of a dataset before anything is run."""

import dataset_folders as tiny
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ventralmap import cli, dataset, overview
from ventralmap.figures import overviews

N = 40


@pytest.fixture
def folder(tmp_path):
    """Forty images in two categories; V1 and V4 of two animals, B has seen three quarters."""
    ids = [f"s{i:02d}" for i in range(N)]
    path = tmp_path / "made"
    (path / "stimuli").mkdir(parents=True)
    random = np.random.default_rng(0)
    for i in ids:
        picture = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(picture).save(path / "stimuli" / f"{i}.png")
    true = random.normal(size=(N, 1, 6))
    values = true + np.sqrt([0.1, 0.1, 0.1, 1, 1, 1]) * random.normal(size=(N, 4, 6))
    values[30:, :, 5] = np.nan
    values[:10, 3] = np.nan
    labels = {
        "neuroid_id": list("abcdef"),
        "area": ["V1"] * 3 + ["V4"] * 3,
        "subject": ["A"] * 5 + ["B"],
    }
    stimuli = tiny.table(ids).assign(category=["x", "y"] * (N // 2), object=ids)
    over_time = tiny.rdms(
        np.array([[[tiny.distances(N, t) for t in range(3)]] * 2]), ids, ["MEG"], time=[0, 10, 20]
    )
    rdms = {"": tiny.rdms(ids=ids, area=["EVC"]), "meg": over_time}
    dataset.write(path, tiny.META, stimuli, tiny.responses(values, ids, **labels), rdms)
    return path


def test_the_counts_in_words(folder):
    found = overview.look(dataset.load(folder))
    assert found.lines[:3] == [
        "Tiny (tiny)",
        "macaque; spikes; CC0; 8 degrees",
        "40 images, 40 objects, 2 categories",
    ]
    assert found.lines[3].startswith("V1: 3 neuroids (A 3), repeats 3 to 4, median reliability 0.9")
    assert found.lines[4].startswith("V4: 3 neuroids (A 2, B 1), repeats 3 to 4, median reliab")
    assert found.lines[5:] == ["EVC: RDMs of 2 subjects", "MEG: RDMs of 2 subjects at 3 times"]


def test_an_rdm_of_each_area(folder):
    found = overview.look(dataset.load(folder))
    assert list(found.rdms) == ["EVC", "MEG (mean over time)", "V1", "V4"]
    evc = (tiny.distances(N, 0) + tiny.distances(N, 1)) / 2
    np.testing.assert_allclose(found.rdms["EVC"], evc)
    over_time = np.mean([tiny.distances(N, t) for t in range(3)], axis=0)
    np.testing.assert_allclose(found.rdms["MEG (mean over time)"], over_time)
    mean = np.nanmean(dataset.load(folder).responses.values[..., :3], axis=1)
    z = (mean - mean.mean(axis=0)) / mean.std(axis=0)
    np.testing.assert_allclose(found.rdms["V1"], 1 - np.corrcoef(z), atol=1e-12)


def test_of_many_images_some_are_compared(folder, monkeypatch):
    monkeypatch.setattr(overview, "MOST_STIMULI", 14)
    found = overview.look(dataset.load(folder))
    assert found.shown.tolist() == list(range(0, 40, 3))
    np.testing.assert_allclose(
        found.rdms["EVC"][0, 1], overview.look(dataset.load(folder)).rdms["EVC"][0, 1]
    )
    assert {matrix.shape for matrix in found.rdms.values()} == {(14, 14)}


def test_the_page(folder, capsys):
    assert cli.main(["check", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "V1: 3 neuroids" in said
    assert "valid; see" in said
    assert sorted(path.name for path in folder.glob("check*")) == ["check.pdf", "check.png"]
    assert cli.main(["check", str(folder), "--output", str(folder / "page.v2")]) == 0
    assert (folder / "page.v2.png").exists()


def test_the_page_shows_images_reliabilities_and_rdms(folder):
    figure = overviews.overview(overview.look(dataset.load(folder)))
    titles = [axes.get_title() for axes in figure.axes]
    assert [title for title in titles if title] == ["EVC", "MEG (mean over time)", "V1", "V4"]
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert any("split-half reliability" in label for label in labels)
    pictures = [axes for axes in figure.axes if axes.images and not axes.get_title()]
    assert len([axes for axes in pictures if axes.images[0].get_array().shape == (8, 8, 3)]) == 24


def test_without_repeats_and_with_the_fewest_stimuli(tmp_path):
    path = tiny.folder(tmp_path / "a", responses=tiny.responses()[:, :1])
    found = overview.look(dataset.load(path))
    assert found.reliability == {}
    assert found.lines[-1] == "V4: 2 neuroids (A 1, B 1), repeats 1"
    text = [t.get_text() for axes in overviews.overview(found).axes for t in axes.texts]
    assert "no responses with repeats, so no reliability of neuroids" in text
    repeated = overview.look(dataset.load(tiny.folder(tmp_path / "b")))
    assert set(repeated.reliability) == {"V1", "V4"}
    overviews.overview(repeated)


def test_a_wrong_folder_is_one_line(folder, capsys):
    table = pd.read_csv(folder / "stimuli.csv").replace("s03.png", "s04.png")
    table.to_csv(folder / "stimuli.csv", index=False)
    assert cli.main(["check", str(folder)]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "stimuli.csv: file s04.png is there twice" in said.err
    assert not (folder / "check.png").exists()
