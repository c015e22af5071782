"""Loading, writing and checking datasets in the canonical form."""

import os
import time

import dataset_folders as tiny
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ventralmap import canonical, dataset, layout
from ventralmap.errors import InputError


def refused(path, *words, verify=False):
    """Load a wrong dataset; its message must be one line that holds all the words."""
    with pytest.raises(InputError) as caught:
        dataset.load(path, verify_images=verify)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def rewrite(path, change):
    path.write_text(change(path.read_text()))


def without(path, line):
    rewrite(path, lambda text: "".join(x for x in text.splitlines(True) if not x.startswith(line)))


def test_round_trip(tmp_path):
    measured = tiny.rdms(session=["1"], values=tiny.rdms().values[:, :, None])
    truth = pd.DataFrame({"area": ["V1"], "model": ["m"], "layer": ["features.3"]})
    path = tiny.folder(tmp_path / "d", rdms={"": tiny.rdms(), "late": measured}, truth=truth)
    (path / "rdms_late.nc").rename(path / "rdms_x.nc")
    (path / "rdms.nc").unlink()
    loaded = dataset.load(path, verify_images=True)
    assert loaded.name == "tiny"
    assert loaded.meta == tiny.META
    assert loaded.stimuli.index.tolist() == tiny.IDS
    assert loaded.responses.dims == ("stimulus", "repetition", "neuroid")
    np.testing.assert_array_equal(loaded.responses, tiny.VALUES)
    assert loaded.responses["area"].values.tolist() == ["V1", "V4", "V4"]
    assert loaded.responses["subject"].values.tolist() == ["A", "A", "B"]
    (array,) = loaded.rdms
    assert array.dims == ("area", "subject", "session", "stimulus_a", "stimulus_b")
    assert array.name == "rdms_x"
    np.testing.assert_array_equal(array.sel(subject="B")[0, 0], tiny.distances(seed=1))
    assert array["stimulus_b"].values.tolist() == tiny.IDS
    pd.testing.assert_frame_equal(loaded.truth, truth)
    assert loaded.images[2] == path / "stimuli" / "s3.png"


def test_written_bytes_depend_on_nothing_else(tmp_path):
    for name in ("a", "b"):
        tiny.folder(tmp_path / name, rdms={"": tiny.rdms()})
    for file in ("responses.nc", "rdms.nc", "stimuli.csv", "dataset.yaml"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_no_repetition_becomes_one(tmp_path):
    flat = tiny.responses()[:, 0]
    loaded = dataset.load(tiny.folder(tmp_path, responses=flat))
    assert loaded.responses.shape == (4, 1, 3)
    np.testing.assert_array_equal(loaded.responses[:, 0], tiny.VALUES[:, 0])


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(rows=st.permutations(range(4)), columns=st.permutations(range(4)), axes=st.booleans())
def test_order_of_rows_never_matters(tmp_path_factory, rows, columns, axes):
    path = tiny.bare(tmp_path_factory.mktemp("d"))
    ids = np.array(tiny.IDS)
    table = tiny.table().iloc[list(columns)]
    matrices = tiny.rdms().isel(stimulus_a=list(rows), stimulus_b=list(rows))
    if axes:  # a lab's own order of dimensions
        matrices = matrices.transpose("stimulus_b", "subject", "stimulus_a", "area")
    dataset.write(
        path,
        tiny.META,
        table,
        tiny.responses(tiny.VALUES[list(rows)], ids[list(rows)]),
        {"": matrices},
    )
    loaded = dataset.load(path)
    assert loaded.stimuli.index.tolist() == ids[list(columns)].tolist()
    for stimulus in range(4):
        at = loaded.responses.isel(stimulus=list(columns).index(stimulus))
        np.testing.assert_array_equal(at, tiny.VALUES[stimulus])
    back = loaded.rdms[0].sel(stimulus_a=ids, stimulus_b=ids)
    np.testing.assert_array_equal(back, tiny.rdms())


def test_each_axis_of_an_rdm_may_have_its_own_order(tmp_path):
    path = tiny.bare(tmp_path)
    mixed = tiny.rdms().isel(stimulus_b=[3, 1, 0, 2])
    mixed.to_dataset(name="rdms").to_netcdf(path / "rdms.nc", engine="h5netcdf")
    np.testing.assert_array_equal(dataset.load(path).rdms[0], tiny.rdms())


def test_ids_are_text_and_only_blank_is_missing(tmp_path):
    path, ids = tiny.bare(tmp_path), ["007", "7", "NA"]
    tiny.images(path, ids)
    tiny.table(ids).assign(note=["None", "", "x"]).to_csv(path / "stimuli.csv", index=False)
    stimuli = dataset.read_stimuli(path)
    assert stimuli.index.tolist() == ids
    assert stimuli["note"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("column", ["group", "object", "category"])
@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("label", ["a", 1])
def test_a_stimulus_without_a_label_is_refused(tmp_path, column, empty, label):
    path = tiny.bare(tmp_path)
    labels = {column: [label, empty, label, empty]}
    tiny.table().assign(**labels).to_csv(path / "stimuli.csv", index=False)
    with pytest.raises(InputError) as caught:
        dataset.read_stimuli(path)
    assert str(caught.value) == (
        f"{path}/stimuli.csv: id s2, s4 has no {column}; fill it in, or drop the column"
    )


def test_numbers_as_ids_join_with_the_table(tmp_path):
    path, ids = tiny.bare(tmp_path), ["1", "2", "3", "4"]
    tiny.images(path, ids)
    tiny.table(ids).to_csv(path / "stimuli.csv", index=False)
    file = tiny.responses().to_dataset(name="responses")
    file["stimulus_id"] = ("stimulus", np.array([4, 3, 2, 1]))
    file.to_netcdf(path / "responses.nc", engine="h5netcdf")
    np.testing.assert_array_equal(dataset.load(path).responses, tiny.VALUES[::-1])


def test_times_ascend_and_diagonals_are_zero(tmp_path):
    matrices = np.array([tiny.distances(seed=s) for s in range(3)])[None, None]
    matrices[..., range(4), range(4)] = np.nan
    late_first = tiny.rdms(matrices, subject=["A"], time=[200, -100, 50], area=["MEG"])
    loaded = dataset.load(tiny.folder(tmp_path, responses=None, rdms={"meg": late_first}))
    (array,) = loaded.rdms
    assert array["time"].values.tolist() == [-100, 50, 200]
    np.testing.assert_array_equal(array[0, 0, 2], tiny.distances(seed=0))


def test_a_subject_not_measured_in_an_area_is_nan(tmp_path):
    values = np.array([[tiny.distances()] * 2] * 2)
    values[1, 0] = np.nan
    values[1, 0][range(4), range(4)] = 0  # some write zeros on the diagonal all the same
    path = tiny.folder(tmp_path, rdms={"": tiny.rdms(values, area=["V1", "V4"])})
    assert dataset.load(path).rdms[0].isnull().all(
        ["stimulus_a", "stimulus_b"]
    ).values.tolist() == [
        [False, False],
        [True, False],
    ]


# --- dataset.yaml


def test_no_folder_or_no_meta(tmp_path):
    refused(tmp_path / "nowhere", "nowhere", "no such dataset folder")
    refused(tmp_path, "dataset.yaml", "missing", "stimulus_degrees")


@pytest.mark.parametrize("key", layout.REQUIRED_KEYS)
def test_missing_key(tmp_path, key):
    path = tiny.folder(tmp_path)
    without(path / "dataset.yaml", f"{key}:")
    refused(path, "dataset.yaml", f"'{key}' is missing")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("specie: x", ["unknown key 'specie'", "did you mean 'species'?"]),
        ("name: ../up", ["name '../up'", "letters, digits"]),
        ("title: 12", ["title is 12", "text"]),
        ("stimulus_degrees: wide", ["stimulus_degrees is 'wide'", "null"]),
        ("stimulus_degrees: -3", ["stimulus_degrees is -3"]),
        ("simulated: maybe", ["simulated is 'maybe'", "true or false"]),
        ("a: [", ["not valid YAML"]),
    ],
)
def test_wrong_value(tmp_path, line, words):
    path = tiny.folder(tmp_path)
    without(path / "dataset.yaml", line.split(":")[0] + ":")
    rewrite(path / "dataset.yaml", lambda text: text + line + "\n")
    refused(path, "dataset.yaml", *words)


# --- stimuli and images


def test_stimuli_table(tmp_path):
    path = tiny.folder(tmp_path)
    original = (path / "stimuli.csv").read_text()
    for change, words in [
        (lambda t: t.replace("s2,s2.png", "s1,s2.png"), ["stimulus_id s1", "twice"]),
        (lambda t: t.replace("s2,s2.png", "s2,s1.png"), ["file s1.png", "twice"]),
        (lambda t: t.replace("s2,s2.png", ",s2.png"), ["3", "no stimulus_id"]),
        (lambda t: t.replace("s2,s2.png", "s2,../s2.png"), ["../s2.png", "outside stimuli/"]),
        (lambda t: t.replace("s2,s2.png", "s2,/etc/hosts"), ["/etc/hosts", "outside stimuli/"]),
        (lambda t: t.replace(",file", ",files"), ["'file' is missing", "did you mean 'files'?"]),
        (lambda t: t.replace(",file", ",stimulus_id"), ["stimulus_id", "twice"]),
        (lambda t: t[: t.index("s3")], ["2 stimuli", "at least 3"]),
    ]:
        (path / "stimuli.csv").write_text(change(original))
        refused(path, "stimuli.csv", *words)
    (path / "stimuli.csv").unlink()
    refused(path, "stimuli.csv", "missing")


def test_missing_image(tmp_path):
    path = tiny.folder(tmp_path)
    (path / "stimuli" / "s2.png").unlink()
    refused(path, "s2.png (stimulus s2)", "missing")


@pytest.mark.parametrize("kept", [0, 40, -12, -200])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_truncated_image(tmp_path, kept, suffix):
    path = tiny.folder(tmp_path)
    image = path / "stimuli" / f"s2.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(image)
    rewrite(path / "stimuli.csv", lambda text: text.replace("s2.png", image.name))
    dataset.load(path, verify_images=True)
    image.write_bytes(image.read_bytes()[:kept])
    refused(path, image.name, "stimulus s2", "cannot be read", "replace", verify=True)


def test_the_same_image_twice(tmp_path):
    path = tiny.folder(tmp_path)
    (path / "stimuli" / "s4.png").write_bytes((path / "stimuli" / "s1.png").read_bytes())
    refused(path, "s4.png", "stimulus s1", "repetitions", verify=True)


def test_ids_that_do_not_match(tmp_path):
    cases = [
        (["s1", "s2", "s3", "s5"], ["s5", "not in stimuli.csv"]),
        (["s1", "s2", "s3", "s3"], ["s3", "twice"]),
    ]
    for number, (ids, words) in enumerate(cases):
        path = tiny.folder(tmp_path / f"r{number}", responses=tiny.responses(ids=ids))
        refused(path, "responses.nc", *words)
        path = tiny.folder(tmp_path / f"d{number}", rdms={"": tiny.rdms(ids=ids)})
        refused(path, "rdms.nc", *words)
    few = tiny.responses()[:3]
    path = tiny.folder(tmp_path / "few", responses=few)
    refused(path, "responses.nc", "s4", "missing here but in stimuli.csv")


# --- responses


def changed(index, value):
    values = tiny.VALUES.copy()
    values[index] = value
    return tiny.responses(values)


@pytest.mark.parametrize(
    ("responses", "words"),
    [
        (changed(np.s_[:, :, 1], np.nan), ["n2", "NaN throughout", "drop"]),
        (changed(np.s_[2, :, 1], np.nan), ["n2", "NaN for stimulus s3", "drop the neuroid or the"]),
        (changed(np.s_[2, 0, 1], np.inf), ["n2", "infinite"]),
        (changed(np.s_[:, :, 1], 0.1), ["n2", "same to all stimuli", "drop"]),
        (tiny.responses(neuroid_id=["n1", "n1", "n3"]), ["n1", "twice"]),
        (tiny.responses(area=["V1", "", "V4"]), ["1", "no area"]),
    ],
)
def test_wrong_responses(tmp_path, responses, words):
    refused(tiny.folder(tmp_path, responses=responses), "responses.nc", *words)


def test_a_repetition_that_was_not_shown_is_fine(tmp_path):
    loaded = dataset.load(tiny.folder(tmp_path, responses=changed(np.s_[2, 1, :], np.nan)))
    assert np.isnan(loaded.responses.values).sum() == 3


def test_how_many_presentations_a_value_is_the_mean_of(tmp_path):
    counted = tiny.responses(n_averaged=[1, 1, 15, 15])
    path = tiny.folder(tmp_path / "a", stimuli=tiny.table(tiny.IDS[::-1]), responses=counted)
    assert dataset.load(path).responses["n_averaged"].values.tolist() == [15, 15, 1, 1]
    canonical.copy(path, tmp_path / "copy")
    assert dataset.load(tmp_path / "copy").responses["n_averaged"].values.tolist() == [15, 15, 1, 1]
    path = tiny.folder(tmp_path / "b", responses=tiny.responses(n_averaged=[1, 1, 0, 1]))
    refused(path, "responses.nc", "n_averaged should be 1 or more", "leave it out")


def test_responses_file_of_another_shape(tmp_path):
    path = tiny.bare(tmp_path)
    file = tiny.responses().to_dataset(name="responses")
    for wrong, words in [
        (file.rename(responses="rates"), ["no variable 'responses'", "rates"]),
        (file.rename(neuroid="unit"), ["(stimulus, repetition, unit)", "(stimulus, neuroid)"]),
        (file.drop_vars("area"), ["no coordinate 'area'"]),
        (file.astype(complex), ["complex", "real numbers"]),
    ]:
        if np.iscomplexobj(wrong.get("responses", 0)):
            wrong = file.assign(responses=file["responses"].astype(str))
            words = ["real numbers"]
        wrong.to_netcdf(path / "responses.nc", engine="h5netcdf")
        refused(path, "responses.nc", *words)
    (path / "responses.nc").write_bytes(b"not NetCDF")
    refused(path, "responses.nc", "not a readable NetCDF file")


def test_nothing_measured(tmp_path):
    refused(tiny.bare(tmp_path), "no measurement", "responses.nc")


# --- RDMs


def changed_rdm(index, value):
    values = tiny.rdms().values
    values[(0, 1, *index)] = value
    return tiny.rdms(values)


def with_missing(pairs, **more):
    """RDMs of which subject B lacks pairs of stimuli, on both sides of the diagonal."""
    values = tiny.rdms().values
    for a, b in pairs:
        values[0, 1, [a, b], [b, a]] = np.nan
    return tiny.rdms(values[:, :, None] if more else values, **more)


@pytest.mark.parametrize(
    ("rdms", "words"),
    [
        (changed_rdm((2, 0), 9.0), ["subject B", "s1 and s3", "not symmetric", "(D + D.T) / 2"]),
        (changed_rdm((2, 2), 1.0), ["subject B", "s3", "0 on the diagonal"]),
        (changed_rdm((slice(None), 3), np.nan), ["subject B", "s1 and s4", "NaN", "write both"]),
        (
            with_missing([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)]),
            ["subject B", "s3 and s4", "same"],
        ),
        (changed_rdm((np.array([0, 1]), np.array([1, 0])), -1.0), ["s1 and s2", "negative"]),
        (changed_rdm((np.array([0, 1]), np.array([1, 0])), np.inf), ["s1 and s2", "infinite"]),
        (changed_rdm((...,), np.nan), ["B (subject)", "no RDM"]),
        (changed_rdm((...,), 1 - np.eye(4)), ["subject B", "same for stimuli"]),
        (tiny.rdms(subject=["A", "A"]), ["A (subject)", "twice"]),
        (tiny.rdms(area=[""]), ["area has no name"]),
    ],
)
def test_wrong_rdms(tmp_path, rdms, words):
    refused(tiny.folder(tmp_path, rdms={"": rdms}), "rdms.nc", *words)


def test_cross_validated_distances_may_be_negative(tmp_path):
    rdms = changed_rdm((np.array([0, 1]), np.array([1, 0])), -0.1)
    rdms.attrs["dissimilarity_measure"] = "crossnobis"
    loaded = dataset.load(tiny.folder(tmp_path, rdms={"": rdms}))
    assert loaded.rdms[0][0, 1, 0, 1] == -0.1


def test_pairs_may_be_missing_in_one_subject(tmp_path):
    rdms = with_missing([(0, 1), (0, 2)])
    loaded = dataset.load(tiny.folder(tmp_path, rdms={"": rdms}))
    np.testing.assert_array_equal(loaded.rdms[0], rdms)


def test_a_subject_with_gaps_in_time(tmp_path):
    values = np.array([[[tiny.distances()] * 2] * 2])
    values[0, 1, 1] = np.nan
    rdms = tiny.rdms(values, time=[0, 10])
    refused(tiny.folder(tmp_path, rdms={"meg": rdms}), "rdms_meg.nc", "B (subject)", "some times")


def test_an_area_in_two_files(tmp_path):
    path = tiny.folder(tmp_path, rdms={"": tiny.rdms(), "b": tiny.rdms()})
    refused(path, "area V1", "rdms and rdms_b")


def test_rdms_of_another_shape(tmp_path):
    path = tiny.bare(tmp_path)
    tiny.rdms()[0].to_dataset(name="rdms").to_netcdf(path / "rdms.nc", engine="h5netcdf")
    refused(path, "rdms.nc", "(subject, stimulus_a, stimulus_b)", "make them (area, subject")


# --- areas


def test_areas_have_a_place_in_the_hierarchy(tmp_path):
    meg = tiny.rdms(np.array([[[tiny.distances()]] * 2]), area=["MEG"], time=[0])
    loaded = dataset.load(tiny.folder(tmp_path, rdms={"": tiny.rdms(area=["hIT"]), "meg": meg}))
    assert dataset.areas(loaded) == ["V1", "V4", "hIT"]
    dataset.check_areas(loaded, ["V1", "V4", ["hIT", "mIT"]])
    dataset.check_areas(loaded, ["V1", "V4"], beside=["hIT"])
    with pytest.raises(InputError, match=r"area 'V4' is not in the hierarchy; did you mean 'V4v'"):
        dataset.check_areas(loaded, ["V1", "V4v", "hIT"])


# --- the canonical copy


def test_canonical_copy(tmp_path):
    source = tiny.folder(tmp_path / "mine", rdms={"": tiny.rdms(), "b": tiny.rdms(area=["V2"])})
    canonical.copy(source, tmp_path / "copy")
    first, second = dataset.load(source), dataset.load(tmp_path / "copy")
    xr.testing.assert_identical(first.responses, second.responses)
    for a, b in zip(first.rdms, second.rdms, strict=True):
        xr.testing.assert_identical(a, b)
    assert os.path.samefile(first.images[0], second.images[0])


def test_images_are_copied_where_they_cannot_be_linked(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("another file system")

    monkeypatch.setattr(os, "link", refuse)
    source = tiny.folder(tmp_path / "mine")
    canonical.copy(source, tmp_path / "copy")
    copied = dataset.load(tmp_path / "copy", verify_images=True)
    assert copied.images[0].read_bytes() == (source / "stimuli" / "s1.png").read_bytes()
    assert not os.path.samefile(copied.images[0], source / "stimuli" / "s1.png")


def test_a_wrong_dataset_leaves_nothing(tmp_path):
    source = tiny.folder(tmp_path / "mine", responses=changed(np.s_[:, :, 1], np.nan))
    with pytest.raises(InputError, match="n2"):
        canonical.copy(source, tmp_path / "out" / "copy")
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_a_thousand_images_load_in_a_second(tmp_path):
    ids = [f"s{number:04d}" for number in range(1200)]
    path = tiny.bare(tmp_path)
    for stimulus in ids:
        os.link(path / "stimuli" / "s1.png", path / "stimuli" / f"{stimulus}.png")
    values = np.random.default_rng(0).normal(size=(1200, 4, 3))
    dataset.write(path, tiny.META, tiny.table(ids), tiny.responses(values, ids))
    start = time.perf_counter()
    dataset.load(path)
    assert time.perf_counter() - start < 2


def test_a_subject_may_not_have_seen_all_stimuli(tmp_path):
    """Neuroid n3 is all of subject B."""
    tiny.folder(tmp_path / "d", responses=changed(np.s_[2, :, 2], np.nan))
    mean = dataset.load(tmp_path / "d").mean_response()
    assert np.isnan(mean).nonzero()[0].tolist() == [2]
    assert np.isnan(mean).nonzero()[1].tolist() == [2]
