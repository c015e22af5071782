"""RDMs of layers and areas against scipy, and the files that rsatoolbox opens."""

import re

import in_memory as made
import numpy as np
import pytest
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import calc_rdm, load_rdm
from scipy.spatial.distance import pdist, squareform
from scipy.stats import zscore

from ventralmap import crossnobis, rdm_sources
from ventralmap.errors import InputError

N = 9
PAIRS = np.triu_indices(N, 1)
SCIPY = {
    "correlation": lambda x: pdist(x, "correlation"),
    "cosine": lambda x: pdist(x, "cosine"),
    "euclidean": lambda x: pdist(x, "sqeuclidean") / x.shape[1],
}


def features(seed=0, n=N):
    random = np.random.default_rng(seed)
    return [random.normal(size=(n, 30)) + 1, random.normal(size=(n, 80)) - 2]


def upper(square):
    return square[..., *PAIRS]


@pytest.mark.parametrize("distance", SCIPY)
def test_rdms_of_layers_are_scipys_in_the_order_asked_for(distance):
    layers, order = features(), np.random.default_rng(1).permutation(N)
    kernels = made.kernels(layers, stimulus_ids=made.ids(N))
    wanted = [made.ids(N)[i] for i in order]
    found = rdm_sources.model_rdms(kernels, distance, wanted)
    expected = [SCIPY[distance](x[order]) for x in layers]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("distance", "value", "n_features"),
    [
        ("correlation", 0.0, 30),
        ("correlation", 0.1, 30),
        ("correlation", 0.1, 49),
        ("correlation", -3.3, 1000),
        ("correlation", 1e3 / 7, 12345),
        ("cosine", 0.0, 30),
    ],
)
def test_a_constant_pattern_is_named_in_one_line(distance, value, n_features):
    x = np.random.default_rng(0).normal(size=(N, n_features))
    x[3] = value
    kernels = made.kernels([features()[0], x], layers=["fine", "dead"])
    expected = (
        f"layer dead: {distance} distance is undefined for stimuli with a constant pattern; "
        "choose rsa: distance: euclidean or leave the layer out"
    )
    with pytest.raises(InputError, match=f"^{re.escape(expected)}$"):
        rdm_sources.model_rdms(kernels, distance, made.ids(N))


@pytest.mark.parametrize(("distance", "value"), [("euclidean", 0.0), ("cosine", 0.1)])
def test_a_constant_pattern_has_other_distances(distance, value):
    x = features()[0]
    x[3] = value
    found = rdm_sources.model_rdms(made.kernels([x]), distance, made.ids(N))
    np.testing.assert_allclose(found[0], SCIPY[distance](x))


def test_a_faint_pattern_on_a_high_mean_is_not_constant():
    x = 100 + 1e-3 * np.random.default_rng(0).normal(size=(N, 200))
    found = rdm_sources.model_rdms(made.kernels([x]), "correlation", made.ids(N))
    np.testing.assert_allclose(found[0], SCIPY["correlation"](x), atol=1e-4)


def test_sessions_are_averaged():
    values = made.distances(N, 0, 1, 2, 3)  # (area, subject, session, ., .)
    measured = made.rdms(values, session=["1", "2", "3"])
    ((area, subjects, found),) = rdm_sources.static_areas(made.dataset(N, rdms=[measured]))
    assert (area, subjects) == ("EVC", ["P0", "P1"])
    expected = upper(values[0, :, 0] + values[0, :, 1] + values[0, :, 2]) / 3
    np.testing.assert_allclose(found, expected)


def test_a_session_that_is_missing_does_not_count():
    values = made.distances(N, 0, 1, 2, 2)
    values[0, 1, 0] = np.nan
    measured = made.rdms(values, session=["1", "2"])
    ((_, _, found),) = rdm_sources.static_areas(made.dataset(N, rdms=[measured]))
    np.testing.assert_allclose(found[1], upper(values[0, 1, 1]))


def test_subjects_that_were_not_measured_in_an_area_are_left_out():
    values = made.distances(N, 0, 2, 3)
    values[1, 0] = np.nan
    data = made.dataset(N, rdms=[made.rdms(values)])
    found = {area: (subjects, rdms) for area, subjects, rdms in rdm_sources.static_areas(data)}
    assert found["EVC"][0] == ["P0", "P1", "P2"]
    assert found["IT"][0] == ["P1", "P2"]
    np.testing.assert_allclose(found["IT"][1], upper(values[1, 1:]))


def test_rdms_over_time_are_not_static():
    over_time = made.rdms(made.distances(N, 0, 1, 2, 2), area=["MEG"], time=[0.0, 10.0])
    static = made.rdms(made.distances(N, 1, 1, 2))
    data = made.dataset(N, rdms=[over_time, static])
    assert [area for area, _, _ in rdm_sources.static_areas(data)] == ["EVC"]


def recorded(n_neuroids=12, rdms=()):
    """Responses of two areas, whose neuroids differ in rate."""
    random = np.random.default_rng(0)
    responses = random.normal(size=(N, 2, n_neuroids)) * np.geomspace(1, 100, n_neuroids)
    area = ["V4", "IT"] * (n_neuroids // 2)
    return made.dataset(N, responses, rdms, area=area)


def test_rdms_of_responses_are_of_standardised_neuroids():
    data = recorded()
    mean = data.responses.values.mean(axis=1)
    found = list(rdm_sources.pooled_areas(data))
    assert [(area, subjects) for area, subjects, _ in found] == [("V4", ["all"]), ("IT", ["all"])]
    for (_, _, values), own in zip(found, (mean[:, ::2], mean[:, 1::2]), strict=True):
        np.testing.assert_allclose(values[0], pdist(zscore(own), "correlation"))


def test_neither_scale_nor_order_of_neuroids_changes_their_rdm():
    data = recorded()
    order = np.random.default_rng(1).permutation(12)
    scaled = data.responses.isel(neuroid=order) * np.arange(1.0, 13) + 5
    moved = made.Dataset(data.folder, data.meta, data.stimuli, scaled)
    first, second = (
        {area: values for area, _, values in rdm_sources.pooled_areas(d)} for d in (data, moved)
    )
    for area in ("V4", "IT"):
        np.testing.assert_allclose(first[area], second[area])


def test_without_responses_there_are_no_rdms_of_them():
    data = made.dataset(N, rdms=[made.rdms(made.distances(N, 0, 1, 1))])
    assert list(rdm_sources.pooled_areas(data)) == []


def test_saved_rdms_of_layers_open_in_rsatoolbox(tmp_path):
    layers, path = features(), tmp_path / "net.h5"
    kernels = made.kernels(layers, layers=["conv", "fc"], model="net")
    rdm_sources.save_model(path, made.dataset(N), kernels, "correlation")
    opened = load_rdm(str(path), file_type="hdf5")
    np.testing.assert_allclose(opened.dissimilarities, [pdist(x, "correlation") for x in layers])
    assert list(opened.rdm_descriptors["layer"]) == ["conv", "fc"]
    assert list(opened.rdm_descriptors["depth"]) == [0.0, 1.0]
    assert list(opened.pattern_descriptors["stimulus_id"]) == made.ids(N)
    assert opened.dissimilarity_measure == "correlation"
    assert list(opened.rdm_descriptors["n_features"]) == [30, 80]
    assert opened.descriptors == {
        "dataset": "tiny",
        "model": "net",
        "weights_sha256": "none",
        "features": "raw",
        "distance": "1 - Pearson correlation",
    }


def test_saved_rdms_of_layers_say_where_they_come_from(tmp_path):
    kernels, path = made.kernels(features()), tmp_path / "net.h5"
    kernels.attrs.update(weights_sha256="1f2e", centre=1, scale="zscore")
    rdm_sources.save_model(path, made.dataset(N), kernels, "euclidean")
    opened = load_rdm(str(path), file_type="hdf5")
    toolbox = calc_rdm(Dataset(features()[1]), method="euclidean")
    assert opened.dissimilarity_measure == toolbox.dissimilarity_measure == "squared euclidean"
    np.testing.assert_allclose(opened.dissimilarities[1], toolbox.dissimilarities[0])
    assert opened.descriptors["weights_sha256"] == "1f2e"
    assert opened.descriptors["features"] == "centred and divided by its standard deviation"
    assert "squared" in opened.descriptors["distance"]
    assert "number of features" in opened.descriptors["distance"]


def measured_file(tmp_path, data, responses="none"):
    rdm_sources.save_measured(tmp_path / "measured.h5", data, responses)
    return load_rdm(str(tmp_path / "measured.h5"), file_type="hdf5")


def test_saved_measurements_open_in_rsatoolbox(tmp_path):
    values = made.distances(N, 0, 2, 2)
    values[0, 0] = np.nan
    opened = measured_file(tmp_path, made.dataset(N, rdms=[made.rdms(values)]))
    assert list(opened.rdm_descriptors["area"]) == ["EVC", "IT", "IT"]
    assert list(opened.rdm_descriptors["subject"]) == ["P1", "P0", "P1"]
    expected = upper(np.array([values[0, 1], values[1, 0], values[1, 1]]))
    np.testing.assert_allclose(opened.dissimilarities, expected)
    one = opened.subset("area", "EVC").get_matrices()[0]
    np.testing.assert_allclose(one, squareform(expected[0]))
    assert list(opened.pattern_descriptors["stimulus_id"]) == made.ids(N)
    assert opened.descriptors == {"dataset": "tiny"}


def test_an_area_with_rdms_and_responses_is_saved_once_as_its_rdms(tmp_path):
    own = made.distances(N, 0, 1, 2)
    opened = measured_file(tmp_path, recorded(rdms=[made.rdms(own, area=["IT"])]))
    assert list(opened.rdm_descriptors["area"]) == ["IT", "IT", "V4"]
    assert list(opened.rdm_descriptors["subject"]) == ["P0", "P1", "all"]
    np.testing.assert_allclose(opened.dissimilarities[:2], upper(own[0]))
    assert list(opened.rdm_descriptors["distance"]) == ["as given"] * 2 + [rdm_sources.POOLED]


def test_rdms_of_responses_are_those_that_are_saved(tmp_path):
    data = recorded(rdms=[made.rdms(made.distances(N, 0, 1, 2), area=["IT"])])
    found = rdm_sources.measured_areas(data, "crossnobis")
    assert [(area, subjects) for area, subjects, _ in found] == [
        ("IT", ["P0", "P1"]),
        ("V4", ["A"]),
    ]
    opened = measured_file(tmp_path, data, "crossnobis")
    np.testing.assert_array_equal(
        opened.dissimilarities, np.concatenate([values for _, _, values in found])
    )
    assert list(opened.rdm_descriptors["area"]) == ["IT", "IT", "V4"]
    assert list(opened.rdm_descriptors["subject"]) == ["P0", "P1", "A"]
    assert opened.rdm_descriptors["distance"][2].startswith("cross-validated squared Mahalanobis")
    v4 = data.responses.values[..., data.responses["area"].values == "V4"]
    np.testing.assert_allclose(found[1][2][0], upper(crossnobis.distance(v4)))


def test_without_rdms_of_responses_areas_are_those_that_are_given():
    data = recorded(rdms=[made.rdms(made.distances(N, 0, 1, 2), area=["IT"])])
    assert [area for area, _, _ in rdm_sources.measured_areas(data, "none")] == ["IT"]


def test_of_rdms_over_time_alone_their_means_over_subjects_are_saved(tmp_path):
    values = made.distances(N, 0, 1, 2, 3)  # (area, subject, time, ., .)
    over_time = made.rdms(values, area=["MEG"], time=[-100.0, 0.0, 100.0])
    opened = measured_file(tmp_path, made.dataset(N, rdms=[over_time]))
    assert list(opened.rdm_descriptors["area"]) == ["MEG"] * 3
    assert list(opened.rdm_descriptors["time"]) == [-100.0, 0.0, 100.0]
    np.testing.assert_allclose(opened.dissimilarities, upper(values[0].mean(axis=0)))


def test_stimuli_that_a_subject_has_not_seen_are_compared_by_the_others():
    random = np.random.default_rng(0)
    values = random.normal(size=(6, 1, 8))
    values[4, :, 5:] = np.nan  # subject B, three neuroids, has not seen the fifth stimulus
    data = made.dataset(6, values, subject=list("AAAAABBB"))
    ((_, _, found),) = rdm_sources.pooled_areas(data)
    x = values[:, 0]
    z = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)
    square = squareform(found[0])
    assert square[0, 1] == pytest.approx(1 - np.corrcoef(z[0], z[1])[0, 1])
    assert square[0, 4] == pytest.approx(1 - np.corrcoef(z[0, :5], z[4, :5])[0, 1])


def with_pairs(n_stimuli_seen):
    """RDMs of two subjects, the second of whom saw the first few stimuli."""
    values = made.distances(N, 0, 1, 2)
    values[0, 1, n_stimuli_seen:] = values[0, 1, :, n_stimuli_seen:] = np.nan
    return values


@pytest.mark.parametrize(("seen", "expected"), [(2, ["P0"]), (3, ["P0", "P1"])])
def test_subjects_with_fewer_than_three_pairs_are_left_out(seen, expected):
    data = made.dataset(N, rdms=[made.rdms(with_pairs(seen))])
    ((_, subjects, found),) = rdm_sources.static_areas(data)
    assert subjects == expected
    assert len(found) == len(expected)


def test_an_area_of_which_nobody_has_three_pairs_is_named():
    data = made.dataset(N, rdms=[made.rdms(with_pairs(2)[:, 1:])])
    expected = (
        "dataset tiny: area EVC has no subject with 3 pairs of stimuli, too few for an RDM; take"
        " the area out of rdms"
    )
    with pytest.raises(InputError, match=f"^{expected}$"):
        list(rdm_sources.static_areas(data))


@pytest.mark.parametrize(
    ("distance", "x"),
    [
        ("euclidean", np.zeros((N, 30))),
        ("euclidean", np.full((N, 30), 0.1)),
        ("euclidean", np.eye(N)),
        ("correlation", np.tile(np.random.default_rng(0).normal(size=501), (N, 1))),
        ("cosine", np.full((N, 30), -3.3)),
    ],
)
def test_a_layer_to_which_all_stimuli_are_alike_is_named_in_one_line(distance, x):
    kernels = made.kernels([features()[0], x], layers=["fine", "dead"])
    expected = (
        f"layer dead: all stimuli have the same {distance} distance, with which no RDM can be"
        " compared; leave the layer out of the study's layers"
    )
    with pytest.raises(InputError, match=f"^{re.escape(expected)}$"):
        rdm_sources.model_rdms(kernels, distance, made.ids(N))
