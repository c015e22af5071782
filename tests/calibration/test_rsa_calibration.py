"""A small part of the calibration of RSA, CKA and of time courses, which fails when a rate is off.

The studies are the same every time. A rate may be as far from its target as no more than one in
a thousand calibrations of so many studies would be (exact binomial).
"""

from functools import cache

import pandas as pd
import pytest
from scipy.stats import binom

from ventralmap.calibration import experiments, outcomes, rates

RARE = 0.0005
CELLS = {
    "rsa_unrelated": ({"stimuli": 30, "subjects": 8, "noise": "high"}, 120),
    "rsa_unrelated_people": ({"stimuli": 30, "subjects": 8}, 120),
    "rsa_equal_layers": ({"stimuli": 30, "subjects": 8, "noise": "high", "layers": 4}, 80),
    "rsa_no_hierarchy": (
        {"stimuli": 30, "subjects": 8, "noise": "high", "areas": 2, "same": False}, 40,
    ),
    "time_unrelated_layers": (
        {"stimuli": 20, "subjects": 8, "noise": "low", "evoked": "same"}, 100,
    ),
    "time_latencies": ({"stimuli": 20, "subjects": 8, "noise": "high", "later": False}, 80),
    "rsa_pairs": ({"stimuli": 20, "subjects": 4, "noise": "high"}, 40),
    "cka_equal": ({"stimuli": 40, "subjects": 1, "neuroids": 20, "noise": "high"}, 60),
}  # fmt: skip
"""Setting and number of studies."""
OTHER_STIMULI = "(other stimuli)"
KNOWN = ("p_subjects",)
"""Columns that are about the same stimuli alone, and fail where others are meant."""


@cache
def rows(name: str) -> pd.DataFrame:
    setting, n = CELLS[name]
    return experiments.repeat(name, setting, range(n), seed=1)


def judged(name: str, kind: str) -> dict[str, pd.DataFrame]:
    """Outcomes of a kind by claim, without those that are known not to hold."""
    found = rows(name)[rows(name)["kind"] == kind]
    return {
        str(claim): part
        for claim, part in found.groupby("claim")
        if not (OTHER_STIMULI in str(claim) and str(claim).split()[1].startswith(KNOWN))
    }


@pytest.mark.parametrize("name", CELLS)
def test_false_positives_are_no_more_than_chance_makes_of_five_percent(name):
    by_claim = judged(name, outcomes.NULL)
    assert by_claim
    for claim, part in by_claim.items():
        known = part["value"].dropna()
        most = binom.isf(RARE, len(known), rates.TARGETS[outcomes.NULL][1])
        assert (known < 0.05).sum() <= most, claim


@pytest.mark.parametrize(
    "claim",
    ["rsa.csv p: layer unrelated", "rsa.csv p: subjects share nothing",
     "rsa.csv p_subjects: subjects share nothing"],
)  # fmt: skip
def test_exact_tests_find_as_much_as_they_may(claim):
    found = pd.concat([rows("rsa_unrelated"), rows("rsa_unrelated_people")])
    p = found.loc[found["claim"] == claim, "value"].dropna()
    assert len(p) == 120
    assert (p < 0.05).sum() >= binom.ppf(RARE, len(p), rates.TARGETS[outcomes.NULL][0])
    assert 0.3 < p.median() < 0.7


@pytest.mark.parametrize("claim", ["rsa.csv ci", "rsa.csv below_best_ci (all)"])
def test_intervals_hold_the_truth_as_often_as_they_say(claim):
    found = judged("rsa_equal_layers", outcomes.COVERAGE)
    (part,) = (part for name, part in found.items() if name.split(":")[0] == claim)
    truth = part["truth"].fillna(part["value"].mean())
    held = ((part["low"] <= truth) & (truth <= part["high"])).sum()
    assert held >= binom.ppf(RARE, len(part), rates.TARGETS[outcomes.COVERAGE][0])


def test_the_best_of_equal_layers_is_scored_too_well_and_less_so_on_held_out_stimuli():
    found = judged("rsa_equal_layers", outcomes.BIAS)
    bias = {
        claim.split()[1].rstrip(":"): (part["value"] - part["truth"]).mean()
        for claim, part in found.items()
    }
    assert bias["score"] > 0.02
    assert bias["score_nested"] < bias["score"]


def test_a_pattern_that_all_subjects_share_resembles_layers_by_chance():
    """Why p is not that of subjects alone."""
    found = rows("time_unrelated_layers")
    claims = found["claim"].str.split(":").str[0]
    share = (found["value"] < 0.05).groupby(claims).mean()
    assert share["timecourse.csv p_subjects"] > 0.1 > share["timecourse.csv p"]
