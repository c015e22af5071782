import numpy as np
import pytest
from scipy.stats import pearsonr

from ventralmap.correlation import correlate, correlate_held_out


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


def test_held_out_is_the_mean_over_folds():
    a, b = columns()
    folds = np.arange(20) % 4
    expected = [
        [pearsonr(x[folds == f], y[folds == f])[0] for f in range(4)]
        for x, y in zip(a.T, b.T, strict=True)
    ]
    np.testing.assert_allclose(correlate_held_out(a, b, folds), np.mean(expected, axis=1))


def test_one_fold_is_the_plain_correlation():
    a, b = columns()
    np.testing.assert_allclose(correlate_held_out(a, b, np.zeros(20, int)), correlate(a, b))


def test_means_of_the_other_folds_predict_nothing():
    _, b = columns()
    folds = np.arange(20) % 4
    means = np.array([b[folds != f].mean(axis=0) for f in range(4)])[folds]
    assert correlate(means, b).max() < -0.1
    assert correlate_held_out(means, b, folds) == pytest.approx(np.zeros(4), abs=1e-12)


def test_a_fold_in_which_a_neuroid_is_silent_says_nothing():
    a, b = columns()
    folds = np.arange(20) % 4
    b[folds == 1, 0] = 0
    b[:, 1] = 3
    others = folds != 1
    found = correlate_held_out(a, b, folds)
    assert found[0] == pytest.approx(correlate_held_out(a[others], b[others], folds[others])[0])
    assert np.isnan(found[1])
