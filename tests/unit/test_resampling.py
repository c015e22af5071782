import numpy as np
import pytest

from ventralmap import resampling

SUBJECTS = np.array(["B", "A", "A", "B", "A"])


def test_each_subject_keeps_as_many_neuroids_as_it_has():
    drawn = resampling.neuroid_resamples(SUBJECTS, 200, seed=0)
    counts = {(np.sum(SUBJECTS[d] == "A"), np.sum(SUBJECTS[d] == "B")) for d in drawn}
    assert counts == {(3, 2)}


def test_subjects_are_drawn_with_all_of_their_neuroids():
    drawn = resampling.subject_resamples(SUBJECTS, 2000, seed=0)
    kinds, times = np.unique(
        [np.bincount(d, minlength=5) for d in drawn], axis=0, return_counts=True
    )
    assert kinds.tolist() == [[0, 2, 2, 0, 2], [1, 1, 1, 1, 1], [2, 0, 0, 2, 0]]
    np.testing.assert_allclose(times / 2000, [0.25, 0.5, 0.25], atol=0.04)


def test_one_subject_is_not_drawn():
    assert resampling.subject_resamples(np.repeat("A", 4), 50, seed=0) == []


def test_neuroids_are_drawn_with_replacement_and_alike():
    drawn = np.array(resampling.neuroid_resamples(np.repeat("A", 5), 4000, seed=0))
    assert drawn.shape == (4000, 5)
    assert any(len(set(row)) < 5 for row in drawn)
    np.testing.assert_allclose(np.bincount(drawn.ravel()) / drawn.size, 0.2, atol=0.015)


def test_resamples_are_seeded():
    first, again, other = (
        np.concatenate(resampling.neuroid_resamples(SUBJECTS, 50, seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or (first != other).any()


def test_percentiles_of_known_values():
    samples = np.array([np.arange(0, 201), np.arange(200, -1, -1) / 10]).T
    low, high = resampling.percentile_interval(samples)
    np.testing.assert_allclose(low, [5, 0.5])
    np.testing.assert_allclose(high, [195, 19.5])


def test_the_interval_does_not_count_what_is_missing():
    samples = np.concatenate([np.arange(0.0, 201), [np.nan] * 50])
    assert resampling.percentile_interval(samples) == (5, 195)


def test_nothing_has_no_interval():
    low, high = resampling.percentile_interval(np.full((10, 3), np.nan))
    assert np.isnan([low, high]).all()
    assert low.shape == high.shape == (3,)


def test_ninety_five_percent_of_intervals_hold_the_mean():
    random = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        values = random.normal(size=60)
        drawn = random.integers(60, size=(300, 60))
        low, high = resampling.percentile_interval(values[drawn].mean(axis=1))
        held += low <= 0 <= high
    assert 0.90 <= held / 400 <= 0.98


def test_p_best_is_the_share_of_resamples():
    samples = np.array([[1, 2, 3], [5, 4, 3], [0, 1, 2], [2, 9, 1]])
    assert resampling.best_layers(samples).tolist() == [2, 0, 2, 1]
    assert resampling.p_best(samples).tolist() == [0.25, 0.25, 0.5]


def test_a_layer_that_is_never_best_has_none():
    assert resampling.p_best(np.array([[3, 1, 0], [2, 1, 0]])).tolist() == [1, 0, 0]


def test_a_layer_without_a_score_is_not_the_best_and_a_resample_without_any_does_not_count():
    nan = np.nan
    samples = np.array([[nan, 2, 1], [nan, nan, nan], [3, nan, 4], [1, 0, nan]])
    assert resampling.best_layers(samples)[[0, 2, 3]].tolist() == [1, 2, 0]
    np.testing.assert_allclose(resampling.p_best(samples), [1 / 3, 1 / 3, 1 / 3])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0, "a", "b"), (1, "a", "b")),
        ((0, "a", "b"), (0, "b", "a")),
        ((0, "a", "b"), (0, "ab")),
        ((0, "V1"), (0, "V2")),
        ((0,), (0, "V1")),
    ],
)
def test_other_names_or_seeds_give_other_seeds(one, other):
    assert resampling.derived_seed(*one) != resampling.derived_seed(*other)


def test_the_derived_seed_is_the_same_on_every_machine():
    assert resampling.derived_seed(0, "simulated", "V4") == 299798743
    assert resampling.derived_seed(7, "ünïcode and a long name " * 4) < 2**32


def test_without_any_known_resample_no_layer_has_a_probability():
    samples = np.array([[np.nan, np.nan], [1.0, np.nan], [0.0, 1.0]])
    assert resampling.p_best(samples).tolist() == [0.5, 0.5]
    assert np.isnan(resampling.p_best(samples[:1])).all()
