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
