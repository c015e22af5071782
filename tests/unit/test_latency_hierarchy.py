"""Rank correlation of depth and latency, and its p where nothing is planted."""

import numpy as np
import pytest
from curves_over_time import bumps
from scipy.stats import binom

from ventralmap import clusters, latency, latency_hierarchy

DEPTH = np.linspace(0, 1, 9)
TIMES = np.arange(60.0)


def rows(peaks, seed, n_subjects=10, n=200):
    curves = bumps(np.random.default_rng(seed), peaks, n_subjects)
    test = clusters.cluster_test(curves, 99, seed, 0.01)
    counts = latency.draw(n_subjects, n, seed)
    found = latency.estimate(curves, TIMES, test, counts)
    return latency_hierarchy.rows(DEPTH, found, test).set_index("latency")


def test_later_deeper_layers_are_found():
    found = rows(20 + 12 * DEPTH, seed=0, n_subjects=16)
    assert found.index.tolist() == ["peak", "onset"]
    assert (found["rho"] > 0.8).all()
    assert (found["p"] < 0.05).all()
    assert (found["ci_low"] <= found["rho"]).all()
    assert found["n_layers"].tolist() == [9, 9]


def test_earlier_deeper_layers_have_a_high_p():
    found = rows(32 - 12 * DEPTH, seed=0, n_subjects=16)
    assert (found["rho"] < -0.8).all()
    assert (found["p"] > 0.95).all()


def test_layers_that_are_not_significant_do_not_count():
    curves = bumps(np.random.default_rng(1), 20 + 12 * DEPTH, 12, height=3.0)
    curves[3:5] = np.random.default_rng(2).normal(size=curves[3:5].shape)
    test = clusters.cluster_test(curves, 99, 0, 0.001)
    found = latency.estimate(curves, TIMES, test, latency.draw(12, 100, 0))
    assert test.significant.any(axis=1).sum() == 7
    assert latency_hierarchy.rows(DEPTH, found, test)["n_layers"].tolist() == [7, 7]


def test_one_subject_has_no_hierarchy():
    found = rows(20 + 12 * DEPTH, seed=0, n_subjects=1)
    assert found[["rho", "ci_low", "ci_high", "p"]].isna().all(axis=None)
    assert (found["n_layers"] == 0).all()


@pytest.mark.parametrize("peaks", [[25] * 9, [28, 22, 25, 28, 22, 25, 22, 28, 25]])
def test_without_an_order_p_is_below_five_percent_in_at_most_that_many_studies(peaks):
    n = 80
    found = [rows(peaks, seed) for seed in range(n)]
    for kind in ("peak", "onset"):
        p = np.array([row.loc[kind, "p"] for row in found])
        held = np.array([row.loc[kind, "ci_low"] <= 0 <= row.loc[kind, "ci_high"] for row in found])
        known = ~np.isnan(p)
        assert known.mean() > 0.7
        assert (p[known] < 0.05).sum() <= binom.ppf(0.999, known.sum(), 0.05)
        assert held[known].sum() >= binom.ppf(0.001, known.sum(), 0.95)
