"""Debiased alignment of kernels, against its definition."""

from itertools import permutations

import in_memory as made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from ventralmap import choosing, cka, cka_draws, cka_table, correspondence, draws, hsic, matches
from ventralmap import kernels as kernels_module
from ventralmap.resampling import derived_seed
from ventralmap.runs import Run

N = 8


def features(seed=0, n=N, p=5, mean=0.0):
    return np.random.default_rng(seed).normal(size=(n, p)) + mean


def kernel(x):
    return x @ x.T


def by_definition(k, l):  # noqa: E741
    """The mean over all ordered four different stimuli (Song et al. 2012, theorem 2)."""
    fours = list(permutations(range(len(k)), 4))
    return np.mean([k[s, t] * (l[s, t] + l[u, v] - 2 * l[s, u]) for s, t, u, v in fours])


def test_hsic_is_the_mean_over_four_different_stimuli():
    k, l = kernel(features(0, n=7)), kernel(features(1, n=7, p=3))  # noqa: E741
    assert hsic.hsic(k, l) == pytest.approx(by_definition(k, l))
    assert hsic.hsic(k, k) == pytest.approx(by_definition(k, k))


def test_four_stimuli_are_the_fewest():
    k, l = kernel(features(0, n=4)), kernel(features(1, n=4))  # noqa: E741
    assert hsic.hsic(k, l) == pytest.approx(by_definition(k, l))
    assert np.isnan(hsic.hsic(k[:3, :3], l[:3, :3]))


def test_plain_features_give_the_same():
    x, y = features(0, n=20, p=50), features(1, n=20, p=30)
    y[:, :10] += x[:, :10]

    def in_traces(k, l):  # noqa: E741
        """Song et al. (2012), equation 5, as it is written."""
        n, one = len(k), np.ones(len(k))
        k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))  # noqa: E741
        middle = one @ k @ one * (one @ l @ one) / ((n - 1) * (n - 2))
        return (np.trace(k @ l) + middle - 2 / (n - 2) * one @ k @ l @ one) / (n * (n - 3))

    k, l = kernel(x), kernel(y)  # noqa: E741
    assert hsic.hsic(k, l) == pytest.approx(in_traces(k, l))
    expected = in_traces(k, l) / np.sqrt(in_traces(k, k) * in_traces(l, l))
    assert cka.cka(k, l) == pytest.approx(expected)


def test_a_layer_is_wholly_aligned_with_itself():
    assert cka.cka(kernel(features()), kernel(features())) == pytest.approx(1)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
def test_neither_rotation_scale_nor_mean_changes_anything(seed, scale, shift):
    x, y = features(seed), features(seed + 1, p=6)
    turned = scale * (x @ ortho_group.rvs(5, random_state=seed) + shift)
    found = cka.cka(kernel(turned), kernel(y))
    assert found == pytest.approx(cka.cka(kernel(x), kernel(y)), abs=1e-6)


def test_stretching_one_feature_does():
    x, y = features(), features(1)
    stretched = x * [10, 1, 1, 1, 1]
    assert abs(cka.cka(kernel(stretched), kernel(y)) - cka.cka(kernel(x), kernel(y))) > 0.01


def test_unrelated_features_are_not_aligned_but_for_the_bias_of_the_plain_estimate():
    def plain(k, l):  # noqa: E741
        h = np.eye(len(k)) - 1 / len(k)
        k, l = h @ k @ h, h @ l @ h  # noqa: E741
        return (k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum())

    random = np.random.default_rng(0)
    pairs = [(random.normal(size=(20, 500)), random.normal(size=(20, 100))) for _ in range(200)]
    debiased = [cka.cka(kernel(x), kernel(y)) for x, y in pairs]
    biased = [plain(kernel(x), kernel(y)) for x, y in pairs]
    assert abs(np.nanmean(debiased)) < 4 * np.nanstd(debiased) / np.sqrt(200) < 0.1
    assert np.mean(biased) > 0.8


def test_a_kernel_without_structure_has_no_alignment():
    assert np.isnan(cka.cka(kernel(features()), np.eye(N)))
    assert np.isnan(cka.cka(kernel(features()), np.ones((N, N))))


def recorded():
    random = np.random.default_rng(3)
    layers = [random.normal(size=(20, 40)), random.normal(size=(20, 60)) + 3]
    responses = layers[1][:, None, :6] + 0.1 * random.normal(size=(20, 2, 6))
    responses[4, :, 3:5] = np.nan  # subject B has not seen the fifth stimulus
    data = made.dataset(20, responses, area=["V4"] * 5 + ["IT"], subject=list("AAABBA"))
    return layers, data


def analyse(data, kernels, n_bootstrap=60, folds=2):
    return cka.analyse(data, kernels, {"folds": folds}, n_bootstrap, 0)


def test_layers_are_aligned_with_the_mean_responses_of_each_subject():
    layers, data = recorded()
    found = analyse(data, made.kernels(layers))
    assert found["area"].values.tolist() == ["V4", "IT"]
    mean, seen = data.mean_response(), np.arange(20) != 4
    for i, x in enumerate(layers):
        of_a = cka.cka(kernel(x), kernel(mean[:, :3]))
        of_b = cka.cka(kernel(x[seen]), kernel(mean[seen, 3:5]))
        np.testing.assert_allclose(found["cka"].sel(area="V4")[:, i], [of_a, of_b])
    assert np.isnan(found["cka"].sel(area="IT", subject="B")).all()
    assert found["n_stimuli"].values.tolist() == [[20, 19], [20, 0]]
    assert found["n_neuroids"].values.tolist() == [[3, 2], [1, 0]]


def test_the_order_of_stimuli_and_neuroids_changes_nothing():
    layers, data = recorded()
    random = np.random.default_rng(0)
    first = analyse(data, made.kernels(layers))
    moved = made.reordered(data, random.permutation(20))
    moved = made.Dataset(
        moved.folder, moved.meta, moved.stimuli, moved.responses.isel(neuroid=[5, 2, 4, 1, 3, 0])
    )
    kernels = made.shuffled(made.kernels(layers), random.permutation(20))
    second = analyse(moved, kernels).sel(area=["V4", "IT"], subject=["A", "B"])
    np.testing.assert_allclose(second["cka"], first["cka"], rtol=1e-9)


def test_very_many_stimuli_are_aligned_without_their_kernels(monkeypatch):
    """Projected features of more stimuli than kernels are formed of give the same, to rounding."""
    layers, data = recorded()
    padded = np.zeros((2, 20, 60))
    for made_of, layer in zip(padded, layers, strict=True):
        made_of[:, : layer.shape[1]] = layer
    projected = made.projected(padded)
    with_kernels = analyse(data, projected)
    monkeypatch.setattr(kernels_module, "MOST_STIMULI", 19)
    monkeypatch.setattr(cka, "cka", None)  # not used
    without = analyse(data, projected)
    np.testing.assert_allclose(without["cka"], with_kernels["cka"], rtol=1e-9)
    assert without["n_stimuli"].equals(with_kernels["n_stimuli"])
    assert without[["ci_low", "ci_high"]].isnull().all().to_array().all()


def test_hsic_of_features_is_that_of_their_kernels():
    x, y = features(0, n=20, p=50, mean=3), features(1, n=20, p=3)
    y += x[:, :3]
    assert hsic.hsic_of_features(x, y) == pytest.approx(hsic.hsic(kernel(x), kernel(y)))
    assert hsic.hsic_of_features(x, x) == pytest.approx(hsic.hsic(kernel(x), kernel(x)))
    assert np.isnan(hsic.hsic_of_features(x[:3], y[:3]))


def test_a_row_per_layer_and_area_is_the_mean_over_subjects():
    layers, data = recorded()
    scores = analyse(data, made.kernels(layers))
    table = cka_table.table([Run("tiny", "net", scores)])
    assert table["area"].tolist() == ["V4", "V4", "IT", "IT"]
    assert table["layer"].tolist() == ["layer0", "layer1"] * 2
    assert table["n_subjects"].tolist() == [2, 2, 1, 1]
    assert (table["ci_low"] < table["cka"]).all()
    assert (table["cka"] < table["ci_high"]).all()
    assert (table["resampled_missing"] == 0).all()
    assert (table["p_best"][[1, 3]] > 0.5).all()
    np.testing.assert_allclose(table.groupby("area")["p_best"].sum(), 1)
    assert table["n_neuroids"].tolist() == [5, 5, 1, 1]
    assert table["n_stimuli"].tolist() == [20] * 4
    assert table["n_features"].tolist() == [40, 60] * 2
    np.testing.assert_allclose(table["cka"][:2], scores["cka"].sel(area="V4").mean("subject"))
    assert table["cka"][1] > table["cka"][0] + 0.1


def test_resamples_are_means_over_drawn_subjects_of_drawn_stimuli():
    layers, data = recorded()
    found, seed = analyse(data, made.kernels(layers)), derived_seed(0, "tiny")
    stimuli = draws.resample(20, 1, 60, seed)[0]
    (people, _) = draws.subjects_of_areas([["A", "B"], ["A"]], 60, seed)
    mean, seen = data.mean_response(), np.arange(20) != 4

    def aligned(x, y, counts):
        counts = counts[None].astype(float)
        sides = [cka_draws.prepare(kernel(side), counts) for side in (x, y)]
        return cka_draws.cka(*sides, counts).item()

    for draw in (0, 7):
        of_a = aligned(layers[1], mean[:, :3], stimuli[draw])
        of_b = aligned(layers[1][seen], mean[seen, 3:5], stimuli[draw][seen])
        own = found["bootstrap"].sel(area="V4", layer="layer1").isel(resample=draw)
        assert float(own.sel(way="stimuli")) == pytest.approx((of_a + of_b) / 2)
        expected = np.average([of_a, of_b], weights=people[draw])
        assert float(own.sel(way="both")) == pytest.approx(expected)
    alone = found["bootstrap"].sel(area="IT")
    np.testing.assert_allclose(alone.sel(way="both"), alone.sel(way="stimuli"))


def test_the_nested_score_is_that_of_held_out_stimuli():
    layers, data = recorded()
    found = analyse(data, made.kernels(layers)).sel(area="IT")
    fold = choosing.held_out(list(data.stimuli.index), 2, 0)
    y, tested = data.mean_response()[:, [5]], []
    for held_out in (fold == 0, fold == 1):
        train = [cka.cka(kernel(x[~held_out]), kernel(y[~held_out])) for x in layers]
        chosen = layers[int(np.argmax(train))]
        tested.append(cka.cka(kernel(chosen[held_out]), kernel(y[held_out])))
    assert float(found["score_nested"]) == pytest.approx(np.mean(tested))


def test_three_stimuli_are_said_to_be_too_few():
    layers, data = recorded()
    few = made.dataset(3, data.responses.values[:3], area=["V4"] * 6, subject=list("AAABBA"))
    scores = analyse(few, made.kernels([x[:3] for x in layers]))
    assert scores["n_subjects"].item() == 0
    assert scores[["mean", "ci_low", "ci_high", "bootstrap", "score_nested"]].isnull().all().all()
    runs = [Run("tiny", "net", scores)]
    assert cka_table.table(runs)[["cka", "ci_low", "ci_high", "p_best"]].isna().all(axis=None)
    assert matches.cka_matches(runs) == []


def test_the_best_aligned_layer_is_a_match_with_its_interval_and_twin():
    layers, data = recorded()
    twin = [np.random.default_rng(9).normal(size=x.shape) for x in layers]
    runs = [
        Run("tiny", model, analyse(data, made.kernels(of_model, model=model)))
        for model, of_model in (("net", layers), ("net+untrained", twin))
    ]
    found = correspondence.correspondence_table(matches.cka_matches(runs), {})
    table = cka_table.table(runs).set_index(["model", "area", "layer"]).sort_index()
    for row in found.itertuples():
        assert row.method == "cka"
        own = table.loc[row.model, row.area]
        assert row.best_layer == own["cka"].idxmax()
        assert row.score == pytest.approx(own["cka"].max())
        assert row.p_best == pytest.approx(own.loc[row.best_layer, "p_best"])
    of_net = found[found["model"] == "net"]
    assert of_net["best_layer"].tolist() == ["layer1", "layer1"]
    assert (of_net["depth_ci_high"] == 1).all()
    assert of_net["beats_untrained_p"].between(0, 0.5, inclusive="neither").all()
    hierarchy = correspondence.hierarchy_table(matches.cka_matches(runs), ["V4", "IT"])
    assert hierarchy["method"].tolist() == ["cka", "cka"]
