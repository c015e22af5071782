import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import gram
from ventralmap.gram import GramSum

ROUNDING = 1e-6
"""Of float32 sums over a block, as a share of the largest element: a few units of 6e-8."""


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=ROUNDING * np.abs(expected).max())


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
    assert_close(result.gram, expected @ expected.T)
    assert_close(result.row_sum, expected.sum(axis=1))
    assert (result.n_features, result.n_constant) == (50, 0)


def test_the_cpu_and_other_devices_give_the_same(monkeypatch):
    x = features(9, 50)
    x[:, 7] = 3
    on_host = total(x)
    monkeypatch.setattr(gram, "_on_cpu", lambda columns: False)
    elsewhere = total(x)
    assert_close(elsewhere.gram, on_host.gram)
    assert_close(elsewhere.row_sum, on_host.row_sum)
    assert elsewhere.n_constant == on_host.n_constant == 1


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
    assert_close(result.gram, total(x).gram)
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
    np.testing.assert_allclose(cut_up.gram, whole.gram, atol=ROUNDING * p * n)
    assert (cut_up.n_features, cut_up.n_constant) == (whole.n_features, whole.n_constant)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 9), p=st.integers(1, 30), seed=st.integers(0, 999))
def test_the_order_of_features_does_not_matter_and_that_of_stimuli_carries_over(n, p, seed):
    x = features(n, p, seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(n), rng.permutation(p)
    expected = total(x).gram[np.ix_(rows, rows)]
    np.testing.assert_allclose(total(x[rows][:, columns]).gram, expected, atol=ROUNDING * p * n)


def test_the_trace_of_a_z_scored_gram_counts_the_features_that_vary():
    x = features(12, 40)
    x[:, :4] = 0
    result = total(x)
    np.testing.assert_allclose(np.trace(result.gram), 12 * 36, rtol=ROUNDING)


def test_errors_do_not_add_up_over_blocks(monkeypatch):
    monkeypatch.setattr(gram, "WIDTH", 64)
    x = features(20, 64 * 50)
    expected = plain(x, centre=True, zscore=True)
    error = np.abs(total(x).gram - expected @ expected.T).max() / x.shape[1]
    assert error < ROUNDING / 2


@pytest.mark.parametrize("value", [0.1, 3.3, 1e4])
def test_a_constant_column_is_seen_among_many_stimuli(value):
    x = features(1000, 5)
    x[:, 2] = value
    assert total(x).n_constant == 1


@pytest.mark.parametrize("n", [1000, 6400])
def test_stimuli_that_come_in_order_of_their_responses_round_like_others(n):
    """The first guess at the mean is then far off: only the last stimuli respond."""
    x = features(n, 30)
    x[: n - n // 50] = 0
    ordered, shuffled = total(x), total(x[np.random.default_rng(0).permutation(n)])
    for found in (ordered, shuffled):
        assert found.n_constant == 0
        assert np.trace(found.gram) == pytest.approx(30 * n, rel=ROUNDING)


def test_a_mean_far_above_the_deviation_rounds_no_more_than_the_features():
    x = np.float32(1000) + features(200, 40)
    expected = plain(x, centre=True, zscore=True)
    assert_close(total(x).gram, expected @ expected.T)
