import numpy as np
import pytest

from ventralmap import draws


def test_a_pair_occurs_as_often_as_its_stimuli_together():
    drawn = draws.Draws(np.array([[2, 0, 1, 3]]))
    assert drawn.weights(0).tolist() == [0, 2, 6, 0, 0, 3]
    assert len(drawn) == 1


def test_missing_pairs_do_not_occur():
    drawn = draws.Draws(np.array([[2, 1, 1]]), np.array([True, False, True]))
    assert drawn.weights(0).tolist() == [2, 0, 1]


def test_squares_are_those_of_scipy():
    from scipy.spatial.distance import squareform

    condensed = np.random.default_rng(0).random((2, 10))
    np.testing.assert_array_equal(draws.squares(condensed), [squareform(x) for x in condensed])


def test_resamples_are_of_all_and_the_same_for_a_seed():
    stimuli, subjects = draws.resample(9, 4, 50, seed=1)
    assert stimuli.shape == (50, 9)
    assert subjects.shape == (50, 4)
    assert (stimuli.sum(axis=1) == 9).all()
    assert (subjects.sum(axis=1) == 4).all()
    np.testing.assert_array_equal(draws.resample(9, 4, 50, seed=1)[0], stimuli)
    assert (draws.resample(9, 4, 50, seed=2)[0] != stimuli).any()


@pytest.mark.parametrize("n", [3, 4])
def test_a_resample_has_pairs_that_differ(n):
    stimuli, _ = draws.resample(n, 1, 200, seed=0)
    assert ((stimuli > 0).sum(axis=1) >= draws.LEAST_STIMULI).all()


def test_subjects_of_areas_that_have_the_same_are_those_of_resample():
    names = ["a", "b", "c"]
    first, second = draws.subjects_of_areas([names, names[::-1]], 30, seed=3)
    np.testing.assert_array_equal(first, draws.resample(9, 3, 30, seed=3)[1])
    np.testing.assert_array_equal(second, first[:, ::-1])


def test_a_subject_is_drawn_as_often_in_each_area_and_no_area_is_left_empty():
    names = [["a", "b", "c", "d"], ["d", "b"], ["c"], ["e", "f"]]
    of_all, of_two, of_one, apart = draws.subjects_of_areas(names, 300, seed=0)
    np.testing.assert_array_equal(of_two, of_all[:, [3, 1]])
    assert (of_two.sum(axis=1) > 0).all()
    assert (apart.sum(axis=1) > 0).all()
    assert (of_all.sum(axis=1) + apart.sum(axis=1) == 6).all()
    assert (of_one == 1).all()  # nobody else could be drawn there
    assert (of_all[:, 2] == 0).any()


def test_no_resample_of_subjects_is_an_empty_array():
    found = draws.subjects_of_areas([["a", "b"], ["b"]], 0, seed=0)
    assert [counts.shape for counts in found] == [(0, 2), (0, 1)]
