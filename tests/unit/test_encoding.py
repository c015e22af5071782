"""Encoding scores against plain loops, and what they must not depend on."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut, PredefinedSplit, cross_val_predict
from threadpoolctl import threadpool_limits

from ventralmap import encoding, folds, reliability, tables

N = 40
SETTINGS = {
    "method": "ridge",
    "alpha_by": "loo",
    "components": 25,
    "folds": 4,
    "repeats": 1,
    "alphas": {"low": 0.001, "high": 1000, "n": 7},
}
FIRST = {"generalisation": 0, "repeat": 0}


def problem(seed=0, noise=0.5, n=N, n_neuroids=5, **columns):
    """Two layers, of which the second drives the responses; three repeats."""
    random = np.random.default_rng(seed)
    features = [random.normal(size=(n, 12)) + 2, random.normal(size=(n, 60)) - 1]
    signal = features[1] @ random.normal(size=(60, n_neuroids)) / 8
    responses = signal[:, None] + noise * random.normal(size=(n, 3, n_neuroids))
    return features, made.dataset(n, responses, **columns)


def plain_predictions(features, responses, alpha, fold):
    """Fit scikit-learn's ridge for each fold and neuroid; alpha of shape (fold, neuroid)."""
    prediction = np.empty_like(responses)
    for f, v in np.ndindex(*alpha.shape):
        test = fold == f
        fitted = Ridge(alpha[f, v]).fit(features[~test], responses[~test, v])
        prediction[test, v] = fitted.predict(features[test])
    return prediction


def mean_r(prediction, measured, fold):
    """Mean over folds of the correlation in each, column by column."""
    return [
        np.mean([np.corrcoef(a[fold == f], b[fold == f])[0, 1] for f in np.unique(fold)])
        for a, b in zip(prediction.T, measured.T, strict=True)
    ]


def test_r_is_that_of_a_plain_loop_over_folds_and_neuroids():
    features, data = problem()
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    mean = data.responses.values.mean(axis=1)
    fold = scores["held_out_in"].isel(FIRST).values
    for layer in range(2):
        alpha = scores["alpha"].isel(FIRST).values[layer]
        expected = plain_predictions(features[layer], mean, alpha, fold)
        found = scores["r"].isel(generalisation=0)[layer]
        np.testing.assert_allclose(found, mean_r(expected, mean, fold), atol=1e-9)


def test_the_alpha_is_the_one_with_the_least_leave_one_out_error_in_training():
    features, data = problem()
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    train = scores["held_out_in"].isel(FIRST).values != 2
    x, y = features[1][train], data.responses.values.mean(axis=1)[train]
    relative = np.array([0.001, 0.01, 0.1, 1, 10, 100, 1000])
    grid = relative * ((x - x.mean(axis=0)) ** 2).sum() / len(x)
    left_out = [cross_val_predict(Ridge(a), x, y, cv=LeaveOneOut()) for a in grid]
    best = np.argmin([((p - y) ** 2).sum(axis=0) for p in left_out], axis=0)
    found = scores.isel(FIRST | {"layer": 1, "fold": 2})
    np.testing.assert_array_equal(found["alpha_index"], best)
    np.testing.assert_allclose(found["alpha"], grid[best])
    of_means = y - (y.sum(axis=0) - y) / (len(y) - 1)
    press = [((left_out[best[v]][:, v] - y[:, v]) ** 2).sum() for v in range(5)]
    np.testing.assert_allclose(found["training_r2"], 1 - press / (of_means**2).sum(axis=0))


def test_the_layer_that_drives_the_responses_predicts_them_better():
    features, data = problem(noise=0.1, n=120)
    r = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)["r"]
    assert (r.sel(layer="layer1") > 0.5).all()
    assert (r.sel(layer="layer0") < 0.4).all()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_stimuli_on_either_side_changes_nothing(seed):
    features, data = problem()
    random = np.random.default_rng(seed)
    order, other = random.permutation(N), random.permutation(N)
    first = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    kernels = made.shuffled(made.kernels(features), other)
    second = encoding.encode(made.reordered(data, order), kernels, SETTINGS, seed=0)
    np.testing.assert_allclose(second["r"], first["r"], atol=1e-9)
    np.testing.assert_array_equal(second["held_out_in"], first["held_out_in"][..., order])
    assert list(second["stimulus"].values) == [made.ids(N)[i] for i in order]


def test_reordering_the_neuroids_permutes_the_scores():
    features, data = problem()
    first = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    data = made.Dataset(
        data.folder, data.meta, data.stimuli, data.responses.isel(neuroid=[3, 0, 4, 1, 2])
    )
    second = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert list(second["neuroid"].values) == ["n3", "n0", "n4", "n1", "n2"]
    np.testing.assert_allclose(second["r"], first["r"].sel(neuroid=second["neuroid"]), atol=1e-12)


def test_the_same_seed_gives_the_same_scores_and_another_other_folds():
    features, data = problem()
    first, again, other = (
        encoding.encode(data, made.kernels(features), SETTINGS, seed) for seed in (1, 1, 2)
    )
    xr.testing.assert_identical(first, again)
    assert (first["held_out_in"] != other["held_out_in"]).any()


@pytest.mark.parametrize("method", ["ridge", "pls"])
def test_the_number_of_threads_changes_nothing(method):
    features, data = problem()
    how, scores = SETTINGS | {"method": method}, []
    for n in (1, 3):
        with threadpool_limits(n):
            scores.append(encoding.encode(data, made.kernels(features), how, 0, n_resamples=3))
    xr.testing.assert_identical(*scores)


def test_shuffled_responses_are_not_predicted_neither_up_nor_down():
    r = []
    for seed in range(60):
        features, data = problem(seed)
        values = np.random.default_rng(seed + 1000).permutation(data.responses.values)
        shuffled = made.dataset(N, values)
        r.append(encoding.encode(shuffled, made.kernels(features), SETTINGS, seed=seed)["r"].mean())
    assert abs(np.mean(r)) < 0.03


def test_more_noise_never_helps_on_average():
    def average(noise):
        runs = [problem(seed, noise) for seed in range(8)]
        return np.mean(
            [encoding.encode(d, made.kernels(x), SETTINGS, 0)["r"].sel(layer="layer1")
             for x, d in runs]
        )  # fmt: skip

    scores = [average(noise) for noise in (0.1, 1.0, 4.0, 16.0)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("n_labels", [2, 3, 8])
def test_alphas_are_chosen_without_the_labels_that_are_left_out(n_labels):
    labels = np.array([f"c{i % n_labels}" for i in range(N)])
    features, data = problem(category=labels)
    scores = encoding.encode(data, made.kernels(features), SETTINGS | {"alpha_by": "folds"}, 0)
    split = scores["held_out_in"].sel(generalisation="category").values[0]
    table = pd.DataFrame({"fold": split, "label": labels}, made.ids(N))
    train, inner = split != 0, folds.inner(table, seed=0)[0]
    assert (inner[train].max() + 1) == {2: 5, 3: 2, 8: 5}[n_labels]
    x, y = features[1][train], data.responses.values.mean(axis=1)[train]
    grid = np.geomspace(0.001, 1000, 7) * ((x - x.mean(axis=0)) ** 2).sum() / len(x)
    cv = PredefinedSplit(inner[train])
    errors = [((cross_val_predict(Ridge(a), x, y, cv=cv) - y) ** 2).sum(axis=0) for a in grid]
    found = scores.sel(generalisation="category").isel(repeat=0, layer=1, fold=0)
    np.testing.assert_array_equal(found["alpha_index"], np.argmin(errors, axis=0))
    assert scores.attrs["alpha_by"] == "folds"


def test_partial_least_squares_of_the_images_and_of_two_categories():
    features, data = problem(category=np.array(["a", "b"] * 20))
    pls = SETTINGS | {"method": "pls", "components": 4}
    scores = encoding.encode(data, made.kernels(features), pls, seed=0)
    assert scores["r"].notnull().all()
    assert scores["alpha"].isnull().all()
    assert scores["alpha_index"].isnull().all()
    mean = data.responses.values.mean(axis=1)
    fold = scores["held_out_in"].isel(FIRST).values
    expected = np.empty_like(mean)
    for f in range(4):
        fitted = PLSRegression(4, scale=False, tol=1e-24, max_iter=10_000)
        fitted.fit(features[1][fold != f], mean[fold != f])
        expected[fold == f] = fitted.predict(features[1][fold == f])
    found = scores["r"].isel(generalisation=0, layer=1)
    np.testing.assert_allclose(found, mean_r(expected, mean, fold), atol=1e-6)
    assert scores["training_r2"].sel(generalisation="category").isel(fold=[0, 1]).notnull().all()


@pytest.mark.parametrize(("column", "position"), [("group", 0), ("object", 1), ("category", 1)])
def test_labels_are_held_out_as_a_whole(column, position):
    labels = np.array([f"g{i % 7}" for i in range(N)])
    features, data = problem(**{column: labels})
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert scores["generalisation"].values[position] == column
    held_out = scores["held_out_in"].values[position, 0]
    folds_of = [set(held_out[labels == label]) for label in np.unique(labels)]
    assert [len(folds) for folds in folds_of] == [1] * 7
    assert set.union(*folds_of) == {0, 1, 2, 3}


def test_images_are_held_out_one_by_one():
    features, data = problem()
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert scores["generalisation"].values.tolist() == ["images"]
    assert np.bincount(scores["held_out_in"].values.ravel()).tolist() == [10, 10, 10, 10]


def test_repeats_are_other_splits_and_their_scores_are_averaged():
    features, data = problem()
    scores = encoding.encode(data, made.kernels(features), SETTINGS | {"repeats": 3}, seed=0)
    held_out = scores["held_out_in"].values[0]
    assert len({tuple(split) for split in held_out}) == 3
    expected = scores["r_fold"].values.mean(axis=(1, 3))
    np.testing.assert_allclose(scores["r"], expected)


def test_a_subject_is_scored_on_the_stimuli_that_it_has_seen():
    features, data = problem(subject=list("AAABB"))
    seen = np.arange(N) < 28
    values = data.responses.values.copy()
    values[~seen, :, 3:] = np.nan
    half = made.dataset(N, values, subject=list("AAABB"))
    scores = encoding.encode(half, made.kernels(features), SETTINGS, seed=0)
    whole = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert scores["n_stimuli"].values.tolist() == [N, N, N, 28, 28]
    np.testing.assert_allclose(scores["r"][..., :3], whole["r"][..., :3])
    fold = scores["held_out_in"].isel(FIRST).values[seen]
    mean = data.responses.values.mean(axis=1)[seen][:, 3:]
    alpha = scores["alpha"].isel(FIRST).values[1, :, 3:]
    expected = mean_r(plain_predictions(features[1][seen], mean, alpha, fold), mean, fold)
    np.testing.assert_allclose(scores["r"].values[0, 1, 3:], expected, atol=1e-9)


def test_what_is_said_of_layers_and_neuroids():
    features, data = problem(area=["V1", "V1", "IT", "IT", "V4"], subject=list("ABABA"))
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert list(scores["area"].values) == ["V1", "V1", "IT", "IT", "V4"]
    assert list(scores["subject"].values) == list("ABABA")
    assert scores["depth"].values.tolist() == [0, 1]
    assert scores["n_features"].values.tolist() == [12, 60]
    assert scores.attrs["n_alphas"] == 7


def test_repeats_that_were_not_shown_do_not_count():
    nan = np.nan
    shown = [[[1.0, 2.0], [3.0, nan]], [[nan, 5.0], [7.0, 6.0]], [[0.0, 0.0], [nan, 8.0]]]
    found = made.dataset(3, np.array(shown)).mean_response()
    assert found.tolist() == [[2.0, 2.0], [7.0, 5.5], [0.0, 4.0]]


def chosen_by(training_r2):
    """Scores of two layers, the first with r = -1 and the second with r = 1 in each test fold."""
    return made.encoding_scores([[-1.0] * 3, [1.0] * 3], training_r2=training_r2)


def test_the_nested_layer_is_chosen_in_training_even_if_another_is_better_in_the_test():
    training_r2 = np.array([[[0.9] * 3] * 2, [[0.1] * 3] * 2])  # (layer, fold, neuroid)
    assert encoding.nested_r(chosen_by(training_r2)).values.tolist() == [[-1, -1, -1]]
    assert encoding.nested_r(chosen_by(training_r2[::-1])).values.tolist() == [[1, 1, 1]]


def test_the_nested_layer_is_chosen_fold_by_fold():
    training_r2 = np.zeros((2, 2, 3))
    training_r2[1, 0] = training_r2[0, 1] = 0.5  # the second layer in fold 0, the first in fold 1
    assert encoding.nested_r(chosen_by(training_r2)).values.tolist() == [[0, 0, 0]]


def test_the_nested_layer_has_the_highest_median_not_mean():
    training_r2 = np.zeros((2, 2, 3))
    training_r2[0, :, :] = [0.4, 0.4, -1.0]  # median 0.4, mean -0.07
    training_r2[1, :, :] = [0.3, 0.3, 0.9]  # median 0.3, mean 0.5
    assert encoding.nested_r(chosen_by(training_r2)).values.tolist() == [[-1, -1, -1]]


def test_each_area_has_its_own_nested_layer():
    training_r2 = np.zeros((2, 2, 3))
    training_r2[0, :, [0, 2]] = training_r2[1, :, 1] = 0.5
    scores = chosen_by(training_r2).assign_coords(area=("neuroid", ["V4", "IT", "V4"]))
    assert encoding.nested_r(scores).values.tolist() == [[-1, 1, -1]]


def test_a_fold_that_a_generalisation_does_not_have_does_not_count():
    scores = chosen_by(np.array([[[0.9] * 3] * 2, [[0.1] * 3] * 2]))
    scores["r_fold"][..., 1, :] = np.nan
    scores["training_r2"][..., 1, :] = np.nan
    assert encoding.nested_r(scores).values.tolist() == [[-1, -1, -1]]


def test_the_nested_scores_lie_beside_the_others():
    features, data = problem(area=["V1", "V1", "IT", "IT", "V4"])
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    np.testing.assert_array_equal(scores["r_nested"], encoding.nested_r(scores))


def test_without_signal_the_best_layer_is_optimistic_and_the_nested_one_is_not():
    best, nested = [], []
    for seed in range(25):
        random = np.random.default_rng(seed)
        features = [random.normal(size=(N, 20)) for _ in range(8)]
        data = made.dataset(N, random.normal(size=(N, 1)))
        scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
        best.append(float(scores["r"].max()))
        nested.append(float(scores["r_nested"][0, 0]))
    assert np.mean(best) > 0.05
    assert np.mean(nested) < 0.05


def test_projected_features_are_scored_like_their_kernels():
    random = np.random.default_rng(0)
    features = np.float32(random.normal(size=(2, N, 12)) + 1)
    signal = features[1] @ random.normal(size=(12, 5))
    values = signal[:, None] + random.normal(size=(N, 3, 5))
    values[:8, :, 3:] = np.nan  # subject B
    data = made.dataset(N, values, subject=list("AAABB"), category=np.array(["a", "b"] * 20))
    primal = SETTINGS | {"method": "ridge_srp"}
    for by in ("loo", "folds"):
        found = encoding.encode(data, made.projected(features), primal | {"alpha_by": by}, seed=0)
        exact = encoding.encode(
            data, made.kernels(features.astype(float)), SETTINGS | {"alpha_by": by}, seed=0
        )
        assert found.attrs["method"] == "ridge_srp"
        for name in ("r", "r_nested", "alpha_index", "training_r2"):
            np.testing.assert_allclose(found[name], exact[name], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("noise", [1.0, 2.0])
def test_planted_linear_neurons_are_recovered_at_their_theoretical_ceiling(noise):
    # Of the mean of 3 repeats, 1 / (1 + noise² / 3) is signal, its root what any model can reach.
    random = np.random.default_rng(0)
    features = random.normal(size=(900, 8))
    signal = features @ random.normal(size=(8, 40))
    signal /= signal.std(axis=0)
    responses = signal[:, None] + noise * random.normal(size=(900, 3, 40))
    data = made.dataset(900, responses)
    scores = encoding.encode(data, made.kernels([features]), SETTINGS, seed=0)
    scores = scores.isel(generalisation=[0])
    truth = 1 / (1 + noise**2 / 3)
    assert float(scores["r"].median()) == pytest.approx(np.sqrt(truth), abs=0.02)
    found = reliability.estimate(data, SETTINGS, 20, 0)["reliability"]
    assert float(found.isel(generalisation=0).median()) == pytest.approx(truth, abs=0.02)
    ceiled = tables.with_ceiling(scores, found, 0.1)
    assert float(ceiled["r_ceiled"].median()) == pytest.approx(1, abs=0.02)
    assert float(ceiled["ev_ceiled"].median()) == pytest.approx(1, abs=0.04)
