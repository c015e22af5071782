import in_memory as made
import numpy as np
import pytest
from scipy import stats

from ventralmap import rsa
from ventralmap.evidence import Resampled
from ventralmap.inference import Bootstrap, variance

N, N_SUBJECTS = 16, 8
PAIRS = N * (N - 1) // 2


def resampled(seed: int, n_layers: int = 2, signal: float = 1.0, n: int = 100) -> Resampled:
    """Layers that are equally near to what subjects share, each with noise of its own."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=PAIRS)
    layers = signal * shared + random.normal(size=(n_layers, PAIRS))
    subjects = shared + 2 * random.normal(size=(N_SUBJECTS, PAIRS))
    return Resampled(rsa.bootstrap(layers, subjects, N, n, seed))


def test_a_difference_of_layers_is_tested_by_t_on_its_own_variance():
    found = resampled(0, 3)
    gap = found.sample.contrast(np.array([[1.0, 0, -1]]))
    t = gap.mean[0] / np.sqrt(variance(gap)[0])
    expected = 2 * stats.t.sf(abs(t), N_SUBJECTS - 1)
    assert found.difference_p(0, 2) == pytest.approx(max(expected, 1 / 101))
    assert found.difference_p(0, 2) == pytest.approx(found.difference_p(2, 0))


def test_models_are_compared_by_their_best_layers():
    ways = np.random.default_rng(0).normal(size=(3, 50, 3))
    strong, weak = (Bootstrap(np.array(m), ways + m, 40, 12) for m in ([1, 9, 2], [8, 1, 3]))
    gap = ways[..., 1] + 9 - (ways[..., 0] + 8)
    sample = Bootstrap(np.ones(1), gap[..., None], 40, 12)
    expected = stats.t.sf(1 / np.sqrt(variance(sample)[0]), 11)
    assert Resampled(strong).beats_p(Resampled(weak)) == pytest.approx(expected)
    assert Resampled(weak).beats_p(Resampled(strong)) == pytest.approx(1 - expected)
    assert Resampled(strong).beats_p(Resampled(strong)) == 1


def test_equal_layers_are_told_apart_in_five_percent_of_studies_at_most():
    p = [resampled(seed).difference_p(0, 1) for seed in range(200)]
    assert np.sum(np.array(p) < 0.05) <= 20  # 99.9 % binomial limit of 200 draws at .05


def test_neuroids_without_a_score_do_not_count():
    random = np.random.default_rng(0)
    r = random.normal(size=(2, 40)) + np.array([[0.2], [0]])
    r[0, 1], r[1, 7] = np.nan, np.nan
    known = np.delete(r, [1, 7], axis=1)
    found, whole = (made.evidence(x, x[0], n=5000) for x in (r, known))
    assert found.difference_p(0, 1) == pytest.approx(whole.difference_p(0, 1), rel=0.15)
    of_t = stats.ttest_rel(*known).pvalue
    assert found.difference_p(0, 1) == pytest.approx(of_t, rel=0.15)


def test_where_no_neuroid_has_a_score_there_is_no_p():
    nothing = np.full((2, 3), np.nan)
    found = made.evidence(nothing, nothing[0])
    assert np.isnan(found.difference_p(0, 1))
    assert np.isnan(found.beats_p(found))


def test_layers_that_clearly_differ_are_told_apart_in_most_studies():
    random = np.random.default_rng(0)
    p = []
    for seed in range(20):
        shared = random.normal(size=PAIRS)
        layers = np.array([shared, 0 * shared]) + 0.5 * random.normal(size=(2, PAIRS))
        subjects = shared + random.normal(size=(N_SUBJECTS, PAIRS))
        p.append(Resampled(rsa.bootstrap(layers, subjects, N, 100, seed)).difference_p(0, 1))
    assert np.mean(np.array(p) < 0.05) > 0.9


def test_neuroids_of_one_subject_and_the_same_stimuli_are_tested_by_t_in_pairs():
    random = np.random.default_rng(1)
    r = random.normal(size=(2, 60)) + random.normal(size=60) + np.array([[0.3], [0]])
    found = made.evidence(r, r[0], n=20_000)
    expected = stats.ttest_rel(*r).pvalue
    assert found.difference_p(0, 1) == pytest.approx(expected, rel=0.03)
    greater = stats.ttest_rel(*r, alternative="greater").pvalue
    assert found.beats_p(made.evidence(r, r[1], n=20_000)) == pytest.approx(greater, rel=0.03)


def test_several_subjects_are_the_units():
    """With as many neuroids of each, the mean's t is that of the subjects' means."""
    random = np.random.default_rng(2)
    subject = np.repeat(list("ABCDEF"), 5)
    shift = np.repeat(random.normal(0.5, 1, size=6), 5)
    r = np.array([shift + 0.1 * random.normal(size=30), np.zeros(30)])
    found = made.evidence(r, r[0], n=20_000, subject=list(subject))
    means = r[0].reshape(6, 5).mean(axis=1)
    assert found.difference_p(0, 1) == pytest.approx(stats.ttest_1samp(means, 0).pvalue, rel=0.03)
