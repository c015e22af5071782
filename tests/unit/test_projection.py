"""Random projections: their distribution, what they keep, and what they must not depend on."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.random_projection import SparseRandomProjection
from test_extraction import images, resnet  # noqa: F401 (a fixture)

from ventralmap import moments, projection, solvers
from ventralmap.correlation import correlate_fold
from ventralmap.crossvalidation import cross_validate, of_features, of_kernel
from ventralmap.errors import InputError
from ventralmap.extraction import extract
from ventralmap.moments import Moments
from ventralmap.projection import Projector, signs

N, P = 15, 400
LAYERS = ("bn1", "layer4.1.relu_1", "fc")


def features(seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.normal(size=P), rng.uniform(0.1, 5, size=P), size=(N, P))
    values[:, :3] = 7  # do not vary
    return values.astype(np.float32)


def plain(x, *, centre, zscore):
    """Features as ``gram.GramSum`` standardises them, in float64."""
    x = x.astype(float)
    if not (centre or zscore):
        return x
    deviation = x.std(axis=0)
    varies = deviation > 1e-6 * np.abs(x).max()
    scale = np.where(varies, deviation if zscore else 1.0, np.inf)
    return (x - x.mean(axis=0) if centre else x) / scale


def projector(x, matrix, **how):
    found = Moments()
    found.add(torch.from_numpy(x))
    return Projector(matrix, found, float(np.abs(x).max()), **how)


def test_entries_have_the_shares_and_sizes_of_li_et_al():
    matrix = signs(10_000, 300, seed=0)
    assert matrix.shape == (300, 10_000)
    assert matrix.nnz / 3e6 == pytest.approx(0.01, rel=0.03)  # 1 / sqrt(P), here 30,000 +- 170
    assert set(matrix.data) == {-np.sqrt(100 / 300), np.sqrt(100 / 300)}
    assert np.mean(matrix.data > 0) == pytest.approx(0.5, abs=0.015)
    per_row, per_unit = np.diff(matrix.indptr), np.diff(matrix.tocsc().indptr)
    assert per_row.mean() == pytest.approx(100, rel=0.03)
    assert per_row.var() == pytest.approx(99, rel=0.3)  # binomial
    assert per_unit.var() == pytest.approx(2.97, rel=0.1)


def test_entries_are_those_of_sklearns_projection_in_number_and_size():
    reference = SparseRandomProjection(300, random_state=0).fit(np.zeros((2, 10_000)))
    ours, theirs = signs(10_000, 300, seed=0), reference.components_
    np.testing.assert_allclose(np.unique(ours.data), np.unique(theirs.data))
    assert ours.nnz == pytest.approx(theirs.nnz, rel=0.03)


def test_the_same_seed_draws_the_same_and_another_other_entries():
    assert (signs(500, 20, seed=3) != signs(500, 20, seed=3)).nnz == 0
    assert (signs(500, 20, seed=3) != signs(500, 20, seed=4)).nnz > 0


@pytest.mark.parametrize("n_units", [1, 7, 20])
def test_a_layer_of_few_units_is_kept_whole(n_units):
    matrix = signs(n_units, 20, seed=0).toarray()
    np.testing.assert_array_equal(matrix, np.eye(20, n_units))


def test_inner_products_are_kept_in_expectation():
    x = plain(features(), centre=True, zscore=True)
    exact, n, n_seeds = x @ x.T, 50, 400
    drawn = np.array(
        [(z := x @ signs(P, n, seed).T) @ z.T for seed in range(n_seeds)]
    )  # (seed, stimulus, stimulus)
    error = (drawn.mean(axis=0) - exact) / (drawn.std(axis=0) / np.sqrt(n_seeds))
    assert np.abs(error).max() < 4.5  # 120 of them, in standard errors
    assert np.mean(np.abs(error) < 2) > 0.85


def test_the_error_of_inner_products_falls_with_the_dimensions():
    x = plain(features(), centre=True, zscore=True)
    norm = np.linalg.norm(x, axis=1)

    def error(n):
        parts = [(z := x @ signs(P, n, seed).T) @ z.T for seed in range(60)]
        return np.sqrt(np.mean([((part - x @ x.T) / np.outer(norm, norm)) ** 2 for part in parts]))

    assert error(25) / error(100) == pytest.approx(2, rel=0.15)  # as 1 / sqrt(n)
    assert error(100) < 0.13


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("zscore", [True, False])
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_rows_are_the_standardised_features_times_the_matrix(monkeypatch, centre, zscore, library):
    if library == "torch":
        for module in (projection, moments):
            monkeypatch.setattr(module, "as_float64", lambda values: values.to(torch.float64))
    x, matrix = features(), signs(P, 30, seed=1)
    made = projector(x, matrix, centre=centre, zscore=zscore)
    expected = plain(x, centre=centre, zscore=zscore)
    found, row_sum = made.rows(torch.from_numpy(x))
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, expected @ matrix.toarray().T, atol=1e-10)
    np.testing.assert_allclose(row_sum, expected.sum(axis=1), atol=1e-10)
    assert made.n_constant == 3


def projected(paths, n=1024, model=None, **settings):
    model = model or resnet()
    model = replace(model, layers=[layer for layer in model.layers if layer.name in LAYERS])
    return extract(model, paths, projection=n, device="cpu", progress=False, **settings)


@pytest.fixture(scope="module")
def reference(images):  # noqa: F811
    return projected(images)


def test_a_network_s_features_are_kept_up_to_the_error_of_the_projection(images, reference):  # noqa: F811
    exact = extract(resnet(), images, device="cpu", progress=False)
    for name, gram in zip(reference.layers, reference.gram, strict=True):
        expected = exact.gram[exact.layers.index(name)]
        norm = np.sqrt(np.diag(expected))
        error = (gram - expected) / np.outer(norm, norm)
        assert np.sqrt((error**2).mean()) < (1e-6 if name == "fc" else 2 / np.sqrt(1024)), name
    chosen = [exact.layers.index(name) for name in reference.layers]
    np.testing.assert_array_equal(reference.n_features, exact.n_features[chosen])
    np.testing.assert_array_equal(reference.n_constant, exact.n_constant[chosen])
    np.testing.assert_allclose(reference.row_sum, exact.row_sum[chosen], rtol=1e-4, atol=0.1)


def test_the_result_describes_itself(reference):
    assert reference.features.shape == (3, 12, 1024)
    assert reference.features.dtype == np.float32
    assert (reference.attrs["projection"], reference.attrs["projection_seed"]) == (1024, 0)
    assert reference.n_features.tolist() == [64 * 24 * 24, 512 * 2 * 2, 1000]
    assert (reference.features[2, :, 1000:] == 0).all()


@pytest.mark.parametrize("settings", [{"batch_size": 1}, {"batch_size": 5}, {"memory_gb": 0.2}])
def test_batches_and_memory_change_nothing(images, reference, settings):  # noqa: F811
    again = projected(images, **settings)
    for x, y in zip(again.features, reference.features, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-4 * np.abs(y).max())


def test_the_order_of_stimuli_carries_over(images, reference):  # noqa: F811
    again = projected(images[::-1])
    for x, y in zip(again.features[:, ::-1], reference.features, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-4 * np.abs(y).max())


def test_a_layer_is_projected_alike_whatever_the_others(images, reference):  # noqa: F811
    model = resnet()
    alone = replace(model, layers=[model.layers[0]])
    again = projected(images, model=alone)
    np.testing.assert_allclose(again.features[0], reference.features[0], atol=1e-3)


def test_another_seed_projects_otherwise(images, reference):  # noqa: F811
    again = projected(images, seed=1)
    assert np.corrcoef(again.features[0].ravel(), reference.features[0].ravel())[0, 1] < 0.5


def test_too_little_memory_is_named_with_what_is_needed(images):  # noqa: F811
    message = "memory_gb: 0.0001 GB is too little for features: projection: 1024 of 12 stimuli in 3"
    with pytest.raises(InputError, match=re.escape(message)):
        projected(images, memory_gb=0.0001)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_same(images, reference):  # noqa: F811
    model = replace(resnet(), layers=[x for x in resnet().layers if x.name in LAYERS])
    on_gpu = extract(model, images, projection=1024, device="cuda", progress=False)
    for x, y in zip(on_gpu.features, reference.features, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-3 * np.abs(y).max())


def test_scores_come_near_those_of_exact_ridge_from_below_with_the_dimensions():
    """Features of a falling spectrum, as those of a layer, and responses linear in them."""
    random, n = np.random.default_rng(0), 150
    x = random.normal(size=(n, 80)) * np.geomspace(1, 0.1, 80) @ random.normal(size=(80, 4000))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    signal = x @ random.normal(size=(4000, 12))
    responses = signal / signal.std(axis=0) + 0.5 * random.normal(size=(n, 12))
    fold, alphas = np.arange(n) % 5, {"low": 1e-5, "high": 1e6, "n": 23}

    def score(method, layer, between):
        solve = solvers.make({"method": method, "alphas": alphas})
        fits = cross_validate(solve, layer, responses, fold, between=between)
        r = [correlate_fold(fit.prediction, responses[fold == k]) for k, fit in enumerate(fits)]
        return float(np.mean(r))

    exact = score("ridge", x @ x.T, of_kernel)
    lost = {
        size: exact - np.mean(
            [score("ridge_srp", x @ signs(4000, size, seed).T, of_features) for seed in range(5)]
        )
        for size in (50, 200, 800, 3200)
    }  # fmt: skip
    assert exact > 0.7
    assert list(lost.values()) == sorted(lost.values(), reverse=True)
    assert lost[50] > 0.05
    assert abs(lost[3200]) < 0.01
