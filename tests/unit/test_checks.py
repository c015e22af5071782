"""Every check holds for a good study and fails for one that it should refuse."""

import re

import numpy as np
import pandas as pd
import pytest
import study_tables as st

from ventralmap import checks, opinion_checks
from ventralmap.errors import InputError

SMALL = {"net": ["a", "b", "c"], "net+untrained": ["a", "b", "c"], "pixels": ["pixels"]}


@pytest.fixture(autouse=True)
def _peaks(monkeypatch):
    monkeypatch.setattr(st, "curve", lambda model, area, depth, height: height * (1 - depth / 2))


def good():
    encoding, rsa = st.encoding(models=SMALL), st.rsa(models=SMALL)
    timecourse, latency = st.timecourses(models=SMALL)
    keys = ["dataset", "model", "area", "layer", "layer_index", "depth"]
    return {
        "encoding": encoding,
        "cka": st.cka(encoding),
        "rsa_fitted": st.rsa_fitted(rsa),
        "rsa_pairs": st.rsa_pairs(rsa),
        "rsa_weights": rsa[keys].assign(weight=0.1, chosen=rsa["layer_index"].eq(0).astype(float)),
        "rsa": rsa,
        "timecourse": timecourse,
        "latency": latency,
        "latency_hierarchy": st.latency_hierarchy(SMALL),
        "fusion": st.fusions(models=SMALL)[0],
        "commonality": st.fusions(models=SMALL)[1],
        "correspondence": st.correspondence(encoding, rsa, cka=st.cka(encoding)),
        "hierarchy": st.hierarchy(),
        "models": pd.DataFrame({"model": list(SMALL), "n_params": 1}),
        "variance": st.variance(),
        **opinions(encoding[keys].drop_duplicates(ignore_index=True)),
    }


def opinions(layers):
    """Tables of second opinions on the layers of a study."""
    return {
        "agreement": layers.assign(method="encoding", rank=layers["layer_index"] + 1.0),
        "spectra": layers.assign(power_leading_chance=0.2),
        "stability": layers.assign(best_share=layers["layer_index"].eq(0).astype(float)),
        "recovery_summary": pd.DataFrame(
            {"exact": [0.5], "within_one": [0.9], "model_best": [1.0], "sure_right": [np.nan]}
        ),
    }


def changed(table, column, value, row=0):
    """A good study but for one value."""
    tables = good()
    if column not in tables[table]:
        tables[table][column] = np.nan
    if isinstance(value, float):
        tables[table][column] = tables[table][column].astype(float)
    tables[table].loc[row, column] = value
    return tables


def without(table, **keys):
    """A good study but for the rows of these keys."""
    tables = good()
    rows = tables[table]
    chosen = np.logical_and.reduce([rows[key] == value for key, value in keys.items()])
    tables[table] = rows[~chosen].reset_index(drop=True)
    assert chosen.any()
    return tables


def explained(r2):
    """A good study but for the variance that all sets explain."""
    tables = good()
    tables["variance"]["r2"] = r2
    return tables


BROKEN = {
    "a score above one": (
        checks.correlations_are_correlations,
        lambda: changed("encoding", "r", 1.001),
    ),
    "a similarity below minus one": (
        checks.correlations_are_correlations,
        lambda: changed("rsa", "similarity", -1.001),
    ),
    "a score that is missing": (
        checks.correlations_are_correlations,
        lambda: changed("encoding", "r", np.nan),
    ),
    "a score of no neuroid": (
        checks.rows_without_scores_have_none,
        lambda: changed("encoding", "n_scored", 0),
    ),
    "an interval of scores upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("encoding", "r_ci_low", 0.99),
    ),
    "an interval of the distance to the best upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("encoding", "r_below_best_ci_low", 0.99),
    ),
    "an interval of similarities upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("rsa", "ci_high", -0.99),
    ),
    "an interval of depths upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("correspondence", "depth_ci_low", 1.5),
    ),
    "an interval of peaks upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("latency", "peak_ci_high", -500.0),
    ),
    "an interval of rho upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("hierarchy", "ci_low", 1.1),
    ),
    "a difference that is not one": (
        checks.differences_are_those_of_similarities,
        lambda: changed("rsa_pairs", "difference", 0.5),
    ),
    "a pair of layers that is missing": (
        checks.differences_are_those_of_similarities,
        lambda: without("rsa_pairs", model="net", area="IT", layer_a="a", layer_b="c"),
    ),
    "a p of zero": (checks.p_values_are_probabilities, lambda: changed("rsa", "p", 0.0)),
    "a p over time of zero": (
        checks.p_values_are_probabilities,
        lambda: changed("timecourse", "p", 0.0),
    ),
    "a p of the hierarchy above one": (
        checks.p_values_are_probabilities,
        lambda: changed("hierarchy", "p", 1.01),
    ),
    "a p of beating the twin of zero": (
        checks.p_values_are_probabilities,
        lambda: changed("correspondence", "beats_untrained_p", 0.0),
    ),
    "a corrected p below the uncorrected": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_fdr", 0.0005),
    ),
    "a p over subjects of zero": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_subjects", 0.0),
    ),
    "a corrected p over subjects below the uncorrected": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_subjects_fdr", 0.0005),
    ),
    "a corrected p over subjects above one": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_subjects_fdr", 1.5),
    ),
    "a corrected p missing": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_subjects_fdr", np.nan),
    ),
    "a p of being as good as the best of zero": (
        checks.p_values_are_probabilities,
        lambda: changed("rsa", "p_below_best", 0.0, row=1),
    ),
    "a p of beating the next above one": (
        checks.p_values_are_probabilities,
        lambda: changed("correspondence", "beats_next_p", 1.5),
    ),
    "the first layer missing": (
        checks.no_layer_is_missing,
        lambda: without("encoding", model="net", area="V4", layer="a"),
    ),
    "a layer in the middle missing": (
        checks.no_layer_is_missing,
        lambda: without("rsa", model="net", area="IT", layer="b"),
    ),
    "the last layer missing in an area": (
        checks.no_layer_is_missing,
        lambda: without("encoding", model="net", area="V4", layer="c"),
    ),
    "the last layer missing in all areas of one table": (
        checks.no_layer_is_missing,
        lambda: without("rsa", model="net", layer="c"),
    ),
    "a layer twice": (
        checks.no_layer_is_missing,
        lambda: changed("encoding", "layer_index", 0, row=1),
    ),
    "probabilities that sum to less": (
        checks.probabilities_sum_to_one,
        lambda: changed("encoding", "p_best", 0.0),
    ),
    "probabilities that sum to more": (
        checks.probabilities_sum_to_one,
        lambda: changed("rsa", "p_best", 2.0),
    ),
    "a score of a match that is not the highest": (
        checks.best_layers_are_best,
        lambda: changed("correspondence", "score", 0.1),
    ),
    "a layer better than the best": (
        checks.best_layers_are_best,
        lambda: changed("rsa", "similarity", 0.9, row=2),
    ),
    "a match of scores that are not there": (
        checks.best_layers_are_best,
        lambda: without("encoding", model="net", area="V4"),
    ),
    "an alignment above one": (
        checks.correlations_are_correlations,
        lambda: changed("cka", "cka", 1.1),
    ),
    "a combination that is more than like": (
        checks.correlations_are_correlations,
        lambda: changed("rsa_fitted", "fitted", 1.1),
    ),
    "the alignment of a layer missing": (
        checks.no_layer_is_missing,
        lambda: without("cka", model="net", area="V4", layer="b"),
    ),
    "a negative weight": (
        checks.weights_are_not_negative,
        lambda: changed("rsa_weights", "weight", -0.1),
    ),
    "no layer chosen": (
        checks.weights_are_not_negative,
        lambda: changed("rsa_weights", "chosen", 0.0),
    ),
    "a similarity over time above one": (
        checks.correlations_are_correlations,
        lambda: changed("fusion", "similarity", 1.2),
    ),
    "a p of a latency's order above one": (
        checks.p_values_are_probabilities,
        lambda: changed("latency_hierarchy", "p", 1.5),
    ),
    "an onset that is not significant": (
        checks.onsets_are_significant,
        lambda: changed("latency", "onset_ms", -100.0),
    ),
    "a time that is significant with a high p": (
        checks.onsets_are_significant,
        lambda: changed("timecourse", "significant", True),
    ),
    "a time of a fusion that is significant with a high p": (
        checks.onsets_are_significant,
        lambda: changed("fusion", "significant", True),
    ),
    "a layer that explains more than there is": (
        checks.no_layer_explains_more_than_there_is,
        lambda: changed("commonality", "commonality", 0.9),
    ),
    "ceilings upside down": (
        checks.ceilings_are_ordered,
        lambda: changed("rsa", "ceiling_low", 0.5),
    ),
    "more than all variance": (
        checks.variances_are_shares,
        lambda: explained(1.01),
    ),
    "two values for the variance that one set explains": (
        checks.variances_are_shares,
        lambda: changed("variance", "shared", 0.11),
    ),
    "an interval of variance upside down": (
        checks.intervals_hold_what_they_bound,
        lambda: changed("variance", "unique_ci_low", 0.9),
    ),
    "a rank given twice": (
        opinion_checks.ranks_are_those_of_all_layers,
        lambda: changed("agreement", "rank", 2.0),
    ),
    "a rate of recovery above one": (
        opinion_checks.shares_are_shares,
        lambda: changed("recovery_summary", "model_best", 1.1),
    ),
    "a layer found more often than it or its neighbours": (
        opinion_checks.no_layer_is_found_more_often_than_its_neighbourhood,
        lambda: changed("recovery_summary", "exact", 0.95),
    ),
    "a layer without a spectrum": (
        checks.no_layer_is_missing,
        lambda: without("spectra", area="V4", layer="b", model="net"),
    ),
    "a layer of a set missing": (
        checks.sets_are_whole,
        lambda: without("variance", area="V4", layer="pixels:pixels"),
    ),
}


def test_a_good_study_passes_and_says_what_was_checked():
    sentences = checks.run(good())
    assert len(sentences) == len(checks.CHECKS) == 17
    assert "Every score is a number between -1 and 1." in sentences


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_refused(name):
    check, make = BROKEN[name]
    tables = make()
    assert check(good())
    assert not check(tables)
    sentence = " ".join(check.__doc__.split())
    with pytest.raises(InputError, match=re.escape(sentence)) as refusal:
        checks.run(tables)
    assert str(refusal.value).startswith("results contradict themselves, do not use them")
    assert "\n" not in str(refusal.value)


def test_every_check_can_fail():
    assert {check for check, _ in BROKEN.values()} == set(checks.CHECKS)


def test_all_that_is_broken_is_named():
    tables = changed("rsa", "p", 0.0)
    tables["encoding"].loc[0, "r"] = 2
    with pytest.raises(InputError, match=r"between -1 and 1\.; No p-value is zero"):
        checks.run(tables)


@pytest.mark.parametrize(
    "names",
    [
        ("encoding", "correspondence", "hierarchy", "models"),
        ("rsa", "correspondence", "hierarchy", "models"),
        ("timecourse", "latency", "correspondence", "hierarchy", "models"),
    ],
    ids=["responses alone", "RDMs alone", "time course alone"],
)
def test_a_study_without_the_other_methods_passes(names):
    tables = {name: table for name, table in good().items() if name in names}
    found = tables["correspondence"]
    tables["correspondence"] = found[found["method"].isin(names)]
    assert len(checks.run(tables)) == 17


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("encoding", "r_ci_low"),
        ("rsa", "ceiling_low"),
        ("latency", "onset_ci_low"),
        ("correspondence", "beats_untrained_p"),
        ("cka", "cka"),
        ("rsa_fitted", "single"),
        ("hierarchy", "rho"),
    ],
)
def test_what_may_be_unknown_may_be_missing(table, column):
    not_the_best = int(table == "cka")  # whose score stands in the table of correspondences
    assert checks.run(changed(table, column, np.nan, row=not_the_best))


def unscored():
    """A good study but for an area of one generalisation in which no neuroid has a score."""
    tables = good()
    every = tables["encoding"]
    nothing = every.assign(generalisation="category", n_scored=0)
    empty = [name for name in every if name.startswith(("r", "ev_", "p_best"))]
    nothing = nothing.assign(**dict.fromkeys(empty, np.nan))
    tables["encoding"] = pd.concat([every, nothing], ignore_index=True)
    return tables


def test_rows_without_a_score_may_be_empty_and_others_may_not():
    assert checks.run(unscored())
    tables = unscored()
    tables["encoding"]["n_scored"] = 1
    for check in (checks.correlations_are_correlations, checks.probabilities_sum_to_one):
        assert check(unscored())
        assert not check(tables)


def test_variance_may_be_unknown():
    tables = good()
    table = tables["variance"]
    numbers = table.columns[table.columns.get_loc("r") :]
    table.loc[table["area"] == "V4", numbers] = np.nan
    assert checks.variances_are_shares(tables)
    table.loc[table["area"] == "V4", "r2"] = 1.5
    assert not checks.variances_are_shares(tables)


def test_a_perfect_score_may_be_rounded_up():
    tables = changed("rsa", "similarity", np.nextafter(1, 2))
    tables["correspondence"].loc[tables["correspondence"]["method"] == "rsa", "score"] = 1
    assert checks.correlations_are_correlations(tables)


def test_generalisations_are_checked_one_by_one():
    tables = good()
    images = tables["encoding"]
    worse = images.assign(generalisation="category", r=images["r"] - 0.1)
    both = {**tables, "encoding": pd.concat([images, worse], ignore_index=True)}
    assert checks.run(both)
    lacking = {**tables, "encoding": pd.concat([images, worse[1:]], ignore_index=True)}
    with pytest.raises(InputError, match="every layer"):
        checks.run(lacking)


def test_p_values_may_be_unknown_together():
    tables = changed("rsa", "p_subjects", np.nan)
    tables["rsa"].loc[0, "p_subjects_fdr"] = np.nan
    assert checks.p_values_are_probabilities(tables)


def test_the_ceilings_of_subjects_who_agree_may_differ_by_rounding():
    assert checks.ceilings_are_ordered(changed("rsa", "ceiling_high", np.nextafter(0.36, 0)))


def test_an_area_without_resamples_has_no_probabilities():
    tables = good()
    first = tables["rsa"]["area"] == "EVC"
    tables["rsa"].loc[first, "p_best"] = np.nan
    assert checks.probabilities_sum_to_one(tables)
    tables["rsa"].loc[0, "p_best"] = 0.5
    assert not checks.probabilities_sum_to_one(tables)
