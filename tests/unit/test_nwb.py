"""NWB files, written by pynwb itself: spikes in a window after each presentation."""

import datetime

import dataset_folders as tiny
import numpy as np
import pytest

from ventralmap import cli, dataset, nwb
from ventralmap.errors import InputError

pynwb = pytest.importorskip("pynwb", reason="pynwb, an extra (ventralmap[nwb]), is not installed")

SHOWN = ["s3", "s1", "blank", "s2", "s1", "s4", "s3", "s2", "s4", "s1"]
"""A second after one another; s1 three times, the others twice."""
START = 5.0
AREAS = ["V4", "IT", "IT"]
WINDOW = (70.0, 170.0)


def spikes(unit):
    """The unit spikes i + unit times in the window of presentation i, and around it."""
    random = np.random.default_rng(unit)
    times = [START + i + np.linspace(0.07, 0.1699, i + unit) for i in range(len(SHOWN))]
    outside = [START + i + np.array([0.01, 0.0699, 0.17, 0.3]) for i in range(len(SHOWN))]
    return random.permutation(np.concatenate(times + outside))


def write(path, *, intervals="trials", column="stimulus_id", areas="electrodes", subject="M1"):
    """Write a session; `areas` stands in a column of the units or with the electrodes."""
    file = pynwb.NWBFile(
        session_description="V4 and IT, four images",
        identifier="session",
        session_start_time=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )
    if subject:
        file.subject = pynwb.file.Subject(subject_id=subject, species="Macaca mulatta")
    device = file.create_device(name="array")
    for area in AREAS:
        group = file.create_electrode_group(
            f"{area}{len(file.electrode_groups)}", description="x", location=area, device=device
        )
        file.add_electrode(group=group, location=area)
    if areas != "electrodes":
        file.add_unit_column(areas, "where it is")
    for unit, area in enumerate(AREAS):
        where = {"electrodes": [unit]} if areas == "electrodes" else {areas: area}
        seen = {"obs_intervals": [[0.0, 100.0 if unit else START + 9.5]]}
        file.add_unit(spike_times=np.sort(spikes(unit)), **where, **seen)
    table = pynwb.epoch.TimeIntervals(name=intervals, description="presentations")
    table.add_column(column, "which")
    for i, stimulus in enumerate(SHOWN):
        row = {column: stimulus}
        table.add_row(start_time=START + i, stop_time=START + i + 0.1, **row)
    if intervals == "trials":
        file.trials = table
    else:
        file.add_time_intervals(table)
    with pynwb.NWBHDF5IO(path, "w") as io:
        io.write(file)
    return path


def test_spikes_in_the_window_of_each_presentation(tmp_path):
    found, about = nwb.read(write(tmp_path / "a.nwb"), WINDOW, without=["blank"])
    assert found["stimulus_id"].values.tolist() == ["s3", "s1", "s2", "s4"]
    assert found["area"].values.tolist() == AREAS
    assert found["subject"].values.tolist() == ["M1"] * 3
    assert found["neuroid_id"].values.tolist() == ["0", "1", "2"]
    assert found.shape == (4, 3, 3)
    counts = {i: [k for k, s in enumerate(SHOWN) if s == i] for i in ("s3", "s1", "s2", "s4")}
    for row, at in enumerate(counts.values()):
        for unit in range(3):
            known = found.values[row, : len(at), unit]
            np.testing.assert_array_equal(known, [k + unit for k in at])
            assert np.isnan(found.values[row, len(at) :, unit]).all()
    assert found.attrs["units"] == "spikes per 100 ms"
    assert about == {
        "subject": "M1",
        "species": "Macaca mulatta",
        "description": "V4 and IT, four images",
    }


def test_a_unit_that_was_not_observed_is_nan(tmp_path):
    found, _ = nwb.read(write(tmp_path / "a.nwb"), (400, 700), without=["blank"])
    third = found.values[found["stimulus_id"].values == "s1", 2]
    assert np.isnan(third[0, 0])  # unit 0 until 500 ms after the last presentation began
    assert (third[0, 1:] == 0).all()


def test_the_count_in_windows_by_hand():
    edges = np.array([[0.0, 1.0], [1.0, 2.0], [5.0, 6.0]])
    assert nwb.count([2.0, 0.0, 1.0, 0.5, 1.5], edges).tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    ("written", "chosen"),
    [
        ({"intervals": "natural_images", "column": "image_id"}, {}),
        ({"column": "picture"}, {"stimulus": "picture"}),
        ({"areas": "brain_area"}, {}),
        ({"areas": "acronym"}, {"area": "acronym"}),
    ],
)
def test_other_names(tmp_path, written, chosen):
    found, _ = nwb.read(write(tmp_path / "a.nwb", **written), WINDOW, **chosen)
    assert found["area"].values.tolist() == AREAS
    assert found.sizes["stimulus"] == 5


@pytest.mark.parametrize(
    ("written", "chosen", "words"),
    [
        (
            {"column": "picture"},
            {},
            ["none of the tables trials", "column stimulus_id or", "picture"],
        ),
        ({}, {"table": "trails"}, ["has no table 'trails'", "did you mean 'trials'?"]),
        ({"areas": "acronym"}, {}, ["units have no column area or location", "acronym"]),
        ({"subject": ""}, {}, ["has no subject_id"]),
        ({}, {"without": set(SHOWN)}, ["has no stimulus in 'stimulus_id'"]),
    ],
)
def test_what_a_file_lacks_is_named(tmp_path, written, chosen, words):
    path = write(tmp_path / "a.nwb", **written)
    with pytest.raises(InputError) as caught:
        nwb.read(path, WINDOW, **chosen)
    assert all(word in str(caught.value) for word in ["a.nwb", *words]), caught.value


def test_wrong_windows_and_files(tmp_path):
    with pytest.raises(InputError, match="170 is not before 70"):
        nwb.read(write(tmp_path / "a.nwb"), (170, 70))
    with pytest.raises(InputError, match=r"b\.nwb: missing"):
        nwb.read(tmp_path / "b.nwb", WINDOW)
    (tmp_path / "c.nwb").write_bytes(b"no HDF5")
    with pytest.raises(InputError, match=r"c\.nwb: not a readable NWB file"):
        nwb.read(tmp_path / "c.nwb", WINDOW)


def program(tmp_path, *more):
    tiny.images(tmp_path / "pictures", [*tiny.IDS, "unused"])
    given = ["from-nwb", tmp_path / "a.nwb", tmp_path / "made", "--window", "70", "170"]
    given += ["--images", tmp_path / "pictures", *more]
    return cli.main([str(part) for part in given])


def test_a_folder_from_a_file(tmp_path, capsys):
    write(tmp_path / "a.nwb")
    assert program(tmp_path, "--without", "blank") == 0
    assert "3 units, 4 images, at most 3 repetitions" in capsys.readouterr().out
    made = dataset.load(tmp_path / "made", verify_images=True)
    assert made.meta["measurement"] == "spikes, 70-170 ms"
    assert made.meta["title"] == "V4 and IT, four images"
    assert made.stimuli.index.tolist() == ["s3", "s1", "s2", "s4"]
    assert made.images[0].read_bytes() == (tmp_path / "pictures/stimuli/s3.png").read_bytes()
    assert program(tmp_path, "--without", "blank") == 1
    assert "is there already" in capsys.readouterr().err


def test_a_stimulus_without_an_image(tmp_path, capsys):
    write(tmp_path / "a.nwb")
    assert program(tmp_path) == 1
    assert "no image is named blank; add it, or leave the stimulus out" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
