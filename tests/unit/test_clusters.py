"""The cluster test: enumeration by hand, MNE on one curve, and simulation under the null."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from curves_over_time import bumps, noise
from scipy.stats import binom, t, ttest_1samp

from ventralmap import clusters

MANY = 5000


def outcome(curves, n=MANY, seed=0, cluster_p=0.05):
    return clusters.cluster_test(np.asarray(curves, float), n, seed, cluster_p)


def masses(curve, threshold):
    """Mass and times of each cluster of one curve's t, found time by time."""
    found, current = [], []
    for time, value in enumerate([*curve, -np.inf]):
        if value > threshold:
            current.append(time)
        elif current:
            found.append((sum(curve[i] for i in current), current))
            current = []
    return found


def by_hand(curves, cluster_p):
    """p of each time from all sign flips, the largest mass over all curves.

    As MNE enumerates them: the recorded signs twice, in place of the flip of all subjects.
    """
    n_subjects = curves.shape[1]
    threshold = t.isf(cluster_p, n_subjects - 1)

    def of(signs):
        flipped = curves * np.array(signs)[None, :, None]
        return ttest_1samp(flipped, 0, axis=1).statistic

    largest = [
        max((mass for curve in of(signs) for mass, _ in masses(curve, threshold)), default=0.0)
        for signs in [[1] * n_subjects, *list(itertools.product([1, -1], repeat=n_subjects))[:-1]]
    ]
    assert len(largest) == 2**n_subjects
    p = np.ones((curves.shape[0], curves.shape[2]))
    for row, curve in zip(p, of([1] * n_subjects), strict=True):
        for mass, times in masses(curve, threshold):
            row[times] = np.mean(np.array(largest) >= mass - 1e-9)
    return p


@pytest.mark.parametrize("seed", range(4))
def test_p_is_that_of_all_flips_over_all_curves(seed):
    curves = bumps(np.random.default_rng(seed), [4, 9], n_subjects=6, n_times=14, width=2.0)
    expected = by_hand(curves, 0.05)
    assert len(np.unique(expected)) > 1  # there are clusters
    np.testing.assert_allclose(outcome(curves).p, expected)


def test_one_curve_is_tested_as_mne_does():
    from mne.stats import permutation_cluster_1samp_test

    curve = bumps(np.random.default_rng(1), [20], n_subjects=9, n_times=40)
    _, found, p, _ = permutation_cluster_1samp_test(
        curve[0], threshold=t.isf(0.05, 8), n_permutations=1000, tail=1, verbose="ERROR",
        out_type="mask",
    )  # fmt: skip
    expected = np.ones(40)
    for where, value in zip(found, p, strict=True):
        expected[where] = value
    assert expected.min() < 0.05
    np.testing.assert_allclose(outcome(curve).p[0], expected)


def test_no_cluster_crosses_from_one_curve_to_the_next():
    curves = np.random.default_rng(0).normal(size=(2, 6, 6))
    curves[0, :, -2:] += 1.2
    curves[1, :, :1] += 1.2
    joined = outcome(curves.swapaxes(0, 1).reshape(1, 6, 12)).p
    apart = outcome(curves).p
    assert joined[0, 5] == joined[0, 6] < 1
    assert 1 > apart[0, -1] != apart[1, 0] < 1
    np.testing.assert_allclose(apart, by_hand(curves, 0.05))


def test_random_flips_agree_with_all():
    curves = bumps(np.random.default_rng(3), [10, 25], n_subjects=12, n_times=40, height=0.7)
    exact, some = outcome(curves, n=2**12).p, outcome(curves, n=1999).p
    assert ((exact > 0.02) & (exact < 0.9)).any()
    np.testing.assert_allclose(some, exact, atol=5 * 0.5 / np.sqrt(1999))


def test_the_smallest_p():
    curves = 1 + 0.01 * np.random.default_rng(0).normal(size=(1, 30, 5))
    assert outcome(curves, n=99).p.min() == 0.01
    assert outcome(curves[:, :7]).p.min() == 2 / 2**7


def test_five_subjects_can_show_nothing_and_one_is_not_tested():
    curves = 1 + 0.01 * np.random.default_rng(0).normal(size=(2, clusters.LEAST_SUBJECTS, 6))
    assert outcome(curves).significant.all()
    five = outcome(curves[:, :-1])
    assert not five.significant.any()
    assert five.critical == np.inf
    one = outcome(curves[:, :1])
    assert np.isnan(one.p).all()
    assert not one.significant.any()


def test_nothing_above_zero_is_no_cluster():
    found = outcome(bumps(np.random.default_rng(0), [9], n_subjects=8, n_times=20) - 5)
    assert (found.p == 1).all()
    assert found.critical == np.inf


@pytest.mark.parametrize("n", [99, 100, 199, 300])
@pytest.mark.parametrize("seed", range(5))
def test_a_mass_above_the_critical_one_has_p_below_five_percent(n, seed):
    curves = bumps(np.random.default_rng(seed), [9, 15, 20], n_subjects=9, n_times=30, height=0.8)
    found = outcome(curves, n=n)
    statistic = ttest_1samp(curves, 0, axis=1).statistic
    for row, p in zip(statistic, found.p, strict=True):
        for mass, times in masses(row, found.threshold):
            assert (mass > found.critical + 1e-9) == (p[times[0]] < 0.05)


@pytest.mark.parametrize("n", [60, 140, 200, 280])
def test_a_share_of_exactly_five_percent_is_too_large(n):
    null = np.arange(float(n))
    critical = clusters._critical(null)
    assert np.mean(null > critical) < 0.05 <= np.mean(null >= critical)


def test_reordering_curves_and_reversing_time_changes_nothing():
    curves = bumps(np.random.default_rng(2), [5, 9], n_subjects=7, n_times=15)
    first = outcome(curves).p
    np.testing.assert_allclose(outcome(curves[::-1]).p[::-1], first)
    np.testing.assert_allclose(outcome(curves[..., ::-1]).p[..., ::-1], first)
    np.testing.assert_allclose(outcome(curves[:, ::-1]).p, first)


@pytest.mark.parametrize("cluster_p", [0.05, 0.01])
def test_five_percent_of_studies_without_signal_have_a_significant_time(cluster_p):
    """Noise autocorrelated in time and over curves; all times of all curves are one family."""
    random = np.random.default_rng(5)
    n = 300
    false = sum(
        outcome(noise(random, 4, 8, 30), n=99, seed=i, cluster_p=cluster_p).significant.any()
        for i in range(n)
    )
    low, high = binom.interval(0.999, n, 0.05)
    assert false <= high
    if cluster_p == 0.05:  # with a rare cluster, many studies have none at all
        assert false >= low


@pytest.mark.parametrize(
    ("curve", "first"),
    [
        ([0, 0, 2, 2, 0, 0], 2),
        ([0, 3, 0, 2, 2, 2], 3),  # a lone time is too short
        ([2, 2, 2, 2, 2, 2], 0),
        ([0, 0, 0, 0, 2, 2], 4),
        ([0, 3, 0, 3, 0, 3], -1),
        ([0, 0, 1.5, 1.4, 0, 0], -1),  # not enough mass
        ([0, 1, 1, 1, 1, 1], -1),  # at the threshold is not above it
        ([1.5, 1.4, 0, 2, 2, 0], 3),  # the first is too small
    ],
)
def test_the_first_cluster_is_large_and_long_enough(curve, first):
    t_values = np.array([curve, [0] * 6, curve], float)
    found = clusters.first_cluster(t_values, threshold=1.0, critical=3.0, least=2)
    assert found.tolist() == [first, -1, first]


def test_importing_the_module_does_not_import_mne():
    code = "import sys, ventralmap.clusters; print('mne' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
