"""Relabelled RDMs that lack pairs, against preparing and comparing each anew."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from ventralmap import relabelled_gaps, relabelling
from ventralmap.comparators import COMPARATORS, Layers, compare
from ventralmap.draws import squares
from ventralmap.products import Product

N = 10
PAIRS = np.triu_indices(N, 1)
N_PAIRS = len(PAIRS[0])
PRODUCTS = [name for name, of in COMPARATORS.items() if isinstance(of, Product)]


def sides(missing, seed=0):
    """Layers and subjects, of whom the first two lack the same pairs, the third as many others.

    The second layer and the second subject have ties.
    """
    random = np.random.default_rng(seed)
    layers, subjects = random.random((2, 3, N_PAIRS))
    layers[1], subjects[1] = np.round(3 * layers[1]), np.round(5 * subjects[1])
    subjects[:2, random.permutation(N_PAIRS)[:missing]] = np.nan
    subjects[2, random.permutation(N_PAIRS)[:missing]] = np.nan
    return layers, subjects


def permutations(n=6):
    random = np.random.default_rng(1)
    return np.array([np.arange(N), *(random.permutation(N) for _ in range(n))])


def relabel(condensed, labels):
    return squares(condensed)[:, labels][:, :, labels][:, *PAIRS]


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("missing", [1, 7, 23, 38])
def test_the_sums_are_those_of_rdms_that_are_compared_anew(name, missing):
    layers, subjects = sides(missing)
    labels = permutations()
    prepared = Layers(name, layers).prepared
    groups = [subjects[:2], subjects[2:]]
    found = relabelled_gaps.sums(COMPARATORS[name], prepared, groups, labels)
    expected = [compare(name, layers, relabel(subjects, some))[0].sum(axis=1) for some in labels]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11)


def test_spearmans_is_scipys_over_the_pairs_that_are_left():
    layers, subjects = sides(7)
    labels = permutations(1)[1:]
    prepared = Layers("spearman", layers).prepared
    found = relabelled_gaps.sums(COMPARATORS["spearman"], prepared, [subjects[2:]], labels)
    moved = relabel(subjects[2:], labels[0])[0]
    expected = [spearmanr(layer, moved, nan_policy="omit").statistic for layer in layers]
    np.testing.assert_allclose(found[0], expected)


@pytest.mark.parametrize("name", [name for name in PRODUCTS if "cosine" not in name])
def test_a_layer_that_is_constant_in_what_is_left_is_similar_to_nothing(name):
    layers, subjects = np.full((1, N_PAIRS), 0.1), sides(7)[1]
    layers[0, 4] = 2.0
    subjects[:, 4] = np.nan
    prepared = Layers(name, layers).prepared
    groups = [subjects[2:]]
    found = relabelled_gaps.sums(COMPARATORS[name], prepared, groups, permutations(0))
    assert found.item() == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("name", ["spearman", "whitened-pearson"])
def test_the_size_of_batches_changes_nothing(name, monkeypatch):
    layers, subjects = sides(7)
    whole = relabelling.relabelled(Layers(name, layers), subjects, permutations())
    monkeypatch.setattr(relabelled_gaps, "MOST", 2 * N_PAIRS)
    parts = relabelling.relabelled(Layers(name, layers), subjects, permutations())
    np.testing.assert_allclose(parts, whole)


@pytest.mark.parametrize("name", PRODUCTS)
def test_relabelling_stimuli_on_both_sides_changes_nothing(name):
    layers, subjects = sides(7)
    order, labels = permutations()[3], permutations()
    renamed = np.argsort(order)[labels[:, order]]
    found = relabelling.relabelled(Layers(name, relabel(layers, order)), relabel(subjects, order),
                                   renamed)  # fmt: skip
    expected = relabelling.relabelled(Layers(name, layers), subjects, labels)
    np.testing.assert_allclose(found, expected, atol=1e-12)
