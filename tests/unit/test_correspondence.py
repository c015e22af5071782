"""Best layers, how sure one can be of them, and whether depth follows the hierarchy."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.stats import binom, spearmanr, ttest_1samp, ttest_rel

from ventralmap import best_layer, correspondence, matches, resampling
from ventralmap.intervals import Resampling
from ventralmap.matches import Match
from ventralmap.runs import Run

DRAW = Resampling(n=200, seed=0)
HIERARCHY = [["V1", "EVC"], "V4", "IT"]
# What DESIGN.md promises.
CORRESPONDENCE = {
    "dataset", "model", "area", "method", "best_layer", "depth", "depth_ci_low", "depth_ci_high",
    "p_best", "score", "score_nested", "beats_untrained_p",
}  # fmt: skip
HIERARCHY_COLUMNS = {"model", "method", "areas", "rho", "ci_low", "ci_high", "p"}


def match(area="V4", model="net", method="encoding", best=None, nested=(0.1, 0.2), n_layers=5):
    """Make a match by the best layer of each resample; the first resample is the observed one.

    Its tests are those of neuroids, whose nested scores may be given.
    """
    best = [2] * 4 if best is None else best
    samples = np.eye(n_layers)[best]
    return Match(
        key=("simulated", model, area, method),
        scores=samples[0],
        samples=samples,
        p_best=resampling.p_best(samples),
        nested=0.5,
        evidence=made.evidence(np.zeros((n_layers, len(nested))), np.asarray(nested, dtype=float)),
        layers=[f"layer{i}" for i in range(n_layers)],
        depth=np.linspace(0, 1, n_layers),
    )


def encoding_run(model="net", seed=0, gain=0.0, n=20):
    """V4 is best predicted by the first layer, IT by the last, of three."""
    random = np.random.default_rng(seed)
    means = np.repeat([[0.5, 0.2], [0.4, 0.3], [0.1, 0.6]], n, axis=1)
    r = means + 0.05 * random.normal(size=(3, 2 * n)) + gain
    nested = r.max(axis=0) - 0.05
    return Run(
        "simulated",
        model,
        made.encoding_scores(r, ["V4"] * n + ["IT"] * n, nested=nested),
    )


def table(matches, truth=None):
    return correspondence.correspondence_table(matches, truth or {})


def test_the_best_layer_of_each_area_is_found_in_encoding_scores():
    found = table(matches.encoding_matches([encoding_run()], DRAW))
    assert found["area"].tolist() == ["V4", "IT"]
    assert found["best_layer"].tolist() == ["layer0", "layer2"]
    assert found["layer_index"].tolist() == [0, 2]
    assert found["depth"].tolist() == [0, 1]
    r = encoding_run().scores["r"].values[0]
    assert found["score"].tolist() == [np.median(r[0, :20]), np.median(r[2, 20:])]
    nested = encoding_run().scores["r_nested"].values[0]
    assert found["score_nested"].tolist() == [np.median(nested[:20]), np.median(nested[20:])]
    assert (found["method"] == "encoding").all()


def test_the_first_generalisation_counts_and_is_named():
    run = encoding_run()
    second = run.scores.assign(r=-run.scores["r"]).assign_coords(generalisation=["category"])
    both = xr.concat([second, run.scores], "generalisation", data_vars="minimal")
    found = table(matches.encoding_matches([Run("simulated", "net", both)], DRAW))
    assert found["generalisation"].tolist() == ["category"] * 2
    assert found["best_layer"].tolist() == ["layer2", "layer0"]
    rsa = table(matches.rsa_matches([Run("d", "net", made.rsa_scores([[0.5, 0.1], [0.1, 0.2]]))]))
    assert rsa["generalisation"].tolist() == ["", ""]


def test_the_best_layer_of_each_area_is_found_in_similarities():
    run = Run("simulated", "net", made.rsa_scores([[0.5, 0.1, 0.2], [0.1, 0.2, 0.6]], nested=0.3))
    found = table(matches.rsa_matches([run]))
    assert found["area"].tolist() == ["EVC", "IT"]
    assert found["best_layer"].tolist() == ["layer0", "layer2"]
    assert found["score"].tolist() == [0.5, 0.6]
    assert found["score_nested"].tolist() == [0.3, 0.3]
    assert found["p_best"].tolist() == [1, 1]
    assert (found["method"] == "rsa").all()


def test_p_best_and_the_interval_of_depth_come_from_the_resamples():
    best = [2] * 150 + [1] * 40 + [4] * 10
    found = table([match(best=best)]).iloc[0]
    assert found["p_best"] == 0.75
    assert found["depth"] == 0.5
    assert (found["depth_ci_low"], found["depth_ci_high"]) == (0.25, 1)


def test_resamples_without_a_score_have_no_depth():
    found = match(best=[2] * 4)
    found.samples[3] = np.nan
    np.testing.assert_array_equal(found.depth_samples, [0.5, 0.5, 0.5, np.nan])
    row = table([found]).iloc[0]
    assert (row["depth_ci_low"], row["depth_ci_high"], row["p_best"]) == (0.5, 0.5, 1)


def test_the_interval_of_depth_holds_the_depth_of_a_clear_best():
    found = table(matches.encoding_matches([encoding_run()], DRAW))
    assert (found["depth_ci_low"] <= found["depth"]).all()
    assert (found["depth"] <= found["depth_ci_high"]).all()
    assert (found["p_best"] > 0.9).all()


def test_the_columns_that_were_promised_are_there():
    assert set(table([match()]).columns) >= CORRESPONDENCE
    found = correspondence.hierarchy_table([match("V1"), match("IT")], HIERARCHY)
    assert set(found.columns) == HIERARCHY_COLUMNS


def test_without_matches_the_table_can_still_be_read(tmp_path):
    table([]).to_csv(tmp_path / "empty.csv", index=False)
    assert set(pd.read_csv(tmp_path / "empty.csv").columns) >= CORRESPONDENCE


def test_without_a_twin_nothing_is_said_of_beating_it():
    other = [
        match("V1", model="net+untrained"),
        match(model="rival+untrained"),
        match(model="net+untrained", method="rsa"),
    ]
    found = table([match(), *other])
    assert np.isnan(found["beats_untrained_p"]).all()


def test_a_model_is_compared_with_its_own_twin():
    random = np.random.default_rng(0)
    trained, twin = random.random((2, 30))
    found = table([match(nested=trained), match(model="net+untrained", nested=twin)])
    expected = ttest_rel(trained, twin, alternative="greater").pvalue
    p = found["beats_untrained_p"]
    assert p[0] == pytest.approx(expected, abs=0.03)  # its variance is of 500 resamples
    assert np.isnan(p[1])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_whether_a_twin_of_unknown_scores_is_beaten_is_unknown_in_any_order(order):
    nested = np.array([np.linspace(0, 0.5, 9), np.full(9, np.nan)])
    twins = [match(model=f"net+untrained({seed})", nested=nested[seed]) for seed in order]
    found = table([match(nested=np.ones(9)), *twins])
    assert np.isnan(found["beats_untrained_p"][0])


def test_beating_is_one_sided():
    low, high = np.zeros(20), np.arange(1, 21) / 20
    better = matches.beats_p(match(nested=high), match(nested=low))
    worse = matches.beats_p(match(nested=low), match(nested=high))
    assert better == 1 / 501  # as far as 500 resamples resolve
    assert worse > 0.999


def test_the_same_scores_beat_nothing():
    same = match(nested=[0.3] * 9)
    assert matches.beats_p(same, same) == 1


@pytest.mark.parametrize("n", [40, 5000])
def test_p_is_never_zero(n):
    trained = match(nested=1 + np.arange(n) / n)
    assert 0 < matches.beats_p(trained, match(nested=np.zeros(n))) < 0.1


def test_encoding_pairs_neuroids_and_rsa_resamples():
    (of_v4, _) = matches.encoding_matches([encoding_run()], DRAW)
    scores = encoding_run().scores
    np.testing.assert_array_equal(of_v4.evidence.nested, scores["r_nested"].values[0, :20])
    run = Run("d", "m", made.rsa_scores([[1, 0.5]]))
    (of_evc,) = matches.rsa_matches([run])
    sample = of_evc.evidence.sample
    np.testing.assert_array_equal(sample.resamples, run.scores["bootstrap"].values[0])
    assert (sample.n_stimuli, sample.n_subjects) == (20, 6)
    np.testing.assert_array_equal(
        of_evc.samples, best_layer.samples(best_layer.of_similarities(sample))
    )


def test_without_a_difference_five_percent_of_networks_beat_their_twin():
    random = np.random.default_rng(0)
    p = [
        matches.beats_p(match(nested=a), match(nested=b))
        for a, b in random.normal(size=(400, 2, 15))
    ]
    # 99.9 % binomial interval of 400 draws at .05
    assert 6 <= np.sum(np.array(p) <= 0.05) <= 38


TRUTH = pd.DataFrame({"area": ["V4", "IT"], "model": ["net", "net"], "layer": ["layer1", "layer2"]})


def test_the_planted_layer_is_that_of_the_truth():
    matches = [
        match("V4"),
        match("IT"),
        match("V1"),
        match("V4", model="other"),
        match("V4", method="rsa"),
    ]
    found = table(matches, {"simulated": TRUTH})
    assert found["planted_layer"].tolist() == ["layer1", "layer2", "", "", "layer1"]
    assert table(matches, {"another dataset": TRUTH})["planted_layer"].tolist() == [""] * 5


def hierarchy_row(matches, hierarchy=HIERARCHY):
    (row,) = correspondence.hierarchy_table(matches, hierarchy).to_dict("records")
    return row


def test_depth_that_rises_along_the_areas_has_rho_1():
    row = hierarchy_row([match("IT", best=[4] * 99), match("V1", best=[0] * 99),
                         match("V4", best=[2] * 99)])  # fmt: skip
    assert row == {
        "model": "net",
        "method": "encoding",
        "areas": "V1 < V4 < IT",
        "rho": pytest.approx(1),
        "ci_low": pytest.approx(1),
        "ci_high": pytest.approx(1),
        "p": pytest.approx(1 / 100),
    }


def test_depth_that_falls_has_rho_minus_1():
    row = hierarchy_row([match("V1", best=[3] * 9), match("IT", best=[1] * 9)])
    assert row["rho"] == pytest.approx(-1)
    assert row["p"] == 1


def test_rho_of_areas_on_one_level_is_that_of_tied_ranks():
    matches = [match("V1", best=[1]), match("EVC", best=[0]), match("V4", best=[4]),
               match("IT", best=[3])]  # fmt: skip
    row = hierarchy_row(matches)
    expected = spearmanr([0, 0, 1, 2], [0.25, 0, 1, 0.75]).statistic
    assert row["rho"] == pytest.approx(expected)
    assert row["areas"] == "EVC = V1 < V4 < IT"


def test_p_is_the_share_of_resamples_in_which_depth_does_not_rise():
    # rises in six of nine; falls in one; level, and so of no rho, in two
    row = hierarchy_row(
        [match("V1", best=[1] * 6 + [3, 2, 2]), match("IT", best=[4] * 6 + [0, 2, 2])]
    )
    assert row["p"] == pytest.approx((1 + 3) / (1 + 9))
    assert row["rho"] == pytest.approx(1)


def test_best_layers_that_are_all_the_same_have_no_rho():
    row = hierarchy_row([match("V1"), match("IT")])
    assert all(np.isnan(row[name]) for name in ("rho", "ci_low", "ci_high", "p"))


@pytest.mark.parametrize(("n_ties", "low"), [(60, 0), (10, 0), (2, 1), (0, 1)])
def test_a_resample_that_ties_counts_as_rho_0_in_the_interval_as_in_p(n_ties, low):
    deep = [4] * (100 - n_ties) + [0] * n_ties
    row = hierarchy_row([match("V1", best=[0] * 100), match("IT", best=deep)])
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(low), pytest.approx(1))
    assert row["p"] == pytest.approx((1 + n_ties) / 101)


def test_a_resample_without_a_score_is_left_out_of_the_interval_and_is_no_rise():
    of_it = match("IT", best=[4] * 50)
    of_it.samples[-10:] = np.nan
    row = hierarchy_row([match("V1", best=[0] * 50), of_it])
    assert (row["ci_low"], row["p"]) == (pytest.approx(1), pytest.approx(11 / 51))


def noisy_match(area, rise, random, n_layers=5):
    """Scores that differ by `rise` over the layers, and noise that resampling makes again."""
    scores = rise * np.linspace(0, 1, n_layers) + random.normal(size=n_layers)
    samples = scores + random.normal(size=(200, n_layers))
    key, depth = ("simulated", "net", area, "rsa"), np.linspace(0, 1, n_layers)
    names = [f"layer{i}" for i in range(n_layers)]
    p_best = resampling.p_best(samples)
    return Match(key, scores, samples, p_best, 0.0, match().evidence, names, depth)


def significant_hierarchies(n, rises):
    random = np.random.default_rng(0)
    rows = [
        hierarchy_row([noisy_match(area, rise, random) for area, rise in rises.items()])
        for _ in range(n)
    ]
    return np.mean([row["p"] < 0.05 for row in rows]), np.mean([row["ci_low"] > 0 for row in rows])


@pytest.mark.parametrize("areas", [("V1", "IT"), ("V1", "V4", "IT")])
def test_without_a_hierarchy_p_is_below_five_percent_in_fewer_studies(areas):
    p, interval = significant_hierarchies(300, dict.fromkeys(areas, 0.0))
    assert p <= binom.ppf(0.999, 300, 0.05) / 300
    assert interval <= binom.ppf(0.999, 300, 0.025) / 300


def test_a_clear_hierarchy_is_found():
    p, interval = significant_hierarchies(50, {"V1": -12.0, "V4": 0.0, "IT": 12.0})
    assert p > 0.5
    assert interval > 0.4


def test_the_order_of_the_areas_is_the_hierarchys():
    matches = [match("V1", best=[0] * 9), match("IT", best=[4] * 9)]
    assert hierarchy_row(matches, ["IT", "V1"])["rho"] == pytest.approx(-1)
    assert hierarchy_row(matches, ["IT", "V1"])["areas"] == "IT < V1"


def test_areas_beside_the_hierarchy_do_not_count():
    matches = [match("V1", best=[0] * 9), match("IT", best=[4] * 9)]
    alone = correspondence.hierarchy_table(matches, HIERARCHY)
    beside = [match("behaviour", best=[0] * 9), *matches]
    pd.testing.assert_frame_equal(correspondence.hierarchy_table(beside, HIERARCHY), alone)


@pytest.mark.parametrize(
    "matches",
    [
        [match("V4")],
        [match("V1"), match("EVC")],  # one level
        [match("V1", best=[0] * 4, n_layers=1), match("IT", best=[0] * 4, n_layers=1)],
    ],
    ids=["one area", "one level", "one layer"],
)
def test_no_row_where_nothing_can_rise(matches):
    found = correspondence.hierarchy_table(matches, HIERARCHY)
    assert found.empty
    assert set(found.columns) == HIERARCHY_COLUMNS


def test_a_row_per_model_and_method():
    matches = [match(area, model, method) for area in ("V1", "IT") for model in ("a", "b")
               for method in ("encoding", "rsa")]  # fmt: skip
    found = correspondence.hierarchy_table(matches, HIERARCHY)
    assert sorted(map(tuple, found[["model", "method"]].to_numpy())) == [
        ("a", "encoding"), ("a", "rsa"), ("b", "encoding"), ("b", "rsa"),
    ]  # fmt: skip


def test_the_same_seed_gives_the_same_table():
    runs = [encoding_run(), encoding_run("net+untrained", seed=1, gain=-0.1)]
    first, again = (table(matches.encoding_matches(runs, DRAW)) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["beats_untrained_p"].dropna() < 0.01).all()


def test_the_next_layer_is_the_second_highest():
    (of_v4, of_it) = matches.encoding_matches([encoding_run()], DRAW)
    found = table([of_v4, of_it])
    assert found["next_layer"].tolist() == ["layer1", "layer1"]
    r = encoding_run().scores["r"].values[0, :, :20]
    assert ttest_1samp(r[0] - r[1], 0).pvalue < 1e-4
    assert found["beats_next_p"][0] == pytest.approx(1 / (1 + DRAW.n))


def test_equal_layers_are_not_told_apart():
    r = np.repeat([[0.5, 0.2, 0.4]], 2, axis=0)
    run = Run("d", "m", made.encoding_scores(r))
    (found,) = matches.encoding_matches([run], DRAW)
    assert matches.beats_next_p(found) == 1


def test_a_single_layer_has_no_next():
    (found,) = matches.encoding_matches([Run("d", "m", made.encoding_scores([[0.1, 0.2]]))], DRAW)
    row = table([found]).iloc[0]
    assert row["next_layer"] == ""
    assert np.isnan(row["beats_next_p"])
