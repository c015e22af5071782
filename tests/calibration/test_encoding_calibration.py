"""A small, seeded part of the calibration of encoding: fails when a rate leaves its interval."""

import pytest
from scipy.stats import binom

from ventralmap.calibration import experiments, outcomes, rates

N = 60
SIZES = {"stimuli": 92, "subjects": 1, "neuroids": 20, "noise": "high"}


@pytest.fixture(scope="module")
def found():
    """Counts of each claim of a cell in which layers are equally good."""
    rows = experiments.repeat("encoding_equal", SIZES, range(N), seed=0)
    return rates.summarise(rows).set_index("claim")


def highest(level):
    """Share of N studies that a rate of at most `level` exceeds once in a thousand."""
    return binom.ppf(0.999, N, level) / N


def test_equal_layers_and_twins_are_told_apart_in_five_percent_at_most(found):
    nulls = found[found["kind"] == outcomes.NULL]
    assert len(nulls) == 3
    assert (nulls["n"] == N).all()
    assert (nulls["rate"] <= highest(0.05)).all()
    assert (nulls["rate_01"] <= highest(0.01)).all()


def test_intervals_hold_the_score_of_new_studies(found):
    intervals = found[found["kind"] == outcomes.COVERAGE]
    assert len(intervals) == 2
    assert (1 - intervals["rate"] <= highest(0.05)).all()


def test_a_layer_that_is_better_is_found():
    sizes = SIZES | {"noise": "low", "neuroids": 30, "more": 1.5}
    rows = experiments.repeat("encoding_unequal", sizes, range(15), seed=0)
    rate = rates.summarise(rows).set_index("kind").loc[outcomes.POWER, "rate"]
    assert rate >= 0.6
