"""Variances over stimuli of means over pairs, against what they are by construction."""

from dataclasses import replace

import numpy as np
import pytest

from ventralmap import draws, inference, jackknife, rsa
from ventralmap.inference import Bootstrap

N = 24


def test_each_stimulus_is_left_out_once():
    counts = jackknife.counts(7, seed=0)
    assert sorted(map(tuple, counts)) == sorted(map(tuple, 1 - np.eye(7, dtype=int)))
    many = jackknife.counts(450, seed=0)
    assert len(many) == jackknife.MOST
    assert ((many == 0).sum(axis=0) == 1).all()
    assert set((many == 0).sum(axis=1)) == {2, 3}


def test_the_variance_of_a_mean_is_that_of_textbooks():
    values = np.random.default_rng(0).normal(size=(N, 3))
    left_out = (values.sum(axis=0) - values) / (N - 1)
    expected = values.var(axis=0, ddof=1) / N
    np.testing.assert_allclose(jackknife.variance(left_out), expected)


def simulate(random, single, pair, n_subjects=1, shared=0.0, of_subjects=0.0):
    """Draw what pairs of stimuli give, and make its mean over pairs and its resamples.

    It is a sum of two stimuli's parts (`single`) and of one of the pair (`shared`), the same for
    all subjects, of a subject's part, and of one of the subject and the pair (`pair`).
    """
    of_stimuli = single * random.normal(size=N)
    own = pair * random.normal(size=(n_subjects, N, N)) + shared * random.normal(size=(N, N))
    values = of_stimuli + of_stimuli[:, None] + np.triu(own, 1) + np.triu(own, 1).swapaxes(1, 2)
    values += of_subjects * random.normal(size=(n_subjects, 1, 1))
    values *= 1 - np.eye(N)

    def means(counts):
        total = np.vecdot(counts @ values, counts).T
        return total / (counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1))[:, None]

    stimuli, subjects = draws.resample(N, n_subjects, 100, 0)
    observed = means(np.ones((1, N)))[:, None]  # (1, 1, n_subjects)
    sample = rsa.summarise(observed, means(stimuli)[:, None], subjects, N)
    left_out = means(jackknife.counts(N, 0)).T[:, :, None]
    return replace(sample, left_out=left_out)


def ratio(sizes, n=100):
    """Mean estimate of the variance over studies, relative to that of the studies' means."""
    random = np.random.default_rng(1)
    found = [simulate(random, **sizes) for _ in range(n)]
    true = np.var([sample.mean[0] for sample in found], ddof=1)
    plain = [inference.variance(replace(sample, left_out=None))[0] for sample in found]
    return np.mean([inference.variance(s)[0] for s in found]) / true, np.mean(plain) / true


@pytest.mark.parametrize(
    "sizes",
    [
        {"single": 1.0, "pair": 0.0},
        {"single": 0.0, "pair": 1.0},
        {"single": 0.1, "pair": 1.0},
        {"single": 1.0, "pair": 0.5, "n_subjects": 4},
        {"single": 0.3, "pair": 1.0, "n_subjects": 4, "of_subjects": 0.1},
    ],
)
def test_the_variance_of_a_mean_over_pairs_is_near_its_own(sizes):
    corrected, _ = ratio(sizes)
    assert 0.7 < corrected < 1.4  # that of 100 studies has a standard error of 14 %


def test_the_bootstrap_counts_what_belongs_to_pairs_three_times():
    corrected, plain = ratio({"single": 0.0, "pair": 1.0})
    assert 2 < plain < 4
    assert corrected < plain / 2


def test_where_subjects_share_nothing_the_largest_of_estimates_is_still_the_better_one():
    corrected, plain = ratio({"single": 0.0, "pair": 1.0, "n_subjects": 6})
    assert 1 < corrected < 1.8
    assert corrected < 0.7 * plain


def test_the_correction_stays_between_half_of_the_jackknife_and_all_of_it():
    left_out = np.array([1.0, 1.0, 1.0])
    found = jackknife.of_stimuli(left_out, np.array([1.2, 0.5, 3.0]))
    np.testing.assert_allclose(found, [0.8, 1.0, 0.5])


def test_subjects_without_values_do_not_count():
    sample = simulate(np.random.default_rng(0), 1.0, 1.0, n_subjects=3)
    nobody = np.full_like(sample.left_out[:1], np.nan)
    more = replace(sample, left_out=np.concatenate([nobody, sample.left_out]))
    np.testing.assert_allclose(inference.variance(more), inference.variance(sample))
    one = simulate(np.random.default_rng(0), 1.0, 1.0)
    more = replace(one, left_out=np.concatenate([nobody, one.left_out]))
    np.testing.assert_allclose(inference.variance(more), inference.variance(one))


def test_differences_and_sums_are_left_out_too():
    random = np.random.default_rng(0)
    a, b = (simulate(random, 1.0, 1.0, n_subjects=2) for _ in range(2))
    np.testing.assert_allclose(a.minus(b).left_out, a.left_out - b.left_out)
    both = a.contrast(np.array([[1.0], [-2.0]]))
    np.testing.assert_allclose(both.left_out[..., 1], -2 * a.left_out[..., 0])
    assert both.rows([1]).left_out.shape[-1] == 1
    plain = Bootstrap(b.mean, b.resamples, b.n_stimuli, b.n_subjects)
    assert a.minus(plain).left_out is None
