import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import gram
from ventralmap.gram import GramSum


def features(n: int, p: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.normal(size=p), rng.uniform(0.1, 5, size=p), size=(n, p))
    return values.astype(np.float32)


def total(x: np.ndarray, *, centre: bool = True, zscore: bool = True, cuts=()) -> GramSum:
    result = GramSum(len(x), centre=centre, zscore=zscore)
    for part in np.split(x, list(cuts), axis=1):
        result.add(torch.from_numpy(np.ascontiguousarray(part)), float(np.abs(x).max()))
    return result


def plain(x: np.ndarray, *, centre: bool, zscore: bool) -> np.ndarray:
    x = x.astype(np.float64)
    standardised = x - x.mean(axis=0) if centre else x
    return standardised / x.std(axis=0) if zscore else standardised


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("zscore", [True, False])
@pytest.mark.parametrize("width", [7, 4096])
def test_the_gram_matrix_is_that_of_the_plain_features(monkeypatch, centre, zscore, width):
    monkeypatch.setattr(gram, "WIDTH", width)
    x = features(9, 50)
    result = total(x, centre=centre, zscore=zscore)
    expected = plain(x, centre=centre, zscore=zscore)
    np.testing.assert_allclose(result.gram, expected @ expected.T, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(result.row_sum, expected.sum(axis=1), rtol=1e-10, atol=1e-10)
    assert (result.n_features, result.n_constant) == (50, 0)


def test_tensors_and_arrays_give_the_same(monkeypatch):
    x = features(9, 50)
    x[:, 7] = 3
    on_host = total(x)
    monkeypatch.setattr(gram, "_as_float64", lambda columns: columns.to(torch.float64))
    as_tensors = total(x)
    np.testing.assert_allclose(as_tensors.gram, on_host.gram, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(as_tensors.row_sum, on_host.row_sum, rtol=1e-12, atol=1e-12)
    assert as_tensors.n_constant == on_host.n_constant == 1


def test_a_small_case_by_hand():
    result = total(np.array([[1, 5], [3, 5]], dtype=np.float32), centre=True, zscore=True)
    np.testing.assert_array_equal(result.gram, [[1, -1], [-1, 1]])
    np.testing.assert_array_equal(result.row_sum, [-1, 1])
    assert (result.n_features, result.n_constant) == (2, 1)


def test_raw_features_are_left_as_they_are():
    result = total(np.array([[1, 5], [3, 5]], dtype=np.float32), centre=False, zscore=False)
    np.testing.assert_array_equal(result.gram, [[26, 28], [28, 34]])
    assert (result.row_sum.tolist(), result.n_constant) == ([6, 8], 1)


def test_rounding_noise_is_not_blown_up():
    rng = np.random.default_rng(0)
    x = features(8, 20)
    noise = np.float32(2.3) * (1 + 1e-7 * rng.normal(size=(8, 5))).astype(np.float32)
    assert np.ptp(noise, axis=0).max() > 0
    result = total(np.hstack([x, noise]))
    np.testing.assert_allclose(result.gram, total(x).gram, atol=1e-12)
    assert result.n_constant == 5


def test_a_weak_feature_counts_as_much_as_any_other():
    x = features(8, 20)
    weak = x * np.float32([1e-4] + [1] * 19)
    assert total(weak).n_constant == 0
    np.testing.assert_allclose(total(weak).gram, total(x).gram, rtol=1e-3, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(2, 9),
    p=st.integers(1, 30),
    cut=st.integers(0, 30),
    seed=st.integers(0, 999),
)
def test_how_a_layer_is_cut_does_not_matter(n, p, cut, seed):
    x = features(n, p, seed)
    x[:, ::3] = x[0, ::3]
    whole, cut_up = total(x), total(x, cuts=[min(cut, p)])
    np.testing.assert_allclose(cut_up.gram, whole.gram, atol=1e-10)
    assert (cut_up.n_features, cut_up.n_constant) == (whole.n_features, whole.n_constant)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 9), p=st.integers(1, 30), seed=st.integers(0, 999))
def test_the_order_of_features_does_not_matter_and_that_of_stimuli_carries_over(n, p, seed):
    x = features(n, p, seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(n), rng.permutation(p)
    expected = total(x).gram[np.ix_(rows, rows)]
    np.testing.assert_allclose(total(x[rows][:, columns]).gram, expected, atol=1e-10)


def test_the_trace_of_a_z_scored_gram_counts_the_features_that_vary():
    x = features(12, 40)
    x[:, :4] = 0
    result = total(x)
    np.testing.assert_allclose(np.trace(result.gram), 12 * 36)
