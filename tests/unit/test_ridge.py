from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV, GroupKFold, LeaveOneOut, cross_val_predict

from ventralmap import leaving_out, ridge
from ventralmap.correlation import correlate
from ventralmap.crossvalidation import cross_validate

RELATIVE = np.geomspace(1e-5, 1e6, 23)


def problem(seed=0, n=60, p=200, v=4, noise=1.0):
    random = np.random.default_rng(seed)
    features = random.normal(size=(n, p)) + 3
    responses = features @ random.normal(size=(p, v)) / np.sqrt(p)
    return features, responses + noise * random.normal(size=(n, v)), np.arange(n) % 5


def ridge_folds(features, responses, folds):
    """One fit per fold, from the kernel."""

    def solve(train, test, of_training, groups):
        return ridge.fit(train, test, of_training, RELATIVE)

    return cross_validate(solve, features @ features.T, responses, folds)


def held_out(features, responses, folds):
    """Predictions in the order of the stimuli."""
    prediction = np.empty_like(responses)
    for fold, fit in enumerate(ridge_folds(features, responses, folds)):
        prediction[folds == fold] = fit.prediction
    return prediction


def scaled_alphas(features):
    centred = features - features.mean(axis=0)
    return RELATIVE * (centred**2).sum() / len(features)


def test_predictions_and_alphas_are_those_of_sklearn():
    features, responses, folds = problem()
    for fold, found in enumerate(ridge_folds(features, responses, folds)):
        train = folds != fold
        alphas = scaled_alphas(features[train])
        reference = RidgeCV(alphas, alpha_per_target=True).fit(features[train], responses[train])
        np.testing.assert_allclose(found.alpha, reference.alpha_, rtol=1e-10)
        np.testing.assert_allclose(
            found.prediction, reference.predict(features[~train]), atol=1e-10
        )


def test_leave_one_out_is_leaving_one_out():
    features, responses, _ = problem(n=20)
    centred = features - features.mean(axis=0)
    spectrum = leaving_out.decompose(centred @ centred.T)
    found = leaving_out.loo_residuals(
        spectrum, spectrum.vectors.T @ (responses - responses.mean(axis=0)), alpha=7.0
    )
    for i in range(20):
        kept = np.arange(20) != i
        model = Ridge(alpha=7.0).fit(features[kept], responses[kept])
        np.testing.assert_allclose(found[i], responses[i] - model.predict(features[[i]])[0])


def inner_folds(n, n_labels, n_folds=5):
    """Labels in an order that means nothing, the inner fold of each row, and its split."""
    labels = np.random.default_rng(1).permutation(np.arange(n) % n_labels)
    split = list(GroupKFold(n_folds).split(labels, groups=labels))
    fold = np.empty(n, dtype=np.int64)
    for number, (_, test) in enumerate(split):
        fold[test] = number
    return fold, split


def test_leaving_folds_out_is_leaving_folds_out():
    features, responses, _ = problem(n=37)
    fold, split = inner_folds(37, n_labels=11, n_folds=4)  # folds of 8 to 11
    centred = features - features.mean(axis=0)
    spectrum = leaving_out.decompose(centred @ centred.T)
    projected = spectrum.vectors.T @ (responses - responses.mean(axis=0))
    found = leaving_out.fold_residuals(spectrum, projected, 7.0, fold)
    expected = responses - cross_val_predict(Ridge(alpha=7.0), features, responses, cv=split)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    intercept = leaving_out.fold_residuals(spectrum, projected, np.inf, fold)
    means = np.array([responses[fold != fold[i]].mean(axis=0) for i in range(37)])
    np.testing.assert_allclose(intercept, responses - means, atol=1e-9)


def test_rounding_does_not_count_where_alpha_is_small():
    features, responses, _ = problem(n=30, p=30)
    features = features + 1000  # so that the zeros of the centred kernel are rounded badly
    fold, split = inner_folds(30, n_labels=10)
    inner, _ = ridge.centre(features @ features.T, features @ features.T)
    spectrum = leaving_out.decompose(inner)
    projected = spectrum.vectors.T @ (responses - responses.mean(axis=0))
    centred = features - features.mean(axis=0)
    for cv, found in (
        (LeaveOneOut(), leaving_out.loo_residuals(spectrum, projected, 1e-2)),
        (split, leaving_out.fold_residuals(spectrum, projected, 1e-2, fold)),
    ):
        model = Ridge(alpha=1e-2, solver="svd")
        expected = responses - cross_val_predict(model, centred, responses, cv=cv)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_features_that_do_not_vary_predict_the_mean():
    _, responses, _ = problem(n=20)
    zeros = np.zeros((20, 20))
    found = ridge.fit(zeros[:15, :15], zeros[15:, :15], responses[:15], RELATIVE)
    np.testing.assert_allclose(found.prediction, np.tile(responses[:15].mean(axis=0), (5, 1)))
    np.testing.assert_allclose(found.training_r2, 0, atol=1e-9)


def test_folds_of_one_stimulus_are_leave_one_out():
    features, responses, _ = problem(n=20)
    centred = features - features.mean(axis=0)
    spectrum = leaving_out.decompose(centred @ centred.T)
    projected = spectrum.vectors.T @ (responses - responses.mean(axis=0))
    for alpha in (0.1, 100.0, np.inf):
        found = leaving_out.fold_residuals(spectrum, projected, alpha, np.arange(20))
        expected = leaving_out.loo_residuals(spectrum, projected, alpha)
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_alphas_chosen_by_grouped_folds_are_those_of_sklearn():
    features, responses, _ = problem(n=72, noise=2.0)
    train, test = np.arange(72) < 60, np.arange(72) >= 60
    fold, split = inner_folds(60, n_labels=20)  # of 12 each, so that means are means of all
    kernel, alphas = features @ features.T, scaled_alphas(features[train])
    found = ridge.fit(
        kernel[np.ix_(train, train)], kernel[np.ix_(test, train)], responses[train], RELATIVE,
        partial(leaving_out.in_folds, folds=fold),
    )  # fmt: skip
    for v in range(4):
        reference = GridSearchCV(
            Ridge(), {"alpha": alphas}, scoring="neg_mean_squared_error", cv=split
        ).fit(features[train], responses[train, v])
        assert found.alpha[v] == pytest.approx(reference.best_params_["alpha"])
        prediction = reference.predict(features[test])
        np.testing.assert_allclose(found.prediction[:, v], prediction, atol=1e-9)
        left_out = 60 * -reference.best_score_
        means = np.array([responses[train][fold != fold[i], v].mean() for i in range(60)])
        of_means = ((responses[train, v] - means) ** 2).sum()
        assert found.training_r2[v] == pytest.approx(1 - left_out / of_means)


def test_dual_coefficients_solve_the_system():
    features, responses, _ = problem(n=30)
    centred = features - features.mean(axis=0)
    kernel, target = centred @ centred.T, responses - responses.mean(axis=0)
    alpha = np.array([0.1, 1.0, 10.0, 1e4])
    spectrum = leaving_out.decompose(kernel)
    found = ridge.dual_coefficients(spectrum, spectrum.vectors.T @ target, alpha)
    for column in range(4):
        expected = solve(kernel + alpha[column] * np.eye(30), target[:, column])
        np.testing.assert_allclose(found[:, column], expected, rtol=1e-7)


def test_centring_kernels_is_centring_features_on_the_training_mean():
    features, _, folds = problem()
    train = folds != 0
    kernel = features @ features.T
    inner, outer = ridge.centre(kernel[np.ix_(train, train)], kernel[np.ix_(~train, train)])
    centred = features - features[train].mean(axis=0)
    np.testing.assert_allclose(inner, centred[train] @ centred[train].T, atol=1e-9)
    np.testing.assert_allclose(outer, centred[~train] @ centred[train].T, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_stimuli_neuroids_and_rotation_of_features_change_nothing(seed):
    features, responses, folds = problem(seed, n=40, p=30)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(40), random.permutation(4)
    rotation, _ = np.linalg.qr(random.normal(size=(30, 30)))
    moved = (features @ rotation)[rows]
    first = held_out(features, responses, folds)
    second = held_out(moved, responses[np.ix_(rows, columns)], folds[rows])
    np.testing.assert_allclose(second, first[np.ix_(rows, columns)], rtol=1e-6, atol=1e-8)


def test_noise_lowers_the_expected_score():
    def score(noise):
        runs = [problem(seed, noise=noise, p=20) for seed in range(10)]
        return np.mean([correlate(held_out(x, y, f), y) for x, y, f in runs])

    scores = [score(noise) for noise in (0.1, 0.5, 2.0, 8.0)]
    assert scores == sorted(scores, reverse=True)


def test_unrelated_features_predict_nothing():
    random = np.random.default_rng(1)
    features, responses = random.normal(size=(300, 50)), random.normal(size=(300, 40))
    found = held_out(features, responses, np.arange(300) % 5)
    assert abs(np.median(correlate(found, responses))) < 0.1


def test_correlation_is_numpys_and_zero_for_a_constant():
    a, b = np.random.default_rng(0).normal(size=(2, 30, 3))
    b[:, 2] = 1.0
    expected = [np.corrcoef(a[:, i], b[:, i])[0, 1] for i in range(2)]
    assert correlate(a, b) == pytest.approx([*expected, 0.0])
