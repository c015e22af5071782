"""Files of responses and of RDMs that are damaged, mean harm, or make no sense."""

import os
import pickle

import dataset_folders as tiny
import h5py
import numpy as np
import pytest
import refusing
import xarray as xr
from refusing import cut, put, replace
from rsatoolbox.rdm import RDMs

RESPONSES, RDM, TOOLBOX = "responses.nc", "rdms.nc", "rdms.h5"
PICKLE = pickle.dumps(np.zeros(3))


def changed(name, change):
    """Return a harm: a NetCDF file is read, changed and written."""

    def harm(folder):
        file = xr.load_dataset(folder / name)
        file = change(file)
        (folder / name).unlink()
        file.to_netcdf(folder / name, engine="h5netcdf")

    return harm


def values(variable, index, value):
    def change(file):
        array = file[variable].values.astype(np.result_type(file[variable].values, type(value)))
        array[index] = value
        return file.assign({variable: (file[variable].dims, array)})

    return change


def inside(name, change):
    """Return a harm: something is done to the HDF5 file."""

    def harm(folder):
        with h5py.File(folder / name, "r+") as file:
            change(file)

    return harm


def bomb(file):
    """A few kilobytes that say to be 80 GB."""
    for name in [key for key in file if file[key].ndim > 1]:
        del file[name]
    file.create_dataset("responses", (100_000, 100_000), "f8", chunks=(1000, 1000))


def external(file):
    del file["responses"]
    file.create_dataset("responses", (4, 2, 3), "u1", external=[("/etc/hostname", 0, 24)])


def linked(file):
    del file["responses"]
    file["responses"] = h5py.ExternalLink("/etc/other.h5", "/responses")


def virtual(file):
    del file["responses"]
    layout = h5py.VirtualLayout((4, 2, 3), "f8")
    layout[...] = h5py.VirtualSource("/etc/other.h5", "responses", (4, 2, 3))
    file.create_virtual_dataset("responses", layout)


def nested(file):
    group = file
    for level in range(12):
        group = group.create_group(f"g{level}")


def bytes_of_no_text(file):
    file["area"][...] = np.array([b"V\xff1", b"V4", b"V4"], dtype=object)


def pipe(name):
    def harm(folder):
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return harm


def a_folder(folder):
    (folder / RESPONSES).unlink()
    (folder / RESPONSES).mkdir()


def typed(dtype):
    return changed(RESPONSES, lambda file: file.assign(responses=file["responses"].astype(dtype)))


ON_RESPONSES = {
    "empty": (put(RESPONSES, b""), ["not a readable NetCDF"]),
    "text": (put(RESPONSES, b"not NetCDF\n"), ["not a readable NetCDF"]),
    "pickle": (put(RESPONSES, PICKLE), ["not a readable NetCDF"]),
    "archive": (put(RESPONSES, b"PK\x05\x06" + bytes(18)), ["not a readable NetCDF"]),
    "cut to a tenth": (cut(RESPONSES, 0.1), ["not a readable NetCDF"]),
    "cut to half": (cut(RESPONSES, 0.5), ["not a readable NetCDF"]),
    "cut at the end": (cut(RESPONSES, 0.95), ["not a readable NetCDF"]),
    "header of another file": (replace(RESPONSES, b"\x89HDF", b"CDF\x01"), ["not a readable"]),
    "pipe": (pipe(RESPONSES), ["not a file"]),
    "folder": (a_folder, ["not a file"]),
    "bomb": (inside(RESPONSES, bomb), ["unpack to 80.0 GB"]),
    "data elsewhere": (inside(RESPONSES, external), ["'/responses' lies in other files"]),
    "link elsewhere": (inside(RESPONSES, linked), ["'responses' is a link"]),
    "virtual": (inside(RESPONSES, virtual), ["'/responses' lies in other files"]),
    "groups too deep": (inside(RESPONSES, nested), ["deep"]),
    "label of no text": (inside(RESPONSES, bytes_of_no_text), [RESPONSES, "utf-8"]),
    "no responses": (changed(RESPONSES, lambda f: f.drop_vars("responses")), ["no variable"]),
    "other name": (changed(RESPONSES, lambda f: f.rename(responses="data")), ["it holds data"]),
    "no ids": (changed(RESPONSES, lambda f: f.drop_vars("stimulus_id")), ["'stimulus_id'"]),
    "no areas": (changed(RESPONSES, lambda f: f.drop_vars("area")), ["'area' along neuroid"]),
    "text values": (typed("U8"), ["real numbers"]),
    "complex": (typed("complex64"), [RESPONSES]),
    "true and false": (typed("bool"), ["real numbers"]),
    "wrong dimension": (changed(RESPONSES, lambda f: f.rename(neuroid="cell")), ["dimensions"]),
    "no stimulus": (changed(RESPONSES, lambda f: f.isel(stimulus=[])), ["s1", "missing here"]),
    "no neuroid": (changed(RESPONSES, lambda f: f.isel(neuroid=[])), ["no neuroid"]),
    "no repetition": (changed(RESPONSES, lambda f: f.isel(repetition=[])), ["NaN throughout"]),
    "id twice": (changed(RESPONSES, values("stimulus_id", 1, "s1")), ["s1", "twice"]),
    "other id": (changed(RESPONSES, values("stimulus_id", 1, "s9")), ["s9", "not in stimuli.csv"]),
    "neuroid twice": (changed(RESPONSES, values("neuroid_id", 1, "n1")), ["n1", "twice"]),
    "all NaN": (changed(RESPONSES, values("responses", np.s_[:], np.nan)), ["NaN throughout"]),
    "infinite": (changed(RESPONSES, values("responses", 3, -np.inf)), ["n1", "infinite"]),
    "huge": (changed(RESPONSES, values("responses", 3, 1e300)), ["n1", "1e+100"]),
    "constant": (changed(RESPONSES, values("responses", np.s_[:], 3.0)), ["same to all"]),
    "days since never": (
        changed(
            RESPONSES, lambda f: f.assign(t=("stimulus", [1, 2, 3, 4], {"units": "days since x"}))
        ),
        ["not a readable NetCDF"],
    ),
}


@pytest.mark.parametrize("case", ON_RESPONSES)
@pytest.mark.filterwarnings("ignore")
def test_wrong_responses_are_refused_in_one_line(tmp_path, case):
    harm, words = ON_RESPONSES[case]
    refusing.dataset(tmp_path, harm, *words)


def rdm(index, value):
    return changed(RDM, values("rdms", index, value))


ON_RDMS = {
    "empty": (put(RDM, b""), ["not a readable NetCDF"]),
    "pickle": (put(RDM, PICKLE), ["not a readable NetCDF"]),
    "cut": (cut(RDM, 0.7), ["not a readable NetCDF"]),
    "pipe": (pipe(RDM), ["not a file"]),
    "negative variance": (rdm((0, 0), -tiny.distances()), ["negative", "crossnobis"]),
    "one negative": (rdm((0, 0, [0, 1], [1, 0]), -9.0), ["negative"]),
    "infinite": (rdm((0, 0, [0, 1], [1, 0]), np.inf), ["infinite"]),
    "huge": (rdm((0, 0, [0, 1], [1, 0]), 1e200), ["1e+100"]),
    "NaN on one side": (rdm((0, 0, 0, 1), np.nan), ["NaN", "write both"]),
    "all NaN": (rdm(np.s_[:], np.nan), ["has no RDM"]),
    "not symmetric": (rdm((0, 0, 0, 1), 99.0), ["not symmetric"]),
    "similarities": (rdm((0, 0), np.ones((4, 4))), ["diagonal"]),
    "all the same": (rdm((0, 0), 1.0 - np.eye(4)), ["the same"]),
    "not square": (changed(RDM, lambda f: f.isel(stimulus_b=[0, 1])), [RDM]),
    "subject twice": (changed(RDM, values("subject", 1, "A")), ["A", "twice"]),
    "no name": (changed(RDM, values("area", 0, "")), ["area", "no name"]),
    "id twice": (changed(RDM, values("stimulus_id", 0, "s2")), ["s2", "twice"]),
    "time of text": (
        changed(RDM, lambda f: f.expand_dims(time=["early", "late"])),
        ["time should be numbers"],
    ),
    "time NaN": (changed(RDM, lambda f: f.expand_dims(time=[0.0, np.nan])), ["time should"]),
    "time twice": (changed(RDM, lambda f: f.expand_dims(time=[5.0, 5.0])), ["5.0", "twice"]),
}


@pytest.mark.parametrize("case", ON_RDMS)
@pytest.mark.filterwarnings("ignore")
def test_wrong_rdms_are_refused_in_one_line(tmp_path, case):
    harm, words = ON_RDMS[case]
    refusing.dataset(tmp_path, harm, *words, rdms={"": tiny.rdms()})


def toolbox(folder):
    """Write RDMs as rsatoolbox does."""
    pairs = np.array([tiny.distances(seed=s)[np.triu_indices(4, 1)] for s in range(2)])
    RDMs(
        pairs,
        rdm_descriptors={"area": ["V1", "V1"], "subject": ["A", "B"]},
        pattern_descriptors={"stimulus_id": tiny.IDS},
    ).save(str(folder / TOOLBOX), file_type="hdf5", overwrite=True)


def other(name, *data):
    def change(file):
        del file[name]
        for content in data:
            file[name] = content

    return inside(TOOLBOX, change)


def group_for_data(file):
    del file["dissimilarities"]
    file.create_group("dissimilarities")


def big_pairs(file):
    del file["dissimilarities"]
    file.create_dataset("dissimilarities", (100_000, 100_000), "f8", chunks=(1000, 1000))


ON_TOOLBOX = {
    "pickle": (put(TOOLBOX, PICKLE), ["not RDMs saved"]),
    "cut": (cut(TOOLBOX, 0.8), ["not RDMs saved"]),
    "pipe": (pipe(TOOLBOX), ["not a file"]),
    "no dissimilarities": (other("dissimilarities"), ["not RDMs saved"]),
    "a group": (inside(TOOLBOX, group_for_data), ["not RDMs saved"]),
    "bomb": (inside(TOOLBOX, big_pairs), ["unpack to 80.0 GB"]),
    "too few pairs": (other("dissimilarities", np.ones((2, 5))), ["(2, 5)"]),
    "flat": (other("dissimilarities", np.ones(6)), ["(6,)"]),
    "none": (other("dissimilarities", np.ones((0, 6))), ["(0, 6)"]),
    "text": (other("dissimilarities", np.full((2, 6), b"x")), ["not numbers"]),
    "no areas": (other("rdm_descriptors"), ["not RDMs saved"]),
    "NaN": (other("dissimilarities", np.full((2, 6), np.nan)), ["has no RDM"]),
    "negative": (other("dissimilarities", -np.arange(12.0).reshape(2, 6)), ["negative"]),
}


@pytest.mark.parametrize("case", ON_TOOLBOX)
def test_wrong_rdms_of_rsatoolbox_are_refused_in_one_line(tmp_path, case):
    harm, words = ON_TOOLBOX[case]

    def both(folder):
        toolbox(folder)
        harm(folder)

    refusing.dataset(tmp_path, both, TOOLBOX, *words, responses=None)
