import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import calc_rdm, load_rdm

from ventralmap import rdm

METHODS = {"correlation": "correlation", "euclidean": "euclidean"}


def features(seed=0, n=12, p=500):
    return np.random.default_rng(seed).normal(size=(n, p)) + 1


def from_features(x, distance):
    return rdm.DISTANCES[distance](x @ x.T, x.sum(axis=1), x.shape[1])


@pytest.mark.parametrize("distance", METHODS)
def test_distances_are_those_of_rsatoolbox(distance):
    x = features()
    expected = calc_rdm(Dataset(x), method=METHODS[distance]).dissimilarities[0]
    np.testing.assert_allclose(rdm.condense(from_features(x, distance)), expected, rtol=1e-9)


def test_cosine_is_scipys():
    from scipy.spatial.distance import pdist

    x = features()
    np.testing.assert_allclose(rdm.condense(from_features(x, "cosine")), pdist(x, "cosine"))


@given(seed=st.integers(0, 1000), distance=st.sampled_from(sorted(rdm.DISTANCES)))
def test_rdms_are_symmetric_with_a_zero_diagonal(seed, distance):
    found = from_features(features(seed, n=6, p=20), distance)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    assert (np.diag(found) == 0).all()


def test_a_constant_pattern_has_no_correlation_distance():
    x = features(n=4, p=8)
    x[1] = 0.0
    assert np.isnan(from_features(x, "cosine")[1, [0, 2, 3]]).all()


def test_condensing_takes_the_upper_triangle_row_by_row():
    square = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    assert rdm.condense(square).tolist() == [1, 2, 3]


def test_saved_rdms_open_in_rsatoolbox(tmp_path):
    values = np.arange(12.0).reshape(2, 6)
    path = tmp_path / "deep" / "rdms.h5"
    rdm.save(path, values, "correlation", list("abcd"), {"layer": ["x", "y"]}, {"model": "m"})
    opened = load_rdm(str(path), file_type="hdf5")
    np.testing.assert_array_equal(opened.dissimilarities, values)
    assert list(opened.rdm_descriptors["layer"]) == ["x", "y"]
    assert list(opened.pattern_descriptors["stimulus_id"]) == list("abcd")
    assert opened.descriptors["model"] == "m"
