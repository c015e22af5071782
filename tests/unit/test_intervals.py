"""What is resampled for the intervals of encoding scores, against plain loops."""

import in_memory as made
import numpy as np
import pytest

from ventralmap import intervals, medians, resampling
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


def test_each_kind_of_resample_has_its_medians_or_midmeans(area):
    found = Resampling(N, 0).sample("tiny", area)
    r, varied, own = area["r"].values, centred(area), drawn(resampling.neuroid_resamples)
    np.testing.assert_allclose(found.value, np.median(r, axis=1))
    np.testing.assert_allclose(found.stimuli, np.median(varied, axis=2))
    middle = found.middle
    np.testing.assert_allclose(middle.stimuli, medians.midmean(varied))
    np.testing.assert_allclose(middle.neuroids, medians.resampled_midmean(r[None], own))
    np.testing.assert_allclose(middle.both, medians.resampled_midmean(varied, own))
    seed = resampling.derived_seed(0, "tiny", "V4")
    apart = [resampling.neuroid_resamples(np.array(SUBJECT), N, seed + more) for more in (2, 3)]
    people = resampling.subject_resamples(np.array(SUBJECT), N, seed + 1)
    for name, positions in (("neuroids", own), ("subjects", people)):
        expected = medians.resampled_median(r[None], positions, np.stack(apart, axis=1))
        np.testing.assert_allclose(getattr(found, name), expected, err_msg=name)
    assert (found.n_neuroids, found.n_subjects) == (7, 2)


def test_noise_of_resampled_neuroids_is_of_their_own_subject(area):
    found = Resampling(N, 0).neuroids("tiny", area)
    subjects = np.array(SUBJECT)
    of_drawn = subjects[np.array(found.neuroids)][:, None]
    np.testing.assert_array_equal(subjects[found.apart], np.repeat(of_drawn, 2, axis=1))


def test_means_are_those_of_a_loop_over_each_kind_of_resample(area):
    draw = Resampling(N, 0).neuroids("tiny", area)
    values, varied = area["r"].values[0].copy(), centred(area)[:20, 0]
    values[2], varied[:, 2] = np.nan, np.nan
    found = intervals.mean(values, varied, draw, intervals.Sizes(10, 2))
    np.testing.assert_allclose(found.value, [np.nanmean(values)])
    np.testing.assert_allclose(found.stimuli[:, 0], np.nanmean(varied, axis=1))
    np.testing.assert_allclose(found.neuroids[:, 0], [np.nanmean(values[d]) for d in draw.neuroids])
    both = [np.nanmean(varied[b % 20][d]) for b, d in enumerate(draw.neuroids)]
    np.testing.assert_allclose(found.middle.both[:, 0], both)
    np.testing.assert_allclose(found.subjects[:, 0], [np.nanmean(values[d]) for d in draw.subjects])


def test_without_resamples_of_the_stimuli_there_are_those_of_neuroids(area):
    found = Resampling(N, 0).sample("tiny", area.drop_vars("r_resampled"))
    assert found.stimuli.shape == (0, LAYERS)
    np.testing.assert_array_equal(found.middle.both, found.middle.neuroids)
    np.testing.assert_array_equal(found.drawn("both"), found.neuroids)


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
        for name in ("value", "stimuli", "neuroids", "subjects"):
            np.testing.assert_allclose(getattr(found, name), getattr(expected, name))
        for name in ("stimuli", "neuroids", "both"):
            of_middle = getattr(found.middle, name), getattr(expected.middle, name)
            np.testing.assert_allclose(*of_middle)
