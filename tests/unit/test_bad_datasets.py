"""Every kind of bad dataset is named in one line: the file, the id and the remedy.

`test_dataset.py`, `test_formats.py` and `test_rdm_sources.py` test more cases of many of them.
"""

import shutil

import dataset_folders as tiny
import numpy as np
import pandas as pd
import pytest
import test_formats
import xarray as xr

from ventralmap import cli

KINDS = {}
"""What can be wrong with a folder, by name: each makes one mistake in a good one, and returns the
words that the message must hold."""


def kind(mistake):
    KINDS[mistake.__name__] = mistake
    return mistake


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def change(folder, how):
    path = folder / "responses.nc"
    with xr.open_dataset(path) as file:
        changed = how(file.load())
    changed.to_netcdf(path, engine="h5netcdf")


def value(folder, where, what):
    def put(file):
        file["responses"].values[where] = what
        return file

    change(folder, put)


def write(folder, array, file="rdms.nc"):
    array.to_dataset(name="rdms").to_netcdf(folder / file, engine="h5netcdf")


def rdm(folder, values):
    write(folder, tiny.rdms(values))


@kind
def no_folder(folder):
    shutil.rmtree(folder)
    return "no such dataset folder", "check the path"


@kind
def no_dataset_yaml(folder):
    (folder / "dataset.yaml").unlink()
    return "dataset.yaml: missing", "write it with the keys"


@kind
def broken_yaml(folder):
    (folder / "dataset.yaml").write_text("name: [")
    return "dataset.yaml: not valid YAML", "correct that line"


@kind
def key_missing(folder):
    edit(folder / "dataset.yaml", "species: macaque\n", "")
    return "dataset.yaml: key 'species' is missing", "add a line"


@kind
def key_mistyped(folder):
    edit(folder / "dataset.yaml", "licence:", "license:")
    return "dataset.yaml: unknown key 'license'", "did you mean 'licence'?"


@kind
def degrees_that_are_none(folder):
    edit(folder / "dataset.yaml", "degrees: 8", "degrees: -8")
    return "stimulus_degrees is -8", "write the width"


@kind
def no_stimuli_csv(folder):
    (folder / "stimuli.csv").unlink()
    return "stimuli.csv: missing", "write it with the columns"


@kind
def column_mistyped(folder):
    edit(folder / "stimuli.csv", ",file", ",files")
    return "stimuli.csv: column 'file' is missing", "did you mean 'files'?"


@kind
def stimulus_twice(folder):
    edit(folder / "stimuli.csv", "s2,", "s1,")
    return "stimuli.csv: stimulus_id s1 is there twice", "its own id"


@kind
def one_image_for_two_stimuli(folder):
    edit(folder / "stimuli.csv", "s2.png", "s1.png")
    return "stimuli.csv: file s1.png is there twice", "one row"


@kind
def half_of_the_categories(folder):
    table = pd.read_csv(folder / "stimuli.csv").assign(category=["a", None, "b", None])
    table.to_csv(folder / "stimuli.csv", index=False)
    return "stimuli.csv: id s2, s4 has no category", "fill it in, or drop the column"


@kind
def two_stimuli(folder):
    (folder / "stimuli.csv").write_text("stimulus_id,file\ns1,s1.png\ns2,s2.png\n")
    return "stimuli.csv: has 2 stimuli", "at least 3"


@kind
def image_elsewhere(folder):
    edit(folder / "stimuli.csv", "s2.png", "../s2.png")
    return "'../s2.png' lies outside stimuli/", "move the image there"


@kind
def image_missing(folder):
    (folder / "stimuli/s3.png").unlink()
    return "image s3.png (stimulus s3) is missing", "add the file"


@kind
def image_damaged(folder):
    (folder / "stimuli/s3.png").write_bytes((folder / "stimuli/s3.png").read_bytes()[:40])
    return "s3.png: image of stimulus s3 cannot be read", "replace the file"


@kind
def two_files_with_one_image(folder):
    shutil.copy(folder / "stimuli/s1.png", folder / "stimuli/s3.png")
    return "stimulus s3 is the same image as stimulus s1", "repetitions of one stimulus"


@kind
def nothing_measured(folder):
    (folder / "responses.nc").unlink()
    return "holds no measurement", "add responses.nc"


@kind
def responses_in_two_forms(folder):
    test_formats.tables(folder)
    return "both responses.nc and responses.csv", "keep one"


@kind
def no_netcdf(folder):
    (folder / "responses.nc").write_bytes(b"MATLAB")
    return "responses.nc: not a readable NetCDF file", "write it again"


@kind
def other_dimensions(folder):
    change(folder, lambda file: file.rename(neuroid="unit"))
    return "responses.nc: responses has the dimensions", "make them (stimulus, neuroid)"


@kind
def text_instead_of_numbers(folder):
    change(folder, lambda file: file.assign(responses=file["responses"].astype(str)))
    return "responses.nc: holds values of type", "write real numbers"


@kind
def responses_to_another_stimulus(folder):
    change(folder, lambda file: file.assign_coords(stimulus_id=("stimulus", [*tiny.IDS[:3], "x"])))
    return "responses.nc: id x is not in stimuli.csv", "add it there or drop it"


@kind
def stimulus_without_responses(folder):
    change(folder, lambda file: file.isel(stimulus=[0, 1, 3]))
    return "responses.nc: id s3 is missing here but in stimuli.csv", "add it"


@kind
def neuroid_twice(folder):
    change(folder, lambda file: file.assign_coords(neuroid_id=("neuroid", ["a", "b", "a"])))
    return "responses.nc: id a is there twice", "rename one neuroid"


@kind
def neuroid_nowhere(folder):
    change(folder, lambda file: file.assign_coords(area=("neuroid", ["V1", "", "V4"])))
    return "has no area", "fill it in"


@kind
def neuroid_silent_throughout(folder):
    value(folder, np.s_[..., 1], np.nan)
    return "id n2 (neuroid) is NaN throughout", "drop it"


@kind
def neuroid_with_a_gap(folder):
    value(folder, np.s_[2, :, 1], np.nan)
    return "neuroid n2 is NaN for stimulus s3", "drop the neuroid or the stimulus"


@kind
def infinite_response(folder):
    value(folder, np.s_[2, 0, 1], np.inf)
    return "id n2 is infinite", "correct or drop it"


@kind
def constant_neuroid(folder):
    value(folder, np.s_[..., 1], 7)
    return "id n2 (neuroid) responds the same to all stimuli", "drop it"


@kind
def word_in_a_table(folder):
    (folder / "responses.nc").unlink()
    test_formats.tables(folder)
    table = pd.read_csv(folder / "responses.csv", dtype=str)
    table.loc[1, "n2"] = "lost"
    table.to_csv(folder / "responses.csv", index=False)
    return "responses.csv: line 3, neuroid n2: 'lost' is not a number", "leave it empty"


@kind
def neuroid_that_is_not_described(folder):
    (folder / "responses.nc").unlink()
    test_formats.tables(folder)
    edit(folder / "neuroids.csv", "n2,V4,A\n", "")
    return "neuroids.csv: id n2 is missing here but in responses.csv", "add it"


@kind
def one_repetition_twice(folder):
    (folder / "responses.nc").unlink()
    test_formats.tables(folder)
    table = pd.read_csv(folder / "responses.csv").assign(repetition=1)
    table.to_csv(folder / "responses.csv", index=False)
    return "is there twice for one repetition", "number its presentations"


@kind
def many_time_bins(folder):
    one = test_formats.assembly().expand_dims("time_bin", axis=2)
    test_formats.save(xr.concat([one, one], "time_bin"), folder)
    return "responses.nc: has 2 time bins", "average over them"


@kind
def presentations_that_are_not_counted(folder):
    change(folder, lambda file: file.assign_coords(n_averaged=("stimulus", [1, 1, 0, 1])))
    return "n_averaged should be 1 or more", "correct it"


@kind
def similarities_for_dissimilarities(folder):
    rdm(folder, 1 - 0.1 * tiny.rdms().values)
    return "rdms.nc: RDM of area V1", "not 0 on the diagonal", "write dissimilarities"


@kind
def asymmetric_rdm(folder):
    values = tiny.rdms().values
    values[0, 1, 2, 0] = 9
    rdm(folder, values)
    return "subject B is not symmetric for stimuli s1 and s3", "write (D + D.T) / 2"


@kind
def negative_rdm(folder):
    values = tiny.rdms().values
    values[0, 1, [0, 1], [1, 0]] = -1
    rdm(folder, values)
    return "negative for stimuli s1 and s2", "dissimilarity_measure='crossnobis'"


@kind
def rdms_of_other_stimuli(folder):
    tiny_rdms = tiny.rdms(ids=["s1", "s2", "s3", "x"])
    write(folder, tiny_rdms)
    return "rdms.nc: id x is not in stimuli.csv", "add it there or drop it"


@kind
def seconds_for_milliseconds(folder):
    times = [-0.1, 0.05, 1.2]
    values = np.array([[[tiny.distances()] * 3] * 2])
    write(folder, tiny.rdms(values, area=["MEG"], time=times), "rdms_meg.nc")
    return "rdms_meg.nc: time goes from -0.1 to 1.2", "seconds", "write it in ms"


@kind
def an_area_in_two_files(folder):
    write(folder, tiny.rdms())
    write(folder, tiny.rdms(), "rdms_again.nc")
    return "area V1 is in", "rename one"


@kind
def no_rdms_of_rsatoolbox(folder):
    (folder / "rdms.h5").write_bytes(b"?")
    return "rdms.h5: not RDMs saved by rsatoolbox", "save it anew"


def test_there_are_more_than_twenty_kinds():
    assert len(KINDS) >= 40


@pytest.mark.parametrize("mistake", KINDS)
def test_a_bad_dataset_is_named_in_one_line(tmp_path, capsys, mistake):
    folder = tiny.folder(tmp_path / "lab")
    words = KINDS[mistake](folder)
    assert cli.main(["check", str(folder)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert message.count("\n") == 1
    assert str(folder) in message
    for word in words:
        assert word in message, message
    assert not (folder / "check.png").exists()
