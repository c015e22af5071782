"""Ceilings made once for all models, against those of the formula and of each model's own."""

import in_memory as made
import numpy as np
import xarray as xr
from test_similarity import PAIRS, SETTINGS, N, analyse, features, study

from ventralmap import area_ceilings, ceilings


def found(n_subjects=4, seed=0):
    return area_ceilings.analyse(study(n_subjects=n_subjects)[1], SETTINGS, 30, seed)


def test_the_ends_are_those_of_the_formula():
    data = study()[1]
    for area, rdms in zip(("EVC", "IT"), data.rdms[0].values, strict=True):
        of_area = found().sel(area=area)
        low, high = ceilings.ceiling(rdms[:, *PAIRS], "spearman")
        assert (float(of_area["ceiling_low"]), float(of_area["ceiling_high"])) == (low, high)


def test_a_model_is_given_what_it_would_make_itself():
    kernels, data = made.kernels(features()), study()[1]
    xr.testing.assert_allclose(
        analyse(data, kernels, ceilings=found()), analyse(data, kernels), rtol=1e-12
    )


def test_it_is_the_distance_to_this_ceiling_that_a_layer_has():
    kernels, data = made.kernels(features()), study()[1]
    lower = found()
    scores = analyse(data, kernels, ceilings=lower + 0.25)
    np.testing.assert_allclose(
        scores["below_ceiling"], lower["ceiling_low"] + 0.25 - scores["similarity"]
    )


def test_one_subject_has_no_ceiling():
    alone = found(n_subjects=1)
    assert all(np.isnan(alone[name]).all() for name in alone)


def test_a_bootstrap_has_one_row():
    sample = area_ceilings.bootstrap(found().sel(area="IT", drop=True), N, 4)
    assert sample.resamples.shape == (3, 30, 1)
    assert sample.mean == float(found().sel(area="IT")["ceiling_low"])
