"""Noise ceilings against rsatoolbox."""

import warnings

import numpy as np
import pytest
from rsatoolbox.inference import boot_noise_ceiling
from rsatoolbox.rdm import RDMs
from scipy.stats import spearmanr

from ventralmap import ceilings
from ventralmap.comparators import RSATOOLBOX, compare
from ventralmap.draws import Draws


def subjects(n=5, n_pairs=66, seed=0):
    """RDMs with something in common and, from two subjects on, ties."""
    random = np.random.default_rng(seed)
    found = random.random(n_pairs) + random.random((n, n_pairs))
    found[-1] = np.round(3 * found[-1])
    return found


@pytest.mark.parametrize("name", RSATOOLBOX)
@pytest.mark.parametrize("n", [2, 5])
def test_ceilings_are_those_of_rsatoolbox(name, n):
    rdms = subjects(n)
    with warnings.catch_warnings(action="ignore"):  # tau's ceiling is that of mean ranks
        expected = boot_noise_ceiling(RDMs(rdms), RSATOOLBOX[name], rdm_descriptor="index")
    np.testing.assert_allclose(ceilings.ceiling(rdms, name), expected, rtol=0, atol=1e-12)


@pytest.mark.real
@pytest.mark.parametrize("name", RSATOOLBOX)
def test_ceilings_of_real_rdms_are_those_of_rsatoolbox(evc_and_it, name):
    rdms = evc_and_it[1]
    with warnings.catch_warnings(action="ignore"):
        expected = boot_noise_ceiling(RDMs(rdms), RSATOOLBOX[name], rdm_descriptor="index")
    np.testing.assert_allclose(ceilings.ceiling(rdms, name), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", RSATOOLBOX)
def test_one_subject_has_none(name):
    assert np.isnan(ceilings.ceiling(subjects(1), name)).all()


@pytest.mark.parametrize("name", RSATOOLBOX)
def test_a_pair_that_all_lack_is_left_out(name):
    rdms, random = subjects(), np.random.default_rng(1)
    gaps = rdms.copy()
    gaps[:, random.integers(66, size=5)] = np.nan
    with warnings.catch_warnings(action="ignore"):
        expected = boot_noise_ceiling(RDMs(gaps), RSATOOLBOX[name], rdm_descriptor="index")
    np.testing.assert_allclose(ceilings.ceiling(gaps, name), expected, rtol=0, atol=1e-12)


def test_a_pair_that_one_lacks_counts_for_the_others():
    rdms = subjects(3)
    rdms[0, :4] = np.nan
    scaled = ceilings.centred_ranks(rdms)
    np.testing.assert_allclose(np.nanmean(scaled, axis=1), 0, atol=1e-12)
    others = [np.nanmean(np.delete(scaled, i, axis=0), axis=0) for i in range(3)]
    expected = np.mean(
        [
            spearmanr(mean, own, nan_policy="omit").statistic
            for mean, own in zip(others, rdms, strict=True)
        ]
    )
    assert ceilings.ceiling(rdms)[0] == pytest.approx(expected)


@pytest.mark.parametrize("name", RSATOOLBOX)
def test_a_pair_that_all_but_one_lack_bounds_nothing(name):
    rdms = subjects(2)
    rdms[0, :4] = np.nan
    low, high = ceilings.ceiling(rdms, name)
    assert np.isfinite([low, high]).all()
    assert low < high


@pytest.mark.parametrize("name", RSATOOLBOX)
def test_the_lower_ceiling_is_resampled_as_the_layers_are(name):
    rdms = subjects()
    counts = np.array([np.ones(12, int), np.bincount([0, 2, 2, 5, 6, 6, 7, 8, 9, 10, 11, 11])])
    found = ceilings.with_others(rdms, name, Draws(counts))
    assert found.shape == (2, 5)
    assert found[0].mean() == pytest.approx(ceilings.ceiling(rdms, name)[0])
    others = ceilings.SCALES[name](rdms)[1:].mean(axis=0, keepdims=True)
    expected = compare(name, others, rdms[[0]], Draws(counts[[1]])).item()
    assert found[1, 0] == pytest.approx(expected)


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_many_subjects_have_the_ceiling_that_their_noise_allows(noise):
    # Each subject is the same RDM plus noise of its own: the best RDM correlates 1 / √(1 + noise²).
    random = np.random.default_rng(0)
    rdms = 10 + random.normal(size=4005) + noise * random.normal(size=(60, 4005))
    low, high = ceilings.ceiling(rdms, "pearson")
    expected = 1 / np.sqrt(1 + noise**2)
    assert low < expected < high
    assert (low, high) == pytest.approx((expected, expected), abs=0.03)


def test_the_others_are_drawn_with_the_subject():
    random = np.random.default_rng(0)
    rdms = random.normal(size=(4, 15)) + random.normal(size=15)
    counts = np.array([[2, 0, 1, 1], [0, 3, 1, 0], [1, 1, 1, 1], [0, 0, 4, 0]])
    found = ceilings.others_drawn(ceilings.among(rdms, "pearson"), counts)
    scaled = ceilings.standard_scores(rdms)

    def with_mean(i, weights):
        weights = np.where(np.arange(4) == i, 0, weights)
        return np.corrcoef(scaled[i], weights @ scaled)[0, 1] if weights.any() else np.nan

    expected = [[with_mean(i, row) - with_mean(i, np.ones(4)) for i in range(4)] for row in counts]
    np.testing.assert_allclose(found, np.nan_to_num(expected), atol=1e-12)


def test_where_pairs_are_missing_the_others_stay():
    rdms = np.random.default_rng(0).normal(size=(3, 6))
    rdms[1, 2] = np.nan
    change = ceilings.others_drawn(ceilings.among(rdms, "spearman"), np.array([[3, 0, 0]]))
    np.testing.assert_array_equal(change, np.zeros((1, 3)))


@pytest.mark.parametrize("comparison", ["spearman", "whitened-cosine", "tau-a"])
def test_ceilings_and_similarities_among_subjects_are_the_same_from_one_comparison(comparison):
    subjects = np.random.default_rng(0).random((4, 15))
    draws = Draws(np.array([[1, 1, 1, 1, 1, 1], [0, 2, 1, 1, 1, 1]]))
    first, second = ceilings.with_others_and_among(subjects, comparison, draws)
    np.testing.assert_allclose(first, ceilings.with_others(subjects, comparison, draws))
    np.testing.assert_allclose(second, ceilings.among(subjects, comparison, draws))
