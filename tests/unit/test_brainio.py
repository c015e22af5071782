"""Brain-Score's files: assemblies over time, and stimulus sets of a table and an archive."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from published import archive, pictures

from ventralmap import assemblies, brainio, dataset, datasets
from ventralmap.errors import InputError

RNG = np.random.default_rng(3)
IDS = [f"{i:02d}{'ab' * 19}" for i in range(6)]  # hashes of the images
OBJECTS = ["bear", "bear", "elephant", "elephant", "car1", "car1"]
CATEGORIES = ["Animals"] * 4 + ["Cars"] * 2


def presentations(repeats):
    """Each stimulus as often as said, in a random order: stimulus and repetition."""
    shown = [(i, r) for i, n in enumerate(repeats) for r in range(n)]
    return np.array(shown)[RNG.permutation(len(shown))].T


def save(path, values, coords, name="data"):
    """Write as BrainIO does: MultiIndexes of all coordinates of a dimension, made flat again."""
    array = xr.DataArray(values, coords, ("neuroid", "presentation", "time_bin"))
    index = {dim: [c for c in coords if array[c].dims == (dim,) and c != dim] for dim in array.dims}
    flat = array.set_index(index).reset_index(list(array.dims))
    flat.attrs["stimulus_set_identifier"] = "hvm-public"
    flat.to_dataset(name=name).to_netcdf(path, engine="h5netcdf")
    return path


def hvm(path, repeats=(3, 2, 3, 3, 1, 3), **changed):
    """V4 and IT of two animals, one bin of 70-170 ms; returns the path and what is in it."""
    stimulus, repetition = presentations(repeats)
    values = RNG.normal(size=(5, len(stimulus), 1))
    coords = {
        "neuroid_id": ("neuroid", ["Chabo_L_M_5_9", "Chabo_L_M_6_9", "Tito_L_P_3_2", "T4", "T5"]),
        "animal": ("neuroid", ["Chabo", "Chabo", "Tito", "Tito", "Tito"]),
        "region": ("neuroid", ["IT", "IT", "V4", "IT", "V4"]),
        "subregion": ("neuroid", ["cIT", "cIT", "V4", "pIT", "V4"]),
        "image_id": ("presentation", np.array(IDS)[stimulus]),
        "repetition": ("presentation", repetition),
        "object_name": ("presentation", np.array(OBJECTS)[stimulus]),
        "time_bin_start": ("time_bin", [70]),
        "time_bin_end": ("time_bin", [170]),
    }
    return save(path, values, coords | changed), values[..., 0], stimulus, repetition


def stimulus_set(folder, named, **columns):
    """A table in another order than the presentations, and an archive."""
    table = pd.DataFrame({"id": range(6), "image_id": IDS} | columns)
    table[named] = [f"{i}.png" for i in IDS]
    table.iloc[::-1].to_csv(folder / "set.csv", index=False)
    packed = archive(folder / "set.zip", pictures(folder / "packed", [f"{i}.png" for i in IDS]))
    return folder / "set.csv", packed


@pytest.fixture
def majaj(tmp_path, fetched):
    path, *content = hvm(tmp_path / "assembly.nc")
    pose = {name: RNG.normal(size=6) for name in ("s", "ty", "tz", "rxy", "rxz", "ryz")}
    table, packed = stimulus_set(
        tmp_path, "filename", object_name=OBJECTS, category_name=CATEGORIES,
        background_id=["b1", "b2", "b3"] * 2, variation=[0, 3] * 3, **pose,
    )  # fmt: skip
    fetched |= {
        "majajhong2015/assy_dicarlo_MajajHong2015_public.nc": path,
        "majajhong2015/stimulus_hvm-public.csv": table,
        "majajhong2015/stimulus_hvm-public.zip": packed,
    }
    return content


def built(tmp_path, name):
    datasets.build(name, tmp_path / "made", downloads=tmp_path, seed=0)
    return dataset.load(tmp_path / "made", verify_images=True)


def test_sites_of_v4_and_it(tmp_path, majaj):
    values, stimulus, repetition = majaj
    made = built(tmp_path, "majajhong2015")
    assert made.stimuli.index.tolist() == IDS[::-1]
    assert made.stimuli["object"].tolist() == OBJECTS[::-1]
    assert made.stimuli["category"].tolist() == CATEGORIES[::-1]
    assert {"background", "variation", "s", "ty", "ryz"} <= set(made.stimuli)
    assert made.responses["area"].values.tolist() == ["IT", "IT", "V4", "IT", "V4"]
    assert made.responses["subject"].values.tolist() == ["Chabo"] * 2 + ["Tito"] * 3
    assert made.responses.shape == (6, 3, 5)
    for column, (i, r) in enumerate(zip(stimulus, repetition, strict=True)):
        found = made.responses.sel(stimulus=made.responses["stimulus_id"] == IDS[i])[0, r]
        np.testing.assert_array_equal(found, values[:, column])
    assert int(made.responses.notnull().sum()) == values.size
    assert made.meta["stimulus_degrees"] == 8


def test_a_repetition_that_is_numbered_twice_is_two(tmp_path):
    """Numbers that begin anew in each session do not make two presentations one."""
    path, values, stimulus, _ = hvm(tmp_path / "a.nc", repetition=("presentation", np.zeros(15)))
    found = assemblies.published_responses(path, (70, 170))
    for i, n in enumerate((3, 2, 3, 3, 1, 3)):
        of_stimulus = found.sel(stimulus=found["stimulus_id"] == IDS[i])[0]
        np.testing.assert_array_equal(of_stimulus[:n], values[:, stimulus == i].T)
        assert np.isnan(of_stimulus[n:]).all()


@pytest.mark.parametrize("name", ["data", "__xarray_dataarray_variable__", "dicarlo.hvm"])
def test_the_names_of_the_variable(tmp_path, name):
    stimulus, repetition = presentations([2] * 6)
    coords = {
        "neuroid_id": ("neuroid", [1, 2]),
        "region": ("neuroid", ["V1", "V2"]),
        "stimulus_id": ("presentation", np.array(IDS)[stimulus]),
        "repetition": ("presentation", repetition),
        "time_bin_start": ("time_bin", [70]),
        "time_bin_end": ("time_bin", [170]),
    }
    path = save(tmp_path / "a.nc", RNG.normal(size=(2, 12, 1)), coords, name)
    found = assemblies.published_responses(path, (70, 170), subject="monkeys")
    assert found.shape == (6, 2, 2)
    assert found["subject"].values.tolist() == ["monkeys"] * 2
    with pytest.raises(InputError, match=r"a\.nc: no coordinate 'subject' along neuroid"):
        assemblies.published_responses(path, (70, 170))


@pytest.fixture
def freeman(tmp_path, fetched):
    """300 bins of 1 ms, not in the order of time; neurons numbered anew in each area."""
    stimulus, repetition = presentations([4] * 6)
    start = RNG.permutation(300)
    values = RNG.poisson(0.1, size=(4, 24, 300)).astype(float)
    coords = {
        "neuroid_id": ("neuroid", [1, 2, 1, 2]),
        "region": ("neuroid", ["V1", "V1", "V2", "V2"]),
        "image_id": ("presentation", np.array(IDS)[stimulus]),
        "repetition": ("presentation", repetition),
        "time_bin_start": ("time_bin", start),
        "time_bin_end": ("time_bin", start + 1),
    }
    table, packed = stimulus_set(
        tmp_path, "image_file_name", texture_type=["noise", "texture"] * 3,
        texture_family=[18, 18, 30, 30, 327, 327], sample=range(6), resolution=["320x320"] * 6,
    )  # fmt: skip
    fetched |= {
        "freemanziemba2013/assy_movshon_FreemanZiemba2013_public.nc": save(
            tmp_path / "a.nc", values, coords
        ),
        "freemanziemba2013/stimulus_FreemanZiemba2013_aperture-public.csv": table,
        "freemanziemba2013/stimulus_FreemanZiemba2013_aperture-public.zip": packed,
    }
    window = values[..., (start >= 50) & (start < 200)]
    assert window.shape[-1] == 150
    return window.mean(axis=-1), stimulus, repetition


def test_neurons_of_v1_and_v2(tmp_path, freeman):
    mean, stimulus, repetition = freeman
    made = built(tmp_path, "freemanziemba2013")
    assert made.responses["neuroid_id"].values.tolist() == ["V1_1", "V1_2", "V2_1", "V2_2"]
    assert set(made.responses["subject"].values) == {"monkeys"}
    assert made.stimuli["object"].tolist() == [327, 327, 30, 30, 18, 18]
    assert made.stimuli["texture_type"].tolist() == ["texture", "noise"] * 3
    for column, (i, r) in enumerate(zip(stimulus, repetition, strict=True)):
        found = made.responses.sel(stimulus=made.responses["stimulus_id"] == IDS[i])[0, r]
        np.testing.assert_allclose(found, mean[:, column], rtol=1e-12)


@pytest.mark.parametrize("window", [(50, 301), (50.5, 200), (-10, 100)])
def test_bins_that_do_not_make_up_the_window_are_refused(freeman, fetched, window):
    path = fetched["freemanziemba2013/assy_movshon_FreemanZiemba2013_public.nc"]
    with pytest.raises(InputError, match=f"do not make up {window[0]:g}-{window[1]:g} ms"):
        assemblies.published_responses(path, window, subject="monkeys")


def test_overlapping_bins_are_refused(tmp_path):
    path, *_ = hvm(tmp_path / "a.nc", time_bin_start=("time_bin", [71]))
    with pytest.raises(InputError, match=r"a\.nc: its time bins do not make up 70-170 ms"):
        assemblies.published_responses(path, (70, 170))
    with xr.open_dataset(path) as file:
        bare = file.drop_vars("time_bin_end").load()
    bare.to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    with pytest.raises(InputError, match=r"b\.nc: has no time_bin_end"):
        assemblies.published_responses(tmp_path / "b.nc", (70, 170))


def test_a_stimulus_set_that_is_not_whole(tmp_path):
    table, packed = stimulus_set(tmp_path, "filename")
    (tmp_path / "packed" / f"{IDS[2]}.png").unlink()
    packed = archive(packed, tmp_path / "packed")
    with pytest.raises(InputError, match=rf"set\.zip: has no image '{IDS[2]}\.png'"):
        brainio.write_stimuli(tmp_path / "a", table, packed, {})
    with pytest.raises(InputError, match=r"set\.csv: column 'object_name' is missing"):
        brainio.write_stimuli(tmp_path / "b", table, packed, {"object_name": "object"})
    pd.read_csv(table).assign(filename="one.png").to_csv(table, index=False)
    with pytest.raises(InputError, match=r"set\.csv: file one\.png is there twice"):
        brainio.write_stimuli(tmp_path / "c", table, packed, {})


def test_images_may_lie_in_folders_of_the_archive(tmp_path):
    table, _ = stimulus_set(tmp_path, "filename", note=list("abcdef"))
    folder = pictures(tmp_path / "deep", [f"movshon_stimuli/{i}.png" for i in IDS])
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / f"._{IDS[0]}.png").write_bytes(b"a Mac's")
    packed = archive(tmp_path / "deep.zip", folder)
    written = brainio.write_stimuli(tmp_path / "made", table, packed, {"note": "remark"})
    assert written.columns.tolist() == ["stimulus_id", "file", "remark"]
    assert sorted(p.name for p in (tmp_path / "made/stimuli").iterdir()) == sorted(written["file"])
