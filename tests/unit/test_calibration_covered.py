"""Every p-value, interval and probability of every table has a simulation, or a reason for none."""

from pathlib import Path

import pandas as pd
import pytest
import study_tables as st
import test_calibration_encoding
import test_calibration_rsa
import yaml
from test_columns import tables

from ventralmap import agreement, columns
from ventralmap.calibration import covered, experiments, rates
from ventralmap.comparison import leaderboard, pairs
from ventralmap.recovery import analysis

CONFIG = Path(__file__).parents[2] / "config/calibration.yaml"
EITHER = [*covered.CLAIMS, *covered.REASONS]
ENCODING = st.encoding()
FUSION, COMMONALITY = st.fusions()
OWN = {
    "compare": pairs.COLUMNS,
    "leaderboard": leaderboard.COLUMNS,
    "explained": ["ev_ceiled_ci_low", "ev_ceiled_ci_high"],
    "agreement": agreement.COLUMNS,
    "cka": st.cka(ENCODING),
    "fusion": FUSION,
    "commonality": COMMONALITY,
    "latency_hierarchy": st.latency_hierarchy(),
    "recovery": analysis.COLUMNS,
}
"""Columns of further tables."""


def listed(table):
    return {**covered.CLAIMS.get(table, {}), **covered.REASONS.get(table, {})}


@pytest.mark.parametrize(
    ("column", "says"),
    [("p", True), ("p_fdr", True), ("beats_next_p", True), ("p_best", True), ("ci_low", True),
     ("onset_ci_high", True), ("within_one_low", True), ("significant", True), ("p_holm", True),
     ("n_pairs", False), ("ceiling_low", False), ("depth", False), ("peak_ms", False)],
)  # fmt: skip
def test_columns_that_say_how_sure_one_can_be_are_told_by_their_names(column, says):
    assert covered.says_how_sure(column) == says


@pytest.mark.parametrize("name", [*tables(), *OWN])
def test_no_such_column_of_a_table_is_left_out(name):
    assert covered.missing(name, list(OWN.get(name, tables().get(name, ())))) == []


def test_no_such_column_that_is_described_is_left_out():
    everywhere = {column for table in EITHER for column in listed(table)}
    for name in columns.COLUMNS:
        table, _, column = name.rpartition(".")
        if covered.says_how_sure(column) and table:
            assert covered.missing(table, [column]) == [], name
        elif covered.says_how_sure(column):
            assert covered.one_name(column) in everywhere, name


def test_a_column_that_is_listed_nowhere_is_named():
    assert covered.missing("rsa", ["p", "new_p", "layer"]) == ["new_p"]
    assert covered.missing("new", ["ci_low"]) == ["ci_low"]


def test_what_is_listed_is_a_column_of_its_table():
    ends = ("", "_low", "_high")
    for table in EITHER:
        for column in listed(table):
            known = OWN.get(table, ())
            told = [f"{column}{end}" for end in ends]
            assert any(name in known or columns.about(table, name)[1] for name in told), column


def test_every_claim_that_is_listed_is_made_by_an_experiment_that_is_run():
    made = test_calibration_rsa.SETTINGS | test_calibration_encoding.SETTINGS
    assert set(made) == set(experiments.EXPERIMENTS)
    claims = set().union(*(claims for _, claims in made.values()))
    for table, of_table in covered.CLAIMS.items():
        for column, names in of_table.items():
            assert set(names) <= claims, (table, column)


def test_every_experiment_is_in_the_calibration():
    assert set(yaml.safe_load(CONFIG.read_text())["experiments"]) == set(experiments.EXPERIMENTS)


def test_the_page_says_of_each_column_what_came_out():
    found = pd.DataFrame(
        [("rsa_pairs.csv p: two", rates.HOLDS, 9), ("rsa_pairs.csv p: two", rates.FAILS, 9),
         ("rsa_pairs.csv p_family: any", rates.HOLDS, 9), ("cka.csv ci: x", rates.HOLDS, 0)],
        columns=["claim", "verdict", "n"],
    )  # fmt: skip
    text = covered.section(found)
    assert "| rsa_pairs | p | 1 holds, 1 fails |" in text
    assert "| rsa_pairs | p_family | 1 holds |" in text
    assert "| cka | ci | not in this run |" in text
    assert "| recovery_summary | within_one | no: exact" in text
