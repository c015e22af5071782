import numpy as np
import pytest
from scipy.stats import pearsonr

from ventralmap.correlation import correlate, correlate_fold, correlate_shown


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


def test_a_fold_in_which_a_neuroid_is_silent_says_nothing_of_it():
    a, b = columns()
    b[:, 0] = 3
    found = correlate_fold(a, b)
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], correlate(a, b)[1:])


def test_only_rows_that_both_have_are_correlated():
    a, b = columns()
    a[:4, 0], b[2:9, 0], b[3:, 1], a[:, 2] = np.nan, np.nan, np.nan, np.nan
    found = correlate_shown(a + 1e3, b)
    for column, rows in ((0, slice(9, None)), (1, slice(0, 3)), (3, slice(None))):
        assert found[column] == pytest.approx(pearsonr(a[rows, column], b[rows, column]).statistic)
    assert found[2] == 0  # no rows


def test_what_is_constant_in_shared_rows_explains_nothing():
    a, b = columns()
    a[5:, 0], b[:5, 0] = 0.1, np.nan
    assert correlate_shown(a, b)[0] == 0


def test_means_of_the_other_folds_predict_nothing_within_a_fold():
    _, b = columns()
    folds = np.arange(20) % 4
    means = np.array([b[folds != f].mean(axis=0) for f in range(4)])[folds]
    assert correlate(means, b).max() < -0.1
    for fold in range(4):
        found = correlate_fold(means[folds == fold], b[folds == fold])
        assert found == pytest.approx(np.zeros(4), abs=1e-12)
