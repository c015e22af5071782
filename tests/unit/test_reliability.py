"""Reliability against planted noise, hand-computed cases, and what it must not depend on."""

import in_memory as made
import numpy as np
import pytest
import xarray as xr

from ventralmap import folds, reliability, tables
from ventralmap.correlation import correlate_fold

SETTINGS = {"folds": 4, "repeats": 2}
N_NEUROIDS = 20


def one_fold(values):
    """All stimuli in one fold, of one generalisation and repeat."""
    return np.zeros((1, 1, len(values)), dtype=int)


def split_half(values, n_splits=10, seed=0):
    return reliability.split_half(values, one_fold(values), n_splits, seed)[0]


def recordings(true_reliability, n_repeats, seed=0, n_stimuli=4000, n_neuroids=3):
    """Repeats of neuroids whose mean over repeats has the given reliability."""
    random = np.random.default_rng(seed)
    noise = np.sqrt(n_repeats * (1 / true_reliability - 1))
    signal = random.normal(size=(n_stimuli, 1, n_neuroids))
    return signal + noise * random.normal(size=(n_stimuli, n_repeats, n_neuroids))


def keep(values, counts):
    """Take away repeats, so that the stimuli have these numbers of them in turn."""
    counts = np.resize(counts, len(values))[:, None]
    return np.where((np.arange(values.shape[1]) < counts)[..., None], values, np.nan)


@pytest.mark.parametrize("true", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("n_repeats", [2, 4, 10])
def test_known_reliability_is_found(true, n_repeats):
    found = split_half(recordings(true, n_repeats))
    assert found == pytest.approx([true] * 3, abs=0.05)


@pytest.mark.parametrize(
    "counts", [[2], [4], [3], [5], [1, 4], [1, 2], [1, 2, 3, 7], [3, 4]], ids=str
)
@pytest.mark.parametrize("noise", [0.7, 2.0])  # variance of a repeat relative to the signal's
def test_odd_and_unequal_repeats_give_the_reliability_of_their_mean(counts, noise):
    most = max(counts)
    whole = recordings(1 / (1 + noise / most), most, n_neuroids=N_NEUROIDS)
    true = 1 / (1 + noise * np.mean(1 / np.array(counts)))
    assert split_half(keep(whole, counts)).mean() == pytest.approx(true, abs=0.02)


def test_reliability_is_the_squared_correlation_of_the_mean_response_with_the_signal():
    random = np.random.default_rng(3)
    signal = random.normal(size=(4000, 1, N_NEUROIDS))
    values = keep(signal + 1.5 * random.normal(size=(4000, 4, N_NEUROIDS)), [1, 4])
    mean = np.nanmean(values, axis=1)
    true = [np.corrcoef(a, b)[0, 1] ** 2 for a, b in zip(mean.T, signal[:, 0].T, strict=True)]
    assert split_half(values).mean() == pytest.approx(np.mean(true), abs=0.02)


def test_a_case_by_hand():
    # The halves are (0, 1, 0) and (0, 1, 1), or the other way round, which correlate by 1/2.
    values = np.array([[0.0, 0], [1, 1], [0, 1]])[..., None]
    assert split_half(values) == pytest.approx([2 / 3])
    # Shown once besides: mean(1 / n) = 5/8 of four, mean(1 / h) = 1 of three; 1/2 / (1/2 + 5/16)
    once = np.concatenate([values, [[[5.0], [np.nan]]]])
    assert split_half(once) == pytest.approx([8 / 13])


def test_the_noise_ratio_by_hand():
    counts = np.array([[1, 2, 3, 4, 0], [2, 2, 2, 2, 2], [3, 3, 3, 3, 3], [1, 1, 0, 0, 0]]).T
    found = reliability.noise_ratio(counts)
    # (1 + 1/2 + 1/3 + 1/4) / 4 by (1 + 1 + 1/2) / 3
    assert found[:3] == pytest.approx([25 / 48 * 6 / 5, 1 / 2, 1 / 3])
    assert np.isnan(found[3])


def test_half_the_repeats_are_corrected_as_by_spearman_and_brown():
    found = reliability.of_mean(np.array([0.0, 0.5, 1.0, -0.2]), np.array(0.5))
    assert found == pytest.approx([0, 2 / 3, 1, -0.5])


def test_a_correlation_that_leaves_no_variance_gives_no_reliability():
    found = reliability.of_mean(np.array([-0.6, -0.5, np.nan]), np.array(1 / 3))
    assert np.isnan(found).all()


def test_padding_with_missing_repeats_leaves_the_expected_value():
    values = recordings(0.5, 4)
    padded = np.concatenate([np.full_like(values, np.nan), values], axis=1)
    np.testing.assert_allclose(split_half(padded), split_half(values), atol=0.02)


def test_a_neuroid_seldom_repeated_has_no_reliability():
    values = recordings(0.7, 2, n_stimuli=10)
    values[2:, 1, 0] = np.nan
    assert np.isnan(split_half(values, 3)).tolist() == [True, False, False]


def test_folds_are_correlated_apart_and_averaged():
    values = recordings(0.6, 2, n_stimuli=30)
    fold = np.arange(30) % 3
    moved = values + 5 * fold[:, None, None]  # between folds
    within = reliability.split_half(moved, fold[None, None], 5, 0)[0]
    np.testing.assert_allclose(within, reliability.split_half(values, fold[None, None], 5, 0)[0])
    assert (split_half(moved, 5) > within + 0.1).all()


def test_the_mean_over_folds_by_hand_without_those_that_are_too_small():
    values = np.array([[0.0, 0], [1, 1], [0, 1], [3, 3], [5, 5], [4, 4], [1, 2], [9, 7]])[..., None]
    fold = np.array([0, 0, 0, 1, 1, 1, 2, 2])  # r 1/2 and 1; the third has too few
    found = reliability.split_half(values, fold[None, None], 3, 0)[0]
    assert found == pytest.approx([2 * 0.75 / 1.75])


def test_a_fold_in_which_a_neuroid_is_silent_is_left_out_as_in_the_encoding():
    values = recordings(0.6, 4, n_stimuli=40)
    fold = np.arange(40) % 4
    silent = values.copy()
    silent[fold == 3, :, 0] = 0
    rest = reliability.split_half(values, np.where(fold == 3, 2, fold)[None, None], 3, 0)[0]
    found = reliability.split_half(silent, fold[None, None], 3, 0)[0]
    known = reliability.split_half(values, fold[None, None], 3, 0)[0]
    np.testing.assert_allclose(found[1:], known[1:])
    assert found[0] != known[0]
    assert found[0] > 0.75 * rest[0]  # a zero for the silent fold would take a quarter off
    silent[..., 0] = 0
    assert np.isnan(reliability.split_half(silent, fold[None, None], 3, 0)[0, 0])


def labelled(values, n_categories=5, **columns):
    names = [f"c{i % n_categories}" for i in range(len(values))]
    return made.dataset(len(values), values, category=names, **columns)


def test_the_order_of_the_stimuli_changes_nothing():
    data = labelled(recordings(0.6, 3, n_stimuli=60))
    order = np.random.default_rng(1).permutation(60)
    first, second = (
        reliability.estimate(x, SETTINGS, 4, 0) for x in (data, made.reordered(data, order))
    )
    xr.testing.assert_identical(first, second)


def test_each_generalisation_has_its_own_in_the_folds_of_the_encoding():
    data = labelled(recordings(0.6, 2, n_stimuli=60))
    found = reliability.estimate(data, SETTINGS, 4, 0)
    assert found["generalisation"].values.tolist() == ["images", "category"]
    for name, split in folds.of_dataset(data, SETTINGS, 0).items():
        expected = reliability.split_half(data.responses.values, split[None], 4, 0)[0]
        np.testing.assert_array_equal(found["reliability"].sel(generalisation=name), expected)
    chosen = reliability.estimate(data, SETTINGS | {"generalisations": ["category"]}, 4, 0)
    xr.testing.assert_identical(chosen, found.sel(generalisation=["category"]))


def test_without_repeats_nothing_is_known():
    found = reliability.estimate(labelled(recordings(0.6, 1, n_stimuli=60)), SETTINGS, 4, 0)
    assert found["reliability"].shape == (2, 3)
    assert found["reliability"].isnull().all()


def perfect_scores(data, signal, settings):
    """Score the signal itself as the prediction, as the encoding scores predictions."""
    splits, mean = folds.of_dataset(data, settings, 0), data.mean_response()
    r = [
        np.mean(
            [
                correlate_fold(signal[fold == f], mean[fold == f])
                for fold in repeats
                for f in np.unique(fold)
            ],
            axis=0,
        )
        for repeats in splits.values()
    ]
    coords = {"generalisation": list(splits), "neuroid": data.responses["neuroid_id"].values}
    dims = ("generalisation", "layer", "neuroid")
    return xr.Dataset({"r": (dims, np.array(r)[:, None])}, coords)


@pytest.mark.parametrize("counts", [[4], [3], [1, 4]], ids=str)
def test_the_perfect_model_reaches_the_ceiling_of_each_generalisation(counts):
    n, n_categories, settings = 2000, 5, {"folds": 5, "repeats": 1}
    random = np.random.default_rng(0)
    category = np.arange(n) % n_categories
    of_category = 1.5 * random.normal(size=(n_categories, N_NEUROIDS))
    signal = of_category[category] + random.normal(size=(n, N_NEUROIDS))
    noise = 1.5 * random.normal(size=(n, max(counts), N_NEUROIDS))
    values = keep(signal[:, None] + noise, random.permutation(np.resize(counts, n)))
    data = labelled(values, n_categories)
    found = reliability.estimate(data, settings, 10, 0)["reliability"]
    ceiled = tables.with_ceiling(perfect_scores(data, signal, settings), found, 0.1)["r_ceiled"]
    assert ceiled.median("neuroid").values.ravel() == pytest.approx([1, 1], abs=0.03)
    by_generalisation = found.median("neuroid")
    assert by_generalisation[0] > by_generalisation[1] + 0.1
