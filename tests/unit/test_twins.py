import numpy as np
import pandas as pd
import pytest
import study_tables as st

from ventralmap import captions, twins
from ventralmap import scores as sc

NAMES = ["mobilenet_v2+untrained", "mobilenet_v2+untrained(1)", "mobilenet_v2+untrained(2)"]


def three_seeds(table, column):
    """The rows of a study, those of the twin three times, each seed .1 above the one before."""
    own = table[table["model"] == NAMES[0]]
    more = [own.assign(model=n, **{column: own[column] + 0.1 * k}) for k, n in enumerate(NAMES)]
    return pd.concat([table[table["model"] != NAMES[0]], *more], ignore_index=True)


@pytest.fixture(params=["encoding", "rsa"])
def study(request):
    column = "r" if request.param == "encoding" else "similarity"
    table = getattr(st, request.param)()
    return request.param, column, table, three_seeds(table, column)


def test_figures_show_the_mean_of_the_seeds_and_their_range(study):
    _, _, before, after = study
    plain, shown = (sc.tidy(table).query("model == @NAMES[0]") for table in (before, after))
    keys = ["dataset", "variant", "area", "subject", "layer"]
    plain, shown = (rows.set_index(keys).sort_index() for rows in (plain, shown))
    np.testing.assert_allclose(shown["score"], plain["score"] + 0.1)
    np.testing.assert_allclose(shown["low"], plain["score"])
    np.testing.assert_allclose(shown["high"], plain["score"] + 0.2)
    assert (shown["n_seeds"] == 3).all()
    assert shown[["p_best", "p_fdr"]].isna().all(axis=None)
    pd.testing.assert_series_equal(shown["ceiling_high"], plain["ceiling_high"])


def test_nothing_changes_where_a_twin_has_one_seed(study):
    _, _, before, after = study
    others = [sc.tidy(table).query("model not in @NAMES") for table in (before, after)]
    pd.testing.assert_frame_equal(*(rows.reset_index(drop=True) for rows in others))
    assert (sc.tidy(before)["n_seeds"] == 1).all()


def test_the_table_has_mean_and_spread_beside_the_trained_model(study):
    method, column, before, after = study
    found = twins.table({method: after})
    assert found.columns.tolist() == twins.COLUMNS
    if "subject" in before:
        before = before[before["subject"] == "all"]
    labels = [*(key for key in twins.SCORES[method][1] if key != "subject"), "layer"]
    own, twin = (
        before[before["model"] == model].set_index(labels)[column]
        for model in ("mobilenet_v2", NAMES[0])
    )
    rows = found.set_index(labels)
    np.testing.assert_allclose(rows["score"], own.reindex(rows.index))
    np.testing.assert_allclose(rows["twin_mean"], twin.reindex(rows.index) + 0.1)
    np.testing.assert_allclose(rows["twin_sd"], 0.1)
    np.testing.assert_allclose(rows["twin_highest"] - rows["twin_lowest"], 0.2)
    assert (found["n_seeds"] == 3).all()


def test_one_seed_makes_no_rows(study):
    method, _, before, _ = study
    assert twins.table({method: before}).empty


def test_captions_say_what_the_band_is(study):
    _, _, before, after = study
    words = "Of 3 untrained twins the mean is shown"
    assert words in captions.score_over_depth(after, ["V1", "V4", "IT"])
    assert words not in captions.score_over_depth(before, ["V1", "V4", "IT"])
