import numpy as np
import pytest
from scipy import stats

from ventralmap import inference
from ventralmap.inference import Bootstrap


def made(random, n_rows=3, n=400, n_stimuli=40, n_subjects=6) -> Bootstrap:
    mean = random.normal(size=n_rows)
    stimuli, subjects = (mean + s * random.normal(size=(n, n_rows)) for s in (0.3, 0.2))
    both = stimuli + subjects - mean + 0.1 * random.normal(size=(n, n_rows))
    return Bootstrap(mean, np.array([stimuli, subjects, both]), n_stimuli, n_subjects)


@pytest.fixture
def sample() -> Bootstrap:
    return made(np.random.default_rng(0))


def test_the_variance_by_hand():
    # Variances: stimuli 2, subjects 1/2, both 4. With 11 stimuli and 6 subjects the factors are
    # 1.1 and 1.2: 2.2 + 0.6 - 1.32 * 1.5 = 0.82, but 2.2 at least.
    ways = np.array([[[-x], [x]] for x in (1.0, 0.5, 2**0.5)])
    sample = Bootstrap(np.zeros(1), ways, 11, 6)
    np.testing.assert_allclose(inference.variance(sample), [2.2])
    assert inference.degrees_of_freedom(sample) == 5
    alone = Bootstrap(np.zeros(1), ways, 11, 1)
    np.testing.assert_allclose(inference.variance(alone), [2.2])
    assert inference.degrees_of_freedom(alone) == 10


def test_rsatoolbox_gives_the_same_variances():
    from rsatoolbox.util.inference_util import extract_variances

    for seed in range(20):
        sample = made(np.random.default_rng(seed))
        ways = sample.resamples[[2, 1, 0]]  # both, subjects, stimuli
        covariances = np.array([np.cov(way.T) for way in ways])
        own, differences, _ = extract_variances(covariances, False, n_rdm=6, n_pattern=40)
        np.testing.assert_allclose(inference.variance(sample), own)
        pairs = np.array([[1, -1, 0], [1, 0, -1], [0, 1, -1]])
        np.testing.assert_allclose(inference.variance(sample.contrast(pairs)), differences)


def test_an_interval_that_leaves_out_zero_has_p_below_five_percent(sample):
    low, high = inference.interval(sample)
    np.testing.assert_array_equal(inference.p_different(sample) < 0.05, (low > 0) | (high < 0))
    assert (low < sample.mean).all()


def test_p_by_scipy(sample):
    t = sample.mean / np.sqrt(inference.variance(sample))
    expected = np.maximum(stats.t(5).sf(t), 1 / 401)
    np.testing.assert_allclose(inference.p_greater(sample), expected)
    assert inference.p_greater(sample).min() >= 1 / 401


def test_rows_and_contrasts_are_sums_of_rows(sample):
    gap = inference.below(sample, 1)
    np.testing.assert_allclose(gap.mean, sample.mean[1] - sample.mean)
    np.testing.assert_allclose(gap.samples[:, 0], sample.samples[:, 1] - sample.samples[:, 0])
    assert inference.variance(gap)[1] == 0
    assert inference.p_different(gap)[1] == 1
    other = sample.rows([2, 0, 1])
    np.testing.assert_allclose(other.minus(sample).mean, sample.mean[[2, 0, 1]] - sample.mean)
    np.testing.assert_allclose(other.minus(other).resamples, 0)


def test_one_subject_leaves_the_stimuli(sample):
    alone = Bootstrap(sample.mean, sample.resamples, 40, 1)
    np.testing.assert_array_equal(alone.samples, sample.resamples[0])
    expected = 40 / 39 * sample.resamples[0].var(axis=0, ddof=1)
    np.testing.assert_allclose(inference.variance(alone), expected)


def test_all_sign_flips_give_the_p_of_scipy():
    similarity = np.random.default_rng(3).normal(0.4, 1, size=(4, 9))
    expected = [
        stats.permutation_test(
            (row,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
        ).pvalue
        for row in similarity
    ]
    np.testing.assert_allclose(inference.sign_flip_p(similarity, 512, 0), expected)


def test_random_sign_flips_are_near_all_of_them():
    similarity = np.random.default_rng(3).normal(0.3, 1, size=(5, 12))
    exact = inference.sign_flip_p(similarity, 4096, 0)
    np.testing.assert_allclose(inference.sign_flip_p(similarity, 4000, 0), exact, atol=0.03)


def test_too_few_subjects_have_no_sign_flip_p():
    assert np.isnan(inference.sign_flip_p(np.ones((2, 7)), 100, 0)).all()
    assert (inference.sign_flip_p(np.ones((2, 8)), 1000, 0) == 1 / 256).all()


def test_sign_flips_are_calibrated():
    random = np.random.default_rng(1)
    p = inference.sign_flip_p(random.normal(size=(2000, 12)), 999, 0)
    rate = (p < 0.05).mean()  # the standard error is .005
    assert 0.035 < rate < 0.065


@pytest.mark.parametrize("n", [999, 100])
def test_subjects_of_unknown_similarity_do_not_count_in_sign_flips(n):
    similarity = np.random.default_rng(3).normal(0.3, 1, size=(4, 9))
    unknown = np.full((4, 1), np.nan)
    found = inference.sign_flip_p(np.hstack([unknown, similarity]), n, 0)
    np.testing.assert_array_equal(found, inference.sign_flip_p(similarity, n, 0))
    assert (found > 0).all()


def test_known_subjects_are_counted_row_by_row():
    similarity = np.random.default_rng(3).normal(0.3, 1, size=(3, 9))
    similarity[0, 2], similarity[1, [2, 5]] = np.nan, np.nan
    found = inference.sign_flip_p(similarity, 512, 0)
    assert found[0] == inference.sign_flip_p(np.delete(similarity[:1], 2, axis=1), 256, 0)
    assert np.isnan(found[1])
    assert found[2] == inference.sign_flip_p(similarity[2:], 512, 0)


def test_intervals_over_subjects_hold_the_mean_of_all_in_95_percent_of_studies():
    random = np.random.default_rng(2)
    low, high = inference.interval_over_subjects(random.normal(0.3, 0.1, size=(4000, 6)))
    held = ((low < 0.3) & (high > 0.3)).mean()  # the standard error is .0034
    assert 0.94 < held < 0.96


def test_intervals_over_subjects_leave_out_those_of_unknown_similarity():
    similarity = np.random.default_rng(3).normal(0.3, 1, size=(3, 5))
    similarity[0, 2], similarity[1, 1:] = np.nan, np.nan
    found = np.array(inference.interval_over_subjects(similarity))
    for row, values in ((0, np.delete(similarity[0], 2)), (2, similarity[2])):
        expected = stats.ttest_1samp(values, 0).confidence_interval()
        np.testing.assert_allclose(found[:, row], expected)
    assert np.isnan(found[:, 1]).all()  # one subject says nothing of others


def with_unknown(sample, share):
    """The same sample without a share of the resamples of the first row."""
    resamples = sample.resamples.copy()
    resamples[:, : int(share * resamples.shape[1]), 0] = np.nan
    return Bootstrap(sample.mean, resamples, sample.n_stimuli, sample.n_subjects)


def test_a_few_unknown_resamples_do_not_count(sample):
    found = inference.variance(with_unknown(sample, 0.1))
    cut = Bootstrap(sample.mean, sample.resamples[:, 40:], 40, 6)
    np.testing.assert_allclose(found[0], inference.variance(cut)[0])
    np.testing.assert_allclose(found[1:], inference.variance(sample)[1:])
    assert np.isfinite(inference.interval(with_unknown(sample, 0.1))).all()


def test_many_unknown_resamples_leave_neither_interval_nor_p(sample):
    lacking = with_unknown(sample, 0.11)
    for found in (*inference.interval(lacking), inference.p_greater(lacking)):
        assert np.isnan(found).tolist() == [True, False, False]
    assert np.isnan(inference.p_different(inference.below(lacking, 1)))[0]
    assert inference.p_different(inference.below(lacking, 1))[1] == 1
