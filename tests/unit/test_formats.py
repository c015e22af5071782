"""The foreign forms of responses and RDMs, read as they are."""

import dataset_folders as tiny
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from rsatoolbox.rdm import RDMs

from ventralmap import dataset
from ventralmap.errors import InputError

RNG = np.random.default_rng(7)


def refused(path, *words):
    with pytest.raises(InputError) as caught:
        dataset.load(path)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


# --- NeuroidAssembly: presentation x neuroid [x time_bin]

ORDER = RNG.permutation(8)  # of the presentations (stimulus, repetition)


def assembly(**coords):
    """Presentations of the tiny dataset in a random order, with flat coordinates."""
    stimulus, repetition = np.unravel_index(ORDER, (4, 2))
    return xr.DataArray(
        tiny.VALUES.reshape(8, 3)[ORDER],
        dims=["presentation", "neuroid"],
        coords={
            "image_id": ("presentation", np.array(tiny.IDS)[stimulus]),
            "repetition": ("presentation", repetition + 5),
            "neuroid_id": ("neuroid", ["n1", "n2", "n3"]),
            "region": ("neuroid", ["V1", "V4", "V4"]),
            "animal": ("neuroid", ["A", "A", "B"]),
            "hemisphere": ("neuroid", ["L", "L", "R"]),
        }
        | coords,
    )


def save(array, path, name="data"):
    array.to_dataset(name=name).to_netcdf(path / "responses.nc", engine="h5netcdf")
    return path


@pytest.mark.parametrize("name", ["data", "__xarray_dataarray_variable__", "someone.V4"])
def test_assembly(tmp_path, name):
    loaded = dataset.load(save(assembly(), tiny.bare(tmp_path), name))
    np.testing.assert_array_equal(loaded.responses, tiny.VALUES)
    assert loaded.responses["area"].values.tolist() == ["V1", "V4", "V4"]
    assert loaded.responses["subject"].values.tolist() == ["A", "A", "B"]


def test_assembly_from_a_multi_index(tmp_path):
    indexed = assembly().set_index(
        presentation=["image_id", "repetition"], neuroid=["neuroid_id", "region", "animal"]
    )
    flat = indexed.reset_index(["presentation", "neuroid"])
    loaded = dataset.load(save(flat.transpose(), tiny.bare(tmp_path)))
    np.testing.assert_array_equal(loaded.responses, tiny.VALUES)


def test_assembly_without_repetition_numbers_presentations_as_they_come(tmp_path):
    plain = assembly().drop_vars("repetition").rename(image_id="stimulus_id")
    loaded = dataset.load(save(plain, tiny.bare(tmp_path)))
    for i, stimulus in enumerate(tiny.IDS):
        shown = plain.values[plain["stimulus_id"].values == stimulus]
        np.testing.assert_array_equal(loaded.responses[i], shown)


def test_assembly_with_unequal_repeats_is_padded(tmp_path):
    gone = int(np.flatnonzero(ORDER == 3)[0])  # stimulus s2, second repetition
    loaded = dataset.load(save(assembly().drop_isel(presentation=gone), tiny.bare(tmp_path)))
    assert np.isnan(loaded.responses[1, 1]).all()
    assert np.isnan(loaded.responses).sum() == 3


def test_assembly_over_time(tmp_path):
    one = assembly().expand_dims("time_bin", axis=2)
    np.testing.assert_array_equal(
        dataset.load(save(one, tiny.bare(tmp_path / "one"))).responses, tiny.VALUES
    )
    two = xr.concat([one, one], "time_bin")
    refused(save(two, tiny.bare(tmp_path / "two")), "responses.nc", "2 time bins", "average")


def test_wrong_assembly(tmp_path):
    path = tiny.bare(tmp_path)
    same = assembly(repetition=("presentation", np.zeros(8)))
    refused(save(same, path), "responses.nc", "twice", "repetition")
    some = assembly(repetition=("presentation", [np.nan, *range(7)]))
    refused(save(some, path), "responses.nc", tiny.IDS[ORDER[0] // 2], "no repetition", "number it")
    refused(save(assembly().drop_vars("region"), path), "no coordinate 'area' along neuroid")
    refused(save(assembly().rename(neuroid="unit"), path), "(presentation, neuroid")


# --- plain tables


def tables(path, repetition=True):
    stimulus, shown = np.unravel_index(ORDER, (4, 2))
    responses = pd.DataFrame(tiny.VALUES.reshape(8, 3)[ORDER], columns=["n3", "n1", "n2"])
    responses[["n1", "n2", "n3"]] = tiny.VALUES.reshape(8, 3)[ORDER]
    responses.insert(0, "stimulus_id", np.array(tiny.IDS)[stimulus])
    responses.insert(1, "repetition", shown + 1)
    if not repetition:
        responses = responses[shown == 0].drop(columns="repetition")
    responses.to_csv(path / "responses.csv", index=False)
    pd.DataFrame(tiny.NEUROIDS).to_csv(path / "neuroids.csv", index=False)
    return path


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_tables(tmp_path):
    loaded = dataset.load(tables(tiny.bare(tmp_path)))
    assert loaded.responses["neuroid_id"].values.tolist() == ["n3", "n1", "n2"]
    back = loaded.responses.isel(neuroid=[1, 2, 0])
    np.testing.assert_array_equal(back, tiny.VALUES)
    assert back["area"].values.tolist() == ["V1", "V4", "V4"]
    assert back["subject"].values.tolist() == ["A", "A", "B"]


def test_tables_without_repeats(tmp_path):
    loaded = dataset.load(tables(tiny.bare(tmp_path), repetition=False))
    assert loaded.responses.shape == (4, 1, 3)
    np.testing.assert_array_equal(loaded.responses[:, 0, 1], tiny.VALUES[:, 0, 0])


def test_a_row_without_a_repetition_is_refused(tmp_path):
    path = tables(tiny.bare(tmp_path))
    table = pd.read_csv(path / "responses.csv")
    table.loc[2, "repetition"] = np.nan
    table.to_csv(path / "responses.csv", index=False)
    refused(path, "responses.csv", table.loc[2, "stimulus_id"], "no repetition", "number it")


def test_an_empty_cell_is_a_repeat_that_was_not_shown(tmp_path):
    path = tables(tiny.bare(tmp_path))
    edit(path / "responses.csv", "529.0", "")
    edit(path / "responses.csv", "484.0", "NaN")
    assert np.isnan(dataset.load(path).responses).sum() == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("responses.csv", "529.0", "lots", ["neuroid n3", "'lots' is not a number"]),
        ("responses.csv", ",n3", ",n9", ["neuroids.csv", "n3", "not in responses.csv"]),
        ("responses.csv", ",n3", ",n1", ["responses.csv", "column n1", "twice"]),
        ("responses.csv", "stimulus_id", "stimulus", ["'stimulus_id' is missing"]),
        ("responses.csv", "s1,1", "s1,2", ["stimulus_id s1", "twice"]),
        ("neuroids.csv", "area", "region", ["neuroids.csv", "'area' is missing"]),
        ("neuroids.csv", "n1", "n2", ["neuroids.csv", "n2", "twice"]),
    ],
)
def test_wrong_tables(tmp_path, file, old, new, words):
    path = tables(tiny.bare(tmp_path))
    edit(path / file, old, new)
    refused(path, *words)


def test_tables_need_both_files(tmp_path):
    path = tables(tiny.bare(tmp_path))
    (path / "neuroids.csv").unlink()
    refused(path, "neuroids.csv", "missing")
    tiny.folder(tmp_path)
    refused(path, "both responses.nc and responses.csv")


# --- rsatoolbox RDMs


def toolbox(path, descriptors=None, measure="correlation", file="rdms.h5"):
    """Save RDMs of stimuli in the reverse order with rsatoolbox itself."""
    matrices = np.array([tiny.distances(seed=s)[::-1, ::-1] for s in range(3)])
    rdms = RDMs(
        matrices,
        dissimilarity_measure=measure,
        rdm_descriptors=descriptors
        or {"subject": ["A", "B", "A"], "area": ["V1", "V1", "V4"], "index": [0, 1, 2]},
        pattern_descriptors={"stimulus_id": tiny.IDS[::-1]},
    )
    rdms.save(str(path / file), file_type="hdf5")
    return path


def test_rsatoolbox(tmp_path):
    (array,) = dataset.load(toolbox(tiny.bare(tmp_path))).rdms
    assert array.attrs["dissimilarity_measure"] == "correlation"
    for seed, where in enumerate(
        [
            {"subject": "A", "area": "V1"},
            {"subject": "B", "area": "V1"},
            {"subject": "A", "area": "V4"},
        ]
    ):
        np.testing.assert_array_equal(array.sel(where), tiny.distances(seed=seed))
    assert array.sel(subject="B", area="V4").isnull().all()


def test_rsatoolbox_area_in_name_and_times(tmp_path):
    descriptors = {"subject": ["A"] * 3, "name": ["MEG"] * 3, "time": [100.0, -50.0, 0.0]}
    loaded = dataset.load(toolbox(tiny.bare(tmp_path), descriptors, file="rdms_meg.h5"))
    (array,) = loaded.rdms
    assert array["time"].values.tolist() == [-50, 0, 100]
    np.testing.assert_array_equal(array.sel(time=100)[0, 0], tiny.distances(seed=0))


def test_rsatoolbox_crossnobis_may_be_negative(tmp_path):
    path = toolbox(tiny.bare(tmp_path), measure="crossnobis")
    import h5py

    with h5py.File(path / "rdms.h5", "a") as file:
        file["dissimilarities"][0, 0] = -0.5
    assert (dataset.load(path).rdms[0] < 0).any()


@pytest.mark.parametrize(
    ("descriptors", "words"),
    [
        ({"subject": ["A", "B", "C"]}, ["no rdm descriptor 'area'"]),
        ({"area": ["V1"] * 3}, ["no rdm descriptor 'subject'"]),
        ({"area": ["V1"] * 3, "subject": ["A", "B", "A"]}, ["two RDMs are of V1, A"]),
    ],
)
def test_wrong_rsatoolbox(tmp_path, descriptors, words):
    refused(toolbox(tiny.bare(tmp_path), descriptors), "rdms.h5", *words)


def test_not_rsatoolbox(tmp_path):
    path = tiny.bare(tmp_path)
    (path / "rdms.h5").write_bytes(b"something else")
    refused(path, "rdms.h5", "not RDMs saved by rsatoolbox")
