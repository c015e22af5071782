"""Fusion and commonality: least squares by NumPy, scipy, and planted layers."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from ventralmap import fusion, over_time

N, TIMES = 12, [-50.0, 0.0, 50.0, 100.0]
PAIRS = np.triu_indices(N, 1)
SETTINGS = {
    "distance": "correlation",
    "responses": "none",
    "permutations": 199,
    "cluster_p": 0.01,
}


def condensed(square):
    return square[..., PAIRS[0], PAIRS[1]]


def features(seed=0, n=3):
    random = np.random.default_rng(seed)
    return [random.normal(size=(N, 25)) for _ in range(n)]


def correlation_rdm(x):
    return 1 - np.corrcoef(x)


def data(n_subjects=8, noise=0.1, seed=0, reverse=False):
    """EVC resembles the first layer and IT the second; MEG the first at 50, the second at 100."""
    random = np.random.default_rng(seed)
    first, second, _ = (correlation_rdm(x) for x in features())

    def noisy(rdm):
        extra = np.triu(noise * random.normal(size=(N, N)), 1)
        return rdm + 1 + extra + extra.T - np.eye(N)

    static = np.array([[noisy(rdm) for _ in range(5)] for rdm in (first, second)])
    course = (0 * first, 0 * first, first, second)
    meg = [[noisy(rdm) for rdm in course] for _ in range(n_subjects)]
    arrays = [
        made.rdms(static, area=["EVC", "IT"]),
        made.rdms(np.array([meg]), area=["MEG"], time=TIMES),
    ]
    return made.dataset(N, rdms=arrays[::-1] if reverse else arrays)


def analyse(dataset=None, models=None, seed=0):
    models = models or [made.kernels(features(), model="net")]
    return fusion.analyse(dataset or data(), models, SETTINGS, seed)


@pytest.fixture(scope="module")
def found():
    return analyse()


def r_squared(target, *predictors):
    design = np.column_stack([np.ones(len(target)), *predictors])
    residual = target - design @ np.linalg.lstsq(design, target)[0]
    return 1 - residual.var() / target.var()


def test_commonality_is_that_of_least_squares_on_ranks():
    dataset = data(n_subjects=3, noise=0.4)
    measured = dataset.rdms[1].sel(area="MEG")
    names, areas = fusion.area_rdms(dataset, "none")
    layers = condensed(np.array([correlation_rdm(x) for x in features()]))
    curves, shared = fusion.explain(areas, layers, measured)
    assert names == ["EVC", "IT"]
    assert shared.shape == (2, 3, 3, 4)
    for area, layer, subject, time in np.ndindex(*shared.shape):
        target = rankdata(condensed(measured.values[subject, time]))
        of_area, of_layer = rankdata(areas[area]), rankdata(layers[layer])
        expected = (
            r_squared(target, of_area)
            + r_squared(target, of_layer)
            - r_squared(target, of_area, of_layer)
        )
        assert shared[area, layer, subject, time] == pytest.approx(expected, abs=1e-12)
        rho = spearmanr(of_area, target).statistic
        assert curves.values[area, subject, time] == pytest.approx(rho)


def test_commonality_by_semipartial_correlation():
    """R2(area, layer) - R2(layer) is the squared semipartial correlation of the area."""
    random = np.random.default_rng(0)
    target, area, layer = random.normal(size=(3, 50)) + random.normal(size=50)
    r = np.corrcoef([target, area, layer])
    rest = area - np.polyval(np.polyfit(layer, area, 1), layer)
    semipartial = np.corrcoef(target, rest)[0, 1]
    found = fusion.commonality(r[0, 1], r[0, 2], r[1, 2])
    assert found == pytest.approx(r[0, 1] ** 2 - semipartial**2)


@pytest.mark.parametrize(
    ("of_area", "of_layer", "among", "expected"),
    [
        (0.5, 0.0, 0.0, 0.0),  # nothing in common
        (0.5, 0.5, 0.0, 0.0),  # independent
        (0.6, 0.3, 0.5, 0.09),  # of the layer nothing is left beside the area
        (0.5, 0.0, 0.5, -1 / 12),  # the layer takes noise off the area
    ],
)
def test_known_commonalities(of_area, of_layer, among, expected):
    found = fusion.commonality(*(np.array(r) for r in (of_area, of_layer, among)))
    assert found == pytest.approx(expected)


def test_an_area_that_is_the_layer_has_no_commonality():
    assert np.isnan(fusion.commonality(np.array(0.5), np.array(0.5), np.array(1.0)))


def test_areas_are_averaged_over_subjects_where_these_have_a_pair():
    values = made.distances(N, 0, 1, 3)
    values[0, 1] = np.nan
    values[0, 2, [0, 4], [4, 0]] = np.nan
    _, rdms = fusion.area_rdms(made.dataset(N, rdms=[made.rdms(values, area=["IT"])]), "none")
    np.testing.assert_allclose(rdms[0], np.nanmean(condensed(values[0]), axis=0))


def test_areas_appear_when_their_layers_do(found):
    fused, common = found
    means = fused.pivot(index="time_ms", columns="area", values="similarity")
    assert means.idxmax().to_dict() == {"EVC": 50, "IT": 100}
    assert set(fused.query("significant")["time_ms"]) == {50, 100}
    best = common.loc[common.groupby("area")["commonality"].idxmax()].set_index("area")
    assert best["layer"].to_dict() == {"EVC": "layer0", "IT": "layer1"}
    assert best["time_ms"].to_dict() == {"EVC": 50, "IT": 100}
    assert (best["commonality"] > 0.8 * best["ceiling"]).all()


def test_rows_and_columns(found):
    fused, common = found
    assert list(fused.columns) == [
        "recording", "area", "time_ms", "similarity", "ci_low", "ci_high", "p", "p_subjects",
        "p_stimuli", "significant",
        "n_pairs", "n_subjects", "n_stimuli",
    ]  # fmt: skip
    assert len(fused) == 2 * 4
    assert len(common) == 2 * 3 * 4
    assert set(common["model"]) == {"net"}
    assert common["layer_index"].tolist() == [i for _ in range(2) for i in range(3) for _ in TIMES]
    assert set(fused["n_subjects"]) == set(common["n_subjects"]) == {8}
    assert set(fused["n_pairs"]) == {N * (N - 1) // 2}
    for table, column in ((fused, "similarity"), (common, "commonality")):
        assert (table["ci_low"] <= table[column]).all()
        assert (table[column] <= table["ci_high"]).all()


def test_the_ceiling_is_the_variance_that_the_area_explains(found):
    _, common = found
    dataset = data()
    _, areas = fusion.area_rdms(dataset, "none")
    curves = over_time.similarity(areas, dataset.rdms[1].sel(area="MEG")).values
    rows = common.query("area == 'IT' and layer == 'layer2'")
    np.testing.assert_allclose(rows["ceiling"], (curves[1] ** 2).mean(axis=0))
    assert (common["commonality"] <= common["ceiling"] + 1e-12).all()


def test_models_stand_below_each_other_and_do_not_change_each_other(found):
    models = [made.kernels(features(), model="net"), made.kernels(features(1, 1), model="pixels")]
    fused, common = analyse(models=models)
    pd.testing.assert_frame_equal(fused, found[0])
    own = common[common["model"] == "net"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, found[1])


def test_the_order_of_stimuli_and_of_files_changes_nothing(found):
    order = np.random.default_rng(0).permutation(N)
    moved = analyse(made.reordered(data(), order))
    turned = analyse(data(reverse=True))
    for first, *others in zip(found, moved, turned, strict=True):
        for other in others:
            pd.testing.assert_frame_equal(first, other)


def test_one_subject_has_no_p_and_no_intervals():
    fused, common = analyse(data(n_subjects=1))
    assert fused[["p", "ci_low", "ci_high"]].isna().all(axis=None)
    assert not fused["significant"].any()
    assert common[["ci_low", "ci_high"]].isna().all(axis=None)
    assert common["commonality"].notna().all()


def test_areas_whose_rdms_are_of_responses_are_fused_too():
    """V4 responds as the second layer does, which the MEG resembles at 100 ms."""
    given = data()
    responses = features()[1] + 0.1 * np.random.default_rng(0).normal(size=(N, 25))
    both = made.dataset(N, responses, rdms=given.rdms)
    asked = SETTINGS | {"responses": "correlation"}
    models = [made.kernels(features(), model="net")]
    table, commonality = fusion.analyse(both, models, asked, 0)
    assert table["area"].unique().tolist() == ["EVC", "IT", "V4"]
    peak = table.loc[table.groupby("area")["similarity"].idxmax()].set_index("area")["time_ms"]
    assert peak["V4"] == 100
    assert set(commonality["area"]) == {"EVC", "IT", "V4"}
    alone = fusion.analyse(made.dataset(N, responses, rdms=given.rdms[1:]), models, asked, 0)[0]
    assert alone["area"].unique().tolist() == ["V4"]
    assert set(fusion.analyse(both, models, SETTINGS, 0)[0]["area"]) == {"EVC", "IT"}
