import numpy as np
import pytest
from rsatoolbox.inference import bootstrap_sample_pattern, eval_fixed
from rsatoolbox.model import ModelFixed
from rsatoolbox.rdm import RDMs, compare_spearman

from ventralmap import choosing, rsa
from ventralmap.ceilings import ceiling, with_others
from ventralmap.comparators import COMPARATORS, compare
from ventralmap.draws import Draws, resample, squares

N = 14
PAIRS = N * (N - 1) // 2


def rdms(seed=0, n_layers=4, n_subjects=6, signal=1.0):
    """Layers, and subjects who share the geometry of layer 1 by `signal`."""
    random = np.random.default_rng(seed)
    layers = random.random((n_layers, PAIRS))
    return layers, signal * layers[min(1, n_layers - 1)] + random.random((n_subjects, PAIRS))


def test_similarity_is_that_of_rsatoolbox():
    layers, subjects = rdms()
    expected = compare_spearman(RDMs(layers), RDMs(subjects))
    np.testing.assert_allclose(rsa.per_subject(layers, subjects), expected, rtol=1e-10)


def test_ceiling_is_that_of_rsatoolbox_for_the_whole_set():
    layers, subjects = rdms()
    expected = eval_fixed(ModelFixed("m", layers[0]), RDMs(subjects), method="spearman")
    assert ceiling(subjects) == pytest.approx(tuple(np.ravel(expected.noise_ceiling)))


def test_one_subject_has_no_ceiling():
    assert np.isnan(ceiling(rdms(n_subjects=1)[1])).all()


def test_a_resample_of_stimuli_is_that_of_rsatoolbox():
    layers, subjects = rdms()
    np.random.seed(3)  # noqa: NPY002, rsatoolbox draws from it
    sample, drawn = bootstrap_sample_pattern(RDMs(subjects))
    model = RDMs(layers).subsample_pattern("index", drawn)
    kept = ~np.isnan(sample.dissimilarities[0])
    expected = compare_spearman(
        RDMs(model.dissimilarities[:, kept]), RDMs(sample.dissimilarities[:, kept])
    )
    counts = np.bincount(np.asarray(drawn, int), minlength=N)
    found = compare("spearman", layers, subjects, Draws(counts[None]))
    np.testing.assert_allclose(found[0], expected, atol=1e-10)


@pytest.mark.parametrize("comparison", COMPARATORS)
def test_the_bootstrap_resamples_stimuli_subjects_and_both(comparison):
    layers, subjects = rdms()
    sample = rsa.bootstrap(layers, subjects, N, 3, 7, comparison)
    stimuli, drawn = resample(N, len(subjects), 3, 7)
    for i in range(3):
        (r,) = compare(comparison, layers, subjects, Draws(stimuli[[i]]))
        whole, people = compare(comparison, layers, subjects)[0], np.repeat(range(6), drawn[i])
        np.testing.assert_allclose(sample.resamples[0, i], r.mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(
            sample.resamples[1, i], whole[:, people].mean(axis=1), atol=1e-12
        )
        np.testing.assert_allclose(sample.resamples[2, i], r[:, people].mean(axis=1), atol=1e-12)


def test_a_subject_without_pairs_in_a_resample_is_left_out_of_its_mean():
    layers, subjects = rdms()
    subjects[0, 2:] = np.nan  # two pairs are left
    sample = rsa.bootstrap(layers, subjects, N, 30, 0)
    stimuli, _ = resample(N, len(subjects), 30, 0)
    each = compare("spearman", layers, subjects, Draws(stimuli))
    lost = np.isnan(each[:, 0, 0])
    assert 0 < lost.sum() < 30
    np.testing.assert_allclose(sample.resamples[0, lost], each[lost, :, 1:].mean(axis=2))
    np.testing.assert_allclose(sample.resamples[0, ~lost], each[~lost].mean(axis=2))
    assert np.isfinite(sample.resamples[2]).all()


def test_bootstrap_is_seeded_and_varies():
    layers, subjects = rdms()
    first, again, other = (rsa.bootstrap(layers, subjects, N, 50, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.resamples, again.resamples)
    assert (first.resamples != other.resamples).any()
    assert first.resamples.shape == (3, 50, 4)
    assert (first.n_stimuli, first.n_subjects) == (N, 6)
    np.testing.assert_allclose(first.mean, rsa.per_subject(layers, subjects).mean(axis=1))


@pytest.mark.parametrize("comparison", COMPARATORS)
def test_the_lower_ceiling_is_resampled_as_layers_are(comparison):
    _, subjects = rdms()
    found = rsa.ceiling_bootstrap(subjects, N, 20, 5, comparison)
    assert found.mean[0] == pytest.approx(ceiling(subjects, comparison)[0])
    # A subject's ceiling is the similarity of one more layer, the mean of the others.
    each = with_others(subjects, comparison, Draws(resample(N, 6, 20, 5)[0]))
    np.testing.assert_allclose(found.resamples[0, :, 0], each.mean(axis=1))
    assert np.isnan(rsa.ceiling_bootstrap(subjects[:1], N, 20, 5, comparison).resamples).all()


def test_the_permutation_test_finds_what_is_there_and_not_what_is_not():
    layers, subjects = rdms(signal=3.0)
    p = rsa.permutation_p(layers, subjects, N, 199, seed=0)
    assert p[1] == 1 / 200
    assert (p[[0, 2, 3]] > 1 / 200).all()


@pytest.mark.parametrize("comparison", ["spearman", "cosine", "whitened-pearson"])
def test_the_permutation_test_is_right_under_the_null(comparison):
    p = [
        rsa.permutation_p(*rdms(seed, n_layers=1, signal=0.0), N, 99, seed, comparison)[0]
        for seed in range(400)
    ]
    # 99.9 % binomial interval of 400 draws at .05
    assert 6 <= np.sum(np.array(p) <= 0.05) <= 38


def test_nested_score_is_unbiased_where_the_best_is_not():
    scores = []
    for seed in range(60):
        layers, subjects = rdms(seed, n_layers=8, signal=0.0)
        nested = choosing.nested_score(layers, subjects, np.arange(N) % 2)
        scores.append((rsa.per_subject(layers, subjects).mean(axis=1).max(), nested))
    best, nested = np.mean(scores, axis=0)
    assert best > 0.04
    assert abs(nested) < 0.03


def test_relabelling_stimuli_on_both_sides_changes_nothing():
    layers, subjects = rdms()
    order = np.random.default_rng(0).permutation(N)

    def relabel(condensed):
        return np.array(
            [squares(x)[np.ix_(order, order)][np.triu_indices(N, 1)] for x in condensed]
        )

    np.testing.assert_allclose(
        rsa.per_subject(relabel(layers), relabel(subjects)), rsa.per_subject(layers, subjects)
    )


def test_a_subject_without_pairs_does_not_make_layers_significant():
    layers, subjects = rdms(signal=0.0)
    expected = rsa.permutation_p(layers, subjects[1:], N, 99, 0)
    subjects[0, 1:] = np.nan
    np.testing.assert_array_equal(rsa.permutation_p(layers, subjects, N, 99, 0), expected)
    assert (expected > 0.01).any()
    assert np.isnan(rsa.permutation_p(layers, subjects[:1], N, 99, 0)).all()


@pytest.mark.parametrize(("n", "wanted", "got"), [(9, 5, 3), (14, 5, 4), (15, 5, 5), (6, 5, 2)])
def test_folds_have_at_least_three_stimuli(n, wanted, got):
    fold = choosing.held_out([f"s{i:02d}" for i in range(n)], wanted, 0)
    assert len(np.unique(fold)) == got
    assert np.bincount(fold).min() >= 3
    layers, subjects = np.random.default_rng(0).random((2, 3, n * (n - 1) // 2))
    assert np.isfinite(choosing.nested_score(layers, subjects, fold))


def test_five_stimuli_are_too_few_to_choose_a_layer_without_some():
    layers, subjects = np.random.default_rng(0).random((2, 3, 10))
    assert np.isnan(choosing.nested_score(layers, subjects, choosing.held_out(list("abcde"), 2, 0)))
