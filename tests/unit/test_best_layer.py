"""How sure one can be of the best layer: simulated layers whose differences are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from ventralmap import best_layer, inference, resampling, two_factor
from ventralmap.best_layer import of_neuroids, of_similarities
from ventralmap.inference import Bootstrap

N_LAYERS = 6
MANY = 200
"""Subjects and stimuli: enough that Student's t is the normal distribution."""


def sample(means, error=1.0, n_subjects=MANY, n=400, seed=0):
    """Layers whose errors have a standard deviation of `error`, all of it from the subjects."""
    random, means = np.random.default_rng(seed), np.asarray(means, dtype=float)
    of_subjects = error * random.normal(size=(n, len(means)))
    of_stimuli = 1e-6 * random.normal(size=(n, len(means)))
    ways = np.array([of_stimuli, of_subjects, of_subjects + of_stimuli])
    return Bootstrap(means, means + ways, MANY, n_subjects)


@pytest.mark.parametrize("n_subjects", [2, 3, 12, MANY])
def test_gaps_of_samples_have_students_t(n_subjects):
    found = sample([0.0, 2.0], n_subjects=n_subjects, n=4000)
    gap = np.diff(best_layer.samples(of_similarities(found)))[:, 0] - 2
    low, high = (float(end[0]) for end in inference.interval(inference.below(found, 1)))
    error = (high - low) / 2 / stats.t.ppf(0.975, n_subjects - 1)
    shares = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    expected = stats.t.ppf(shares, n_subjects - 1) * error
    np.testing.assert_allclose(np.quantile(gap, shares), expected, rtol=0.1, atol=0.1 * error)


@pytest.mark.parametrize("prior", [best_layer.SIMILARITIES, best_layer.NEUROIDS])
@pytest.mark.parametrize("n_subjects", [4, MANY])
def test_the_share_of_chance_has_the_posterior_of_its_prior(n_subjects, prior):
    found = sample(np.linspace(0, 3, N_LAYERS), n_subjects=n_subjects, n=2000)
    layers = replace(of_similarities(found), prior=prior)
    spread, d = found.mean.var(ddof=1), n_subjects - 1
    below = inference.below(found, N_LAYERS - 1).rows(list(range(N_LAYERS - 1)))
    error = np.median(inference.variance(below)) / 2

    def likelihood(share, true_error):
        """Of the observed variance of layers and of its error, by their chi-squared laws."""
        scale, of_error = true_error / share / (N_LAYERS - 1), true_error / d
        of_layers = stats.chi2.pdf(spread / scale, N_LAYERS - 1) / scale
        return of_layers * stats.chi2.pdf(error / of_error, d) / of_error

    def over_errors(share):
        """Each error variance alike on a logarithmic scale."""
        ends = np.log(error / 100), np.log(error * 100)
        return integrate.quad(
            lambda log: likelihood(share, np.exp(log)), *ends, points=[np.log(error)], limit=200
        )[0]

    shares = np.linspace(0, 1, 401)[1:]
    density = shares**prior * np.array([over_errors(share) for share in shares])
    mean = np.sum(shares * density) / density.sum()
    found_shares = best_layer.chance(layers)
    assert found_shares.mean() == pytest.approx(mean, rel=0.01)
    assert (np.diff(found_shares) > 0).all()
    assert 0 < found_shares[0] < found_shares[-1] < 1


def test_chance_is_nearly_nothing_of_layers_far_apart_and_most_of_layers_alike():
    assert best_layer.chance(of_similarities(sample(np.linspace(0, 100, N_LAYERS)))).mean() < 0.01
    assert best_layer.chance(of_similarities(sample(np.zeros(N_LAYERS)))).mean() > 0.7


def test_as_many_layers_are_the_best_as_p_best_gives():
    """Layers that differ as the prior says: the share of chance is as likely to be any."""
    random, rows, n = np.random.default_rng(0), [], 2500
    for seed in range(n):
        truth = np.sqrt(1 / random.uniform() - 1) * random.normal(size=N_LAYERS)
        found = sample(truth + random.normal(size=N_LAYERS), n=100, seed=seed)
        best = found.mean.argmax()
        plain = resampling.p_best(found.samples)[best]
        rows.append(
            (best == truth.argmax(), best_layer.p_best(of_similarities(found))[best], plain)
        )
    right, given, plain = np.mean(rows, axis=0)
    error = np.sqrt(right * (1 - right) / n)
    assert abs(given - right) < 3 * error
    assert plain > right + 5 * error  # what is mended


def test_p_best_is_that_of_the_model_simulated_and_kept_where_it_gives_these_layers():
    """Draws of the prior, weighted by the likelihood of what was found, with few subjects."""
    means, d, n = np.array([0.0, 0.6, 2.0]), 3, 400_000
    found, random = sample(means, n_subjects=d + 1, n=4000), np.random.default_rng(1)
    below = inference.below(found, 2).rows([0, 1])
    error = np.median(inference.variance(below)) / 2  # with d degrees of freedom
    true_error = error * np.exp(random.uniform(-5, 5, size=n))
    spread = np.sqrt(true_error * (1 / random.uniform(size=n) - 1))
    centre = random.uniform(-10, 12, size=n)
    truth = centre[:, None] + spread[:, None] * random.normal(size=(n, 3))
    weight = stats.chi2.pdf(d * error / true_error, d) * d / true_error
    deviation = np.sqrt(true_error)[:, None]
    weight *= np.prod(stats.norm.pdf(means, truth, deviation), axis=1)
    expected = [np.sum(weight * (truth.argmax(axis=1) == i)) / weight.sum() for i in range(3)]
    np.testing.assert_allclose(best_layer.p_best(of_similarities(found)), expected, atol=0.03)


def test_p_best_is_that_of_plain_resamples_where_layers_differ_much():
    found = sample(np.arange(N_LAYERS) * 5.0)
    np.testing.assert_allclose(
        best_layer.p_best(of_similarities(found)), resampling.p_best(found.samples), atol=0.02
    )


@pytest.mark.parametrize("means", [[0.3], [0.3, np.nan]])
def test_the_only_layer_with_a_score_is_the_best(means):
    assert best_layer.p_best(of_similarities(sample(means)))[0] == 1


def test_layers_that_never_vary_keep_their_order():
    means = np.array([0.1, 0.3, 0.2])
    fixed = Bootstrap(means, np.tile(means, (3, 50, 1)), 20, 4)
    np.testing.assert_array_equal(best_layer.p_best(of_similarities(fixed)), [0, 1, 0])


def test_without_resamples_nothing_is_known():
    none = Bootstrap(np.array([0.1, 0.2]), np.empty((3, 0, 2)), 20, 4)
    assert np.isnan(best_layer.p_best(of_similarities(none))).all()


def scores(value=(2.0, 0.0), n=400, n_neuroids=40):
    """Scores of layers over neuroids, which vary with the stimuli, the neuroids and both."""
    value, drawn = np.array(value), np.random.default_rng(0).normal(size=(3, n, len(value)))
    stimuli, neuroids = value + 0.7 * drawn[0], value + 1.4 * drawn[1]
    both = value + 0.7 * drawn[0] + 1.4 * drawn[1] + 0.5 * drawn[2]
    none = np.zeros((0, len(value)))
    middle = two_factor.Middle(stimuli, neuroids, both)
    return two_factor.Sample(value, stimuli, neuroids, none, middle, 100, 5, n_neuroids, 1)


@pytest.mark.parametrize("kind", two_factor.SPREADS)
def test_samples_of_neuroids_scores_are_as_far_apart_as_their_gaps_interval(kind):
    found = scores(n=4000)
    drawn = best_layer.samples(of_neuroids(found, kind))
    gap = found.map(lambda rows: rows[..., [0]] - rows[..., [1]])
    ends = [float(end[0]) for end in two_factor.interval(gap, kind)]
    assert np.quantile(drawn[:, 0] - drawn[:, 1], [0.025, 0.975]) == pytest.approx(ends, rel=0.1)


def test_the_only_layer_of_neuroids_is_the_best():
    layers = of_neuroids(scores((1.0,)))
    assert best_layer.p_best(layers) == [1]
    assert best_layer.samples(layers).shape == (400, 1)


def test_leads_are_less_certain_where_their_error_is_less_known():
    few, many = scores((2.0, 0.0), n_neuroids=3), scores((2.0, 0.0), n_neuroids=400)
    given = [best_layer.p_best(of_neuroids(one, "neuroids"))[0] for one in (few, many)]
    assert 0.5 < given[0] < given[1] < 1
