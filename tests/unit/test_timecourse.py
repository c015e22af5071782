"""Time-resolved RSA: the tables of planted time courses."""

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from ventralmap import timecourse

N = 12
PAIRS = np.triu_indices(N, 1)
TIMES = np.array([-50.0, 0.0, 50.0, 100.0, 150.0, 200.0])


def layers(seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=(N, 25)) for _ in range(2)]


def recordings(n_subjects=8, seed=0, noise=0.15):
    """RDMs over time: the first layer's from 50 ms on, the second's from 150 ms on."""
    random = np.random.default_rng(seed)
    shapes = [pdist(x, "correlation") for x in layers()]
    strength = np.array([[0, 0, 1, 0.5, 0, 0], [0, 0, 0, 0, 0.6, 1]])
    clean = strength.T @ shapes  # (time, pair)
    noisy = clean + 1 + noise * random.normal(size=(n_subjects, *clean.shape))
    return np.array([[squareform(t) for t in subject] for subject in noisy])[None]


def data(values=None, area=("MEG",), **labels):
    values = recordings() if values is None else values
    array = made.rdms(values, area=list(area), time=TIMES, **labels)
    return made.dataset(N, rdms=[array])


def analyse(recorded=None, n=199, seed=0, kernels=None):
    recorded = data() if recorded is None else recorded
    kernels = kernels or made.kernels(layers())
    settings = {"distance": "correlation", "permutations": 199, "cluster_p": 0.01}
    return timecourse.analyse(recorded, kernels, settings, n, seed)


@pytest.fixture(scope="module")
def found():
    return analyse()


def test_rows_are_layers_by_times(found):
    course, when, _ = found
    assert len(course) == 2 * 6
    assert course["time_ms"].tolist() == [*TIMES, *TIMES]
    assert course["layer"].tolist() == ["layer0"] * 6 + ["layer1"] * 6
    assert when["layer"].tolist() == ["layer0", "layer1"]
    assert when["layer_index"].tolist() == [0, 1]
    assert when["depth"].tolist() == [0, 1]
    assert set(course["area"]) == set(when["area"]) == {"MEG"}
    assert set(course["n_subjects"]) == {8}
    assert set(course["n_stimuli"]) == {N}


def test_the_similarity_of_a_row_is_the_mean_over_subjects(found):
    values = recordings()
    row = found[0].query("layer == 'layer1' and time_ms == 150").iloc[0]
    condensed = pdist(layers()[1], "correlation")
    expected = np.mean([spearmanr(condensed, v[4][PAIRS]).statistic for v in values[0]])
    assert row["similarity"] == pytest.approx(expected)


def test_significant_means_p_below_five_percent(found):
    course, _, _ = found
    assert (course["significant"] == (course["p"] < 0.05)).all()
    assert course["significant"].any()
    assert not course["significant"].all()


def test_planted_onsets_and_peaks_are_found(found):
    _, when, _ = found
    assert when["onset_ms"].tolist() == [50, 150]
    assert when["peak_ms"].tolist() == [50, 200]


def test_intervals_hold_the_estimates(found):
    course, when, _ = found
    assert (course["ci_low"] <= course["similarity"]).all()
    assert (course["similarity"] <= course["ci_high"]).all()
    for name in ("onset", "peak"):
        assert (when[f"{name}_ci_low"] <= when[f"{name}_ms"]).all()
        assert (when[f"{name}_ms"] <= when[f"{name}_ci_high"]).all()


def test_the_interval_is_students_over_subjects():
    curves = np.random.default_rng(0).normal(0.3, 1, size=(2, 5, 3))
    low, high = timecourse.mean_interval(curves)
    for number, curve in enumerate(curves):
        ends = stats.t.interval(0.95, 4, curve.mean(axis=0), stats.sem(curve, axis=0))
        np.testing.assert_allclose([low[number], high[number]], ends, rtol=1e-12)


def test_the_interval_of_a_mean_covers_it_in_95_percent_of_studies_of_few_subjects():
    n = 4000
    curves = np.random.default_rng(0).normal(size=(1, 4, n))  # each time is a study of its own
    low, high = timecourse.mean_interval(curves)
    covered = np.sum((low <= 0) & (high >= 0))
    assert stats.binom.ppf(0.0001, n, 0.95) <= covered <= stats.binom.ppf(0.9999, n, 0.95)


def test_one_subject_has_no_interval_over_subjects():
    low, high = timecourse.mean_interval(np.zeros((2, 1, 3)))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_depth_and_latency_have_rows_of_their_own(found):
    _, _, hierarchy = found
    assert hierarchy["latency"].tolist() == ["peak", "onset"]
    assert list(hierarchy.columns) == [
        "area", "latency", "rho", "ci_low", "ci_high", "p", "n_layers", "n_subjects",
    ]  # fmt: skip
    assert hierarchy["n_layers"].tolist() == [2, 2]
    assert hierarchy["rho"].isna().all()  # of two layers


def test_deeper_layers_that_peak_later_have_a_positive_rank_correlation():
    """Each layer appears at a time of its own, the deepest last."""
    random = np.random.default_rng(0)
    features = [random.normal(size=(N, 25)) for _ in range(4)]
    shapes = np.array([pdist(x, "correlation") for x in features])
    clean = np.array([np.eye(4)[time - 1] @ shapes if 0 < time < 5 else np.zeros(66)
                      for time in range(6)])  # fmt: skip
    noisy = clean + 1 + 0.2 * random.normal(size=(9, 6, 66))
    values = np.array([[squareform(t) for t in subject] for subject in noisy])[None]
    found = analyse(data(values), kernels=made.kernels(features)).hierarchy.iloc[0]
    assert found["rho"] == 1
    assert found["p"] == 1 / 200
    assert found["n_layers"] == 4


def test_missing_pairs_are_counted():
    values = recordings()
    values[0, :, :, [1, 4], [4, 1]] = np.nan
    course = analyse(data(values)).timecourse
    assert set(course["n_pairs"]) == {65}
    assert np.isfinite(course["similarity"]).all()


def test_one_subject_has_no_intervals():
    course, when, _ = analyse(data(recordings(n_subjects=1)), n=19)
    missing = ["ci_low", "ci_high"]
    assert course[missing].isna().all(axis=None)
    missing = ["onset_ci_low", "onset_ci_high", "peak_ci_low", "peak_ci_high"]
    assert when[missing].isna().all(axis=None)
    assert when["peak_ms"].tolist() == [50, 200]


def test_a_subject_that_was_not_measured_is_left_out():
    values = np.repeat(recordings(n_subjects=5), 2, axis=0)
    values[1, 2] = np.nan
    course, when, _ = analyse(data(values, area=("MEG", "EEG")))
    n_subjects = course.groupby("area")["n_subjects"].unique()
    assert n_subjects["MEG"].tolist() == [5]
    assert n_subjects["EEG"].tolist() == [4]
    assert np.isfinite(course["similarity"]).all()
    assert when["area"].tolist() == ["MEG", "MEG", "EEG", "EEG"]


def test_rdms_without_time_are_not_analysed():
    static = made.rdms(made.distances(N, 0, 1, 3), area=["IT"])
    both = made.dataset(N, rdms=[static, *data().rdms])
    assert set(analyse(both)[0]["area"]) == {"MEG"}


def test_the_same_seed_gives_the_same_tables(found):
    for first, again in zip(found, analyse(), strict=True):
        pd.testing.assert_frame_equal(first, again)


def test_the_order_of_stimuli_on_either_side_changes_nothing(found):
    random = np.random.default_rng(0)
    kernels = made.shuffled(made.kernels(layers()), random.permutation(N))
    moved = analyse(made.reordered(data(), random.permutation(N)), kernels=kernels)
    for first, second in zip(found, moved, strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_more_noise_never_helps():
    def peak_similarity(noise):
        course, _, _ = analyse(data(recordings(noise=noise)), n=19)
        return course["similarity"].max()

    heights = [peak_similarity(noise) for noise in (0.05, 0.5, 5.0)]
    assert heights == sorted(heights, reverse=True)
