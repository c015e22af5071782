"""The tables of scores against loops and hand-made values."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventralmap import best_layer, intervals, tables, two_factor
from ventralmap.intervals import Resampling
from ventralmap.runs import Run

DRAW = Resampling(n=200, seed=0)
R = np.array([[0.1, 0.5, 0.3, 0.2], [0.6, 0.4, -0.2, 0.9]])  # (layer, neuroid)
AREA, SUBJECT = ["V4", "V4", "V4", "IT"], ["A", "A", "B", "B"]
RELIABILITY = [0.64, 0.25, 0.05, 0.81]

# What DESIGN.md promises of each table.
ENCODING = {
    "dataset", "model", "layer", "area", "subject", "generalisation", "layer_index", "depth",
    "n_features", "n_neuroids", "n_stimuli", "r", "r_ci_low", "r_ci_high", "reliability",
    "r_ceiled", "ev_ceiled",
}  # fmt: skip
RSA = {
    "dataset", "model", "layer", "area", "layer_index", "depth", "distance", "comparison",
    "similarity", "ci_low", "ci_high", "p", "p_fdr", "ceiling_low", "ceiling_high", "n_subjects",
    "n_stimuli",
}  # fmt: skip
MODELS = {"model", "source", "weights_sha256", "n_params", "preprocessing"}


def scores(**changed):
    return made.encoding_scores(R, AREA, SUBJECT, **changed)


def ceiled(reliability=RELIABILITY, threshold=0.1, **changed):
    run = Run("simulated", "net", scores(**changed))
    return tables.add_ceilings([run], {"simulated": made.reliability(reliability)}, threshold)


def encoding_rows(runs=None):
    return tables.encoding_table(ceiled() if runs is None else runs, DRAW)


def row_of(table, **keys):
    chosen = np.logical_and.reduce([table[key] == value for key, value in keys.items()])
    (row,) = table[chosen].to_dict("records")
    return row


def test_scores_are_divided_by_what_the_reliability_allows():
    found = tables.with_ceiling(scores(), made.reliability(RELIABILITY), 0.1).isel(generalisation=0)
    nan = np.nan
    np.testing.assert_allclose(
        found["r_ceiled"], [[0.125, 1, nan, 2 / 9], [0.75, 0.8, nan, 1]], rtol=1e-12
    )
    np.testing.assert_allclose(
        found["ev_ceiled"],
        [[0.01 / 0.64, 1, nan, 0.04 / 0.81], [0.5625, 0.64, nan, 1]],
        rtol=1e-12,
    )


def test_nothing_is_clipped_and_the_sign_is_kept():
    found = tables.with_ceiling(scores(), made.reliability([0.16, 0.16, 0.16, 0.16]), 0.1).isel(
        generalisation=0
    )
    np.testing.assert_allclose(found["r_ceiled"][1], [1.5, 1, -0.5, 2.25])
    np.testing.assert_allclose(found["ev_ceiled"][1], [2.25, 1, -0.25, 0.81 / 0.16])


def test_a_neuroid_at_the_threshold_counts_and_one_below_it_or_unknown_does_not():
    found = tables.with_ceiling(scores(), made.reliability([0.1, 0.0999, np.nan, -0.3]), 0.1).isel(
        generalisation=0
    )
    assert found["reliable"].values.tolist() == [True, False, False, False]
    assert np.isfinite(found["r_ceiled"][0]).values.tolist() == [True, False, False, False]


def test_reliabilities_are_joined_on_the_neuroids_names():
    shuffled = made.reliability(RELIABILITY).isel(neuroid=[2, 0, 3, 1])
    found = tables.with_ceiling(scores(), shuffled, 0.1)
    assert found["reliability"].values.tolist() == [RELIABILITY]


def test_each_generalisation_has_its_own_ceiling():
    both = scores().isel(generalisation=[0, 0])
    both = both.assign_coords(generalisation=["images", "category"])
    known = made.reliability([RELIABILITY, [0.9] * 4, [0.04, 0.25, 0.16, 0.81]])  # object unused
    found = tables.add_ceilings([Run("simulated", "net", both)], {"simulated": known}, 0.1)
    rows = encoding_rows(found)
    table = rows[(rows["area"] == "V4") & (rows["subject"] == "all") & (rows["layer"] == "layer0")]
    assert table["generalisation"].tolist() == ["images", "category"]
    assert table["reliability"].tolist() == [0.25, 0.16]
    assert table["n_reliable"].tolist() == [2, 2]
    np.testing.assert_allclose(table["r_ceiled"], [(0.125 + 1) / 2, (1 + 0.75) / 2])


def test_each_run_gets_the_reliability_of_its_dataset():
    runs = [Run(name, "net", scores()) for name in ("one", "two")]
    reliability = {"one": made.reliability([0.25] * 4), "two": made.reliability([0.64] * 4)}
    found = tables.add_ceilings(runs, reliability, 0.1)
    assert [(run.dataset, run.scores["reliability"][0, 0].item()) for run in found] == [
        ("one", 0.25),
        ("two", 0.64),
    ]


def test_the_medians_are_over_neuroids_after_the_ceiling():
    row = row_of(encoding_rows(), layer="layer0", area="V4", subject="all")
    assert row["r"] == pytest.approx(0.3)  # of .1, .5 and .3
    assert row["reliability"] == pytest.approx(0.25)  # of .64, .25 and .05
    assert row["r_ceiled"] == pytest.approx((0.125 + 1) / 2)  # the third is unreliable
    assert row["ev_ceiled"] == pytest.approx((0.015625 + 1) / 2)
    assert (row["n_neuroids"], row["n_reliable"], row["n_stimuli"]) == (3, 2, 10)


def test_without_repeats_the_ceiled_columns_are_empty():
    table = encoding_rows(ceiled([np.nan] * 4))
    assert table[["reliability", "r_ceiled", "ev_ceiled"]].isna().all(axis=None)
    assert (table["n_reliable"] == 0).all()
    assert table["r"].notna().all()


def test_a_row_per_layer_area_and_subject():
    table = encoding_rows()
    # V4 has two subjects, so each has rows; IT has one, so `all` says it.
    assert table[["area", "subject", "layer"]].to_numpy().tolist() == [
        ["V4", "all", "layer0"], ["V4", "all", "layer1"], ["V4", "A", "layer0"],
        ["V4", "A", "layer1"], ["V4", "B", "layer0"], ["V4", "B", "layer1"],
        ["IT", "all", "layer0"], ["IT", "all", "layer1"],
    ]  # fmt: skip
    assert table["layer_index"].tolist() == [0, 1] * 4
    assert table["depth"].tolist() == [0, 1] * 4
    assert (table["n_features"] == 7).all()
    assert row_of(table, layer="layer1", area="V4", subject="A")["r"] == pytest.approx(0.5)


def of_v4(kind="both"):
    """Medians of the two layers over the neuroids of V4, whose subjects are A, A and B."""
    scores = ceiled()[0].scores.isel(generalisation=0, neuroid=slice(3))
    return Resampling(200, 0, kind).sample("simulated", scores)


def test_the_interval_and_p_best_are_those_of_the_areas_sample():
    row = row_of(encoding_rows(), layer="layer1", area="V4", subject="all")
    low, high = two_factor.interval(of_v4())
    assert (row["r_ci_low"], row["r_ci_high"]) == pytest.approx((low[1], high[1]))
    assert row["p_best"] == best_layer.p_best(best_layer.of_neuroids(of_v4()))[1]
    assert 0 < row["p_best"] < 1


def test_the_distance_to_the_best_layer_is_paired_over_resamples():
    table = encoding_rows()
    row = row_of(table, layer="layer0", area="V4", subject="all")
    assert row["r_below_best"] == pytest.approx(0.4 - 0.3)  # medians of layer1 and layer0
    gap = of_v4().map(lambda rows: rows[..., [1]] - rows[..., [0]])
    found = (row["r_below_best_ci_low"], row["r_below_best_ci_high"])
    assert found == pytest.approx(tuple(float(end[0]) for end in two_factor.interval(gap)))
    best = row_of(table, layer="layer1", area="V4", subject="all")
    columns = ["r_below_best", "r_below_best_ci_low", "r_below_best_ci_high"]
    assert [best[column] for column in columns] == [0, 0, 0]


def test_what_is_resampled_is_said_and_what_is_missing_counted():
    table = encoding_rows()
    assert (table["interval"] == "both").all()
    assert table["resampled_missing"].isna().all()
    dims = ("generalisation", "layer", "neuroid")
    share = np.array([[[0.0, 0.1, 0.2, 0.4], [0, 0, 0, 0.5]]])
    values = np.random.default_rng(0).random((1, 200, 2, 4))
    scores = ceiled()[0].scores.assign(
        r_resampled=(("generalisation", "resample", *dims[1:]), values),
        resampled_missing=(dims, share),
        n_labels=("generalisation", [10]),
    )
    table = tables.encoding_table(
        [Run("simulated", "net", scores)], Resampling(200, 0, interval="stimuli")
    )
    assert (table["interval"] == "stimuli").all()
    whole = table[table["subject"] == "all"]
    assert whole["resampled_missing"].tolist() == pytest.approx([0.1, 0, 0.4, 0.5])


def test_layers_and_models_share_their_resamples():
    runs = [*ceiled(), Run("simulated", "twin", ceiled()[0].scores)]
    table = encoding_rows(runs).drop(columns="model")
    half = len(table) // 2
    pd.testing.assert_frame_equal(table[:half], table[half:].reset_index(drop=True))


def test_the_same_seed_gives_the_same_table_and_another_another():
    pd.testing.assert_frame_equal(encoding_rows(), encoding_rows())
    r = np.random.default_rng(0).random((2, 30))
    run = tables.add_ceilings(
        [Run("d", "m", made.encoding_scores(r))], {"d": made.reliability([0.5] * 30)}, 0.1
    )
    first, other = (tables.encoding_table(run, Resampling(50, seed)) for seed in (0, 1))
    assert (first["r_ci_low"] != other["r_ci_low"]).any()


def test_the_order_of_neuroids_changes_nothing():
    moved = [Run(r.dataset, r.model, r.scores.isel(neuroid=[2, 1, 3, 0])) for r in ceiled()]
    keys = ["area", "subject", "layer"]
    first, second = (encoding_rows(x).set_index(keys).sort_index() for x in (ceiled(), moved))
    pd.testing.assert_frame_equal(first, second)


def test_alphas_at_an_edge_are_counted():
    index = np.full((2, 2, 4), 2)  # (layer, fold, neuroid), of a grid of five
    index[0, 0, 0], index[0, 1, 1] = 0, 4  # two of the six of V4
    table = encoding_rows(ceiled(alpha_index=index))
    whole = table[(table["area"] == "V4") & (table["subject"] == "all")]
    assert whole["alpha_at_edge"].tolist() == pytest.approx([1 / 3, 0])
    assert whole["n_at_edge"].tolist() == [2, 0]


def test_a_neuroid_counts_once_however_often_it_is_at_an_edge():
    index = np.full((2, 2, 4), 2.0)
    index[0, :, 0], index[1, :, 2], index[1, 1, 0] = 0, np.nan, 4
    rows = encoding_rows(ceiled(alpha_index=index)).query("subject == 'all'")
    whole = rows.groupby("layer_index")["n_at_edge"].sum()
    assert whole.tolist() == [1, 1]


def test_a_map_without_penalties_counts_none():
    nothing = encoding_rows(ceiled(alpha_index=np.full((2, 2, 4), np.nan)))
    assert nothing["alpha_at_edge"].isna().all()
    assert nothing["n_at_edge"].isna().all()


def test_areas_come_in_order_of_appearance():
    parts = intervals.areas_of(made.encoding_scores(R, ["IT", "V1", "IT", "V1"]))
    assert {area: part["neuroid"].values.tolist() for area, part in parts.items()} == {
        "IT": ["n0", "n2"],
        "V1": ["n1", "n3"],
    }


def similarities():
    p = np.array([[0.01, 0.04, 0.03], [0.005, 0.9, 0.2]])
    return made.rsa_scores([[0.5, 0.1, 0.2], [0.1, 0.2, 0.6]], p=p)


def benjamini_hochberg(p):
    """Correct by the definition: least p m / rank over all p that are at least as large."""
    p = np.asarray(p)
    rank = np.array([(p <= value).sum() for value in p])
    return np.array([min(p[p >= value] * len(p) / rank[p >= value]) for value in p])


def test_p_fdr_of_known_values():
    table = tables.rsa_table([Run("simulated", "net", similarities())])
    # in order .005 .01 .03 .04 .2 .9, times 6 over rank: .03 .03 .06 .06 .24 .9
    np.testing.assert_allclose(table["p_fdr"], [0.03, 0.06, 0.06, 0.03, 0.9, 0.24])


@given(st.lists(st.integers(1, 100), min_size=2, max_size=12))
def test_p_fdr_is_benjamini_hochbergs(p):
    p = np.array([p]) / 100
    table = tables.rsa_table([Run("d", "m", made.rsa_scores(np.zeros(p.shape), p=p))])
    np.testing.assert_allclose(table["p_fdr"], np.minimum(benjamini_hochberg(p[0]), 1))


def test_p_is_corrected_over_all_runs():
    runs = [Run("simulated", model, similarities()) for model in ("one", "two")]
    table = tables.rsa_table(runs)
    np.testing.assert_allclose(table["p_fdr"], benjamini_hochberg(table["p"]))
    assert table.columns.get_loc("p_fdr") == table.columns.get_loc("p") + 1


def test_rows_of_rsa_are_areas_by_layers():
    table = tables.rsa_table([Run("simulated", "net", similarities())])
    assert table["area"].tolist() == ["EVC"] * 3 + ["IT"] * 3
    assert table["layer"].tolist() == ["layer0", "layer1", "layer2"] * 2
    assert table["similarity"].tolist() == [0.5, 0.1, 0.2, 0.1, 0.2, 0.6]
    assert table["depth"].tolist() == [0, 0.5, 1] * 2
    row = row_of(table, area="IT", layer="layer2")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.5, 0.8))
    assert (row["ceiling_low"], row["ceiling_high"]) == pytest.approx((0.3, 0.4))
    assert (row["n_subjects"], row["n_stimuli"]) == (6, 20)
    assert (row["n_pairs"], row["n_missing_pairs"]) == (190, 0)
    assert (row["distance"], row["comparison"]) == ("correlation", "spearman")


def test_p_best_of_rsa_is_that_of_each_areas_own_resamples():
    bootstrap = np.zeros((2, 4, 3))
    bootstrap[0, :, 0] = bootstrap[1, :3, 2] = bootstrap[1, 3, 1] = 1
    table = tables.rsa_table([Run("d", "m", made.rsa_scores(np.zeros((2, 3)), bootstrap))])
    assert table["p_best"].tolist() == [1, 0, 0, 0, 0.25, 0.75]


def description(model, dataset, accuracy):
    facts = {"source": "torchvision", "weights_sha256": "ab", "n_params": 9, "preprocessing": "x"}
    return {"model": model, **facts, f"readout_accuracy:{dataset}": accuracy}


def test_a_model_has_one_row_with_its_readout_of_every_dataset():
    table = tables.models_table(
        [
            description("net", "one", 0.9),
            description("twin", "one", 0.3),
            description("net", "two", 0.8),
        ]
    )
    assert table["model"].tolist() == ["net", "twin"]
    assert table["readout_accuracy:one"].tolist() == [0.9, 0.3]
    np.testing.assert_array_equal(table["readout_accuracy:two"], [0.8, np.nan])


@pytest.mark.parametrize(
    ("make", "promised"),
    [
        (encoding_rows, ENCODING),
        (lambda: tables.rsa_table([Run("d", "m", similarities())]), RSA),
        (lambda: tables.models_table([description("net", "one", 0.9)]), MODELS),
    ],
    ids=["encoding", "rsa", "models"],
)
def test_the_columns_that_were_promised_are_there(make, promised):
    assert promised <= set(make().columns)


def test_resamples_without_a_similarity_are_counted():
    bootstrap = np.zeros((1, 4, 3))
    bootstrap[0, 0], bootstrap[0, 1:, 1] = np.nan, 1
    table = tables.rsa_table([Run("d", "m", made.rsa_scores(np.eye(3)[[1]], bootstrap))])
    assert table["resampled_missing"].tolist() == [0.25] * 3
    assert table["p_best"].tolist() == [0, 1, 0]


def test_rows_of_each_subject_can_be_left_out():
    every, few = encoding_rows(), tables.encoding_table(ceiled(), DRAW, each_subject=False)
    assert set(every["subject"]) > {"all"}
    together = every[every["subject"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, together)
