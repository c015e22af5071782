"""Spearman correlation with many rows at once, against scipy's of one."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from ventralmap.rank_correlation import rank_correlation

DEPTH = np.linspace(0, 1, 9)


@pytest.mark.parametrize("fixed", [DEPTH, [0, 0, 1, 1, 2, 3, 3, 3, 4]], ids=["order", "levels"])
@pytest.mark.parametrize("least", [2, 3])
def test_it_is_scipys_over_known_values(fixed, least):
    random, fixed = np.random.default_rng(0), np.asarray(fixed)
    values = random.integers(0, 5, size=(60, 9)).astype(float)  # with ties
    values[random.random(values.shape) < np.linspace(0, 0.9, 60)[:, None]] = np.nan
    found = rank_correlation(fixed, values, least)
    assert 0.2 < np.isfinite(found).mean() < 1
    for row, rho in zip(values, found, strict=True):
        known = ~np.isnan(row)
        if known.sum() < least or len(set(row[known])) < 2 or len(set(fixed[known])) < 2:
            assert np.isnan(rho)
        else:
            assert rho == pytest.approx(spearmanr(fixed[known], row[known]).statistic)


@pytest.mark.parametrize("values", [[7.0] * 9, [1, *[np.nan] * 8], [np.nan] * 9])
def test_what_has_no_order_has_no_rank_correlation(values):
    assert np.isnan(rank_correlation(DEPTH, np.array(values)))


def test_two_values_have_an_order_unless_more_are_asked_for():
    two = np.array([1, 2, *[np.nan] * 7])
    assert rank_correlation(DEPTH, two) == pytest.approx(1)
    assert np.isnan(rank_correlation(DEPTH, two, least=3))
