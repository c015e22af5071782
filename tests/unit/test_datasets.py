"""The registry: what Snakemake asks while it parses, and the folder that it makes."""

import subprocess
import sys

import dataset_folders as tiny
import numpy as np
import pytest
import test_formats

from ventralmap import dataset, datasets
from ventralmap.errors import InputError


def test_names():
    assert datasets.names() == (
        "simulated",
        "kriegeskorte2008",
        "cichy2014",
        "cichy2014_meg",
        "algonauts2019_92",
        "algonauts2019_118",
        "cowley2023_190923",
        "cowley2023_210325",
        "majajhong2015",
        "freemanziemba2013",
        "tvsd",
        "tvsd_N",
        "tvsd_F",
    )
    assert datasets.measurements("simulated") == {"responses", "rdms", "timecourse"}
    assert datasets.measurements("cichy2014") == {"rdms"}
    assert datasets.measurements("cichy2014_meg") == {"rdms", "timecourse"}
    assert datasets.measurements("cowley2023_190923") == {"responses"}


def test_nothing_heavy_is_imported():
    code = (
        "import sys; from ventralmap import datasets; datasets.measurements('cichy2014');"
        "print([m for m in ('torch', 'xarray', 'pandas', 'numpy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_mistyped_name():
    with pytest.raises(InputError, match=r"'cichy2104'; did you mean 'cichy2014'\?"):
        datasets.dataset_name("cichy2104")
    with pytest.raises(InputError, match="no such dataset folder"):
        datasets.dataset_name("path/to/nowhere")


def meg():
    return tiny.rdms(np.array([[[tiny.distances()]] * 2]), area=["MEG"], time=[0])


@pytest.mark.parametrize(
    ("parts", "kinds"),
    [
        ({}, {"responses"}),
        ({"responses": None, "rdms": {"": tiny.rdms()}}, {"rdms"}),
        ({"responses": None, "rdms": {"meg": meg()}}, {"timecourse"}),
        ({"rdms": {"": tiny.rdms(), "meg": meg()}}, {"responses", "rdms", "timecourse"}),
    ],
)
def test_measurements_of_a_folder(tmp_path, parts, kinds):
    path = tiny.folder(tmp_path, **parts)
    assert datasets.is_folder(str(path))
    assert datasets.dataset_name(str(path)) == "tiny"
    assert datasets.measurements(str(path)) == kinds


def test_measurements_of_foreign_forms(tmp_path):
    path = test_formats.tables(tiny.bare(tmp_path))
    test_formats.toolbox(path)
    over_time = {"subject": ["A"] * 3, "area": ["MEG"] * 3, "time": [0.0, 10.0, 20.0]}
    test_formats.toolbox(path, over_time, file="rdms_meg.h5")
    assert datasets.measurements(str(path)) == {"responses", "rdms", "timecourse"}
    assert [array.name for array in dataset.load(path).rdms] == ["rdms", "rdms_meg"]


def test_unreadable_rdms(tmp_path):
    path = tiny.bare(tmp_path)
    (path / "rdms.nc").write_bytes(b"?")
    with pytest.raises(InputError, match=r"rdms\.nc"):
        datasets.measurements(str(path))


def test_sources_are_all_files_of_a_folder(tmp_path):
    path = tiny.folder(tmp_path, rdms={"": tiny.rdms()})
    (path / "notes.txt").write_text("not part of it")
    (path / "stimuli" / ".hidden").write_text("nor this")
    found = [name.removeprefix(f"{path}/") for name in datasets.sources(str(path))]
    assert found == [
        "dataset.yaml",
        "stimuli.csv",
        "responses.nc",
        "rdms.nc",
        *(f"stimuli/s{i}.png" for i in (1, 2, 3, 4)),
    ]
    assert datasets.sources("cichy2014") == []


def test_by_name(tmp_path):
    path = str(tiny.folder(tmp_path / "a"))
    assert datasets.by_name(["cichy2014", path]) == {"cichy2014": "cichy2014", "tiny": path}
    with pytest.raises(InputError, match="both named 'tiny'"):
        datasets.by_name([path, str(tiny.folder(tmp_path / "b"))])


def test_build_from_a_folder(tmp_path):
    path = test_formats.toolbox(test_formats.tables(tiny.bare(tmp_path / "mine")))
    out = tmp_path / "made" / "tiny"
    datasets.build(str(path), out, downloads=tmp_path, seed=0)
    assert sorted(p.name for p in out.iterdir()) == [
        "dataset.yaml",
        "rdms.nc",
        "responses.nc",
        "stimuli",
        "stimuli.csv",
    ]
    assert dataset.load(out).responses.shape == (4, 2, 3)
    assert [p.name for p in out.parent.iterdir()] == ["tiny"]


def test_build_leaves_nothing_when_an_image_is_damaged(tmp_path):
    path = tiny.folder(tmp_path / "mine")
    (path / "stimuli" / "s2.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"s2\.png"):
        datasets.build(str(path), tmp_path / "made" / "tiny", downloads=tmp_path, seed=0)
    assert not (tmp_path / "made").exists() or not any((tmp_path / "made").iterdir())
