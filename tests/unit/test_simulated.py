"""The simulated dataset: what is planted, how noisy it is, and that it needs no network."""

import socket
from dataclasses import replace
from importlib.util import find_spec

import in_memory as made
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from ventralmap import dataset, datasets, registry, reliability, simulation, timecourse, weights
from ventralmap.correlation import correlate
from ventralmap.datasets import simulated
from ventralmap.datasets import simulated_recordings as recordings
from ventralmap.datasets.simulated_recordings import Design

SMALL = Design(
    per_category=1,
    image_size=48,
    monkeys=2,
    neurons=6,
    repetitions=4,
    people=3,
    voxels=40,
    meg_people=2,
    sensors=60,
    times=(-50.0, 100.0, 175.0, 250.0),
)
SHAPES = {
    "features.2": (24, 20, 20),
    "features.9": (30, 14, 14),
    "features.12": (30, 14, 14),
    "features.15": (40, 7, 7),
    "features.17": (50, 7, 7),
}


def features(n=60, seed=0):
    """Random features that vary together, as those of a network do."""
    random = np.random.default_rng(seed)
    return {
        layer: np.einsum(
            "nk,kchw->nchw", random.normal(size=(n, 8)), random.normal(size=(8, *shape))
        ).astype(np.float32)
        for layer, shape in SHAPES.items()
    }


def names(n=60):
    return [f"image{i}" for i in range(n)]


@pytest.fixture
def no_network(monkeypatch):
    def refuse(self, address):
        raise AssertionError(f"something asked for the network: {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


def weights_are_here():
    file = registry.curated_file(simulated.MODEL)
    return (weights.default_cache() / file).is_file() or find_spec(weights.PACKAGED[file][0])


def test_truth_names_a_layer_per_area():
    truth = simulated.truth()
    assert list(truth.columns) == ["area", "model", "layer", "peak_ms"]
    planted = truth[truth["area"] != "MEG"].set_index("area")["layer"]
    assert planted.to_dict() == {
        "V1": "features.2",
        "V4": "features.12",
        "IT": "features.15",
        "EVC": "features.2",
    }
    assert (truth["model"] == "mobilenet_v2").all()
    known = [layer.name for layer in registry.curated_layers(simulated.MODEL)]
    assert set(truth["layer"]) <= set(known)


def test_deeper_sources_peak_later():
    sources = simulated.truth().query("area == 'MEG'")
    depth = sources["layer"].str.removeprefix("features.").astype(int)
    assert depth.is_monotonic_increasing
    assert sources["peak_ms"].is_monotonic_increasing
    assert set(sources["peak_ms"]) <= set(Design().times)


def test_spikes_are_labelled_counts():
    spikes = recordings.spikes(features(), names(), SMALL, 0)
    assert spikes.dims == ("stimulus", "repetition", "neuroid")
    assert spikes.shape == (60, 4, 2 * 3 * 6)
    assert spikes.attrs["units"] == "spikes per 100 ms"
    assert len(set(spikes["neuroid_id"].values)) == 36
    groups = zip(spikes["subject"].values, spikes["area"].values, strict=True)
    assert pd.Series(list(groups)).value_counts().to_dict() == {
        (monkey, area): 6 for monkey in ("monkey1", "monkey2") for area in ("V1", "V4", "IT")
    }
    assert spikes.values.min() >= 0
    np.testing.assert_array_equal(spikes.values, np.round(spikes.values))


def test_recordings_follow_their_seed():
    for make in (recordings.spikes, recordings.bold, recordings.meg):
        one, two, other = (make(features(), names(), SMALL, seed) for seed in (1, 1, 2))
        assert one.identical(two)
        assert not one.identical(other)


def test_neurons_are_reliable_and_overdispersed():
    design = replace(SMALL, neurons=20, repetitions=8)
    spikes = recordings.spikes(features(320), names(320), design, 0).values
    folds = np.arange(320)[None, None] % 5
    (found,) = reliability.split_half(spikes, folds, 10, 0)
    assert 0.6 < np.median(found) < 0.9
    assert found.min() > 0.2
    fano = spikes.var(axis=1, ddof=1).mean(axis=0) / spikes.mean(axis=(0, 1))
    assert fano.min() > 0.9
    assert 1.1 < np.median(fano) < 2
    assert 2 < np.median(spikes.mean(axis=(0, 1))) < 8


def test_mean_counts_follow_the_drive_of_the_planted_layer():
    """With many repetitions what is left is the drive, rectified, of the layer in truth.csv."""
    values = features()
    design = replace(SMALL, monkeys=1, repetitions=300)
    spikes = recordings.spikes(values, names(), design, 0)
    for area, (layer, sd) in recordings.NEURONS.items():
        random = simulation.stream(0, "neurons", "monkey1", area)
        drive = recordings.readout(values, layer, sd, 6, random).drive(values[layer])
        mean = spikes.sel(neuroid=spikes["area"] == area).mean("repetition").values
        assert correlate(drive, mean).min() > 0.97


@pytest.mark.parametrize("area", list(recordings.NEURONS))
def test_an_area_reads_its_own_layer_alone(area):
    before = recordings.spikes(features(), names(), SMALL, 0)
    own, others = features(), features()
    for layer, values in features(seed=5).items():
        (own if layer == recordings.NEURONS[area][0] else others)[layer] = values
    in_area = (before["area"] == area).values
    after_own, after_others = (
        recordings.spikes(changed, names(), SMALL, 0).values[..., in_area]
        for changed in (own, others)
    )
    np.testing.assert_array_equal(after_others, before.values[..., in_area])
    assert (after_own != before.values[..., in_area]).mean() > 0.3


def layer_rdm(values):
    return simulation.pattern_rdm(values.reshape(len(values), -1))


def similarity(a, b):
    pairs = np.triu_indices(len(a), 1)
    return spearmanr(a[pairs], b[pairs])[0]


def test_bold_rdms_resemble_the_planted_layer_most():
    values = features()
    bold = recordings.bold(values, names(), SMALL, 0)
    assert bold.dims == ("area", "subject", "stimulus_a", "stimulus_b")
    assert bold.shape == (2, 3, 60, 60)
    assert bold.dtype == np.float32
    for area, (layer, _) in recordings.VOXELS.items():
        mean = bold.sel(area=area).mean("subject").values
        scores = {name: similarity(mean, layer_rdm(values[name])) for name in SHAPES}
        assert max(scores, key=scores.get) == layer


def test_meg_rdms_follow_the_planted_peaks():
    values = features()
    meg = recordings.meg(values, names(), SMALL, 0)
    assert meg.dims == ("area", "subject", "time", "stimulus_a", "stimulus_b")
    assert meg["time"].values.tolist() == [-50, 100, 175, 250]
    mean = meg.isel(area=0).mean("subject")
    for layer, (_, peak) in recordings.SENSORS.items():
        target = layer_rdm(values[layer])
        scores = {time: similarity(mean.sel(time=time).values, target) for time in SMALL.times}
        assert max(scores, key=scores.get) == peak
        assert abs(scores[-50.0]) < 0.1  # nothing before onset


def test_planted_peaks_are_found_to_within_one_sample_of_those_without_noise():
    values = features()
    design = replace(SMALL, meg_people=8, times=tuple(range(-100, 401, 25)))
    kernels = made.kernels([values[layer].reshape(60, -1) for layer in recordings.SENSORS])
    settings = {"distance": "correlation", "permutations": 199, "cluster_p": 0.01}

    def peaks(design):
        meg = recordings.meg(values, made.ids(60), design, 0)
        found = timecourse.analyse(made.dataset(60, rdms=[meg]), kernels, settings, 100, 0)
        return found.latency["peak_ms"].to_numpy(), found.hierarchy.set_index("latency")["rho"]

    found, rho = peaks(design)
    # RDMs of so many sensors are their expectation: nothing of them is chance
    clean, _ = peaks(replace(design, meg_people=2, sensors=3000))
    planted = [peak for _, peak in recordings.SENSORS.values()]
    assert (np.abs(found - clean) <= 25).all()
    assert (np.abs(found - planted) <= 25).all()
    assert rho["peak"] == 1


@pytest.mark.skipif(not weights_are_here(), reason="the weights of mobilenet_v2 are not here")
def test_build_needs_no_network_and_repeats_itself(tmp_path, no_network):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        simulated.build(folder, downloads=tmp_path / "none", seed=7, design=SMALL)
    files = sorted(p.relative_to(folders[0]) for p in folders[0].rglob("*") if p.is_file())
    assert len([file for file in files if file.suffix == ".png"]) == 10
    for file in files:
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes(), file


@pytest.mark.skipif(not weights_are_here(), reason="the weights of mobilenet_v2 are not here")
def test_the_built_folder_is_a_valid_simulated_dataset(tmp_path, monkeypatch, no_network):
    monkeypatch.setattr(simulated, "Design", lambda: SMALL)
    datasets.build("simulated", tmp_path / "made", downloads=tmp_path / "none", seed=0)
    made = dataset.load(tmp_path / "made", verify_images=True)
    assert made.meta["simulated"] is True
    assert made.meta["title"].startswith("Simulated")
    assert {"category", "object"} <= set(made.stimuli.columns)
    assert made.responses.shape == (10, 4, 36)
    assert sorted(array.ndim for array in made.rdms) == [4, 5]
    assert set(made.truth["area"]) == {"V1", "V4", "IT", "EVC", "MEG"}
    dataset.check_areas(made, [["V1", "EVC"], "V4", "IT"])
