import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from ventralmap import ranks


@given(values=st.lists(st.integers(0, 5), min_size=3, max_size=30), seed=st.integers(0, 1000))
def test_weighted_ranks_are_ranks_of_repeated_values(values, seed):
    weights = np.random.default_rng(seed).integers(0, 4, size=len(values)).astype(float)
    weights[0] = 1
    repeated = np.repeat(np.arange(len(values)), weights.astype(int))
    found = ranks.weighted_ranks(ranks.sort(np.array(values, float)), weights)
    np.testing.assert_allclose(found[repeated], rankdata(np.array(values)[repeated]))


def test_spearman_is_scipys():
    a, b = np.random.default_rng(0).integers(0, 9, size=(2, 3, 40)).astype(float)
    found = ranks.spearman([ranks.sort(x) for x in a], [ranks.sort(x) for x in b], np.ones(40))
    expected = [[spearmanr(x, y).statistic for y in b] for x in a]
    np.testing.assert_allclose(found, expected)


def test_resampling_leaves_out_pairs_of_a_stimulus_with_itself():
    n, counts = 5, np.array([2, 0, 1, 3, 1])
    a, b = np.random.default_rng(0).random((2, n, n))
    a, b = a + a.T, b + b.T
    drawn = np.repeat(np.arange(n), counts)
    rows, columns = np.triu_indices(len(drawn), k=1)
    different = drawn[rows] != drawn[columns]
    i, j = drawn[rows][different], drawn[columns][different]
    upper = np.triu_indices(n, k=1)
    found = ranks.spearman(
        [ranks.sort(a[upper])], [ranks.sort(b[upper])], ranks.pair_weights(counts)
    )
    assert found[0, 0] == pytest.approx(spearmanr(a[i, j], b[i, j]).statistic)
