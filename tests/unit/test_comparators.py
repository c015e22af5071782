"""The comparators by name, against rsatoolbox, scipy and numbers worked out by hand."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rsatoolbox.rdm import RDMs
from rsatoolbox.rdm import compare as theirs
from scipy.stats import kendalltau, pearsonr, rankdata, spearmanr

from ventralmap import ceilings, comparison_words
from ventralmap.comparators import COMPARATORS, RSATOOLBOX, alike, compare, compare_with_last
from ventralmap.draws import Draws, squares

NAMES = list(COMPARATORS)
RANKED = ["spearman", "rho-a", "tau-a"]
N = 14
PAIRS = N * (N - 1) // 2


def rdms(seed=0, n=N, n_layers=4, n_subjects=3):
    """Random RDMs on both sides, of which the first two of each have ties."""
    random = np.random.default_rng(seed)
    n_pairs = n * (n - 1) // 2
    sides = random.random((n_layers, n_pairs)), random.random((n_subjects, n_pairs))
    for side in sides:
        side[0], side[1] = side[0] > 0.5, np.round(4 * side[1])
    return sides


def counts_of(seed, n=N):
    return np.bincount(np.random.default_rng(seed).integers(n, size=n), minlength=n)


def resampled(condensed, counts):
    """RDMs of drawn stimuli as rsatoolbox makes them: NaN for pairs of a stimulus with itself."""
    drawn = np.repeat(np.arange(len(counts)), counts)
    return RDMs(condensed).subsample_pattern("index", drawn)


@pytest.mark.parametrize("name", NAMES)
def test_every_comparator_is_rsatoolboxs(name):
    layers, subjects = rdms()
    expected = theirs(RDMs(layers), RDMs(subjects), RSATOOLBOX[name])
    np.testing.assert_allclose(compare(name, layers, subjects)[0], expected, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_every_comparator_is_rsatoolboxs_on_resamples(name):
    layers, subjects = rdms()
    counts = np.array([counts_of(seed) for seed in range(8)])
    found = compare(name, layers, subjects, Draws(counts))
    for of_draw, drawn in zip(found, counts, strict=True):
        sides = resampled(layers, drawn), resampled(subjects, drawn)
        np.testing.assert_allclose(of_draw, theirs(*sides, RSATOOLBOX[name]), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_missing_pairs_are_left_out_for_their_subject_alone(name):
    layers, subjects = rdms()
    gaps = subjects.copy()
    gaps[1, [0, 7, 20]] = gaps[2, 5] = np.nan
    found = compare(name, layers, gaps)[0]
    whole = compare(name, layers, subjects)[0]
    np.testing.assert_allclose(found[:, 0], whole[:, 0], atol=1e-12)
    assert (np.abs(found - whole)[:, 1:] > 1e-6).any(axis=0).all()
    for i in (1, 2):
        holed = np.where(np.isnan(gaps[i]), np.nan, layers)
        expected = theirs(RDMs(holed), RDMs(gaps[[i]]), RSATOOLBOX[name])
        np.testing.assert_allclose(found[:, [i]], expected, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_missing_pairs_stay_left_out_on_resamples(name):
    layers, subjects = rdms()
    subjects[1, [0, 7, 20]] = np.nan
    counts = counts_of(1)
    holed = resampled(np.where(np.isnan(subjects[1]), np.nan, layers), counts)
    expected = theirs(holed, resampled(subjects[[1]], counts), RSATOOLBOX[name])
    found = compare(name, layers, subjects, Draws(counts[None]))[0]
    np.testing.assert_allclose(found[:, [1]], expected, atol=1e-12)


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_every_comparator_is_rsatoolboxs_on_real_rdms(evc_and_it, name):
    layers, subjects = evc_and_it
    expected = theirs(RDMs(layers), RDMs(subjects), RSATOOLBOX[name])
    np.testing.assert_allclose(compare(name, layers, subjects)[0], expected, rtol=0, atol=1e-12)


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_every_comparator_is_rsatoolboxs_on_resamples_of_real_rdms(evc_and_it, name):
    layers, subjects = (side[:4] for side in evc_and_it)
    counts = np.array([counts_of(seed, 92) for seed in range(3)])
    found = compare(name, layers, subjects, Draws(counts))
    for of_draw, drawn in zip(found, counts, strict=True):
        sides = resampled(layers, drawn), resampled(subjects, drawn)
        expected = theirs(*sides, RSATOOLBOX[name])
        np.testing.assert_allclose(of_draw, expected, rtol=0, atol=1e-12)


A, B = np.array([[1.0, 2, 3, 4, 5, 6]]), np.array([[2.0, 1, 4, 3, 6, 5]])
TIED = np.array([[1.0, 1, 2, 2, 3, 3]])


@pytest.mark.parametrize(
    ("name", "a", "b", "expected"),
    [
        ("spearman", A, B, 1 - 6 * 6 / 210),  # each rank is off by one
        ("rho-a", A, B, 1 - 6 * 6 / 210),
        ("tau-a", A, B, 9 / 15),  # 3 of 15 pairs are discordant
        ("pearson", A, B, 14.5 / 17.5),
        ("cosine", A, B, 88 / 91),
        # sums of each stimulus' distances: 6 10 12 14 and 7 11 9 15; 88 - (470 - 42²/8) / 4, ...
        ("whitened-cosine", A, B, 25.625 / 27.125),
        ("whitened-pearson", A, B, 7.25 / 8.75),
        ("spearman", TIED, A, 16 / np.sqrt(16 * 17.5)),
        ("rho-a", TIED, A, 16 * 12 / 210),
        ("tau-a", TIED, A, 12 / 15),  # 3 of 15 pairs are tied
    ],
)
def test_rdms_of_four_stimuli(name, a, b, expected):
    assert compare(name, a, b).item() == pytest.approx(expected)
    assert compare(name, b, a).item() == pytest.approx(expected)


def test_spearman_tau_and_pearson_are_scipys():
    (x,), (y,) = np.random.default_rng(0).random((2, 1, PAIRS))
    for name, of in (("spearman", spearmanr), ("tau-a", kendalltau), ("pearson", pearsonr)):
        assert compare(name, x[None], y[None]).item() == pytest.approx(of(x, y).statistic)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_relabelling_stimuli_on_both_sides_changes_nothing(name, seed):
    layers, subjects = rdms()
    order = np.random.default_rng(seed).permutation(N)
    counts = np.array([np.ones(N, int), counts_of(seed)])

    def relabel(condensed):
        return squares(condensed)[:, order][:, :, order][:, *np.triu_indices(N, 1)]

    np.testing.assert_allclose(
        compare(name, relabel(layers), relabel(subjects), Draws(counts[:, order])),
        compare(name, layers, subjects, Draws(counts)),
        atol=1e-12,
    )


@pytest.mark.parametrize("name", RANKED)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.floats(0.2, 5))
def test_monotone_transforms_of_distances_change_no_rank_comparator(name, seed, power):
    layers, subjects = rdms(seed)
    draws = Draws(counts_of(seed)[None])
    found = compare(name, np.exp(layers), 3 + subjects**power, draws)
    np.testing.assert_allclose(found, compare(name, layers, subjects, draws), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_of_distances_changes_no_comparator(name):
    layers, subjects = rdms()
    found = compare(name, 1e3 * layers, 1e-3 * subjects)
    np.testing.assert_allclose(found, compare(name, layers, subjects), atol=1e-12)


@pytest.mark.parametrize("name", [n for n in NAMES if "cosine" not in n])
def test_a_constant_added_to_distances_changes_no_centred_comparator(name):
    layers, subjects = rdms()
    found = compare(name, layers + 1, subjects)
    np.testing.assert_allclose(found, compare(name, layers, subjects), atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_an_rdm_without_ties_is_wholly_similar_to_itself(name):
    rdm = np.random.default_rng(0).random((1, PAIRS))
    draws = Draws(counts_of(0)[None])
    assert compare(name, rdm, rdm).item() == pytest.approx(1)
    if name in RANKED[1:]:  # copies of a pair are tied
        assert compare(name, rdm, rdm, draws).item() < 1
    else:
        assert compare(name, rdm, rdm, draws).item() == pytest.approx(1)


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_compared(name):
    layers, subjects = rdms()
    two = np.zeros(N, int)
    two[:2] = 1  # one pair
    with warnings.catch_warnings(action="error"):
        assert np.isnan(compare(name, layers, subjects, Draws(two[None]))).all()
        if "cosine" not in name:
            assert (compare(name, np.ones((1, PAIRS)), subjects) == 0).all()


def test_subjects_with_the_same_pairs_are_grouped():
    subjects = np.zeros((4, 3))
    subjects[1, 0] = subjects[3, 0] = np.nan
    groups = [(rows.tolist(), present.tolist()) for rows, present in alike(subjects)]
    assert groups == [([0, 2], [True] * 3), ([1, 3], [False, True, True])]


def test_a_rank_correlation_is_pearsons_of_ranks():
    layers, subjects = rdms()
    ranked = rankdata(layers, axis=1), rankdata(subjects, axis=1)
    np.testing.assert_allclose(compare("pearson", *ranked), compare("spearman", layers, subjects))


def test_every_comparator_has_its_words_ceiling_and_peer():
    assert (
        COMPARATORS.keys()
        == comparison_words.COMPARISONS.keys()
        == ceilings.SCALES.keys()
        == RSATOOLBOX.keys()
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_last_rdms_are_compared_as_any_others_are(name):
    layers, subjects = rdms(3)
    both, draws = np.concatenate([layers, subjects]), Draws(np.array([counts_of(1), counts_of(2)]))
    expected = compare(name, both, subjects, draws)
    found = compare_with_last(name, both, len(subjects), draws)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
