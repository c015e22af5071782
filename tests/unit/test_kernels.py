from dataclasses import replace
from pathlib import Path

import in_memory as made
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import kernels
from ventralmap.errors import InputError
from ventralmap.kernels import Kernels, Projected


def make(n_layers: int = 3, n_stimuli: int = 5, seed: int = 0) -> Kernels:
    features = np.random.default_rng(seed).normal(size=(n_layers, n_stimuli, 7))
    return Kernels.from_gram(
        gram=features @ features.transpose(0, 2, 1),
        row_sum=features.sum(axis=2),
        n_features=np.full(n_layers, 7),
        n_constant=np.zeros(n_layers, dtype=int),
        layers=[f"features.{i}" for i in range(n_layers)],
        stimulus_ids=[f"s{i:02d}" for i in range(n_stimuli)],
        attrs={"model": "mobilenet_v2", "centre": True, "seed": 3, "memory_gb": 0.5, "sha": ""},
    )


def test_depth_runs_from_0_to_1():
    np.testing.assert_allclose(make(5).depth, [0, 0.25, 0.5, 0.75, 1])


def test_a_single_layer_has_depth_0():
    assert make(1).depth.tolist() == [0.0]


@settings(max_examples=15, deadline=None)
@given(n_layers=st.integers(1, 4), n_stimuli=st.integers(1, 8), seed=st.integers(0, 99))
def test_what_is_saved_is_what_is_loaded(tmp_path_factory, n_layers, n_stimuli, seed):
    path = tmp_path_factory.mktemp("kernels") / "k.nc"
    saved = make(n_layers, n_stimuli, seed)
    kernels.save(saved, path)
    loaded = kernels.load(path)
    np.testing.assert_array_equal(loaded.gram, np.triu(saved.gram) + np.triu(saved.gram, 1).mT)
    np.testing.assert_array_equal(loaded.row_sum, saved.row_sum)
    np.testing.assert_array_equal(loaded.n_features, saved.n_features)
    np.testing.assert_array_equal(loaded.n_constant, saved.n_constant)
    assert loaded.layers == saved.layers
    assert loaded.stimulus_ids == saved.stimulus_ids
    assert loaded.attrs == {
        "model": "mobilenet_v2",
        "centre": 1,
        "seed": 3,
        "memory_gb": 0.5,
        "sha": "",
    }


def test_only_the_upper_triangle_is_stored(tmp_path: Path):
    kernels.save(make(n_stimuli=5), tmp_path / "k.nc")
    with xr.open_dataset(tmp_path / "k.nc", engine="h5netcdf") as file:
        assert file["gram_upper"].shape == (3, 15)
        assert file["gram_upper"].dtype == np.float64
        assert file.attrs["Conventions"].startswith("CF-")


def test_shapes_that_do_not_fit_are_refused():
    good = make()
    with pytest.raises(ValueError, match=r"row_sum has shape \(3, 4\), expected \(3, 5\)"):
        Kernels.from_gram(
            gram=good.gram,
            row_sum=good.row_sum[:, 1:],
            n_features=good.n_features,
            n_constant=good.n_constant,
            layers=good.layers,
            stimulus_ids=good.stimulus_ids,
        )


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"absent\.nc: no such kernel file"):
        kernels.load(tmp_path / "absent.nc")


def test_a_truncated_file_is_named(tmp_path: Path):
    path = tmp_path / "k.nc"
    kernels.save(make(), path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"k\.nc: not a readable NetCDF file"):
        kernels.load(path)


def test_another_netcdf_file_is_refused(tmp_path: Path):
    xr.Dataset({"responses": ("x", [1.0])}).to_netcdf(tmp_path / "r.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="no 'gram_upper'"):
        kernels.load(tmp_path / "r.nc")


def test_a_failed_save_leaves_nothing(tmp_path: Path):
    broken = make()
    broken.attrs["bad"] = {"not": "an attribute"}
    with pytest.raises(TypeError):
        kernels.save(broken, tmp_path / "k.nc")
    assert list(tmp_path.iterdir()) == []


def test_projected_features_are_loaded_as_they_were_saved(tmp_path: Path):
    saved = made.projected(np.random.default_rng(0).normal(size=(2, 6, 4)))
    kernels.save(saved, tmp_path / "k.nc")
    loaded = kernels.load(tmp_path / "k.nc")
    assert isinstance(loaded, Projected)
    assert loaded.features.dtype == np.float32
    np.testing.assert_array_equal(loaded.features, saved.features)
    np.testing.assert_array_equal(loaded.row_sum, saved.row_sum)
    assert (loaded.layers, loaded.stimulus_ids) == (saved.layers, saved.stimulus_ids)
    assert loaded.attrs == saved.attrs


def test_kernels_of_projected_features_are_their_inner_products():
    projected = made.projected(np.random.default_rng(0).normal(size=(2, 6, 4)))
    x = projected.features.astype(float)
    np.testing.assert_allclose(projected.gram, x @ x.transpose(0, 2, 1), rtol=1e-12)
    np.testing.assert_array_equal(projected.kernel(-1), projected.gram[1])
    assert projected.gram.dtype == np.float64


def test_kernels_are_not_formed_of_too_many_projected_stimuli(monkeypatch):
    projected = made.projected(np.zeros((1, 6, 4)))
    monkeypatch.setattr(kernels, "MOST_STIMULI", 6)
    assert kernels.has_gram(projected)
    monkeypatch.setattr(kernels, "MOST_STIMULI", 5)
    assert not kernels.has_gram(projected)
    assert kernels.has_gram(make(n_stimuli=6))
    with pytest.raises(InputError, match=r"6 stimuli are too many .* features: projection"):
        _ = projected.gram


def test_projected_features_of_other_stimuli_are_refused():
    with pytest.raises(ValueError, match=r"features has shape \(1, 6, 4\), expected \(1, 5, 4\)"):
        replace(
            made.projected(np.zeros((1, 6, 4))),
            stimulus_ids=list("abcde"),
            row_sum=np.zeros((1, 5)),
        )
