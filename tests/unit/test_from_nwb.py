"""What the sub-command does without pynwb: images by the names of stimuli, and a way out."""

import sys

import dataset_folders as tiny
import pytest

from ventralmap import cli, from_nwb
from ventralmap.errors import InputError


def test_without_pynwb_one_line_says_how_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pynwb", None)
    (tmp_path / "a.nwb").write_bytes(b"")
    given = [tmp_path / "a.nwb", tmp_path / "made", "--images", tmp_path, "--window", 70, 170]
    assert cli.main(["from-nwb", *map(str, given)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "pynwb is not installed" in said
    assert "pip install 'ventralmap[nwb]'" in said
    assert not (tmp_path / "made").exists()


def test_a_stimulus_with_two_images(tmp_path):
    tiny.images(tmp_path)
    (tmp_path / "stimuli/s1.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"several images are named s1: .*s1\.jpg"):
        from_nwb.find(["s1"], tmp_path / "stimuli")
    stimuli, _ = from_nwb.find(["s1.png", "s2"], tmp_path / "stimuli")
    assert stimuli["file"].tolist() == ["s1.png", "s2.png"]
