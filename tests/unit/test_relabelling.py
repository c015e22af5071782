"""Relabelled similarities against comparing RDMs whose stimuli were relabelled."""

import numpy as np
import pytest

from ventralmap import relabelling
from ventralmap.comparators import COMPARATORS, Layers, compare
from ventralmap.draws import squares

N = 9
PAIRS = np.triu_indices(N, 1)


def sides(missing=0, seed=0):
    random = np.random.default_rng(seed)
    layers, subjects = random.random((2, 3, len(PAIRS[0])))
    subjects[0] = np.round(4 * subjects[0])
    subjects[1, :missing] = np.nan
    return layers, subjects


def directly(name, layers, subjects, labels):
    square = squares(subjects)
    relabelled = [square[:, some][:, :, some][:, *PAIRS] for some in labels]
    return [compare(name, layers, rdms)[0].mean(axis=1) for rdms in relabelled]


@pytest.mark.parametrize("name", COMPARATORS)
@pytest.mark.parametrize("missing", [0, 3])
def test_relabelled_similarities_are_those_of_relabelled_rdms(name, missing):
    layers, subjects = sides(missing)
    random = np.random.default_rng(1)
    labels = np.array([np.arange(N), *(random.permutation(N) for _ in range(5))])
    found = relabelling.relabelled(Layers(name, layers), subjects, labels)
    np.testing.assert_allclose(found, directly(name, layers, subjects, labels), atol=1e-12)
    np.testing.assert_allclose(found[0], compare(name, layers, subjects)[0].mean(axis=1))


def test_the_size_of_batches_changes_nothing(monkeypatch):
    layers, subjects = sides()
    labels = np.array([np.random.default_rng(i).permutation(N) for i in range(7)])
    whole = relabelling.relabelled(Layers("spearman", layers), subjects, labels)
    monkeypatch.setattr(relabelling, "MOST", 100)
    parts = relabelling.relabelled(Layers("spearman", layers), subjects, labels)
    np.testing.assert_allclose(parts, whole)


@pytest.mark.parametrize("name", COMPARATORS)
@pytest.mark.parametrize("n_pairs", [0, 1])
def test_a_subject_with_fewer_than_two_pairs_changes_nothing(name, n_pairs):
    layers, subjects = sides()
    labels = np.array([np.arange(N), np.random.default_rng(1).permutation(N)])
    prepared = Layers(name, layers)
    expected = relabelling.relabelled(prepared, subjects[1:], labels)
    subjects[0, n_pairs:] = np.nan
    np.testing.assert_allclose(relabelling.relabelled(prepared, subjects, labels), expected)
    assert np.isnan(relabelling.relabelled(prepared, subjects[:1], labels)).all()
