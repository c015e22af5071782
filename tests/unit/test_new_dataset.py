"""Templates of a dataset: commented, never over one's own files, and refused until filled in."""

import dataset_folders as tiny
import pandas as pd
import pytest
import yaml

from ventralmap import cli, dataset, layout, new_dataset
from ventralmap.errors import InputError


def test_every_key_is_there_with_a_comment(tmp_path):
    new_dataset.write(tmp_path / "our lab's")
    text = (tmp_path / "our lab's" / "dataset.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line.partition(":")[0] for line in lines] == list(layout.REQUIRED_KEYS)
    assert all("  # " in line for line in lines)
    assert yaml.safe_load(text)["name"] == "our-lab-s"


def test_images_that_are_there_get_their_rows(tmp_path):
    tiny.images(tmp_path, ["b", "a"])
    (tmp_path / "stimuli/sub").mkdir()
    (tmp_path / "stimuli/a.png").rename(tmp_path / "stimuli/sub/a.PNG")
    (tmp_path / "stimuli/.hidden.png").write_bytes(b"")
    new_dataset.write(tmp_path)
    assert (tmp_path / "stimuli.csv").read_text() == "stimulus_id,file\nb,b.png\nsub_a,sub/a.PNG\n"
    assert (tmp_path / "responses.csv").read_text() == "stimulus_id,repetition\nb,1\nsub_a,1\n"


def test_nothing_is_replaced(tmp_path, capsys):
    (tmp_path / "neuroids.csv").write_text("mine")
    assert cli.main(["new-dataset", str(tmp_path)]) == 1
    assert "neuroids.csv: is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["neuroids.csv"]
    assert (tmp_path / "neuroids.csv").read_text() == "mine"


def test_a_template_is_refused_until_it_is_filled_in(tmp_path, capsys):
    """What is missing is named one by one; then the folder is a dataset."""
    tiny.images(tmp_path)
    assert cli.main(["new-dataset", str(tmp_path)]) == 0
    assert "wrote dataset.yaml" in capsys.readouterr().out
    meta = tmp_path / "dataset.yaml"
    for key in layout.REQUIRED_KEYS:
        if f'{key}: ""' in meta.read_text():
            with pytest.raises(InputError, match="write it as quoted, non-empty text"):
                dataset.load(tmp_path)
            meta.write_text(meta.read_text().replace(f'{key}: ""', f'{key}: "x"'))
    with pytest.raises(InputError, match=r"responses\.csv: holds no neuroid; add one"):
        dataset.load(tmp_path)
    table = pd.read_csv(tmp_path / "responses.csv")
    table.assign(n1=tiny.VALUES[:, 0, 0]).to_csv(tmp_path / "responses.csv", index=False)
    (tmp_path / "neuroids.csv").write_text("neuroid_id,area,subject\nn1,V4,A\n")
    assert dataset.load(tmp_path, verify_images=True).responses.shape == (4, 1, 1)
