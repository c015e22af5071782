"""Subjects who saw few stimuli, or one category: no score of their own, and nothing breaks."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest

from ventralmap import (
    checks,
    correspondence,
    encoding,
    figures,
    matches,
    reliability,
    tables,
    variance,
    variance_table,
)
from ventralmap.cautions import cautions
from ventralmap.files import write_csv
from ventralmap.intervals import Resampling
from ventralmap.runs import Run

N = 24
CATEGORY = ["face", "place"] * (N // 2)
SUBJECT = ["whole", "whole", "two", "two", "faces", "faces", "faces", "faces"]
AREA = ["V1"] * 6 + ["V4"] * 2
SETTINGS = {
    "method": "ridge",
    "alpha_by": "loo",
    "components": 3,
    "folds": 3,
    "repeats": 2,
    "alphas": {"low": 1e-2, "high": 1e2, "n": 5},
}
NAMES = ["net", "net+untrained"]


def layers(seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=(N, 8)), random.normal(size=(N, 8))]


def dataset(neuroids=slice(None)):
    """Subject `two` saw two stimuli, subject `faces` only faces; V4 was measured in `faces`."""
    random = np.random.default_rng(1)
    signal = layers()[0] @ random.normal(size=(8, 8))
    values = signal[:, None] + random.normal(size=(N, 3, 8))
    values[2:, :, 2:4] = np.nan
    values[1::2, :, 4:] = np.nan
    return made.dataset(
        N,
        values[..., neuroids],
        subject=SUBJECT[neuroids],
        area=AREA[neuroids],
        category=CATEGORY,
    )


def encoded(data, n_resamples=0, **changes):
    return [
        Run(
            "tiny",
            name,
            encoding.encode(data, made.kernels(layers(i)), SETTINGS | changes, 0, n_resamples),
        )
        for i, name in enumerate(NAMES)
    ]


def study(folder, interval, **changes):
    """Tables of a study of such a dataset, read back as the checks read them."""
    data, draw = dataset(), Resampling(40, 0, interval)
    runs = encoded(data, 0 if interval == "neuroids" else 40, **changes)
    ceilings = {"tiny": reliability.estimate(data, SETTINGS, 5, 0)["reliability"]}
    found = matches.encoding_matches(runs, draw)
    pair = [["net:layer0", "net+untrained:layer1"]]
    by_model = {name: made.kernels(layers(i), model=name) for i, name in enumerate(NAMES)}
    divided = {"tiny": variance.analyse(data, by_model, pair, SETTINGS, 0)}
    written = {
        "encoding": tables.encoding_table(tables.add_ceilings(runs, ceilings, 0.1), draw),
        "correspondence": correspondence.correspondence_table(found, {}),
        "hierarchy": correspondence.hierarchy_table(found, ["V1", "V4"]),
        "variance": variance_table.table(divided, draw),
    }
    for name, table in written.items():
        write_csv(folder / f"{name}.csv", table)
    return {name: pd.read_csv(folder / f"{name}.csv") for name in written}


@pytest.mark.parametrize("interval", ["neuroids", "stimuli", "both"])
def test_the_tables_of_such_a_study_hold_together(interval, tmp_path):
    found = study(tmp_path, interval)
    assert len(checks.run(found)) == len(checks.CHECKS)
    first = found["encoding"].query("layer_index == 0 and model == 'net'")
    rows = first.set_index(["generalisation", "area", "subject"])["n_scored"]
    assert rows["images"].to_dict() == {
        ("V1", "all"): 4, ("V1", "whole"): 2, ("V1", "two"): 0, ("V1", "faces"): 2,
        ("V4", "all"): 2,
    }  # fmt: skip
    assert rows["category"].to_dict() == {
        ("V1", "all"): 2, ("V1", "whole"): 2, ("V1", "two"): 0, ("V1", "faces"): 0,
        ("V4", "all"): 0,
    }  # fmt: skip
    nothing = found["encoding"].query("n_scored == 0")
    empty = ["r", "r_ci_low", "r_ci_high", "r_below_best", "r_ceiled", "p_best", "alpha_at_edge"]
    assert nothing[[*empty, "resampled_missing", "n_at_edge"]].isna().all(axis=None)
    scored = found["encoding"].query("n_scored > 0")
    assert scored[["r", "r_ci_low", "p_best", "n_at_edge"]].notna().all(axis=None)
    assert found["correspondence"]["area"].tolist() == ["V1", "V4"] * 2
    assert found["correspondence"]["beats_untrained_p"].notna().tolist() == [True] * 2 + [False] * 2
    assert found["correspondence"]["beats_next_p"].notna().all()


@pytest.mark.parametrize("interval", ["neuroids", "stimuli", "both"])
def test_an_area_without_a_score_has_no_best_layer(interval, tmp_path):
    found = study(tmp_path, interval, generalisations=["category", "images"])
    assert checks.run(found)
    assert found["correspondence"]["area"].tolist() == ["V1", "V1"]
    assert found["hierarchy"].empty
    score, match, order = found["encoding"], found["correspondence"], ["V1", "V4"]
    figures.save(figures.score_over_depth(score, order, correspondence=match), tmp_path / "depth")
    figures.save(figures.layer_area_map(score, match, order), tmp_path / "map")
    figures.save(figures.variance(found["variance"], order), tmp_path / "variance")


def test_those_without_a_score_do_not_change_the_scores_of_the_others():
    scores, alone = (encoded(data)[0].scores for data in (dataset(), dataset(slice(0, 2))))
    np.testing.assert_allclose(scores["r"][..., :2], alone["r"], atol=1e-12)
    whole, small = (
        correspondence.correspondence_table(
            matches.encoding_matches(encoded(data), Resampling(40, 0)), {}
        )
        for data in (dataset(slice(0, 4)), dataset(slice(0, 2)))
    )
    columns = ["best_layer", "score", "score_nested", "beats_untrained_p", "beats_next_p"]
    pd.testing.assert_frame_equal(whole[columns], small[columns])


@pytest.mark.parametrize("alpha_by", ["loo", "folds"])
@pytest.mark.parametrize("method", ["ridge", "ridge_pca", "pls"])
@pytest.mark.parametrize("n_seen", [1, 2, 4, 6, 8])
def test_any_number_of_stimuli_can_be_encoded_by_any_map(n_seen, method, alpha_by):
    values = np.random.default_rng(2).normal(size=(N, 3))
    values[n_seen:, 2] = np.nan
    data = made.dataset(N, values, subject=["A", "A", "B"], category=CATEGORY)
    changes = {"method": method, "alpha_by": alpha_by}
    scores = encoding.encode(data, made.kernels(layers()), SETTINGS | changes, 0)
    assert scores["r"][..., :2].notnull().all()
    assert not np.isinf(scores["r_fold"]).any()
    fold = scores["held_out_in"].values[..., :n_seen]
    sizes = np.array([[np.bincount(one, minlength=3) for one in of] for of in fold])
    known = scores["r_fold"][..., 2].notnull().any("layer").values  # (generalisation, repeat, fold)
    np.testing.assert_array_equal(known, (sizes >= 3) & (n_seen - sizes >= 3))


def test_variance_is_unknown_where_there_is_no_score():
    by_model = {"net": made.kernels(layers())}
    found = variance.analyse(dataset(), by_model, [["net:layer0", "net:layer1"]], SETTINGS, 0)
    for name in variance.ABOUT:
        known = found[name].notnull().all("band").values
        assert known[0].tolist() == [True, True, False, False, True, True, True, True]
        assert known[1].tolist() == [True, True] + [False] * 6


def test_those_without_a_score_are_counted_for_the_reader(tmp_path):
    found = study(tmp_path, "neuroids")
    said = [text for text in cautions({"encoding": found["encoding"]}, {}) if "no score" in text]
    assert [text.partition(" have")[0] for text in said] == [
        "V1 (tiny, generalisation images): 2 of 6 neuroids",
        "V1 (tiny, generalisation category): 4 of 6 neuroids",
        "V4 (tiny, generalisation category): 2 of 2 neuroids",
    ]


def test_a_neuroid_that_is_silent_in_training_chooses_no_penalty():
    values = np.random.default_rng(0).normal(size=(N, 2))
    data = made.dataset(N, values)
    fold = encoding.encode(data, made.kernels(layers()), SETTINGS | {"repeats": 1}, 0)
    test = fold["held_out_in"].values[0, 0] == 1
    values[~test, 1] = 0.25
    scores = encoding.encode(
        made.dataset(N, values), made.kernels(layers()), SETTINGS | {"repeats": 1}, 0
    )
    chosen = scores["alpha_index"].notnull().all(("generalisation", "repeat", "layer"))
    assert chosen.values.tolist() == [[True, True], [True, False], [True, True]]
    np.testing.assert_array_equal(scores["alpha"].isnull(), scores["alpha_index"].isnull())
