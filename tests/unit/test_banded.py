"""Banded ridge against scikit-learn and himalaya, and how variance is divided."""

from functools import partial

import himalaya.kernel_ridge
import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import PredefinedSplit

from ventralmap import banded, leaving_out, solvers

RELATIVE = np.geomspace(1e-3, 1e3, 7)
N = 60
TRAIN = np.arange(N) < 50
INNER = np.arange(50) % 5


def problem(seed=0, noise=1.0):
    """Two layers; the first drives neuroids 0 to 2, the second 3 to 5, at other scales."""
    random = np.random.default_rng(seed)
    layers = [random.normal(size=(N, 15)) + 2, 20 * random.normal(size=(N, 40))]
    first = layers[0] @ random.normal(size=(15, 3))
    second = layers[1] @ random.normal(size=(40, 3)) / 30
    responses = np.column_stack([first, second])
    return layers, responses + noise * random.normal(size=(N, 6))


def kernels(layers):
    gram = np.array([x @ x.T for x in layers])
    return gram[:, TRAIN][:, :, TRAIN], gram[:, ~TRAIN][:, :, TRAIN]


def scaled(layer):
    """Features minus their training mean, with a mean eigenvalue of 1."""
    centred = layer - layer[TRAIN].mean(axis=0)
    return centred / np.sqrt((centred[TRAIN] ** 2).sum() / TRAIN.sum())


@pytest.mark.parametrize("weight", [(0.5, 0.5), (0.9, 0.1), (0.0, 1.0)])
def test_with_given_weights_it_is_sklearns_ridge_on_scaled_features(weight):
    layers, responses = problem()
    found = banded.fit(*kernels(layers), responses[TRAIN], RELATIVE, np.array([weight]))
    both = [np.sqrt(w) * scaled(x) for w, x in zip(weight, layers, strict=True)]
    features = np.column_stack(both)
    reference = RidgeCV(RELATIVE, alpha_per_target=True).fit(features[TRAIN], responses[TRAIN])
    np.testing.assert_allclose(found.prediction, reference.predict(features[~TRAIN]), atol=1e-9)


def test_weights_alphas_and_predictions_are_those_of_himalaya():
    layers, responses = problem(noise=4.0)
    for fold in range(5):  # himalaya does not centre anew in each inner fold: make it no matter
        rows = np.flatnonzero(TRAIN)[fold == INNER]
        layers = [x - np.isin(np.arange(N), rows)[:, None] * x[rows].mean(axis=0) for x in layers]
        responses[rows] -= responses[rows].mean(axis=0)
    weights = banded.candidates(2, seed=0)
    found = banded.fit(
        *kernels(layers), responses[TRAIN], RELATIVE, weights,
        partial(leaving_out.in_folds, folds=INNER),
    )  # fmt: skip
    both = [scaled(x) for x in layers]
    inner = np.array([x[TRAIN] @ x[TRAIN].T for x in both])
    outer = np.array([x[~TRAIN] @ x[TRAIN].T for x in both])
    deltas, dual, _ = himalaya.kernel_ridge.solve_multiple_kernel_ridge_random_search(
        inner, responses[TRAIN], n_iter=weights[weights.min(axis=1) > 0], alphas=RELATIVE,
        cv=PredefinedSplit(INNER), return_weights="dual", progress_bar=False,
    )  # fmt: skip
    prediction = np.einsum("kv,ktn,nv->tv", np.exp(deltas), outer, dual)
    inside = found.weights.min(axis=0) > 0
    assert inside.sum() >= 3
    np.testing.assert_allclose(found.prediction[:, inside], prediction[:, inside], atol=1e-6)
    expected = np.exp(deltas) / np.exp(deltas).sum(axis=0)
    np.testing.assert_allclose(found.weights[:, inside], expected[:, inside], atol=1e-9)


def test_the_layer_that_drives_a_neuroid_has_the_weight():
    layers, responses = problem(noise=0.1)
    found = banded.fit(*kernels(layers), responses[TRAIN], RELATIVE, banded.candidates(2, 0))
    np.testing.assert_allclose(found.weights.sum(axis=0), 1)
    assert (found.weights[0, :3] > 0.8).all()
    assert (found.weights[1, 3:] > 0.8).all()
    assert found.training_r2.shape == (6,)


def test_candidates_are_even_alone_and_drawn():
    found = banded.candidates(3, seed=0, n=5)
    assert found[:4].tolist() == [[1 / 3] * 3, [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found == banded.candidates(3, seed=0, n=5)).all()
    assert banded.candidates(1, seed=0).tolist() == [[1.0]]


def test_order_of_stimuli_neuroids_and_layers_and_rotation_change_nothing():
    layers, responses = problem()
    random = np.random.default_rng(0)
    weights = np.array([[0.5, 0.5], [0.2, 0.8], [0.8, 0.2]])
    first = banded.fit(*kernels(layers), responses[TRAIN], RELATIVE, weights)
    rows, columns = random.permutation(50), random.permutation(6)
    turned = [x @ np.linalg.qr(random.normal(size=(x.shape[1],) * 2))[0] for x in layers]
    inner, outer = kernels(turned[::-1])
    second = banded.fit(
        inner[:, rows][:, :, rows], outer[:, :, rows], responses[:50][rows][:, columns],
        RELATIVE, weights,
    )  # fmt: skip
    np.testing.assert_allclose(second.prediction, first.prediction[:, columns], atol=1e-8)
    np.testing.assert_allclose(second.weights, first.weights[::-1, columns])


def test_explained_variance_is_divided():
    unique, shared = banded.partition(np.array([[0.6, 0.5], [0.5, 0.5], [0.2, 0.1]]))
    np.testing.assert_allclose(unique, [[0.1, 0.0], [0.4, 0.4]])
    np.testing.assert_allclose(shared, [0.1, 0.1])
    assert banded.subsets(3) == [[0, 1, 2], [1, 2], [0, 2], [0, 1]]


def test_held_out_variance_is_relative_to_the_training_mean():
    errors = [(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]])),
              (np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]]))]  # fmt: skip
    assert banded.held_out_r2(errors).tolist() == [0.5, 0.0]


def test_torch_finds_what_numpy_finds():
    layers, responses = problem()
    weights = banded.candidates(2, seed=0)

    def solve(train, test, y, inner):
        return banded.fit(
            train, test, y, RELATIVE, weights, partial(leaving_out.in_folds, folds=inner)
        )

    arguments = (*kernels(layers), responses[TRAIN], INNER)
    expected, found = solve(*arguments), solvers.on_device(solve, "cpu")(*arguments)
    for name, value in vars(expected).items():
        assert isinstance(getattr(found, name), np.ndarray)
        np.testing.assert_allclose(getattr(found, name), value, atol=1e-9, err_msg=name)
