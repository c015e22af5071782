"""Time-resolved RSA: scipy, enumeration of all sign flips, and simulation under the null."""

import itertools

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import binom, spearmanr

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
    return timecourse.analyse(recorded, kernels, "correlation", n, seed)


@pytest.fixture(scope="module")
def found():
    return analyse()


def test_similarity_is_scipys_for_each_layer_subject_and_time():
    values = recordings(n_subjects=3)
    condensed = np.array([pdist(x, "correlation") for x in layers()])
    result = timecourse.by_time(condensed, data(values).rdms[0].sel(area="MEG"))
    assert result.shape == (2, 3, 6)
    for layer, subject, time in np.ndindex(2, 3, 6):
        expected = spearmanr(condensed[layer], values[0, subject, time][PAIRS]).statistic
        assert result[layer, subject, time] == pytest.approx(expected)


def test_sessions_are_averaged():
    values = recordings(n_subjects=2)
    first, second = values, recordings(n_subjects=2, seed=1)
    both = data(np.stack([first, second], axis=2), session=["1", "2"])
    mean = data((first + second) / 2)
    condensed = np.array([pdist(x, "correlation") for x in layers()])
    np.testing.assert_allclose(
        timecourse.by_time(condensed, both.rdms[0].sel(area="MEG")),
        timecourse.by_time(condensed, mean.rdms[0].sel(area="MEG")),
    )


def scores(n_subjects=5, seed=0, mean=0.3):
    """Similarities, shape (layer, subject, time), that are far enough apart to have no ties."""
    return mean + np.random.default_rng(seed).normal(size=(2, n_subjects, 3))


def test_p_is_that_of_all_sign_flips():
    similarity = scores()
    signs = np.array(list(itertools.product([-1, 1], repeat=5)))
    maxima = [(sign[None, :, None] * similarity).mean(axis=1).max() for sign in signs]
    observed = similarity.mean(axis=1)
    exact = np.mean(np.array(maxima)[:, None, None] >= observed - 1e-9, axis=0)
    result = timecourse.sign_flip(similarity, n=8000, seed=0)
    assert len(np.unique(exact)) > 3  # not all trivial
    # five standard errors of 8000 random flips
    np.testing.assert_allclose(result.p, exact, atol=5 * 0.5 / np.sqrt(8000))


def test_with_one_subject_half_of_the_flips_are_as_good():
    result = timecourse.sign_flip(np.full((1, 1, 1), 0.4), n=4000, seed=0)
    assert result.p.item() == pytest.approx(0.5, abs=0.04)


def test_p_is_never_zero():
    result = timecourse.sign_flip(1 + 0.01 * scores(n_subjects=40), n=99, seed=0)
    assert result.p.min() == 0.01


@pytest.mark.parametrize("n", [20, 99, 100, 199])
@pytest.mark.parametrize("seed", range(20))
def test_what_is_above_the_threshold_has_p_below_five_percent(n, seed):
    similarity = scores(n_subjects=8, seed=seed, mean=0.6)
    result = timecourse.sign_flip(similarity, n, seed)
    above = similarity.mean(axis=1) > result.threshold
    np.testing.assert_array_equal(above, result.p < 0.05)


def test_with_too_few_flips_nothing_is_above_the_threshold():
    assert timecourse.sign_flip(scores(n_subjects=20, mean=9), n=19, seed=0).threshold == np.inf
    assert timecourse.sign_flip(scores(n_subjects=20, mean=9), n=20, seed=0).threshold < 9


def test_five_percent_of_studies_without_signal_have_a_significant_time():
    random = np.random.default_rng(0)
    lowest = [
        timecourse.sign_flip(random.normal(size=(2, 10, 4)), n=99, seed=seed).p.min()
        for seed in range(400)
    ]
    low, high = binom.interval(0.999, 400, 0.05)
    assert low <= np.sum(np.array(lowest) <= 0.05) <= high


def test_reordering_subjects_leaves_their_mean_and_the_layers_follow():
    similarity = scores()
    first = timecourse.sign_flip(similarity, 500, 0)
    turned = timecourse.sign_flip(similarity[::-1, :, ::-1], 500, 0)
    np.testing.assert_array_equal(turned.p[::-1, ::-1], first.p)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ([0, 0, 2, 2, 0, 0], 50),
        ([0, 2, 0, 2, 2, 2], 100),  # a lone time does not count
        ([2, 2, 2, 2, 2, 2], -50),
        ([0, 0, 0, 0, 2, 2], 150),
        ([0, 2, 0, 2, 0, 2], np.nan),
        ([0, 0, 0, 0, 0, 2], np.nan),  # the last has no later neighbour
        ([0, 1, 1, 1, 1, 1], np.nan),  # at the threshold is not above it
    ],
)
def test_the_onset_is_the_first_of_two_neighbouring_times(curve, expected):
    found = timecourse.onset(np.array(curve, float), TIMES, threshold=1.0)
    np.testing.assert_equal(float(found), float(expected))


def test_onsets_and_peaks_of_many_curves_at_once():
    curves = np.array([[[0, 0, 2, 3, 0, 0], [0, 0, 0, 0, 2, 4]], [[9, 0, 0, 0, 0, 0], [0] * 6]])
    onsets = timecourse.onset(curves, TIMES, 1.0)
    np.testing.assert_array_equal(onsets, [[50, 150], [np.nan, np.nan]])
    np.testing.assert_array_equal(timecourse.peak(curves, TIMES), [[100, 200], [-50, -50]])


def test_rows_are_layers_by_times(found):
    course, latency = found
    assert len(course) == 2 * 6
    assert course["time_ms"].tolist() == [*TIMES, *TIMES]
    assert course["layer"].tolist() == ["layer0"] * 6 + ["layer1"] * 6
    assert latency["layer"].tolist() == ["layer0", "layer1"]
    assert latency["layer_index"].tolist() == [0, 1]
    assert latency["depth"].tolist() == [0, 1]
    assert set(course["area"]) == set(latency["area"]) == {"MEG"}
    assert set(course["n_subjects"]) == {8}
    assert set(course["n_stimuli"]) == {N}


def test_the_similarity_of_a_row_is_the_mean_over_subjects(found):
    values = recordings()
    row = found[0].query("layer == 'layer1' and time_ms == 150").iloc[0]
    condensed = pdist(layers()[1], "correlation")
    expected = np.mean([spearmanr(condensed, v[4][PAIRS]).statistic for v in values[0]])
    assert row["similarity"] == pytest.approx(expected)


def test_significant_means_p_below_five_percent(found):
    course, _ = found
    assert (course["significant"] == (course["p"] < 0.05)).all()
    assert course["significant"].any()
    assert not course["significant"].all()


def test_planted_onsets_and_peaks_are_found(found):
    _, latency = found
    assert latency["onset_ms"].tolist() == [50, 150]
    assert latency["peak_ms"].tolist() == [50, 200]


def test_intervals_hold_the_estimates(found):
    course, latency = found
    assert (course["ci_low"] <= course["similarity"]).all()
    assert (course["similarity"] <= course["ci_high"]).all()
    for name in ("onset", "peak"):
        assert (latency[f"{name}_ci_low"] <= latency[f"{name}_ms"]).all()
        assert (latency[f"{name}_ms"] <= latency[f"{name}_ci_high"]).all()


def test_the_interval_is_that_of_resampled_subjects():
    similarity = scores(n_subjects=400)
    low, high = np.percentile(timecourse._resampled_means(similarity, 500, 0), [2.5, 97.5], axis=0)
    mean, error = similarity.mean(axis=1), similarity.std(axis=1) / np.sqrt(400)
    np.testing.assert_allclose(low, mean - 1.96 * error, atol=0.3 * error.max())
    np.testing.assert_allclose(high, mean + 1.96 * error, atol=0.3 * error.max())


def test_one_subject_has_no_intervals():
    course, latency = analyse(data(recordings(n_subjects=1)), n=19)
    missing = ["ci_low", "ci_high"]
    assert course[missing].isna().all(axis=None)
    missing = ["onset_ci_low", "onset_ci_high", "peak_ci_low", "peak_ci_high"]
    assert latency[missing].isna().all(axis=None)
    assert latency["peak_ms"].tolist() == [50, 200]


def test_a_subject_that_was_not_measured_is_left_out():
    values = np.repeat(recordings(n_subjects=5), 2, axis=0)
    values[1, 2] = np.nan
    course, latency = analyse(data(values, area=("MEG", "EEG")))
    n_subjects = course.groupby("area")["n_subjects"].unique()
    assert n_subjects["MEG"].tolist() == [5]
    assert n_subjects["EEG"].tolist() == [4]
    assert np.isfinite(course["similarity"]).all()
    assert latency["area"].tolist() == ["MEG", "MEG", "EEG", "EEG"]


def test_rdms_without_time_are_not_analysed():
    static = made.rdms(made.distances(N, 0, 1, 3), area=["IT"])
    both = made.dataset(N, rdms=[static, *data().rdms])
    assert set(analyse(both)[0]["area"]) == {"MEG"}


def test_the_same_seed_gives_the_same_tables(found):
    for first, again in zip(found, analyse(), strict=True):
        pd.testing.assert_frame_equal(first, again)
    assert (analyse(seed=1)[0]["ci_low"] != found[0]["ci_low"]).any()


def test_the_order_of_stimuli_on_either_side_changes_nothing(found):
    random = np.random.default_rng(0)
    kernels = made.shuffled(made.kernels(layers()), random.permutation(N))
    moved = analyse(made.reordered(data(), random.permutation(N)), kernels=kernels)
    for first, second in zip(found, moved, strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_more_noise_never_helps():
    def peak_similarity(noise):
        course, _ = analyse(data(recordings(noise=noise)), n=19)
        return course["similarity"].max()

    heights = [peak_similarity(noise) for noise in (0.05, 0.5, 5.0)]
    assert heights == sorted(heights, reverse=True)
