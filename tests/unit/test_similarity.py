"""RSA of one dataset and model, against scipy and rsatoolbox."""

import in_memory as made
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from rsatoolbox.inference import boot_noise_ceiling
from rsatoolbox.rdm import RDMs, compare
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr, ttest_1samp

from ventralmap import similarity
from ventralmap.comparators import COMPARATORS, RSATOOLBOX
from ventralmap.comparison_words import words

N = 10
SETTINGS = {
    "distance": "correlation",
    "comparison": "spearman",
    "responses": "none",
    "folds": 2,
    "permutations": 99,
}
PAIRS = np.triu_indices(N, 1)


def features(seed=0, n_layers=3):
    random = np.random.default_rng(seed)
    return [random.normal(size=(N, 20)) for _ in range(n_layers)]


def subjects_like(layer, noise=0.1, n_subjects=4, seed=1):
    """RDMs of subjects who share the geometry of a layer, shape (n_subjects, N, N)."""
    random, truth = np.random.default_rng(seed), pdist(layer, "correlation")
    return np.array(
        [squareform(truth + noise * random.random(len(truth))) for _ in range(n_subjects)]
    )


def study(noise=0.1, n_subjects=4):
    """Three layers; EVC is like the first, IT like the last."""
    layers = features()
    values = np.array([subjects_like(layers[i], noise, n_subjects, seed=i) for i in (0, 2)])
    return layers, made.dataset(N, rdms=[made.rdms(values)])


def analyse(data, kernels, n_bootstrap=30, seed=0, ceilings=None, **changed):
    return similarity.analyse(data, kernels, SETTINGS | changed, n_bootstrap, seed, ceilings)


@pytest.fixture(scope="module")
def found():
    layers, data = study()
    return analyse(data, made.kernels(layers))


def test_similarity_is_the_mean_over_subjects_of_scipys_spearman(found):
    layers, data = study()
    for i, area in enumerate(("EVC", "IT")):
        brains = data.rdms[0].values[i][:, *PAIRS]
        expected = [
            np.mean([spearmanr(pdist(x, "correlation"), b).statistic for b in brains])
            for x in layers
        ]
        np.testing.assert_allclose(found["similarity"].sel(area=area), expected)


def test_the_planted_layer_is_found_and_significant(found):
    best = found["similarity"].argmax("layer").values
    assert best.tolist() == [0, 2]
    assert found["p"].values[[0, 1], best].tolist() == [0.01, 0.01]
    assert (found["ci_low"].values[[0, 1], best] > 0).all()


def test_ceilings_are_those_of_rsatoolbox(found):
    _, data = study()
    for i, area in enumerate(("EVC", "IT")):
        rdms = RDMs(data.rdms[0].values[i][:, *PAIRS])
        expected = boot_noise_ceiling(rdms, method="spearman", rdm_descriptor="index")
        of_area = found.sel(area=area)
        assert (of_area["ceiling_low"].item(), of_area["ceiling_high"].item()) == pytest.approx(
            expected
        )


def test_what_is_said_of_areas_and_layers(found):
    assert found["area"].values.tolist() == ["EVC", "IT"]
    assert found["layer"].values.tolist() == ["layer0", "layer1", "layer2"]
    assert found["depth"].values.tolist() == [0, 0.5, 1]
    assert found["n_features"].values.tolist() == [20, 20, 20]
    assert found["n_subjects"].values.tolist() == [4, 4]
    assert found.attrs == {"n_stimuli": N, "distance": "correlation", "comparison": "spearman"}
    assert found["bootstrap"].dims == ("area", "way", "resample", "layer")
    assert found["way"].values.tolist() == ["stimuli", "subjects", "both"]
    assert found.sizes["resample"] == 30


def test_intervals_surround_the_similarity_evenly(found):
    np.testing.assert_allclose((found["ci_low"] + found["ci_high"]) / 2, found["similarity"])
    assert (found["ci_high"] > found["ci_low"]).all()


def test_intervals_over_subjects_alone_are_those_of_scipy(found):
    layers, data = study()
    for i in range(2):
        subjects = data.rdms[0].values[i][:, *PAIRS]
        scores = [[spearmanr(pdist(x, "correlation"), s)[0] for s in subjects] for x in layers]
        expected = ttest_1samp(scores, 0, axis=1).confidence_interval()
        of_area = found.isel(area=i)
        np.testing.assert_allclose(of_area["subjects_ci_low"], expected.low)
        np.testing.assert_allclose(of_area["subjects_ci_high"], expected.high)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_stimuli_on_either_side_changes_nothing(seed):
    layers, data = study()
    random = np.random.default_rng(seed)
    kernels = made.shuffled(made.kernels(layers), random.permutation(N))
    first = analyse(data, made.kernels(layers), n_bootstrap=2)
    second = analyse(made.reordered(data, random.permutation(N)), kernels, n_bootstrap=2)
    for name in ("similarity", "ceiling_low", "ceiling_high", "score_nested"):
        np.testing.assert_allclose(second[name], first[name], err_msg=name)


def test_reordering_the_layers_permutes_the_scores(found):
    layers, data = study()
    turned = analyse(data, made.kernels(layers[::-1]))
    for name in ("similarity", "ci_low", "ci_high", "p"):
        np.testing.assert_allclose(turned[name][:, ::-1], found[name], err_msg=name)


def test_the_same_seed_gives_the_same_and_another_other_resamples(found):
    layers, data = study()
    xr.testing.assert_identical(analyse(data, made.kernels(layers)), found)
    other = analyse(data, made.kernels(layers), seed=1)
    assert (other["bootstrap"] != found["bootstrap"]).any()


def test_models_are_resampled_alike_so_that_they_compare_in_pairs(found):
    layers, data = study()
    twin = analyse(data, made.kernels([layers[2], layers[0]], model="twin"))
    np.testing.assert_allclose(
        twin["bootstrap"].sel(layer="layer0"), found["bootstrap"].sel(layer="layer2")
    )


def test_areas_are_resampled_alike():
    layers = features()
    same = np.repeat(subjects_like(layers[0])[None], 2, axis=0)
    found = analyse(made.dataset(N, rdms=[made.rdms(same)]), made.kernels(layers))
    np.testing.assert_array_equal(found["bootstrap"][0], found["bootstrap"][1])


def test_the_same_people_are_drawn_in_areas_that_lack_some():
    """Means over subjects: that of two of three follows from all, by who is drawn how often."""
    layers = features()
    three = subjects_like(layers[0], noise=0.5, n_subjects=3)
    values = np.repeat(three[None], 2, axis=0)
    values[1, 0] = np.nan  # the first subject was not measured in IT
    found = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
    truth = pdist(layers[0], "correlation")
    each = np.array([spearmanr(truth, s[PAIRS]).statistic for s in three])
    of_layer = found["bootstrap"].sel(way="subjects", layer="layer0")
    possible = np.array([c for c in np.ndindex(4, 4, 4) if sum(c) == 3])
    matched = 0
    for evc, it in zip(
        of_layer.sel(area="EVC").values, of_layer.sel(area="IT").values, strict=True
    ):
        (drawn,) = possible[np.isclose(possible @ each / 3, evc, atol=1e-9)]
        assert drawn[1:].any()
        assert it == pytest.approx(drawn[1:] @ each[1:] / drawn[1:].sum())
        matched += drawn[0] > 0
    assert matched > 5


def test_the_place_of_a_subject_among_the_others_changes_no_resample():
    layers = features()
    evc = made.rdms(subjects_like(layers[0], n_subjects=4)[None], area=["EVC"])
    it = made.rdms(subjects_like(layers[2], n_subjects=4)[None], area=["IT"]).rename("rdms_it")
    found = analyse(made.dataset(N, rdms=[evc, it]), made.kernels(layers))
    turned = it.isel(subject=[2, 0, 3, 1])
    again = analyse(made.dataset(N, rdms=[evc, turned]), made.kernels(layers))
    np.testing.assert_allclose(again["bootstrap"], found["bootstrap"])


def test_what_lies_below_the_best_layer_and_the_ceiling(found):
    for area in found["area"].values:
        scores = found.sel(area=area)
        best = int(scores["similarity"].argmax("layer"))
        gap = scores["similarity"][best] - scores["similarity"]
        np.testing.assert_allclose(scores["below_best"], gap, atol=1e-15)
        left = scores["ceiling_low"] - scores["similarity"]
        np.testing.assert_allclose(scores["below_ceiling"], left)
        assert np.isnan(scores["p_below_best"]).values.tolist() == [i == best for i in range(3)]
        for name in ("below_best", "below_ceiling"):
            ends = (scores[f"{name}_ci_low"] + scores[f"{name}_ci_high"]) / 2
            np.testing.assert_allclose(ends, scores[name], atol=1e-12)


def test_signs_of_subjects_are_flipped_where_there_are_eight():
    layers, data = study(n_subjects=9)
    found = analyse(data, made.kernels(layers))
    assert (found["p_subjects"] > 0).all()
    assert found["p_subjects"].sel(area="EVC", layer="layer0") < 0.05
    cosine = analyse(data, made.kernels(layers), comparison="cosine")
    assert np.isnan(cosine["p_subjects"]).all()  # which is above zero for any two RDMs
    layers, data = study(n_subjects=7)
    assert np.isnan(analyse(data, made.kernels(layers))["p_subjects"]).all()


def test_a_subject_measured_in_one_area_counts_there_alone():
    layers, data = study()
    values = data.rdms[0].values.copy()
    values[1, 0] = np.nan
    found = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
    assert found["n_subjects"].values.tolist() == [4, 3]
    without = analyse(made.dataset(N, rdms=[made.rdms(values[1:, 1:])]), made.kernels(layers))
    np.testing.assert_allclose(found["similarity"].sel(area="IT"), without["similarity"][0])


def test_one_subject_has_no_ceiling_and_is_resampled_over_stimuli():
    layers, data = study(n_subjects=1)
    found = analyse(data, made.kernels(layers))
    assert np.isnan(found["ceiling_low"]).all()
    assert np.isnan(found["ceiling_high"]).all()
    assert (found["bootstrap"].sel(way="stimuli").std("resample") > 0).all()
    assert np.isnan(found["below_ceiling"]).all()
    assert np.isfinite(found["ci_low"]).all()


@pytest.mark.parametrize("comparison", COMPARATORS)
def test_every_comparison_can_be_asked_for(comparison):
    layers, data = study()
    found = analyse(data, made.kernels(layers), comparison=comparison)
    subjects = data.rdms[0].values[0][:, *PAIRS]
    expected = compare(
        RDMs(np.array([pdist(x, "correlation") for x in layers])),
        RDMs(subjects),
        RSATOOLBOX[comparison],
    ).mean(axis=1)
    np.testing.assert_allclose(found["similarity"].sel(area="EVC"), expected, atol=1e-10)
    assert found["similarity"].argmax("layer").values.tolist() == [0, 2]
    assert (found["p"].sel(area="EVC", layer="layer0") == 0.01).all()
    assert found.attrs["comparison"] == comparison
    assert words(comparison).name in found["similarity"].attrs["long_name"]


def test_missing_pairs_are_left_out_and_counted():
    layers, data = study()
    values = data.rdms[0].values.copy()
    for subject, a, b in ((0, 1, 2), (0, 3, 4), (2, 1, 2)):
        values[1, subject, [a, b], [b, a]] = np.nan
    values[1, :, [5, 6], [6, 5]] = np.nan  # nobody has this pair
    found = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
    assert found["n_pairs"].values.tolist() == [45, 44]
    assert found["n_missing_pairs"].values.tolist() == [0, 3 + 4]
    condensed = [pdist(x, "correlation") for x in layers]
    expected = [
        np.mean([spearmanr(x, s[PAIRS], nan_policy="omit").statistic for s in values[1]])
        for x in condensed
    ]
    np.testing.assert_allclose(found["similarity"].sel(area="IT"), expected)
    for name in ("ci_low", "ceiling_low", "score_nested", "p", "bootstrap"):
        assert np.isfinite(found[name]).all()


def test_rdms_of_several_files_are_analysed_together():
    layers, data = study()
    second = made.rdms(subjects_like(layers[1])[None], area=["V4"])
    found = analyse(
        made.dataset(N, rdms=[*data.rdms, second.rename("rdms_v4")]), made.kernels(layers)
    )
    assert found["area"].values.tolist() == ["EVC", "IT", "V4"]
    assert found["similarity"].sel(area="V4").values.argmax() == 1


def test_more_noise_never_helps():
    def similarity_of_the_planted(noise):
        layers, data = study(noise)
        return analyse(data, made.kernels(layers), n_bootstrap=2)["similarity"][0, 0].item()

    scores = [similarity_of_the_planted(noise) for noise in (0.1, 1.0, 10.0)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("distance", ["correlation", "euclidean", "cosine"])
def test_a_layer_is_wholly_similar_to_itself(distance):
    x = features()[0]
    metric = "sqeuclidean" if distance == "euclidean" else distance
    data = made.dataset(N, rdms=[made.rdms(squareform(pdist(x, metric))[None, None])])
    found = analyse(data, made.kernels([x]), distance=distance)
    assert found["similarity"].item() == pytest.approx(1)
    assert found["score_nested"].item() == pytest.approx(1)


def test_rdms_of_responses_are_analysed_as_given_ones_are():
    layers, random = features(), np.random.default_rng(0)
    values = layers[1] + random.normal(size=(2, 3, N, 20))  # (subject, repetition, n, v)
    responses = np.concatenate(list(values.transpose(0, 2, 1, 3)), axis=2)
    data = made.dataset(N, responses, subject=["A"] * 20 + ["B"] * 20)
    found = analyse(data, made.kernels(layers), responses="correlation")
    given = np.array([[squareform(pdist(x.mean(axis=0), "correlation")) for x in values]])
    expected = analyse(made.dataset(N, rdms=[made.rdms(given, area=["V4"])]), made.kernels(layers))
    xr.testing.assert_allclose(found, expected)
    assert found["similarity"].values[0].argmax() == 1
    assert found["n_subjects"].item() == 2


def test_subjects_without_stimuli_in_common_change_nothing():
    layers, random = features(), np.random.default_rng(0)
    values = random.normal(size=(N, 9 * 5 + 3))
    for i, seen in enumerate((slice(0, 3), slice(3, 6), slice(6, N))):  # the tenth subject's
        part = values[seen, 45 + i].copy()
        values[:, 45 + i] = np.nan
        values[seen, 45 + i] = part
    subject = [f"s{i // 5}" for i in range(45)] + ["last"] * 3
    ten = made.dataset(N, values, subject=subject)
    nine = made.dataset(N, values[:, :45], subject=subject[:45])
    found, expected = (
        analyse(data, made.kernels(layers), responses="correlation", permutations=599)
        for data in (ten, nine)
    )
    xr.testing.assert_identical(found, expected)
    assert (found["p"] > 1 / 600).all()
    assert (found["p_subjects"] > 1 / 512).all()


def test_one_resample_that_is_unknown_does_not_empty_the_intervals():
    layers, data = study(n_subjects=1)
    values = data.rdms[0].values.copy()
    values[:, :, 4:] = values[..., 4:] = np.nan  # six pairs of four stimuli
    seldom = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers), folds=2)
    lost = np.isnan(seldom["bootstrap"].sel(way="stimuli")).mean("resample")
    assert (lost > 0.1).all()
    assert np.isnan(seldom["ci_low"]).all()
    assert np.isnan(seldom["p_below_best"]).all()
    values = data.rdms[0].values.copy()
    values[:, :, 7:] = values[..., 7:] = np.nan
    often = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers), 400)
    lost = np.isnan(often["bootstrap"].sel(way="stimuli")).mean("resample")
    assert ((lost > 0) & (lost < 0.1)).all()
    assert np.isfinite(often["ci_low"]).all()
    assert (np.isfinite(often["p_below_best"]).sum("layer") == 2).all()
