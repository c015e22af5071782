import hashlib
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from ventralmap import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_only_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "a.txt"
    with files.atomic(target) as scratch:
        scratch.write_text("half")
        assert not target.exists()
        scratch.write_text("whole")
    assert target.read_text() == "whole"
    assert names(target.parent) == ["a.txt"]


def fail_halfway(target):
    with files.atomic(target) as scratch:
        scratch.write_text("half")
        raise KeyError("mine")


def test_an_exception_leaves_nothing_and_comes_through(tmp_path):
    with pytest.raises(KeyError, match="mine"):
        fail_halfway(tmp_path / "a.txt")
    assert names(tmp_path) == []


def test_an_exception_keeps_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(KeyError):
        fail_halfway(target)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("old", ["file", "folder"])
def test_writing_nothing_is_an_error_and_keeps_the_old(tmp_path, old):
    target = tmp_path / "a"
    kept = target if old == "file" else target / "inside"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("old")
    with pytest.raises(FileNotFoundError), files.atomic(target):
        pass
    assert kept.read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_folder_is_replaced_whole(tmp_path):
    target = tmp_path / "data"
    target.mkdir()
    (target / "old").touch()
    with files.atomic(target) as scratch:
        scratch.mkdir()
        (scratch / "new").touch()
        assert names(target) == ["old"]
    assert names(target) == ["new"]
    assert names(tmp_path) == ["data"]


@pytest.mark.parametrize("name", ["a.png", "a.tar.gz", "a"])
def test_the_temporary_name_has_the_same_suffix_and_does_not_exist(tmp_path, name):
    with files.atomic(tmp_path / name) as scratch:
        assert scratch.name == name
        assert not scratch.exists()
        scratch.touch()


def test_the_temporary_file_is_on_the_same_disk_as_the_target(tmp_path):
    with files.atomic(tmp_path / "a") as scratch:
        assert scratch.parent.parent == tmp_path
        scratch.touch()


def test_a_path_may_be_text(tmp_path):
    files.write_json(str(tmp_path / "a.json"), {})
    assert names(tmp_path) == ["a.json"]


@pytest.mark.parametrize(
    ("content", "digest"),
    [  # FIPS 180-4, examples of NIST
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (b"a" * 10**6, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ],
)
def test_sha256_of_known_bytes(tmp_path, content, digest):
    (tmp_path / "a").write_bytes(content)
    assert files.sha256(tmp_path / "a") == digest


def test_json_comes_back_and_is_readable_text(tmp_path):
    content = {"area": "café", "n": [1, 2.5, None]}
    files.write_json(tmp_path / "a.json", content)
    text = (tmp_path / "a.json").read_text("utf-8")
    assert json.loads(text) == content
    assert "café" in text
    assert text.endswith("\n")


def test_what_json_cannot_hold_leaves_no_file(tmp_path):
    with pytest.raises(TypeError):
        files.write_json(tmp_path / "a.json", {"x": object()})
    assert names(tmp_path) == []


def test_csv_comes_back_to_the_last_digit_without_index(tmp_path):
    table = pd.DataFrame({"layer": ["a", "b,c"], "r": [0.1 + 0.2, np.nan]}, index=[5, 7])
    files.write_csv(tmp_path / "a.csv", table)
    assert (tmp_path / "a.csv").read_bytes() == b'layer,r\na,0.30000000000000004\n"b,c",\n'
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), table.reset_index(drop=True))


def test_netcdf_comes_back_with_attributes(tmp_path):
    content = xr.Dataset(
        {"r": (("layer", "fold"), np.array([[0.1, np.nan]]), {"units": "1"})},
        coords={"layer": ["conv1"]},
        attrs={"seed": 3},
    )
    files.write_netcdf(tmp_path / "a.nc", content)
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "a.nc", engine="h5netcdf"), content)


def test_a_folder_has_a_hash_of_names_and_contents(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder / "inner").mkdir(parents=True)
        (tmp_path / folder / "inner/one.txt").write_text("one")
        (tmp_path / folder / "two.txt").write_text("two")
    lines = [
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
        for name, text in (("inner/one.txt", "one"), ("two.txt", "two"))
    ]
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert files.sha256_of_folder(tmp_path / "a") == expected
    (tmp_path / "b/.snakemake_timestamp").write_text("now")
    assert files.sha256_of_folder(tmp_path / "b") == expected
    (tmp_path / "b/two.txt").rename(tmp_path / "b/three.txt")
    assert files.sha256_of_folder(tmp_path / "b") != expected


def test_what_a_killed_writer_leaves_is_removed_and_nothing_else(tmp_path):
    kept = [tmp_path / "deep/.hidden/file", tmp_path / ".a.nc.abcdefgh", tmp_path / "a.nc"]
    kept += [tmp_path / ".b.nc.abcdefgh/other", tmp_path / ".notes.backup01/x"]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    left = [tmp_path / "deep/.a.nc.x_1bcdef", tmp_path / ".empty.nc.abcdefgh"]
    for path in left:
        path.mkdir()
    (left[0] / "a.nc").touch()
    assert files.remove_scratch(tmp_path) == sorted(left)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in left)


def test_the_scratch_of_a_writer_that_is_killed_is_recognised(tmp_path):
    script = "import os, sys; from ventralmap import files\n"
    script += "with files.atomic(sys.argv[1]) as path: path.touch(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", script, tmp_path / "a.nc"], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    files.remove_scratch(tmp_path)
    assert not list(tmp_path.iterdir())
