import numpy as np
import pytest
from scipy.stats import pearsonr

from ventralmap.correlation import correlate


def columns(seed=0):
    return np.random.default_rng(seed).normal(size=(2, 20, 4))


def test_matching_columns_are_correlated_as_by_scipy():
    a, b = columns()
    expected = [pearsonr(x, y).statistic for x, y in zip(a.T, b.T, strict=True)]
    np.testing.assert_allclose(correlate(a, b), expected)


def test_known_values():
    a = np.array([[1.0, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3]])
    b = np.array([[2.0, 3, 5, 0], [4, 2, 5, 1], [6, 1, 5, 0]])
    assert correlate(a, b) == pytest.approx([1, -1, 0, 0])


def test_scale_and_offset_change_nothing():
    a, b = columns()
    np.testing.assert_allclose(correlate(3 * a + 7, b / 10 - 2), correlate(a, b))


def test_a_constant_explains_nothing_on_either_side():
    a, b = columns()
    a[:, 0], b[:, 1] = 4.0, 0.0
    assert correlate(a, b)[:2].tolist() == [0.0, 0.0]
