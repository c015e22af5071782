"""Latencies: resamples by copying subjects, planted bumps, and what is left empty."""

import numpy as np
import pandas as pd
import pytest
from curves_over_time import bumps
from scipy.stats import binom, ttest_1samp

from ventralmap import clusters, latency

TIMES = np.arange(60) * 10.0 - 100
NAMES = pd.DataFrame({"layer": ["a", "b", "c"]})


def estimated(curves, n=300, seed=0):
    test = clusters.cluster_test(curves, 199, seed, 0.01)
    counts = latency.draw(curves.shape[1], n, seed)
    return test, latency.estimate(curves, TIMES[: curves.shape[2]], test, counts)


@pytest.fixture(scope="module")
def found():
    return estimated(bumps(np.random.default_rng(0), [25, 30, 35], n_subjects=16, height=3.0))


def test_means_and_t_of_a_resample_are_those_of_copied_subjects():
    values = np.random.default_rng(0).normal(0.5, 1, size=(7, 12))
    counts = latency.draw(7, 20, seed=1)
    assert (counts.sum(axis=1) == 7).all()
    mean, t = latency.resampled_t(values, counts)
    for row, count in enumerate(counts):
        copies = np.repeat(values, count, axis=0)
        np.testing.assert_allclose(mean[row], copies.mean(axis=0))
        expected = ttest_1samp(copies, 0).statistic * np.sqrt(6 / 7)  # variance times n / (n - 1)
        np.testing.assert_allclose(t[row], expected)


def test_a_resample_of_one_subject_alone_has_no_t():
    values = np.random.default_rng(0).normal(1, 1, size=(3, 5))
    _, t = latency.resampled_t(values, np.array([[3, 0, 0]]))
    assert t.tolist() == [[0.0] * 5]


def test_each_subject_drawn_once_gives_the_data_again(found):
    curves = bumps(np.random.default_rng(0), [25, 30, 35], n_subjects=16, height=3.0)
    test, _ = found
    once = latency.estimate(curves, TIMES, test, np.ones((1, 16), dtype=int))
    np.testing.assert_array_equal(once.peaks[0], once.peak)
    assert (abs(once.onsets[0] - once.onset) <= 10).all()  # its t is a little smaller


def test_planted_peaks_are_found_and_onsets_come_before(found):
    _, when = found
    np.testing.assert_allclose(when.peak, TIMES[[25, 30, 35]], atol=20)  # the noise is large
    assert (when.onset < when.peak).all()


def test_the_onset_is_the_first_time_of_a_significant_cluster():
    curves = np.random.default_rng(0).normal(size=(1, 12, 30)) * 0.1
    curves[0, :, 12:20] += 1
    _, when = estimated(curves)
    assert when.onset.tolist() == [TIMES[12]]


def test_rows_hold_the_estimates_inside_their_intervals(found):
    rows = latency.rows(NAMES, found[1], 16)
    assert rows["layer"].tolist() == ["a", "b", "c"]
    assert (rows["n_subjects"] == 16).all()
    assert (rows["onset_found"] >= latency.FOUND).all()
    for kind in ("onset", "peak"):
        assert (rows[f"{kind}_ci_low"] <= rows[f"{kind}_ms"]).all()
        assert (rows[f"{kind}_ms"] <= rows[f"{kind}_ci_high"]).all()


def test_one_subject_has_a_peak_and_nothing_else():
    curves = bumps(np.random.default_rng(0), [25, 30, 35], n_subjects=1, height=9.0)
    rows = latency.rows(NAMES, estimated(curves)[1], 1)
    assert rows["peak_ms"].notna().all()
    empty = ["onset_ms", "onset_ci_low", "onset_ci_high", "onset_found", "peak_ci_low",
             "peak_ci_high"]  # fmt: skip
    assert rows[empty].isna().all(axis=None)


def samples(share, n=200):
    """Latencies of one layer of which this share of the resamples has an onset."""
    onsets = np.where(np.arange(n) < share * n, 50.0 + np.arange(n) % 3, np.nan)[:, None]
    return latency.Latencies(np.array([50.0]), np.array([90.0]), onsets, np.full((n, 1), 90.0))


@pytest.mark.parametrize(("share", "given"), [(1.0, True), (0.9, True), (0.89, False), (0, False)])
def test_an_onset_that_few_resamples_have_gets_no_interval(share, given):
    row = latency.rows(NAMES[:1], samples(share), 10).iloc[0]
    assert row["onset_found"] == pytest.approx(share)
    assert row["onset_ms"] == 50
    assert pd.notna(row[["onset_ci_low", "onset_ci_high"]]).tolist() == [given] * 2
    assert row["peak_ci_low"] == 90


def test_a_layer_without_onset_has_no_interval_of_it():
    without = samples(1.0)
    without.onset[:] = np.nan
    row = latency.rows(NAMES[:1], without, 10).iloc[0]
    assert row[["onset_ms", "onset_ci_low", "onset_ci_high"]].isna().all()


def test_percentiles_go_further_out_for_few_subjects():
    assert latency.percentiles(10)[0] == pytest.approx(0.86, abs=0.01)  # by hand, from tables
    low, high = latency.percentiles(10**6)
    assert (low, high) == pytest.approx((2.5, 97.5), abs=1e-3)
    assert latency.percentiles(6)[1] == 100 - latency.percentiles(6)[0]


def test_peaks_are_covered_in_95_percent_of_studies_or_more():
    n, covered = 60, 0
    for seed in range(n):
        curves = bumps(np.random.default_rng(seed), [25], n_subjects=10, height=2.0)
        rows = latency.rows(NAMES[:1], estimated(curves, n=200, seed=seed)[1], 10).iloc[0]
        covered += rows["peak_ci_low"] <= TIMES[25] <= rows["peak_ci_high"]
    assert covered >= binom.ppf(0.001, n, 0.95)
