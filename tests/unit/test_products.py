"""Whitened comparators, against a solve with the whole covariance of the pairs."""

import numpy as np
import pytest
from rsatoolbox.util.matrix import get_v

from ventralmap.comparators import compare
from ventralmap.draws import Draws, n_stimuli


def dense(x, y, counts, centred, present=None):
    """Similarity by V⁻¹ of the resampled stimuli, copies as stimuli of their own.

    V is the covariance of all pairs of the drawn stimuli; the rows and columns of pairs that are
    missing, or of a stimulus with itself, are left out.
    """
    drawn = np.repeat(np.arange(len(counts)), counts)
    rows, columns = np.triu_indices(len(drawn), 1)
    a, b = np.minimum(drawn[rows], drawn[columns]), np.maximum(drawn[rows], drawn[columns])
    n = len(counts)
    pair = np.where(a == b, 0, a * n - a * (a + 1) // 2 + b - a - 1)
    kept = (a != b) & (present[pair] if present is not None else True)
    v = get_v(len(drawn), None).toarray()[np.ix_(kept, kept)]
    x, y = x[pair[kept]], y[pair[kept]]
    if centred:
        x, y = x - x.mean(), y - y.mean()
    whitened = np.linalg.solve(v, np.array([x, y]).T)
    products = np.array([x, y]) @ whitened
    return products[0, 1] / np.sqrt(products[0, 0] * products[1, 1])


@pytest.mark.parametrize("name", ["whitened-cosine", "whitened-pearson"])
@pytest.mark.parametrize("n", [4, 12, 40])
def test_whitened_products_are_by_the_inverse_covariance(name, n):
    random = np.random.default_rng(n)
    x, y = random.random((2, n * (n - 1) // 2))
    counts = np.array(
        [np.ones(n, int), [n - 2, *[1] * 2, *[0] * (n - 3)], random.integers(0, 3, n)]
    )
    found = compare(name, x[None], y[None], Draws(counts)).ravel()
    expected = [dense(x, y, c, name.endswith("pearson")) for c in counts]
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("name", ["whitened-cosine", "whitened-pearson"])
def test_whitened_products_leave_missing_pairs_out(name):
    random = np.random.default_rng(0)
    x, y = random.random((2, 66))
    present = random.random(66) > 0.3
    present[:11] = False  # the first stimulus lacks all its pairs
    counts = np.array([np.ones(12, int), random.integers(0, 3, 12)])
    found = compare(name, x[None], np.where(present, y, np.nan)[None], Draws(counts)).ravel()
    expected = [dense(x, y, c, name.endswith("pearson"), present) for c in counts]
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_many_stimuli_can_be_resampled():
    """Where rsatoolbox 0.3.2 ends in an error, from 100 stimuli."""
    n = 104
    random = np.random.default_rng(0)
    x, y = random.random((2, n * (n - 1) // 2))
    counts = np.bincount(random.integers(n, size=n), minlength=n)
    found = compare("whitened-cosine", x[None], y[None], Draws(counts[None])).item()
    assert found == pytest.approx(dense(x, y, counts, centred=False), abs=1e-10)


def test_the_number_of_stimuli_follows_from_that_of_pairs():
    assert [n_stimuli(n * (n - 1) // 2) for n in range(2, 2000)] == list(range(2, 2000))
