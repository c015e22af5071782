import hashlib

import dataset_folders as df
import in_memory as made
import numpy as np
import pytest

from ventralmap import dataset
from ventralmap.summary import summarise


def test_a_dataset_of_responses(tmp_path):
    found = summarise(dataset.load(df.folder(tmp_path)))
    assert {key: found[key] for key in df.META} == df.META
    assert found["n_stimuli"] == 4
    assert found["categories"] == {}
    assert found["rdms"] == []
    assert found["responses"] == [
        {"area": "V1", "subject": "A", "n_neuroids": 1, "n_repeats": 2},
        {"area": "V4", "subject": "A", "n_neuroids": 1, "n_repeats": 2},
        {"area": "V4", "subject": "B", "n_neuroids": 1, "n_repeats": 2},
    ]


def test_neuroids_are_counted_and_areas_come_as_they_appear():
    data = made.dataset(
        3, np.random.default_rng(0).random((3, 5)), area=["IT", "V1", "IT", "IT", "V1"],
        subject=["B", "A", "B", "A", "A"],
    )  # fmt: skip
    found = [tuple(fact.values()) for fact in summarise(data)["responses"]]
    assert found == [("IT", "B", 2, 1), ("V1", "A", 2, 1), ("IT", "A", 1, 1)]


def test_images_are_counted_by_category():
    data = made.dataset(5, category=["face", "body", "face", "house", "face"])
    assert summarise(data)["categories"] == {"face": 3, "body": 1, "house": 1}


def test_subjects_are_counted_in_each_area_and_times_where_there_are_any():
    static = made.distances(4, 0, 2, 3)
    static[1, 0] = np.nan  # the second area was not measured in the first subject
    over_time = made.distances(4, 1, 1, 2, 6)
    data = made.dataset(
        4, rdms=[made.rdms(static), made.rdms(over_time, area=["MEG"], time=np.arange(6.0))]
    )
    assert summarise(data)["rdms"] == [
        {"area": "EVC", "n_subjects": 3, "n_times": None},
        {"area": "IT", "n_subjects": 2, "n_times": None},
        {"area": "MEG", "n_subjects": 2, "n_times": 6},
    ]


def test_a_subject_with_one_of_two_sessions_counts():
    values = made.distances(4, 0, 1, 2, 2)
    values[0, 1, 0] = np.nan
    data = made.dataset(4, rdms=[made.rdms(values, session=["1", "2"])])
    assert summarise(data)["rdms"] == [{"area": "EVC", "n_subjects": 2, "n_times": None}]


def test_data_files_are_named_with_their_hashes_and_images_are_not(tmp_path):
    folder = df.folder(tmp_path)
    hashes = summarise(dataset.load(folder))["sha256"]
    assert list(hashes) == ["dataset.yaml", "responses.nc", "stimuli.csv"]
    for name, found in hashes.items():
        assert found == hashlib.sha256((folder / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("change", ["responses", "stimuli"])
def test_another_file_has_another_hash(tmp_path, change):
    first = summarise(dataset.load(df.folder(tmp_path / "a")))["sha256"]
    parts = {
        "responses": {"responses": df.responses(df.VALUES + 1)},
        "stimuli": {"stimuli": df.table().assign(object=list("abcd"))},
    }
    second = summarise(dataset.load(df.folder(tmp_path / "b", **parts[change])))["sha256"]
    assert [name for name in first if first[name] != second[name]] == [
        {"responses": "responses.nc", "stimuli": "stimuli.csv"}[change]
    ]
