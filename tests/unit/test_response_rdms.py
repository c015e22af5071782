"""RDMs of responses, against rsatoolbox, scipy and sums written out."""

import in_memory as made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repeated import N, V, missing_repeats, recorded, toolbox
from rsatoolbox.rdm import calc_rdm
from scipy.spatial.distance import cdist, pdist

from ventralmap import rdm, response_rdms
from ventralmap.errors import InputError


def of(distance, values):
    return rdm.condense(response_rdms.DISTANCES[distance](values))


@pytest.mark.parametrize("distance", ["correlation", "euclidean"])
def test_distances_of_responses_as_they_are_are_those_of_rsatoolbox(distance):
    values = recorded()
    expected = calc_rdm(toolbox(values), method=distance, descriptor="stimulus")
    np.testing.assert_allclose(of(distance, values), expected.dissimilarities[0], rtol=1e-9)


def test_cosine_of_responses_is_scipys():
    values = recorded()
    np.testing.assert_allclose(of("cosine", values), pdist(values.mean(axis=1), "cosine"))


@pytest.mark.parametrize("distance", ["correlation", "euclidean", "cosine"])
def test_neuroids_that_lack_a_stimulus_do_not_count_for_its_pairs(distance):
    values = recorded(repetitions=1)
    values[2, :, 4:] = np.nan
    values[5, :, 0] = np.nan
    metric = "sqeuclidean" if distance == "euclidean" else distance
    found = response_rdms.DISTANCES[distance](values)
    for i, j in zip(*np.triu_indices(N, 1), strict=True):
        both = ~np.isnan(values[i, 0] + values[j, 0])
        expected = cdist(values[[i], 0][:, both], values[[j], 0][:, both], metric)[0, 0]
        expected /= both.sum() if distance == "euclidean" else 1
        assert found[i, j] == pytest.approx(expected)


@pytest.mark.parametrize("distance", ["correlation", "euclidean", "cosine"])
def test_pairs_with_fewer_than_three_neuroids_in_common_have_no_distance(distance):
    values = recorded()
    values[0, :, :2], values[1, :, 4:] = np.nan, np.nan  # two in common
    found = response_rdms.DISTANCES[distance](values)
    assert np.isnan(found[0, 1])
    assert np.isfinite(found[0, 2:]).all()
    assert np.isfinite(found[1, 2:]).all()


@pytest.mark.parametrize(("distance", "value"), [("correlation", 0.0), ("correlation", 0.1)])
def test_a_stimulus_to_which_all_respond_alike_has_no_correlation(distance, value):
    values = recorded()
    values[3] = value
    found = response_rdms.DISTANCES[distance](values)
    others = [i for i in range(N) if i != 3]
    assert np.isnan(found[3, others]).all()
    assert np.isfinite(found[np.ix_(others, others)]).all()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), distance=st.sampled_from(sorted(response_rdms.DISTANCES)))
def test_the_order_of_stimuli_and_neuroids_changes_nothing(seed, distance):
    values, random = missing_repeats(), np.random.default_rng(seed)
    stimuli, neuroids = random.permutation(N), random.permutation(V)
    first = response_rdms.DISTANCES[distance](values)
    second = response_rdms.DISTANCES[distance](values[stimuli][:, :, neuroids])
    np.testing.assert_allclose(second, first[np.ix_(stimuli, stimuli)], rtol=1e-9, atol=1e-12)


def two_areas(subject, values=None, area=None):
    values = recorded(v=8) if values is None else values
    return made.dataset(N, values, area=area or ["V4"] * 4 + ["IT"] * 4, subject=list(subject))


def test_an_rdm_for_each_area_and_subject():
    values = recorded(v=8)
    data = two_areas("AAAABBBB", values, ["V4"] * 8)
    ((area, subjects, found),) = response_rdms.areas(data, "correlation")
    assert (area, subjects) == ("V4", ["A", "B"])
    mean = values.mean(axis=1)
    expected = [pdist(mean[:, :4], "correlation"), pdist(mean[:, 4:], "correlation")]
    np.testing.assert_allclose(found, expected)


def test_areas_come_in_their_order_but_for_those_left_out():
    data = two_areas("AAAAAAAA")
    assert [area for area, _, _ in response_rdms.areas(data, "cosine")] == ["V4", "IT"]
    assert [area for area, _, _ in response_rdms.areas(data, "cosine", {"V4"})] == ["IT"]


def test_nothing_is_made_where_nothing_is_asked_for_or_there():
    assert list(response_rdms.areas(two_areas("AAAAAAAA"), "none")) == []
    assert list(response_rdms.areas(made.dataset(N), "correlation")) == []


def test_subjects_with_fewer_than_three_neuroids_in_an_area_are_left_out():
    data = two_areas("AAABAAAA")
    ((_, subjects, found), _) = response_rdms.areas(data, "correlation")
    assert subjects == ["A"]
    assert len(found) == 1


def test_an_area_without_any_subject_left_is_named():
    with pytest.raises(InputError, match=r"^dataset tiny: area IT has no subject with 3 neuroids"):
        list(response_rdms.areas(two_areas("AAAABBCC"), "correlation"))


def test_crossnobis_without_repeats_is_refused_in_one_line():
    data = two_areas("AAAAAAAA", recorded(v=8, repetitions=1))
    expected = (
        r"^dataset tiny: area V4, subject A: no stimulus was shown twice, as rsa: responses:"
        r" crossnobis needs; choose correlation, euclidean or cosine$"
    )
    with pytest.raises(InputError, match=expected):
        list(response_rdms.areas(data, "crossnobis"))


def test_crossnobis_without_noise_is_refused():
    values = recorded(v=8)
    values[..., 5] = values[:, :1, 5]
    with pytest.raises(InputError, match="area IT, subject A: a neuroid responds the same"):
        list(response_rdms.areas(two_areas("AAAAAAAA", values), "crossnobis"))


def sessions(n_pairs):
    """Subject B has three neuroids, which saw all but `n_pairs` of the stimuli's pairs apart."""
    values = recorded(v=8, repetitions=1)
    values[:, :, 5:] = np.nan
    for neuroid in (5, 6, 7):
        values[neuroid::3, 0, neuroid] = 1.0 + neuroid
    shared = {0: 0, 1: 2, 3: 3}[n_pairs]  # stimuli that all three saw
    values[:shared, 0, 5:] = np.random.default_rng(0).normal(size=(shared, 3))
    return values


@pytest.mark.parametrize(("n_pairs", "expected"), [(0, ["A"]), (1, ["A"]), (3, ["A", "B"])])
def test_subjects_with_fewer_than_three_pairs_in_an_area_are_left_out(n_pairs, expected):
    data = two_areas("AAAAABBB", sessions(n_pairs), ["V4"] * 8)
    ((_, subjects, found),) = response_rdms.areas(data, "correlation")
    assert subjects == expected
    assert (np.isfinite(found).sum(axis=1) >= 3).all()


def test_an_area_of_which_nobody_has_three_pairs_is_named():
    data = two_areas("BBBAAAAA", sessions(1)[..., ::-1], ["V4"] * 3 + ["IT"] * 5)
    expected = (
        r"^dataset tiny: area V4 has no subject with 3 pairs of stimuli that have a distance, too"
        r" few for an RDM; take the area out of the responses or set rsa: responses: none$"
    )
    with pytest.raises(InputError, match=expected):
        list(response_rdms.areas(data, "correlation"))
