"""The experiments on RSA and on time run, repeat, and list the claims that they are about."""

import numpy as np
import pytest

from ventralmap.calibration import experiments, outcomes, rsa_made, time_made

SMALL = {"stimuli": 9, "subjects": 6}
NOISY = SMALL | {"noise": "high"}
SETTINGS = {
    "rsa_unrelated": (NOISY | {"categories": 3}, {"rsa.csv p", "rsa.csv p_fdr"}),
    "rsa_unrelated_people": (
        SMALL, {"rsa.csv p", "rsa.csv p_subjects", "rsa.csv p_subjects_fdr"},
    ),
    "rsa_equal_layers": (
        NOISY | {"layers": 2, "same_categories": 3},
        {"rsa.csv ci", "rsa.csv below_ceiling_ci", "rsa.csv p_below_best (any)",
         "rsa.csv below_best_ci (all)", "correspondence.csv beats_next_p",
         "correspondence.csv score", "correspondence.csv score_nested",
         "correspondence.csv beats_untrained_p"},
    ),
    "rsa_unequal_layers": (
        NOISY | {"layers": 3}, {"correspondence.csv p_best", "correspondence.csv depth_ci"},
    ),
    "rsa_no_hierarchy": (NOISY | {"areas": 2, "same": True}, {"hierarchy.csv p (rsa)"}),
    "rsa_hierarchy": (NOISY | {"areas": 2}, {"hierarchy.csv p (rsa)", "hierarchy.csv ci (rsa)"}),
    "rsa_difference": (NOISY | {"advantage": 0.5}, {"correspondence.csv beats_next_p"}),
    "time_unrelated_layers": (
        NOISY | {"evoked": "own"},
        {"timecourse.csv p", "timecourse.csv p_subjects", "timecourse.csv p_stimuli"},
    ),
    "time_unrelated_area": (
        NOISY,
        {"fusion.csv p", "fusion.csv p_subjects", "fusion.csv p_stimuli", "commonality.csv ci"},
    ),
    "time_latencies": (
        NOISY | {"later": True},
        {"timecourse.csv ci", "latency.csv onset_ci", "latency.csv peak_ci",
         "latency_hierarchy.csv p (peak)", "latency_hierarchy.csv p (onset)"},
    ),
    "time_fused": (NOISY, {"fusion.csv ci", "fusion.csv p"}),
    "time_order": (
        NOISY | {"later": True},
        {"latency_hierarchy.csv ci (peak)", "latency_hierarchy.csv ci (onset)"},
    ),
    "rsa_pairs": (
        NOISY,
        {"rsa_pairs.csv p", "rsa_pairs.csv ci", "rsa_pairs.csv p_family", "rsa_pairs.csv p_fdr"},
    ),
    "rsa_same_stimuli": (NOISY | {"subjects": 3}, {"rsa.csv subjects_ci"}),
    "rsa_ranks": (NOISY, {"agreement.csv rank_ci of rsa"}),
    "rsa_one_of_many": (
        {"stimuli": 9, "noise": "high", "layers": 3}, {"correspondence.csv p_best"},
    ),
    "rsa_many_areas": (
        NOISY | {"subjects": 3, "areas": 2},
        {"correspondence.csv beats_next_p_fdr", "correspondence.csv beats_untrained_p_fdr"},
    ),
}  # fmt: skip


def said(found):
    """Claims of outcomes, each up to its colon."""
    return {outcome["claim"].split(":")[0] for outcome in found}


def test_all_experiments_on_rsa_and_time_are_looked_at():
    own = {name for name in experiments.EXPERIMENTS if name.startswith(("rsa_", "time_"))}
    assert own == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_an_experiment_lists_its_claims_and_repeats(name):
    setting, claims = SETTINGS[name]
    found = experiments.find(name)(3, **setting)
    assert claims <= said(found)
    assert str(experiments.find(name)(3, **setting)) == str(found)
    p = [o["value"] for o in found if o["kind"] in (outcomes.NULL, outcomes.POWER)]
    assert all(0 < value <= 1 for value in p if not np.isnan(value))


def test_parts_of_the_same_categories_have_the_same_centres():
    draw = [
        np.array(rsa_made.parts(np.random.default_rng(seed), 2, 400, 4, again=True))
        for seed in range(2)
    ]
    centres = [np.array([x[:, i::4].mean(axis=1) for i in range(4)]) for x in draw]
    np.testing.assert_allclose(*centres, atol=0.3)
    assert np.abs(draw[0] - draw[1]).max() > 0.5


def test_subjects_vary_and_a_single_one_does_not():
    random = np.random.default_rng(0)
    seen = rsa_made.parts(random, 2, 10, 0)
    several = rsa_made.people(random, seen, np.ones(2), 3, 0.0)
    assert (several.std(axis=0) > 0).all()
    (one,) = rsa_made.people(random, seen, np.ones(2), 1, 0.0)
    np.testing.assert_allclose(one, sum(rsa_made.condensed(part) for part in seen))


def test_responses_begin_and_peak_when_planted():
    strength = time_made.course(120.0)
    assert time_made.TIMES[strength.argmax()] == 120.0
    assert strength.max() == 1
    assert time_made.TIMES[strength > 1e-9][0] == 60.0  # the first after 120 - WIDTH
    assert time_made.clean([np.eye(4)[:, :2]], [120.0])[0].any() == 0
