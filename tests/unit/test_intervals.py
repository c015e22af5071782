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


def drawn(draw, subjects=SUBJECT):
    own = resampling.derived_seed(0, "tiny", "V4")
    return draw(np.array(subjects), N, own)


def centred(area):
    """Resampled scores around the score of each layer and neuroid."""
    values = area["r_resampled"].values.astype(float)
    return values - values.mean(axis=0) + area["r"].values


def test_medians_are_those_of_a_loop_over_each_kind_of_resample(area):
    found = Resampling(N, 0).sample("tiny", area)
    r, varied = area["r"].values, centred(area)
    np.testing.assert_allclose(found.value, np.median(r, axis=1))
    np.testing.assert_allclose(found.stimuli, np.median(varied, axis=2))
    own = drawn(resampling.neuroid_resamples)
    np.testing.assert_allclose(found.neuroids, [np.median(r[:, d], axis=1) for d in own])
    both = [np.median(varied[b][:, d], axis=1) for b, d in enumerate(own)]
    np.testing.assert_allclose(found.both, both)
    seed = resampling.derived_seed(0, "tiny", "V4") + 1
    people = resampling.subject_resamples(np.array(SUBJECT), N, seed)
    np.testing.assert_allclose(found.subjects, [np.median(r[:, d], axis=1) for d in people])
    assert (found.n_neuroids, found.n_subjects) == (7, 2)


def test_means_are_those_of_a_loop_over_each_kind_of_resample(area):
    draw = Resampling(N, 0).neuroids("tiny", area)
    values, varied = area["r"].values[0].copy(), centred(area)[:20, 0]
    values[2], varied[:, 2] = np.nan, np.nan
    found = intervals.mean(values, varied, draw, intervals.Sizes(10, 2))
    np.testing.assert_allclose(found.value, [np.nanmean(values)])
    np.testing.assert_allclose(found.stimuli[:, 0], np.nanmean(varied, axis=1))
    np.testing.assert_allclose(found.neuroids[:, 0], [np.nanmean(values[d]) for d in draw.neuroids])
    both = [np.nanmean(varied[b % 20][d]) for b, d in enumerate(draw.neuroids)]
    np.testing.assert_allclose(found.both[:, 0], both)
    np.testing.assert_allclose(found.subjects[:, 0], [np.nanmean(values[d]) for d in draw.subjects])


def test_without_resamples_of_the_stimuli_there_are_those_of_neuroids(area):
    found = Resampling(N, 0).sample("tiny", area.drop_vars("r_resampled"))
    assert found.stimuli.shape == (0, LAYERS)
    np.testing.assert_array_equal(found.both, found.neuroids)


def test_one_subject_says_nothing_of_others(area):
    one = area.assign_coords(subject=("neuroid", ["A"] * NEUROIDS))
    assert Resampling(N, 0).sample("tiny", one).subjects.shape == (0, LAYERS)


def test_what_resampling_takes_off_each_score_is_put_back(area):
    lower = area.assign(r_resampled=area["r_resampled"] - 0.3)
    found, expected = (Resampling(N, 0).sample("tiny", x) for x in (lower, area))
    np.testing.assert_allclose(found.stimuli, expected.stimuli, atol=1e-6)  # float32
    one = area.isel(neuroid=[0])
    found = Resampling(N, 0).sample("tiny", one)
    np.testing.assert_allclose(found.stimuli.mean(axis=0), one["r"].values[:, 0])


def test_the_order_of_dimensions_and_neuroids_does_not_matter(area):
    order = np.random.default_rng(1).permutation(NEUROIDS)
    turned = area.assign(r_resampled=area["r_resampled"].transpose("neuroid", "resample", "layer"))
    expected = Resampling(N, 0).sample("tiny", area)
    for other in (turned, area.isel(neuroid=order)):
        found = Resampling(N, 0).sample("tiny", other)
        for name in ("value", "stimuli", "neuroids", "both", "subjects"):
            np.testing.assert_allclose(getattr(found, name), getattr(expected, name))


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
