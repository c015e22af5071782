"""Spreads of scores over new stimuli, neuroids and subjects, against sums of known variances."""

import numpy as np
from scipy import stats

from ventralmap import two_factor
from ventralmap.two_factor import Middle, Sample

N = 400


def sample(
    *,
    stimuli=1.0,
    neuroids=1.0,
    noise=0.0,
    subjects=0.0,
    n=(100, 5, 40, 1),
    value=(2.0, 0.0),
    seed=0,
):
    """Resamples that vary by exactly these variances; those of both count the noise three times."""
    columns = np.random.default_rng(seed).normal(size=(N, 6 * len(value)))
    columns = np.linalg.qr(columns - columns.mean(axis=0))[0] * np.sqrt(N - 1)  # of variance 1
    own = [columns[:, i::6][:, : len(value)] for i in range(6)]
    parts = [np.sqrt(v) * x for v, x in zip((stimuli, neuroids, 1.0), own[:3], strict=True)]
    own_noise = [np.sqrt(noise) * x for x in own[3:]]
    of_stimuli, of_neuroids = parts[0] + own_noise[0], parts[1] + own_noise[1]
    of_both = np.array(value) + parts[0] + parts[1] + sum(own_noise)
    return Sample(
        np.array(value),
        np.array(value) + of_stimuli,
        np.array(value) + of_neuroids,
        np.array(value) + np.sqrt(subjects) * own[2] if n[3] > 1 else np.zeros((0, len(value))),
        Middle(np.array(value) + of_stimuli, np.array(value) + of_neuroids, of_both),
        *n,
    )


def without_stimuli(found):
    none, neuroids = np.zeros((0, 2)), found.middle.neuroids
    return two_factor.replace(found, stimuli=none, middle=Middle(none, neuroids, neuroids))


def test_the_noise_of_neither_stimuli_nor_neuroids_counts_once():
    found = sample(stimuli=0.5, neuroids=2, noise=0.3)
    np.testing.assert_allclose(two_factor.noise(found), 0.3)
    tests, units = (0.8 + 0.5 * 5 / 4) * 100 / 99, 2.3 * 40 / 39
    np.testing.assert_allclose(two_factor.of_stimuli(found).variance, tests)
    np.testing.assert_allclose(two_factor.of_neuroids(found).variance, units)
    np.testing.assert_allclose(two_factor.of_both(found).variance, tests + units - 0.3)


def test_the_noise_of_a_score_is_to_that_of_the_smooth_mean_as_they_vary_over_neuroids():
    """A median varies more over neuroids than the mean, and moves as much with all of them."""
    smooth = sample(stimuli=0.5, neuroids=2, noise=0.3)
    leaping = two_factor.replace(smooth, neuroids=2 * smooth.neuroids)  # 4 times the variance
    np.testing.assert_allclose(two_factor.noise(leaping), 4 * 0.3)
    tests, units = (0.5 * 2.25 + 4 * 0.3) * 100 / 99, 4 * 2.3 * 40 / 39
    np.testing.assert_allclose(two_factor.of_both(leaping).variance, tests + units - 4 * 0.3)


def test_over_stimuli_alone_a_score_varies_as_it_does_and_its_fits_as_the_smooth_mean():
    smooth = sample(stimuli=0.5, noise=0.3)
    leaping = two_factor.replace(smooth, stimuli=2 * smooth.stimuli)
    expected = (4 * 0.8 + 0.5 * 5 / 4) * 100 / 99
    np.testing.assert_allclose(two_factor.of_stimuli(leaping).variance, expected)
    both = two_factor.of_both(leaping).variance
    np.testing.assert_allclose(both, two_factor.of_both(smooth).variance)


def test_resamples_of_both_are_those_of_stimuli_and_of_neuroids():
    found = sample(stimuli=0.5, neuroids=2)
    middle = two_factor.replace(found.middle, stimuli=found.middle.stimuli[:3])
    few = two_factor.replace(found, middle=middle)
    for kind in ("stimuli", "neuroids"):
        np.testing.assert_array_equal(few.drawn(kind), getattr(few, kind))
    moved = middle.stimuli[[0, 1, 2, 0]] - middle.stimuli.mean(axis=0)
    np.testing.assert_allclose(few.drawn("both")[:4], few.neuroids[:4] + moved)
    none = without_stimuli(found)
    np.testing.assert_array_equal(none.drawn("both"), found.neuroids)


def test_degrees_of_freedom_are_satterthwaites():
    found = sample(stimuli=0.5, neuroids=2)
    tests, units = 0.5 * 2.25 * 100 / 99, 2 * 40 / 39
    expected = (tests + units) ** 2 / (tests**2 / 99 + units**2 / 39)
    np.testing.assert_allclose(two_factor.of_both(found).free, expected)
    few = two_factor.of_both(sample(stimuli=0.01, neuroids=0.01, subjects=5, n=(100, 5, 40, 3)))
    np.testing.assert_allclose(few.free, 2, atol=0.02)


def test_subjects_vary_no_less_than_their_neuroids():
    wide, narrow = (sample(subjects=v, n=(100, 5, 40, 4)) for v in (6.0, 0.1))
    np.testing.assert_allclose(two_factor.of_neuroids(wide).variance, 6 * 4 / 3)
    np.testing.assert_allclose(two_factor.of_neuroids(narrow).variance, 40 / 36)
    np.testing.assert_array_equal(two_factor.of_neuroids(wide).free, 3)
    np.testing.assert_array_equal(two_factor.of_neuroids(narrow).free, 36)
    two = sample(subjects=0.1, n=(100, 5, 40, 2))
    np.testing.assert_array_equal(two_factor.of_neuroids(two).free, 1)


def test_intervals_and_p_are_students():
    found = sample()
    spread = two_factor.of_both(found)
    low, high = two_factor.interval(found)
    expected = stats.t.interval(0.95, spread.free, found.value, np.sqrt(spread.variance))
    np.testing.assert_allclose([low, high], expected)
    t = 2 / np.sqrt(spread.variance[0])
    p = stats.t.sf(t, spread.free[0])
    np.testing.assert_allclose(two_factor.p_greater(found), [p, 0.5])
    np.testing.assert_allclose(two_factor.p_different(found), [2 * p, 1])


def test_p_is_no_smaller_than_resamples_resolve_and_1_where_nothing_varies():
    sure = sample(value=(1000.0, 0.0))
    assert two_factor.p_greater(sure)[0] == 1 / (1 + N)
    still = sample(stimuli=0, neuroids=0)
    np.testing.assert_array_equal(two_factor.p_different(still), 1)


def test_without_stimuli_or_with_one_neuroid_the_rest_is_left():
    found = sample()
    spread = two_factor.of_both(without_stimuli(found))
    np.testing.assert_allclose(spread.variance, 40 / 39)
    np.testing.assert_allclose(spread.free, 39)
    one = sample(neuroids=0, n=(100, 5, 1, 1))
    np.testing.assert_allclose(two_factor.of_both(one).free, 99)


def test_one_neuroid_says_nothing_of_others():
    one = sample(n=(100, 5, 1, 1))
    assert np.isnan(two_factor.interval(one, "neuroids")).all()
    assert np.isfinite(two_factor.interval(one, "stimuli")).all()
