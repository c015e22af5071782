"""Every variable has a name and a unit, and every file says where its numbers come from."""

import json
from dataclasses import replace

import dataset_folders as folders
import in_memory as made
import netcdf_attributes as netcdf
import numpy as np
import pytest
import xarray as xr

from ventralmap import (
    area_ceilings,
    attributes,
    cka,
    encoding,
    fitted,
    kernels,
    reliability,
    similarity,
    variance,
)
from ventralmap.files import sha256_of_folder, write_netcdf

ENCODING = {
    "method": "ridge", "alpha_by": "loo", "components": 5, "folds": 2, "repeats": 1,
    "alphas": {"low": 1e-3, "high": 1e3, "n": 3},
}  # fmt: skip
RSA = {
    "distance": "correlation", "comparison": "spearman", "responses": "none", "permutations": 99,
    "folds": 2,
}  # fmt: skip
N = 12
KERNELS = {"centre": 1, "scale": "zscore", "projection": None, "precision": "float32"}


def features(n_layers=2):
    random = np.random.default_rng(0)
    layers = made.kernels([random.normal(size=(N, 6)) for _ in range(n_layers)])
    about = {"weights_sha256": "abc", "versions": '{"torch": "2"}'}
    about |= {key: value for key, value in KERNELS.items() if value is not None}
    return replace(layers, attrs=layers.attrs | about)


def dataset():
    responses = np.random.default_rng(1).normal(size=(N, 2, 3))
    rdms = made.rdms(made.distances(N, 0, 1, 2))
    return made.dataset(N, responses, [rdms], subject=list("AAB"))


MADE = {
    "encoding": lambda: encoding.encode(dataset(), features(), ENCODING, 0, n_resamples=3),
    "reliability": lambda: reliability.estimate(dataset(), ENCODING, 3, 0),
    "ceilings": lambda: area_ceilings.analyse(dataset(), RSA, 20, 0),
    "rsa": lambda: similarity.analyse(dataset(), features(), RSA, 20, 0),
    "rsa_fitted": lambda: fitted.analyse(dataset(), features(), RSA, 0),
    "cka": lambda: cka.analyse(dataset(), features(), RSA, 20, 0),
    "variance": lambda: variance.analyse(
        dataset(), {"net": features()}, [["net:layer0", "net:layer1"]], ENCODING, 0
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return folders.folder(tmp_path_factory.mktemp("datasets") / "tiny")


@pytest.mark.parametrize("step", MADE)
def test_what_a_step_makes_says_all(step, folder, tmp_path):
    about = attributes.of_step(step, {"folds": 2, "seed": 7}, folder, [features().attrs])
    write_netcdf(tmp_path / "x.nc", attributes.describe(MADE[step](), about))
    with xr.open_dataset(tmp_path / "x.nc") as found:
        assert netcdf.complain(found) == []
        assert netcdf.well_formed(found)
        assert json.loads(found.attrs["config"]) == {"folds": 2}
        assert found.attrs["seed"] == 7
        assert json.loads(found.attrs["weights_sha256"]) == {"net": "abc"}
        assert json.loads(found.attrs["kernels_versions"]) == {"net": {"torch": "2"}}
        assert json.loads(found.attrs["kernels_config"]) == {"net": KERNELS}
        assert found.attrs["dataset"] == "tiny"
        assert found.attrs["dataset_sha256"] == sha256_of_folder(folder)


def test_folds_and_penalties_are_described():
    found = attributes.named(MADE["encoding"]())
    assert found["fold"].values.tolist() == [0, 1]
    assert found["repeat"].values.tolist() == [0]
    assert "from 0" in found["fold"].attrs["long_name"]
    assert found["repeat"].attrs == {
        "long_name": "number of the random split into folds, from 0",
        "units": "1",
    }
    assert "summed over the layer's units" in found["alpha"].attrs["comment"]


def test_kernels_say_all_and_keep_what_they_know(folder, tmp_path):
    about = attributes.of_step("kernels", {"scale": "zscore", "seed": 0}, folder)
    made_of = features()
    layers = replace(made_of, attrs=made_of.attrs | about)
    kernels.save(layers, tmp_path / "net.nc")
    with xr.open_dataset(tmp_path / "net.nc") as found:
        assert netcdf.complain(found) == []
        assert netcdf.well_formed(found)
    assert kernels.load(tmp_path / "net.nc").attrs["weights_sha256"] == "abc"


def test_a_variable_without_a_name_or_unit_would_be_noticed():
    found = xr.Dataset({"x": ("neuroid", [1.0, 2.0], {"long_name": "x"}), "y": 2})
    found = found.assign_coords(neuroid=["a", "b"])
    lacking = netcdf.complain(attributes.named(found))
    assert lacking[:3] == ["x has no units", "y has no long_name", "y has no units"]
    assert "no global dataset_sha256" in lacking
    assert not [text for text in lacking if text.startswith("neuroid")]


def test_what_a_variable_says_of_itself_stays():
    about = {"long_name": "own", "units": "m"}
    found = xr.Dataset(coords={"depth": ("layer", [0.0, 1.0], about)}, attrs={"method": "pls"})
    described = attributes.describe(found, {"title": "t"})
    assert described["depth"].attrs == about
    assert described.attrs == {"method": "pls", "title": "t"}
    assert found.attrs == {"method": "pls"}


def test_a_step_without_randomness_has_no_seed(folder):
    assert attributes.of_step("x", {}, folder)["seed"] == "none"
