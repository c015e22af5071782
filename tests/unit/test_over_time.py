"""Correlation of RDMs at each time: scipy's, pair by pair where some are missing."""

import in_memory as made
import numpy as np
import pytest
from scipy.stats import spearmanr

from ventralmap import over_time

N = 9
PAIRS = np.triu_indices(N, 1)


def fixed(n=3, seed=5):
    return made.distances(N, seed, n)[:, PAIRS[0], PAIRS[1]]


def measured(values, **labels):
    times = np.arange(values.shape[-3]) * 10.0
    return made.rdms(values, area=["MEG"], time=times, **labels).sel(area="MEG")


def correlated(rdms, values):
    """By scipy, over the pairs that both have; `values` of shape (subject, time, n, n)."""
    result = np.empty((len(rdms), *values.shape[:2]))
    for at in np.ndindex(*result.shape):
        one, other = rdms[at[0]], values[at[1:]][PAIRS]
        known = ~np.isnan(other) & ~np.isnan(rdms).any(axis=0)
        result[at] = spearmanr(one[known], other[known]).statistic
    return result


def without(values, *pairs):
    """The same RDMs, with pairs (subject, time, i, j) missing."""
    values = values.copy()
    for subject, time, i, j in pairs:
        values[0, subject, time, [i, j], [j, i]] = np.nan
    return values


def test_similarity_is_scipys_for_each_rdm_subject_and_time():
    values = np.round(made.distances(N, 0, 1, 2, 4), 1)  # with ties
    found = over_time.similarity(fixed(), measured(values))
    np.testing.assert_allclose(found.values, correlated(fixed(), values[0]))
    assert found.n_pairs == 36


def test_missing_pairs_are_left_out_where_they_are_missing_and_counted():
    values = made.distances(N, 0, 1, 3, 4)
    gaps = [(0, time, 0, 3) for time in range(4)] + [(1, 2, 4, 5), (1, 2, 0, 1), (1, 3, 7, 8)]
    values = without(values, *gaps)
    found = over_time.similarity(fixed(), measured(values))
    np.testing.assert_allclose(found.values, correlated(fixed(), values[0]))
    assert found.n_pairs == 34


def test_a_pair_that_a_fixed_rdm_lacks_is_left_out_for_all():
    rdms, values = fixed(), made.distances(N, 0, 1, 2, 3)
    rdms[1, 7] = np.nan
    found = over_time.similarity(rdms, measured(values))
    np.testing.assert_allclose(found.values, correlated(rdms, values[0]))
    assert found.n_pairs == 35


@pytest.mark.parametrize("diagonal", [0.0, np.nan])
def test_the_diagonal_does_not_matter(diagonal):
    values = made.distances(N, 0, 1, 2, 3)
    expected = over_time.similarity(fixed(), measured(values)).values
    values[..., np.arange(N), np.arange(N)] = diagonal
    np.testing.assert_array_equal(over_time.similarity(fixed(), measured(values)).values, expected)


def test_sessions_are_averaged_pair_by_pair():
    values = made.distances(N, 0, 1, 2, 2, 3)  # area, subject, session, time
    values[0, 0, 1, 1, [2, 5], [5, 2]] = np.nan  # one session has it
    mean = np.nanmean(values, axis=2)
    both = over_time.similarity(fixed(), measured(values, session=["1", "2"]))
    np.testing.assert_allclose(both.values, over_time.similarity(fixed(), measured(mean)).values)
    assert both.n_pairs == 36


def test_float32_changes_no_rank_of_distances_that_differ():
    values = made.distances(N, 0, 1, 2, 3)
    low = over_time.similarity(fixed(), measured(values.astype(np.float32))).values
    np.testing.assert_array_equal(low, over_time.similarity(fixed(), measured(values)).values)


def test_permuting_stimuli_on_both_sides_changes_nothing():
    order = np.random.default_rng(0).permutation(N)
    square, values = made.distances(N, 5, 3), made.distances(N, 0, 1, 2, 3)
    moved = square[:, order][:, :, order][:, PAIRS[0], PAIRS[1]]
    found = over_time.similarity(moved, measured(values[..., order, :][..., order]))
    expected = over_time.similarity(fixed(), measured(values))
    np.testing.assert_allclose(found.values, expected.values)


def test_monotone_transforms_change_nothing():
    values = made.distances(N, 0, 1, 2, 3)
    found = over_time.similarity(np.exp(fixed()), measured(values**3))
    expected = over_time.similarity(fixed(), measured(values))
    np.testing.assert_allclose(found.values, expected.values)
