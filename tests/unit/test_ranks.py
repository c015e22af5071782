import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from ventralmap import ranks


@given(values=st.lists(st.integers(0, 5), min_size=3, max_size=30), seed=st.integers(0, 1000))
def test_weighted_ranks_are_ranks_of_repeated_values(values, seed):
    weights = np.random.default_rng(seed).integers(0, 4, size=len(values))
    weights[0] = 1
    repeated = np.repeat(np.arange(len(values)), weights)
    found = ranks.weighted_ranks(ranks.sort(np.array(values, float)), weights)
    np.testing.assert_allclose(found[repeated], rankdata(np.array(values)[repeated]))
