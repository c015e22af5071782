"""What is resampled for the intervals of encoding scores, against plain loops."""

import in_memory as made
import numpy as np
import pytest

from ventralmap import intervals, resampling
from ventralmap.intervals import Resampling

SUBJECT = list("AAABBBB")
N, LAYERS, NEUROIDS = 50, 3, 7


@pytest.fixture
def area():
    """Scores of one area and generalisation, with resampled stimuli."""
    random = np.random.default_rng(0)
    scores = made.encoding_scores(random.random((LAYERS, NEUROIDS)), subject=SUBJECT)
    values = random.random((1, N, LAYERS, NEUROIDS)).astype(np.float32)
    dims = ("generalisation", "resample", "layer", "neuroid")
    return scores.assign(r_resampled=(dims, values)).isel(generalisation=0)


def drawn(seed=0):
    own = resampling.derived_seed(seed, "tiny", "V4")
    return resampling.neuroid_resamples(np.array(SUBJECT), N, own)


def centred(area):
    """Resampled scores around the score of each layer and neuroid."""
    values = area["r_resampled"].values.astype(float)
    return values - values.mean(axis=0) + area["r"].values


def test_neuroids_are_resampled_by_default(area):
    found = Resampling(N, 0).samples("tiny", area)
    expected = [np.median(area["r"].values[:, d], axis=1) for d in drawn()]
    np.testing.assert_array_equal(found, expected)


def test_stimuli_are_resampled_with_all_neuroids(area):
    found = Resampling(N, 0, "stimuli").samples("tiny", area)
    np.testing.assert_allclose(found, np.median(centred(area), axis=2))


def test_both_are_resampled_at_once(area):
    found = Resampling(N, 0, "both").samples("tiny", area)
    expected = [np.median(centred(area)[b][:, d], axis=1) for b, d in enumerate(drawn())]
    np.testing.assert_allclose(found, expected)


def test_what_resampling_takes_off_each_score_is_put_back(area):
    lower = area.assign(r_resampled=area["r_resampled"] - 0.3)
    for interval in ("stimuli", "both"):
        draw = Resampling(N, 0, interval)
        found, expected = draw.samples("tiny", lower), draw.samples("tiny", area)
        np.testing.assert_allclose(found, expected, atol=1e-6)  # float32
    one = area.isel(neuroid=[0])
    found = Resampling(N, 0, "stimuli").samples("tiny", one)
    np.testing.assert_allclose(found.mean(axis=0), one["r"].values[:, 0])


def test_the_order_of_the_dimensions_does_not_matter(area):
    turned = area.assign(r_resampled=area["r_resampled"].transpose("neuroid", "resample", "layer"))
    for interval in ("stimuli", "both"):
        draw = Resampling(N, 0, interval)
        np.testing.assert_allclose(draw.samples("tiny", turned), draw.samples("tiny", area))


def test_the_order_of_the_neuroids_does_not_matter(area):
    order = np.random.default_rng(1).permutation(NEUROIDS)
    for interval in intervals.SAMPLES:
        draw = Resampling(N, 0, interval)
        moved = draw.samples("tiny", area.isel(neuroid=order))
        np.testing.assert_array_equal(moved, draw.samples("tiny", area))


@pytest.mark.parametrize("n_known", [0, 1, 4, 5])
def test_the_median_is_of_what_is_known(n_known):
    values = np.random.default_rng(1).random((2, 3, 5))
    values[..., n_known:] = np.nan
    values = np.random.default_rng(2).permuted(values, axis=-1)
    found = intervals.median_samples(values, [np.arange(5)] * 2)
    if n_known:
        np.testing.assert_allclose(found, np.nanmedian(values, axis=-1))
    else:
        assert np.isnan(found).all()
