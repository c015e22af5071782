"""Properties that every map must have, and choices that all of them share."""

import in_memory as made
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import folds, solvers
from ventralmap.correlation import correlate
from ventralmap.crossvalidation import cross_validate, of_features
from ventralmap.errors import InputError
from ventralmap.solvers import ALPHA_BY, SOLVERS

SETTINGS = {"alphas": {"low": 1e-5, "high": 1e6, "n": 23}, "alpha_by": "loo", "components": 6}
FOLD = np.arange(40) % 4
every_map = pytest.mark.parametrize("method", SOLVERS)
both_ways = pytest.mark.parametrize("alpha_by", ALPHA_BY)


def problem(seed, noise=1.0, p=30):
    random = np.random.default_rng(seed)
    features = random.normal(size=(40, p)) + 3
    responses = features @ random.normal(size=(p, 4)) / np.sqrt(p)
    return features, responses + noise * random.normal(size=(40, 4))


def inner_folds(fold):
    """Inner folds that belong to the stimuli, whatever their order."""
    return np.array([np.where(fold == number, -1, fold) for number in range(4)])


def fits(features, responses, fold=FOLD, wrap=lambda solve: solve, **chosen):
    solve, inner = wrap(solvers.make(SETTINGS | chosen)), inner_folds(fold)
    if chosen["method"] in solvers.OF_FEATURES:
        return cross_validate(solve, features, responses, fold, inner, of_features)
    return cross_validate(solve, features @ features.T, responses, fold, inner)


def held_out(features, responses, fold=FOLD, **chosen):
    """Predictions in the order of the stimuli."""
    prediction = np.empty_like(responses)
    for number, fit in enumerate(fits(features, responses, fold, **chosen)):
        prediction[fold == number] = fit.prediction
    return prediction


@every_map
@both_ways
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_stimuli_neuroids_and_rotation_of_features_change_nothing(method, alpha_by, seed):
    features, responses = problem(seed)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(40), random.permutation(4)
    rotation, _ = np.linalg.qr(random.normal(size=(30, 30)))
    chosen = {"method": method, "alpha_by": alpha_by}
    first = held_out(features, responses, **chosen)
    moved = (features @ rotation)[rows], responses[np.ix_(rows, columns)], FOLD[rows]
    second = held_out(*moved, **chosen)
    np.testing.assert_allclose(second, first[np.ix_(rows, columns)], rtol=1e-6, atol=1e-7)


@every_map
@both_ways
def test_noise_lowers_the_expected_score(method, alpha_by):
    def score(noise):
        runs = [problem(seed, noise, p=12) for seed in range(10)]
        return np.mean(
            [correlate(held_out(x, y, method=method, alpha_by=alpha_by), y) for x, y in runs]
        )

    scores = [score(noise) for noise in (0.1, 0.5, 2.0, 8.0)]
    assert scores == sorted(scores, reverse=True)


@every_map
def test_shapes_and_training_scores_of_a_fit(method):
    features, responses = problem(0, noise=0.1, p=5)
    unrelated = np.random.default_rng(5).normal(size=(40, 4))
    for good, bad in zip(
        fits(features, responses, method=method),
        fits(features, unrelated, method=method),
        strict=True,
    ):
        assert good.prediction.shape == (10, 4)
        assert good.alpha.shape == good.alpha_index.shape == good.training_r2.shape == (4,)
        assert (good.training_r2 > 0.8).all()
        assert (bad.training_r2 < 0.5).all()


@pytest.mark.parametrize("method", SOLVERS)
def test_what_needs_inner_folds_says_so(method):
    features, responses = problem(0, p=60)
    solve = SOLVERS[method](SETTINGS | {"alpha_by": "folds"})
    with pytest.raises(ValueError, match="needs the inner folds"):
        cross_validate(solve, features @ features.T, responses, FOLD)


def test_without_a_word_alphas_are_chosen_by_leave_one_out():
    features, responses = problem(3)
    loo = fits(features, responses, method="ridge")
    kernel = features @ features.T
    plain = cross_validate(
        SOLVERS["ridge"]({"alphas": SETTINGS["alphas"]}), kernel, responses, FOLD
    )
    for a, b in zip(loo, plain, strict=True):
        np.testing.assert_array_equal(a.alpha_index, b.alpha_index)


def test_labels_left_out_as_a_whole_ask_for_more_shrinkage():
    """Features that only name the label predict stimuli of known labels, not of others."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(20), 6)
    features = np.eye(20)[labels] + 0.1 * random.normal(size=(120, 20))
    responses = random.normal(size=(20, 5))[labels] + 0.1 * random.normal(size=(120, 5))
    fold = folds.assign([f"{i:03d}" for i in range(120)], 5, 0, labels.tolist())
    inner = np.array([np.where(fold == number, -1, fold) for number in range(5)])
    kernel = features @ features.T
    loo, grouped = (
        cross_validate(
            SOLVERS["ridge"](SETTINGS | {"alpha_by": by}), kernel, responses, fold, inner
        )
        for by in ALPHA_BY
    )
    for one, whole in zip(loo, grouped, strict=True):
        assert whole.alpha_index.mean() > one.alpha_index.mean()
        assert (one.training_r2 > 0.7).all()
        assert (whole.training_r2 < 0.4).all()


def assert_alike(fits, others, rtol):
    """Each part of each fit is the same, to a share of its largest value."""
    for one, other in zip(fits, others, strict=True):
        for name, expected in vars(one).items():
            largest = np.nanmax(np.abs(expected), initial=1e-300)
            found = getattr(other, name)
            np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * largest, err_msg=name)


def on(device):
    return lambda solve: solvers.on_device(solve, device)


on_torch = pytest.mark.parametrize("method", SOLVERS)


@on_torch
@both_ways
@pytest.mark.parametrize("p", [6, 30, 300])
def test_torch_finds_what_numpy_finds(method, alpha_by, p):
    features, responses = problem(1, p=p)
    chosen = {"method": method, "alpha_by": alpha_by}
    expected = fits(features, responses, **chosen)
    found = fits(features, responses, wrap=on("cpu"), **chosen)
    assert isinstance(found[0].prediction, np.ndarray)
    assert_alike(expected, found, rtol=1e-10)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@on_torch
@both_ways
def test_a_gpu_finds_what_the_cpu_finds(method, alpha_by):
    features, responses = problem(1)
    chosen = {"method": method, "alpha_by": alpha_by}
    expected = fits(features, responses, **chosen, device="cpu")
    assert_alike(expected, fits(features, responses, **chosen, device="cuda"), rtol=1e-4)


def test_the_device_decides_where_a_map_runs(monkeypatch):
    monkeypatch.setattr(solvers.devices, "choose", lambda name, step: name)
    wrapped = []
    monkeypatch.setattr(solvers, "on_device", lambda solve, device: wrapped.append(device))
    for method in SOLVERS:
        solvers.make(SETTINGS | {"method": method, "device": "cuda"})
        solvers.make(SETTINGS | {"method": method, "device": "cpu"})
    assert wrapped == ["cuda"] * len(SOLVERS)


@pytest.mark.parametrize("p", [6, 30, 300])
@both_ways
def test_ridge_on_projected_features_is_ridge_on_their_kernel(p, alpha_by):
    features, responses = problem(2, p=p)
    primal = fits(features, responses, method="ridge_srp", alpha_by=alpha_by)
    dual = fits(features, responses, method="ridge", alpha_by=alpha_by)
    assert_alike(dual, primal, rtol=1e-8)


def test_projected_features_are_needed_where_a_map_takes_them():
    kernels = made.kernels([np.eye(3)])
    with pytest.raises(InputError, match="ridge_srp needs features: projection"):
        solvers.source(kernels, "ridge_srp", [0, 1, 2])
