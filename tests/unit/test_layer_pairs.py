"""Layer against layer: the table of all pairs."""

import in_memory as made
import numpy as np
import pytest
from scipy import stats
from scipy.stats import false_discovery_control

from ventralmap import jackknife, layer_pairs, similarity, tables
from ventralmap.runs import Run

N, N_LAYERS = 12, 4
SETTINGS = {
    "distance": "euclidean",
    "comparison": "pearson",
    "responses": "none",
    "folds": 2,
    "permutations": 99,
}


def run(model="net", n_subjects=6):
    random = np.random.default_rng(0)
    layers = [random.normal(size=(N, 20)) for _ in range(N_LAYERS)]
    square = np.array([np.linalg.norm(x[:, None] - x, axis=-1) for x in layers])
    noise = made.distances(N, 3, 2, n_subjects)
    data = made.dataset(N, rdms=[made.rdms(square[[1, 2], None] + noise)])
    return Run("tiny", model, similarity.analyse(data, made.kernels(layers), SETTINGS, 200, 0))


@pytest.fixture(scope="module")
def runs():
    return [run(), run("net+untrained", n_subjects=1)]


@pytest.fixture(scope="module")
def found(runs):
    return layer_pairs.table(runs)


def test_every_pair_of_layers_has_a_row_by_model_and_area(found):
    keys = ["dataset", "model", "area", "layer_a", "layer_b"]
    assert len(found) == 2 * 2 * N_LAYERS * (N_LAYERS - 1) // 2
    assert not found.duplicated(keys).any()
    assert (found["index_a"] < found["index_b"]).all()
    assert found.groupby("model")["n_subjects"].unique().explode().to_dict() == {
        "net": 6,
        "net+untrained": 1,
    }


def test_differences_are_those_of_the_similarities_with_students_interval(runs, found):
    scores = runs[1].scores.sel(area="EVC")  # one subject: over stimuli alone
    own = found.query("model == 'net+untrained' and area == 'EVC'")
    for row in own.itertuples():
        a, b = (scores.sel(layer=name) for name in (row.layer_a, row.layer_b))
        samples = (a["bootstrap"] - b["bootstrap"]).sel(way="stimuli").values
        left_out = (a["left_out"] - b["left_out"]).values.T
        variance = samples.var(ddof=1) * N / (N - 1), (N - 1) * left_out.var()
        error = np.sqrt(jackknife.of_stimuli(variance[1], variance[0]))
        difference = float(a["similarity"] - b["similarity"])
        assert row.difference == pytest.approx(difference)
        width = stats.t.ppf(0.975, N - 1) * error
        assert (row.ci_low, row.ci_high) == pytest.approx((difference - width, difference + width))
        expected = 2 * stats.t.sf(abs(difference) / error, N - 1)
        assert row.p == pytest.approx(max(expected, 1 / 201))


def test_pairs_with_the_best_layer_are_those_of_the_table_of_similarities(runs, found):
    table = tables.rsa_table(runs).set_index(["model", "area", "layer"])
    for (model, area), pairs in found.groupby(["model", "area"]):
        own = table.loc[model, area]
        best = own["similarity"].idxmax()
        for row in pairs[(pairs["layer_a"] == best) | (pairs["layer_b"] == best)].itertuples():
            first = row.layer_a == best
            other = own.loc[row.layer_b if first else row.layer_a]
            low, high = (row.ci_low, row.ci_high) if first else (-row.ci_high, -row.ci_low)
            assert row.difference * (1 if first else -1) == pytest.approx(other["below_best"])
            # the interval of one difference lies within that for all layers at once
            assert other["below_best_ci_low"] <= low + 1e-12
            assert other["below_best_ci_high"] >= high - 1e-12
            assert row.p_family == pytest.approx(other["p_below_best"])


def test_p_is_corrected_over_the_family_and_over_all_rows(found):
    assert (found["p_family"] >= found["p"]).all()
    assert (found["p_family"] > found["p"]).any()
    np.testing.assert_allclose(found["p_fdr"], false_discovery_control(found["p"]))
    assert (found[["p", "p_family"]] >= 1 / 201).all(axis=None)


def test_a_model_of_one_layer_has_no_pairs(runs, found):
    pixels = Run("tiny", "pixels", runs[0].scores.isel(layer=[0]))
    assert len(layer_pairs.table([pixels])) == 0
    assert layer_pairs.table([pixels, *runs]).equals(found)
