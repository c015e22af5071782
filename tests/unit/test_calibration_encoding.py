"""The experiments on encoding and on CKA run, repeat, and list the claims that they are about."""

import numpy as np
import pytest
from test_calibration_rsa import said

from ventralmap.calibration import experiments, outcomes

SIZES = {"stimuli": 20, "subjects": 2, "neuroids": 6, "noise": "high"}
ALONE = {"stimuli": 20, "neuroids": 5, "noise": "high"}
SETTINGS = {
    "encoding_equal": (
        SIZES,
        {"encoding.csv r", "encoding.csv r_below_best", "correspondence.csv beats_next_p",
         "correspondence.csv beats_untrained_p", "correspondence.csv score - score_nested"},
    ),
    "encoding_graded": (
        SIZES,
        {"correspondence.csv p_best", "correspondence.csv depth_ci of encoding",
         "correspondence.csv score - score_nested"},
    ),
    "encoding_no_hierarchy": (
        SIZES, {"hierarchy.csv p of encoding", "hierarchy.csv rho of encoding"},
    ),
    "encoding_unequal": (SIZES | {"more": 1.0}, {"correspondence.csv beats_next_p"}),
    "encoding_ceilings": (
        ALONE | {"repeats": 2},
        {"encoding.csv reliability", "encoding.csv r_ceiled", "encoding.csv ev_ceiled"},
    ),
    "encoding_same_neuroids": (ALONE, {"encoding.csv r"}),
    "encoding_same_stimuli": (SIZES, {"encoding.csv r"}),
    "encoding_same_stimuli_bands": (
        SIZES, {"variance.csv r2", "variance.csv unique", "variance.csv shared"},
    ),
    "encoding_fits_kept": ({"stimuli": 20, "neuroids": 4}, set()),
    "encoding_fits_kept_categories": ({"categories": 10, "each": 3, "neuroids": 4}, set()),
    "encoding_compared": (SIZES, {"compare pairs p", "compare pairs p_holm"}),
    "encoding_explained": (SIZES | {"repeats": 2}, {"explained.csv ev_ceiled_ci"}),
    "cka_equal": (
        SIZES,
        {"cka.csv ci", "correspondence.csv beats_next_p of cka",
         "correspondence.csv beats_untrained_p of cka",
         "correspondence.csv score - score_nested of cka"},
    ),
    "cka_same_neuroids": (ALONE, {"cka.csv ci"}),
    "cka_graded": (
        SIZES,
        {"correspondence.csv p_best of cka", "correspondence.csv depth_ci of cka",
         "agreement.csv rank_ci of cka"},
    ),
    "cka_no_hierarchy": (SIZES, {"hierarchy.csv p of cka"}),
}  # fmt: skip


def test_all_experiments_on_encoding_and_cka_are_looked_at():
    own = {name for name in experiments.EXPERIMENTS if name.startswith(("encoding_", "cka_"))}
    assert own == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_an_experiment_lists_its_claims_and_repeats(name):
    setting, claims = SETTINGS[name]
    found = experiments.find(name)(3, **setting)
    assert found
    assert claims <= said(found)
    assert str(experiments.find(name)(3, **setting)) == str(found)
    p = [o["value"] for o in found if o["kind"] in (outcomes.NULL, outcomes.POWER)]
    assert all(0 < value <= 1 for value in p if not np.isnan(value))
