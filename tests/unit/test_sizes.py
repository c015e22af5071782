"""Sizes of datasets, known before anything is read."""

import dataset_folders as tiny
import numpy as np
import pytest

from ventralmap import dataset, datasets, registry, sizes
from ventralmap.sizes import Size


def test_the_size_of_every_public_dataset_is_known():
    assert set(sizes.KNOWN) >= {"simulated", "cowley2023_190923", "kriegeskorte2008"}
    assert set(sizes.KNOWN) <= set(datasets.names())


def test_a_folder_is_measured_as_it_will_be_read(tmp_path):
    both = {"": tiny.rdms(), "late": tiny.rdms(area=("V4",))}
    folder = tiny.folder(tmp_path, rdms=both)
    read = dataset.load(folder)
    found = sizes.of_dataset(f"{folder}/")
    assert found.n_stimuli == len(read.stimuli) == 4
    assert found.n_neuroids == read.responses[0].size == 6
    assert found.n_rdms == sum(array.size // 16 for array in read.rdms) == 4


def test_a_table_of_responses_is_measured(tmp_path):
    folder = tiny.bare(tmp_path)
    rows = "".join(f"{stimulus},1,2,3\n" for stimulus in tiny.IDS)
    (folder / "responses.csv").write_text(f"stimulus_id,n1,n2,n3\n{rows}")
    assert sizes.of_dataset(f"{folder}/") == Size(4, 4, 0)  # the column of ids counts as one


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 1000])
def test_damaged_files_count_as_nothing(tmp_path, content):
    folder = tiny.folder(tmp_path)
    (folder / "stimuli.csv").write_bytes(content)
    (folder / "responses.nc").write_bytes(content)
    assert sizes.of_dataset(f"{folder}/") == Size(1)


def test_layers_are_those_chosen_or_curated_or_guessed():
    assert sizes.n_layers("pixels", None) == 1
    assert sizes.n_layers("resnet18", ["a", "b"]) == 2
    curated = len(registry.curated_layers("mobilenet_v2"))
    assert sizes.n_layers("mobilenet_v2", None) == curated > 5
    assert sizes.n_layers("squeezenet1_1+untrained", None) > np.int64(0)
