import numpy as np
import pytest

from ventralmap import reliability


def recordings(true_reliability, n_repeats, seed=0, n_stimuli=4000):
    """Repeats of neuroids whose mean over repeats has the given reliability."""
    random = np.random.default_rng(seed)
    noise = np.sqrt(n_repeats * (1 / true_reliability - 1))
    signal = random.normal(size=(n_stimuli, 1, 3))
    return signal + noise * random.normal(size=(n_stimuli, n_repeats, 3))


@pytest.mark.parametrize("true", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("n_repeats", [2, 4, 10])
def test_known_reliability_is_found(true, n_repeats):
    found = reliability.split_half(recordings(true, n_repeats), n_splits=10, seed=0)
    assert found == pytest.approx([true] * 3, abs=0.05)


def test_padding_with_missing_repeats_leaves_the_expected_value():
    values = recordings(0.5, 4)
    padded = np.concatenate([np.full_like(values, np.nan), values], axis=1)
    np.testing.assert_allclose(
        reliability.split_half(padded, 10, seed=0),
        reliability.split_half(values, 10, seed=0),
        atol=0.02,
    )


def test_unequal_numbers_of_repeats_are_used():
    values = recordings(0.7, 6)
    values[::2, 4:] = np.nan
    found = reliability.split_half(values, n_splits=5, seed=0)
    assert ((found > 0.55) & (found < 0.72)).all()


def test_a_neuroid_seldom_repeated_has_no_reliability():
    values = recordings(0.7, 2, n_stimuli=10)
    values[2:, 1, 0] = np.nan
    found = reliability.split_half(values, n_splits=3, seed=0)
    assert np.isnan(found).tolist() == [True, False, False]


def test_spearman_brown_of_a_half():
    assert reliability.spearman_brown(np.array([0.0, 0.5, 1.0])) == pytest.approx([0, 2 / 3, 1])
