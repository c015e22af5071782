import h5py
import numpy as np
import pytest

from ventralmap.stored import StoredLayers


@pytest.fixture
def stored(tmp_path):
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    with h5py.File(tmp_path / "file.nc", "w") as file:
        file["layers"] = values
    return StoredLayers(tmp_path / "file.nc", "layers"), values


def test_layers_in_a_file_are_those_of_an_array(stored):
    layers, values = stored
    assert (len(layers), layers.shape, layers.dtype) == (2, (2, 3, 4), np.float32)
    np.testing.assert_array_equal(np.asarray(layers), values)
    for found, expected in zip(layers, values, strict=True):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(layers[-1], values[-1])


def test_there_are_no_more_layers_than_there_are(stored):
    with pytest.raises(IndexError):
        stored[0][2]
