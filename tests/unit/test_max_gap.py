"""The best layer is picked: p against it where layers are alike, and where they are not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist

from ventralmap import inference, max_gap, rsa
from ventralmap.inference import Bootstrap


def independent(seed, n_rows, n=4000, n_subjects=10_000, gap=0.0):
    """Normal rows without correlation, of unit variance however they are resampled."""
    random = np.random.default_rng(seed)
    mean = random.normal(size=n_rows)
    mean[0] = mean[1:].max() + gap
    ways = np.zeros((3, n, n_rows))
    ways[0] = ways[2] = mean + random.normal(size=(n, n_rows))
    return Bootstrap(mean, ways, n_subjects, n_subjects)


@pytest.mark.parametrize("gap", [1.0, 2.5, 4.0])
def test_of_independent_rows_it_is_tukeys_range_test(gap):
    sample = independent(0, 5, gap=gap)
    found = max_gap.p_below_best(sample)
    expected = stats.studentized_range.sf(sample.mean[0] - sample.mean, 5, np.inf)
    np.testing.assert_allclose(found[1:], expected[1:], atol=0.03)
    assert np.isnan(found[0])


def test_of_two_rows_it_is_the_test_of_one_difference():
    sample = independent(1, 2, gap=2.0)
    assert max_gap.p_below_best(sample)[1] == pytest.approx(
        inference.p_different(inference.below(sample, 0))[1], abs=0.02
    )


def test_few_subjects_count_as_students_t():
    sample = independent(2, 2, gap=4.0, n_subjects=4)
    p = 2 * stats.t.sf(4 / np.sqrt(inference.variance(inference.below(sample, 0))[1]), 3)
    assert max_gap.p_below_best(sample)[1] == pytest.approx(p, abs=0.02)


def test_p_is_never_below_that_of_the_one_difference_nor_zero():
    for seed in range(10):
        sample = independent(seed, 6, n=50, gap=3.0)
        found = max_gap.p_below_best(sample)[1:]
        assert (found >= inference.p_different(inference.below(sample, 0))[1:]).all()
        assert (found >= 1 / 51).all()


def test_the_order_of_the_rows_permutes_p():
    sample, order = independent(3, 4, gap=1.0), [2, 0, 3, 1]
    np.testing.assert_allclose(
        max_gap.p_below_best(sample.rows(order)), max_gap.p_below_best(sample)[order]
    )


def test_what_is_the_same_as_the_best_has_p_1():
    sample = independent(4, 3, gap=2.0).rows([0, 0, 1, 2])
    found = max_gap.p_below_best(sample)
    assert np.isnan(found[0])
    assert found[1] == 1
    np.testing.assert_array_equal(found[2:], max_gap.p_below_best(sample.rows([0, 2, 3]))[1:])
    assert np.isnan(max_gap.p_below_best(sample.rows([0]))).all()


def test_a_resample_without_a_similarity_leaves_the_correction_in_place():
    sample = independent(5, 8, gap=1.0)
    resamples = sample.resamples.copy()
    resamples[:, 3] = np.nan
    lacking, without = (
        Bootstrap(sample.mean, ways, sample.n_stimuli, sample.n_subjects)
        for ways in (resamples, np.delete(resamples, 3, axis=1))
    )
    np.testing.assert_allclose(max_gap.p_below_best(lacking), max_gap.p_below_best(without))
    np.testing.assert_allclose(
        max_gap.interval_below_best(lacking), max_gap.interval_below_best(without)
    )


def test_missing_pairs_that_some_resamples_lack_leave_the_correction_in_place():
    random = np.random.default_rng(0)
    layers, subject = random.random((6, 28)), random.random((1, 28))
    subject[:, random.permutation(28)[:18]] = np.nan
    sample = rsa.bootstrap(layers, subject, 8, 400, 0)
    lacking = np.isnan(sample.samples).any(axis=1)
    assert 0 < lacking.mean() < 0.1
    whole = replace(sample, resamples=sample.resamples[:, ~lacking])
    np.testing.assert_allclose(max_gap.p_below_best(sample), max_gap.p_below_best(whole), atol=0.01)


def test_resamples_that_are_all_unknown_leave_no_p():
    sample = independent(6, 3, n=20)
    unknown = Bootstrap(sample.mean, np.full_like(sample.resamples, np.nan), 10, 10)
    assert np.isnan(max_gap.p_below_best(unknown)).all()
    assert np.isnan(max_gap.interval_below_best(unknown)).all()


def study(seed, n_stimuli, n_subjects, favour=1.0, n_layers=5, n_resamples=200):
    """Subjects weigh the features of five layers, each in their own way, the first by `favour`."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n_stimuli, n_layers, 8))
    weights = np.exp(0.5 * random.normal(size=(n_subjects, n_layers)))
    weights[:, 0] *= favour
    noise = 0.9 * random.normal(size=(n_subjects, n_stimuli, n_layers * 8))
    subjects = [
        pdist((x * w[:, None]).reshape(n_stimuli, -1) + e)
        for w, e in zip(weights, noise, strict=True)
    ]
    layers = np.array([pdist(x[:, layer]) for layer in range(n_layers)])
    return rsa.bootstrap(layers, np.array(subjects), n_stimuli, n_resamples, seed)


@pytest.mark.parametrize(("n_stimuli", "n_subjects"), [(30, 10), (30, 4)])
def test_of_layers_that_are_alike_one_is_worse_in_five_percent_of_studies(n_stimuli, n_subjects):
    found = [max_gap.p_below_best(study(s, n_stimuli, n_subjects)) for s in range(100)]
    wrong = np.sum(np.nanmin(found, axis=1) < 0.05)
    assert wrong <= stats.binom.ppf(0.999, 100, 0.05)  # uncorrected: about 25 of 100


def test_layers_that_are_worse_are_found():
    found = [max_gap.p_below_best(study(s, 30, 10, favour=6.0)) for s in range(20)]
    assert np.mean(np.array(found)[:, 1:] < 0.05) > 0.8


def test_intervals_hold_zero_where_p_is_large_and_are_tukeys():
    for gap in (0.5, 3.0, 5.0):
        sample = independent(3, 5, gap=gap)
        low, high = max_gap.interval_below_best(sample)
        p = max_gap.p_below_best(sample)
        clear = np.abs(p - 0.05) > 0.01
        np.testing.assert_array_equal((low > 0)[clear], (p < 0.05)[clear])
        width = stats.studentized_range.isf(0.05, 5, np.inf)
        np.testing.assert_allclose((high - low)[1:] / 2, width, rtol=0.06)
        assert low[0] == high[0] == 0


def test_an_interval_of_two_rows_is_that_of_the_one_difference():
    sample = independent(1, 2, gap=2.0, n_subjects=5)
    expected = inference.interval(inference.below(sample, 0))
    np.testing.assert_allclose(max_gap.interval_below_best(sample), expected, rtol=0.05)
