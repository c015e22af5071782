"""Primal ridge against scikit-learn, leaving out by refitting, and the dual."""

from functools import partial

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import LeaveOneOut, PredefinedSplit, cross_val_predict

from ventralmap import leaving_out, primal, ridge

RELATIVE = np.geomspace(1e-5, 1e6, 23)
N = 90
INNER = np.arange(N) % 7


def problem(seed=0, n=N, p=12, v=4):
    random = np.random.default_rng(seed)
    features = random.normal(size=(n + 10, p)) @ random.normal(size=(p, p)) + 3
    responses = features @ random.normal(size=(p, v)) + 2 * random.normal(size=(n + 10, v))
    return features[:n], features[n:], responses[:n]


def test_predictions_and_alphas_are_those_of_sklearn():
    train, test, responses = problem()
    found = primal.fit(train, test, responses, RELATIVE)
    alphas = RELATIVE * ((train - train.mean(axis=0)) ** 2).sum() / N
    reference = RidgeCV(alphas, alpha_per_target=True).fit(train, responses)
    np.testing.assert_allclose(found.alpha, reference.alpha_, rtol=1e-10)
    np.testing.assert_allclose(found.alpha, alphas[found.alpha_index], rtol=1e-12)
    np.testing.assert_allclose(found.prediction, reference.predict(test), atol=1e-9)


@pytest.mark.parametrize(
    ("left_out", "cv"),
    [
        (primal.one_by_one, LeaveOneOut()),
        (partial(primal.in_folds, folds=INNER), PredefinedSplit(INNER)),
    ],
)
def test_leaving_out_is_refitting(left_out, cv):
    train, _, responses = problem()
    components = primal.decompose(train - train.mean(axis=0))
    residuals = left_out(components, responses - responses.mean(axis=0))
    expected = responses - cross_val_predict(Ridge(alpha=7.0), train, responses, cv=cv)
    np.testing.assert_allclose(residuals(7.0), expected, atol=1e-9)
    flat = responses - cross_val_predict(Ridge(), np.zeros((N, 1)), responses, cv=cv)
    np.testing.assert_allclose(residuals(np.inf), flat, atol=1e-9)  # the intercept alone


@pytest.mark.parametrize("p", [2, 30, N - 2])
@pytest.mark.parametrize("folds", [None, INNER])
def test_it_is_the_dual_on_the_kernel(p, folds):
    train, test, responses = problem(p=p)
    by = (
        (primal.one_by_one, leaving_out.one_by_one)
        if folds is None
        else (partial(primal.in_folds, folds=folds), partial(leaving_out.in_folds, folds=folds))
    )
    found = primal.fit(train, test, responses, RELATIVE, by[0])
    dual = ridge.fit(train @ train.T, test @ train.T, responses, RELATIVE, by[1])
    np.testing.assert_array_equal(found.alpha_index, dual.alpha_index)
    np.testing.assert_allclose(found.alpha, dual.alpha, rtol=1e-8)
    np.testing.assert_allclose(found.prediction, dual.prediction, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.training_r2, dual.training_r2, atol=1e-8)


def test_dimensions_that_are_zero_change_nothing():
    train, test, responses = problem()
    wider = [np.hstack([part, np.zeros((len(part), 20))]) for part in (train, test)]
    expected = primal.fit(train, test, responses, RELATIVE)
    found = primal.fit(*wider, responses, RELATIVE)
    np.testing.assert_allclose(found.prediction, expected.prediction, atol=1e-9)


def test_features_that_do_not_vary_predict_the_mean():
    _, _, responses = problem()
    found = primal.fit(np.ones((N, 3)), np.ones((5, 3)), responses, RELATIVE)
    np.testing.assert_allclose(found.prediction, np.tile(responses.mean(axis=0), (5, 1)))
    np.testing.assert_allclose(found.training_r2, 0, atol=1e-9)
