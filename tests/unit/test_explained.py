"""Explained variance relative to what can be explained, and of single neuroids."""

import in_memory as made
import numpy as np
import pytest
from scipy import stats

from ventralmap import explained, medians, resampling, tables
from ventralmap.intervals import Resampling
from ventralmap.runs import Run

RANDOM = np.random.default_rng(3)
N = 9
R = RANDOM.uniform(0.1, 0.8, size=(3, N))
RELIABILITY = [0.9, 0.8, 0.05, 0.7, 0.95, 0.6, 0.85, 0.5, 0.75]  # the third is not reliable
DRAW = Resampling(60, 1, "neuroids")


def run(r=R, reliability=RELIABILITY, area=("V4",) * N, subject=("A",) * N):
    scores = made.encoding_scores(r, area, subject)
    whole = {"simulated": made.reliability(reliability)}
    return tables.add_ceilings([Run("simulated", "net", scores)], whole, 0.1)


def test_the_value_is_that_of_the_table_of_scores():
    found, table = explained.interval_table(run(), DRAW), tables.encoding_table(run(), DRAW)
    np.testing.assert_allclose(found["ev_ceiled"], table["ev_ceiled"], rtol=1e-12)
    assert found["n_reliable"].tolist() == table["n_reliable"].tolist() == [N - 1] * 3
    assert found["layer"].tolist() == table["layer"].tolist()


def test_of_one_subject_the_interval_is_a_t_interval_over_its_reliable_neuroids():
    found = explained.interval_table(run(), DRAW)
    kept = np.array(RELIABILITY) >= 0.1
    ev = (R * np.abs(R) / RELIABILITY)[:, kept]
    seed = resampling.derived_seed(1, "simulated", "V4")
    subjects = np.array(["A"] * (N - 1))
    drawn, *apart = (resampling.neuroid_resamples(subjects, 60, seed + more) for more in (0, 2, 3))
    resampled = medians.resampled_median(ev[None], drawn, np.stack(apart, axis=1))
    n = kept.sum()
    half = stats.t.ppf(0.975, n - 1) * np.sqrt(resampled.var(axis=0, ddof=1) * n / (n - 1))
    np.testing.assert_allclose(found["ev_ceiled_ci_low"], np.median(ev, axis=1) - half)
    np.testing.assert_allclose(found["ev_ceiled_ci_high"], np.median(ev, axis=1) + half)


def test_neuroids_that_are_not_reliable_change_nothing():
    other = R.copy()
    other[:, 2] = -0.7
    first, second = (explained.interval_table(run(r), DRAW) for r in (R, other))
    np.testing.assert_array_equal(first["ev_ceiled_ci_low"], second["ev_ceiled_ci_low"])


def test_an_area_without_a_reliable_neuroid_has_no_value():
    found = explained.interval_table(run(reliability=[0.01] * N), DRAW)
    assert found["ev_ceiled"].isna().all()
    assert found["ev_ceiled_ci_high"].isna().all()
    assert (found["n_reliable"] == 0).all()


def test_single_neuroids_are_those_of_the_layer_with_the_highest_median_r():
    areas = ("V1",) * 4 + ("V4",) * 5
    found = explained.neuroid_table(run(area=areas))
    for name, part in found.groupby("area"):
        own = R[:, np.array(areas) == name]
        best = np.median(own, axis=1).argmax()
        np.testing.assert_allclose(part["r"], own[best])
        assert set(part["layer"]) == {f"layer{best}"}
    reliable = found["reliability"] >= 0.1
    expected = (found["r"] * found["r"].abs() / found["reliability"]).where(reliable)
    np.testing.assert_allclose(found["ev_ceiled"], expected)
    assert len(found) == N


@pytest.mark.parametrize("area", ["V1", "V4"])
def test_an_area_without_scores_is_left_out(area):
    areas = np.array(["V1"] * 4 + ["V4"] * 5)
    r = np.where(areas == area, np.nan, R)
    assert set(explained.neuroid_table(run(r, area=tuple(areas)))["area"]) == {"V1", "V4"} - {area}
