"""Spike counts, patterns and time courses against what theory says of them."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from ventralmap import simulation


def test_streams_differ_by_name_and_seed():
    draws = {
        simulation.stream(seed, *names).random()
        for seed in (0, 1)
        for names in (("a",), ("b",), ("a", "b"))
    }
    assert len(draws) == 6
    assert simulation.stream(1, "a").random() in draws


def test_rates_are_affine_then_rectified():
    drive = np.array([[-4.0], [-1.0], [0.0], [2.0]])
    found = simulation.rates(drive, np.array([5.0]), np.array([0.4]))
    np.testing.assert_allclose(found[:, 0], [0.0, 3.0, 5.0, 9.0])


def test_gain_has_expectation_one_and_its_spread():
    random = np.random.default_rng(0)
    gain = simulation.slow_gain(500, 400, 0.3, 5.0, random)
    assert gain.shape == (500, 400)
    assert gain.mean() == pytest.approx(1, abs=0.01)
    assert np.log(gain).std() == pytest.approx(0.3, abs=0.01)


def test_gain_drifts_from_block_to_block():
    """Means of blocks vary with the memory; stimuli of a block are in random order."""
    fast, slow = (
        simulation.slow_gain(50, 400, 0.3, memory, np.random.default_rng(0)) for memory in (1, 500)
    )
    assert slow.mean(axis=0).std() > 3 * fast.mean(axis=0).std()
    within = np.log(slow) - np.log(slow).mean(axis=0)
    neighbours = np.mean(within[1:] * within[:-1]) / np.mean(within**2)
    assert abs(neighbours) < 0.05


def test_counts_with_constant_gain_are_poisson():
    expected = np.array([[0.0, 0.5, 4.0, 30.0]])
    drawn = simulation.counts(expected, np.ones((1, 40_000)), np.random.default_rng(0))[0]
    assert drawn.shape == (40_000, 4)
    np.testing.assert_array_equal(drawn, np.round(drawn))
    assert (drawn[:, 0] == 0).all()
    np.testing.assert_allclose(drawn.mean(axis=0), expected[0], rtol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), expected[0], rtol=0.03)


def test_counts_with_varying_gain_are_overdispersed_as_theory_says():
    random = np.random.default_rng(1)
    gain = np.exp(0.3 * random.standard_normal((1, 60_000)) - 0.045)
    expected = np.array([[2.0, 8.0, 20.0]])
    drawn = simulation.counts(expected, gain, random)[0]
    variance = expected[0] + (np.exp(0.09) - 1) * expected[0] ** 2
    np.testing.assert_allclose(drawn.var(axis=0), variance, rtol=0.04)
    assert np.corrcoef(drawn.T)[1, 2] > 0.3  # neurons of a trial share the gain


def test_rounding_of_rates_does_not_shift_the_noise():
    expected = np.random.default_rng(0).uniform(0, 20, (50, 10))
    gain = np.ones((50, 8))
    first, second = (
        simulation.counts(values, gain, np.random.default_rng(2))
        for values in (expected, expected * (1 + 1e-6))
    )
    assert (first != second).mean() < 1e-3


def test_pattern_rdm_is_correlation_distance():
    patterns = np.random.default_rng(0).normal(size=(12, 30))
    found = simulation.pattern_rdm(patterns)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, squareform(pdist(patterns, "correlation")), atol=1e-6)
    np.testing.assert_array_equal(found, found.T)
    assert (np.diag(found) == 0).all()


def test_course_starts_at_onset_and_peaks_at_its_peak():
    times = np.arange(-100.0, 600.0)
    found = simulation.course(times, 150.0, 8.0)
    assert (found[times <= 0] == 0).all()
    assert times[found.argmax()] == 150
    assert found.max() == pytest.approx(1)
    assert found[times == 300.0].item() == pytest.approx((2 * np.exp(-1)) ** 8)
