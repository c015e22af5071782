import numpy as np
import pytest
from sklearn.cross_decomposition import PLSRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from ventralmap import pls

N = 60
TRAIN = np.arange(N) < 45
INNER = np.random.default_rng(3).permutation(np.arange(45) % 5)


def problem(p=100, v=6, noise=1.0):
    random = np.random.default_rng(0)
    features = random.normal(size=(N, p)) * np.geomspace(3, 0.3, p) + 2
    responses = features @ random.normal(size=(p, v)) / np.sqrt(p) * np.geomspace(1, 5, v)
    return features, responses + noise * random.normal(size=(N, v)) + 1


def kernels(features):
    kernel = features @ features.T
    return kernel[np.ix_(TRAIN, TRAIN)], kernel[np.ix_(~TRAIN, TRAIN)]


def sklearns(components):
    """Scikit-learn's, run until its power iteration has converged."""
    return PLSRegression(components, scale=False, tol=1e-24, max_iter=100_000)


@pytest.mark.parametrize("components", [1, 2, 10, 25])
@pytest.mark.parametrize("v", [1, 2, 6, 80])
@pytest.mark.parametrize("p", [30, 100])
def test_predictions_are_those_of_sklearn(components, v, p):
    features, responses = problem(p, v)
    found = pls.predict(*kernels(features), responses[TRAIN], components)
    reference = sklearns(components).fit(features[TRAIN], responses[TRAIN])
    np.testing.assert_allclose(found, reference.predict(features[~TRAIN]), rtol=1e-6, atol=1e-6)


def test_all_components_are_least_squares():
    features, responses = problem(p=12)
    found = pls.predict(*kernels(features), responses[TRAIN], 500)
    design = np.column_stack([features, np.ones(N)])
    weights = np.linalg.lstsq(design[TRAIN], responses[TRAIN])[0]
    np.testing.assert_allclose(found, design[~TRAIN] @ weights, atol=1e-8)


def test_there_are_no_more_components_than_the_rank():
    features, responses = problem(p=12)
    centred, targets = features - features.mean(axis=0), responses - responses.mean(axis=0)
    scores, weights = pls.decompose(centred @ centred.T, targets, 500)
    assert scores.shape == weights.shape == (N, 12)
    np.testing.assert_allclose(scores.T @ scores, np.eye(12), atol=1e-12)


def test_training_r2_is_that_of_inner_folds():
    features, responses = problem()
    x, y = features[TRAIN], responses[TRAIN]
    found = pls.fit(*kernels(features), y, 5, INNER)
    left_out = cross_val_predict(sklearns(5), x, y, cv=PredefinedSplit(INNER))
    means = np.array([y[fold != INNER].mean(axis=0) for fold in INNER])
    expected = 1 - ((y - left_out) ** 2).sum(axis=0) / ((y - means) ** 2).sum(axis=0)
    np.testing.assert_allclose(found.training_r2, expected, atol=1e-6)


def test_there_is_no_alpha():
    features, responses = problem()
    found = pls.fit(*kernels(features), responses[TRAIN], 5, INNER)
    assert np.isnan(found.alpha).all()
    assert (found.alpha_index == -1).all()


def test_neuroids_that_do_not_respond_are_predicted_not_to():
    features, responses = problem()
    responses[:, 2] = 4.0
    found = pls.predict(*kernels(features), responses[TRAIN], 10)
    np.testing.assert_allclose(found[:, 2], 4.0)
    silent = pls.predict(*kernels(features), np.full((45, 3), 2.0), 10)
    np.testing.assert_array_equal(silent, np.full((15, 3), 2.0))


def test_features_that_do_not_vary_predict_the_mean():
    _, responses = problem()
    found = pls.predict(np.zeros((45, 45)), np.zeros((15, 45)), responses[TRAIN], 10)
    np.testing.assert_allclose(found, np.tile(responses[TRAIN].mean(axis=0), (15, 1)))
