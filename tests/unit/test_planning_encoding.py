"""How large a study must be."""

import doctest

import numpy as np
import pandas as pd
import pytest

from ventralmap import planning_encoding
from ventralmap.errors import InputError
from ventralmap.planning_encoding import Plan


def test_repeats_take_noise_away_as_spearman_and_brown_say():
    plan = Plan(100, 30, repeats=4, reliability=0.2)
    reliability = 1 / (1 + plan.noise**2)
    assert reliability == pytest.approx(4 * 0.2 / (1 + 3 * 0.2))


def test_the_smallest_difference_lies_between_levels():
    table = pd.DataFrame({"difference": [0, 0.1, 0.2], "power": [0.05, 0.6, 1.0]})
    assert planning_encoding.smallest_difference(table) == pytest.approx(0.15)
    assert planning_encoding.smallest_difference(table, 0.6) == pytest.approx(0.1)
    assert np.isnan(planning_encoding.smallest_difference(table[:2]))


def test_a_large_difference_is_found_and_none_is_not():
    plan = Plan(stimuli=60, neuroids=20, reliability=0.7)
    table = planning_encoding.power(plan, (0.0, 3.0), studies=8)
    assert table["more"].tolist() == [0, 3]
    assert table["power"][1] > 0.8 > 0.4 > table["power"][0]
    assert table["difference"][1] > 0.1 > abs(table["difference"][0])


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(100, 30, reliability=1.0), "reliability must be between 0 and 1, not 1.0"),
        (Plan(100, 3, subjects=4), "at least one of each subject"),
        (Plan(10, 30), "15 stimuli or more, not 10"),
    ],
)
def test_what_cannot_be_simulated_is_said(plan, said):
    with pytest.raises(InputError, match=said):
        planning_encoding.power(plan)


def test_the_example_of_the_documentation_gives_what_it_says():
    failed, tried = doctest.testmod(planning_encoding)
    assert tried == 4
    assert failed == 0
