import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline

from ventralmap import pca, ridge
from ventralmap.crossvalidation import centre

RELATIVE = np.geomspace(1e-5, 1e6, 23)
TRAIN = np.arange(50) < 40


def problem(p=100):
    random = np.random.default_rng(0)
    features = random.normal(size=(50, p)) * np.geomspace(3, 0.3, p) + 2
    responses = features @ random.normal(size=(p, 4)) + 3 * random.normal(size=(50, 4))
    return features, responses


def kernels(features):
    kernel = features @ features.T
    return kernel[np.ix_(TRAIN, TRAIN)], kernel[np.ix_(~TRAIN, TRAIN)]


@pytest.mark.parametrize("components", [1, 7, 25])
def test_it_is_ridge_on_the_scores_of_sklearns_pca(components):
    features, responses = problem()
    found = pca.fit(*kernels(features), responses[TRAIN], RELATIVE, components)
    reduced = PCA(components, svd_solver="full").fit(features[TRAIN])
    alphas = RELATIVE * reduced.explained_variance_.sum() * 39 / 40
    reference = make_pipeline(reduced, RidgeCV(alphas, alpha_per_target=True))
    reference.fit(features[TRAIN], responses[TRAIN])
    np.testing.assert_allclose(found.prediction, reference.predict(features[~TRAIN]), atol=1e-9)
    np.testing.assert_allclose(found.alpha, reference[-1].alpha_)


@pytest.mark.parametrize("p", [12, 100])
def test_more_components_than_there_are_is_all_of_them(p):
    features, responses = problem(p)
    found = pca.fit(*kernels(features), responses[TRAIN], RELATIVE, 500)
    whole = ridge.fit(*kernels(features), responses[TRAIN], RELATIVE)
    np.testing.assert_allclose(found.prediction, whole.prediction, atol=1e-9)
    np.testing.assert_array_equal(found.alpha_index, whole.alpha_index)


def test_reduced_kernels_are_those_of_the_scores():
    features, _ = problem()
    inner, outer = pca.reduce(*centre(*kernels(features)), 5)
    scores = PCA(5, svd_solver="full").fit(features[TRAIN])
    train, test = scores.transform(features[TRAIN]), scores.transform(features[~TRAIN])
    np.testing.assert_allclose(inner, train @ train.T, atol=1e-9)
    np.testing.assert_allclose(outer, test @ train.T, atol=1e-9)
