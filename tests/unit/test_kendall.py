"""Kendall's tau a with weights, against the sum over all pairs of distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import kendall
from ventralmap.comparators import compare
from ventralmap.draws import Draws


def brute(x, y, weights):
    """Concordance by its definition; weights (n, n_draws)."""
    signs = np.sign(x[:, None] - x) * np.sign(y[:, None] - y)
    return np.einsum("pd,pq,qd->d", weights, signs, weights) / 2


@pytest.mark.parametrize("width", [1, 3, 8, 64])
@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(2, 80), n_x=st.integers(1, 90), n_y=st.integers(1, 90), seed=st.integers(0, 999)
)
def test_concordance_is_its_definition(width, n, n_x, n_y, seed):
    random = np.random.default_rng(seed)
    x, y = (np.unique(random.integers(k, size=n), return_inverse=True)[1] + 1 for k in (n_x, n_y))
    weights = random.integers(0, 4, size=(n, 5)).astype(float)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kendall, "WIDTH", width)
        found = kendall.concordance(x, y, weights)
    np.testing.assert_allclose(found, brute(x, y, weights), atol=1e-9)


def test_a_frequent_rank_has_a_block_of_its_own():
    x = np.repeat([1, 2, 3, 4], [10, 300, 10, 500])
    assert kendall._blocks(x, 128).tolist() == np.repeat([0, 1, 2, 3], [10, 300, 10, 500]).tolist()


def test_all_stimuli_and_a_weight_of_one_are_the_same():
    random = np.random.default_rng(0)
    layers, subjects = random.integers(9, size=(2, 2, 45)).astype(float)
    once, twice = np.ones((1, 10), int), np.ones((2, 10), int)
    twice[1] = 2  # counted in blocks, as not all weights are one
    one, other = compare("tau-a", layers, subjects, Draws(once)), None
    other = compare("tau-a", layers, subjects, Draws(twice))
    np.testing.assert_allclose(other[0], one[0])
    # of 4 copies of each of 45 pairs: con - dis is 16 times, the number of pairs 180 * 179 / 2
    np.testing.assert_allclose(other[1], one[0] * 16 * (45 * 44) / (180 * 179))


def test_the_size_of_batches_changes_nothing(monkeypatch):
    random = np.random.default_rng(0)
    layers, subjects = random.random((2, 2, 45))
    draws = Draws(random.integers(0, 3, size=(7, 10)))
    whole = compare("tau-a", layers, subjects, draws)
    monkeypatch.setattr(kendall, "MOST", 100)
    np.testing.assert_allclose(compare("tau-a", layers, subjects, draws), whole)
