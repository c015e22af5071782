"""Simulated studies are divided, repeated, counted and written down as they should be."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from ventralmap.calibration import cell_words, cells, collect, experiments, figures, page, rates
from ventralmap.calibration import outcomes as out
from ventralmap.errors import InputError

CELL = {"stimuli": 12, "subjects": 2, "noise": "low"}


def table(*found):
    return pd.DataFrame([{"simulation": i, **outcome} for i, outcome in enumerate(found)])


def test_a_grid_is_all_combinations_of_its_levels_and_each_cell_is_there_once():
    grids = {"a": [{"x": [1, 2], "y": [3, 4]}, {"x": 1, "y": 3, "simulations": 7}]}
    found = cells.cells(grids, 100)
    assert [cell.name for cell in found] == ["x=1,y=3", "x=1,y=4", "x=2,y=3", "x=2,y=4"]
    assert {cell.n for cell in found} == {100}


def test_a_grid_may_have_a_number_of_simulations_of_its_own():
    assert cells.cells({"a": [{"x": 1, "simulations": 7}]}, 100)[0].n == 7


def test_chunks_hold_every_study_once():
    parts = cells.chunks(25, 10)
    assert [len(part) for part in parts] == [10, 10, 5]
    assert sorted(i for part in parts for i in part) == list(range(25))


def test_a_grid_may_have_parts_of_its_own():
    found = cells.cells({"a": [{"x": 1, "chunk": 7}, {"x": 2}]}, 100, 30)
    assert [(cell.name, cell.chunk) for cell in found] == [("x=1", 7), ("x=2", 30)]


def test_studies_that_are_done_are_in_no_chunk_and_chunks_stay_where_they_were():
    found = cells.chunks(40, 10, {0, 1, 14, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 70})
    assert found == [range(2, 10), range(10, 14), range(15, 20), range(30, 40)]
    assert cells.chunks(3, 10, range(5)) == []


def test_an_unknown_experiment_is_named():
    with pytest.raises(InputError, match=r"no experiment 'rsa_unrelatd'.*rsa_unrelated"):
        experiments.find("rsa_unrelatd")


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_every_experiment_can_be_found(name):
    assert callable(experiments.find(name))
    assert experiments.path(name).endswith(".py")


def test_studies_are_the_same_in_whatever_parts_they_are_run():
    whole = experiments.repeat("rsa_unrelated", CELL, range(4), seed=1)
    parts = [experiments.repeat("rsa_unrelated", CELL, part, 1) for part in ([2, 3], [0, 1])]
    again = pd.concat(parts).sort_values("simulation", kind="stable")
    pd.testing.assert_frame_equal(whole, again.reset_index(drop=True))


def test_studies_of_one_cell_differ():
    found = experiments.repeat("rsa_unrelated", CELL, range(3), seed=1)
    assert found.groupby("claim")["value"].nunique().max() > 1


@pytest.mark.parametrize(("found", "n"), [(0, 10), (3, 40), (50, 1000), (7, 7)])
def test_the_interval_of_a_rate_is_scipys(found, n):
    expected = binomtest(found, n).proportion_ci(method="exact")
    assert rates.monte_carlo_interval(found, n) == pytest.approx((expected.low, expected.high))


def test_p_values_below_the_levels_are_counted_and_missing_ones_are_not():
    p = [0.001, 0.04, 0.2, 0.9, np.nan]
    row = rates.summarise(table(*(out.null_p("a", value) for value in p))).iloc[0]
    assert (row["n"], row["n_missing"], row["rate"], row["rate_01"]) == (4, 1, 0.5, 0.25)


def test_an_interval_holds_the_truth_or_else_the_mean_of_the_estimates():
    given = [out.interval("a", 0.0, -1, 1, truth=2.0), out.interval("a", 0.0, 1, 3, truth=2.0)]
    assert rates.summarise(table(*given)).iloc[0]["rate"] == 0.5
    unknown = [out.interval("a", 0.0, -1, 0.5), out.interval("a", 2.0, 0.9, 3)]
    assert rates.summarise(table(*unknown)).iloc[0]["rate"] == 0.5  # their mean is 1


def test_a_bias_is_the_mean_error():
    row = rates.summarise(table(*(out.estimate("a", v, truth=1.0) for v in (1.1, 1.3)))).iloc[0]
    assert row["bias"] == pytest.approx(0.2)
    assert row["bias_low"] < 0.2 < row["bias_high"]


def test_of_a_family_the_smallest_p_counts():
    assert out.family_wise("a", [0.5, np.nan, 0.02])["value"] == 0.02
    assert np.isnan(out.family_wise("a", [np.nan])["value"])


def test_wrong_discoveries_are_a_share_of_all():
    found = out.false_discoveries("a", [0.01, 0.01, 0.01, 0.5], [True, False, False, True])
    assert found["value"] == pytest.approx(1 / 3)
    assert out.false_discoveries("a", [0.5], [True])["value"] == 0


@pytest.mark.parametrize(
    ("kind", "rate", "word"),
    [
        (out.NULL, 0.05, rates.HOLDS),
        (out.NULL, 0.09, rates.FAILS),
        (out.NULL, 0.01, rates.CAREFUL),
        (out.COVERAGE, 0.95, rates.HOLDS),
        (out.COVERAGE, 0.89, rates.FAILS),
        (out.COVERAGE, 0.999, rates.CAREFUL),
    ],
)
def test_a_rate_out_of_its_target_fails_or_errs_on_the_safe_side(kind, rate, word):
    assert rates.verdict(rate, rate - 0.01, rate + 0.01, kind) == word


def test_a_rate_that_few_studies_put_out_of_its_target_is_undecided():
    assert rates.verdict(0.09, 0.04, 0.16, out.NULL) == rates.UNSURE
    assert rates.verdict(0.90, 0.85, 0.94, out.COVERAGE) == rates.UNSURE


def test_probabilities_are_compared_bin_by_bin():
    given = [(0.9, True), (0.9, True), (0.85, False), (0.1, False)]
    curve = rates.reliability_curve(table(*(out.probability("a", p, so) for p, so in given)))
    assert curve["n"].tolist() == [1, 3]
    assert curve["right"].tolist() == pytest.approx([0, 2 / 3])
    assert curve["given"].tolist() == pytest.approx([0.1, 2.65 / 3])


def given(*of):
    """Summarise probabilities: of each, how often it was given and how often right."""
    found = [out.probability("a", p, i < right) for p, n, right in of for i in range(n)]
    return rates.summarise(table(*found)).iloc[0]


@pytest.mark.parametrize(
    ("of", "word"),
    [
        ([(0.9, 100, 90), (0.5, 100, 50)], rates.HOLDS),
        ([(0.9, 100, 60), (0.5, 100, 80)], rates.FAILS),  # right on average, but not where sure
        ([(0.9, 100, 100), (0.5, 100, 90)], rates.CAREFUL),
        ([(0.5, 100, 20)], rates.FAILS),
        ([(0.9, 10, 8)], rates.UNSURE),
    ],
)
def test_a_probability_holds_where_it_is_right_as_often_as_it_says(of, word):
    assert given(*of)["verdict"] == word


def test_probabilities_of_eighty_percent_or_more_are_counted_apart():
    row = given((0.9, 10, 8), (0.5, 10, 5))
    assert (row["rate"], row["mean"], row["n_sure"]) == (0.65, pytest.approx(0.7), 10)
    assert (row["sure_rate"], row["sure_mean"]) == (0.8, pytest.approx(0.9))
    expected = binomtest(8, 10).proportion_ci(method="exact")
    assert row["sure_rate_low"] == pytest.approx(expected.low)


def test_the_page_names_a_probability_that_is_too_sure():
    found = given((0.9, 100, 60)).to_frame().T.assign(cell="stimuli=9", experiment="e")
    text = page.shortfalls(found)
    assert "**a** (probabilities): 60.0 % right of those given 0.90 on average with 9" in text


@pytest.mark.parametrize(("n_held", "named"), [(90, True), (99, False)])
def test_the_page_names_what_may_claim_too_much(n_held, named):
    intervals = [
        out.interval("t.csv ci", 0.0, -1, 1, truth=0.5 if i < n_held else 2) for i in range(100)
    ]
    found = rates.summarise(table(*intervals)).assign(cell="stimuli=9", experiment="e")
    assert list(found["verdict"]) == [rates.UNSURE]
    text = page.shortfalls(found)
    assert ("90.0 % of 100 with 9 stimuli" in text.partition(page.MAY_NOT_HOLD)[2]) == named


@pytest.fixture
def outcome_files(tmp_path):
    """Files of one cell with one claim of each kind; p-values are all too small."""
    rows = [
        out.null_p("t.csv p: nothing there", 0.001),
        out.interval("t.csv ci", 0.0, -1, 1, truth=0.5),
        out.estimate("t.csv ceiling", 1.0, truth=0.5),
        out.probability("t.csv p_best", 0.8, is_so=True),
        out.power_p("t.csv p: something there", 0.01),
        out.false_discoveries("t.csv p_fdr", [0.5], [True]),
    ]
    paths = [tmp_path / "exp" / "stimuli=9,noise=low" / f"{i}-{i + 15}.csv" for i in (0, 15)]
    for i, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        studies = np.repeat(np.arange(15) + 15 * i, len(rows))
        table(*rows * 15).assign(simulation=studies).to_csv(path, index=False)
    return [str(path) for path in paths]


def test_the_outcomes_of_a_cell_are_read_together(outcome_files):
    found, curves = collect.tables(outcome_files)
    assert set(found["n"]) == {30}
    assert set(found["cell"]) == {"stimuli=9,noise=low"}
    assert curves[["experiment", "claim", "n"]].values.tolist() == [["exp", "t.csv p_best", 30]]


def test_the_page_names_what_does_not_hold(outcome_files, tmp_path):
    target = tmp_path / "docs" / "page.md"
    page.write(*collect.tables(outcome_files), target)
    text = target.read_text()
    failed = text.split("## What does not hold")[1].split("##")[0]
    assert "**t.csv p: nothing there**" in failed
    assert "100.0 % of 30 with 9 stimuli, low noise" in failed
    assert "t.csv ci" not in failed
    assert all(f"## {title}" in text for title in page.TITLES.values())
    pictures = sorted(path.name for path in (tmp_path / "docs" / "page").iterdir())
    assert pictures == ["coverage.png", "false_positives.png", "probabilities.png"]


def test_a_figure_has_a_row_per_claim(outcome_files):
    found, _ = collect.tables(outcome_files)
    axes = figures.draw_rates(found, out.COVERAGE).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["t.csv ci"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("stimuli=92,subjects=1", "92 stimuli, 1 subject"),
        ("areas=3,same=False", "3 areas, not same"),
        ("same=True,noise=high", "same, high noise"),
        ("same_categories=6", "6 same categories"),
    ],
)
def test_sizes_are_put_into_words(cell, expected):
    assert cell_words.words(cell) == expected


def test_a_size_may_be_left_out_of_the_words():
    assert cell_words.words("stimuli=92,more=0.5", leave_out="more") == "92 stimuli"


def test_the_page_says_how_to_read_what_it_has_and_no_more():
    found = pd.DataFrame({"claim": ["rsa.csv p_subjects: layer unrelated", "rsa.csv p: other"]})
    (text,) = page.notes(found)
    assert "signs of subjects" in text
    assert "score_nested" not in text
    assert page.notes(found[1:]) == []
