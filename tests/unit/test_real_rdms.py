"""RDMs of a network's features of the 92 images, compared with those of human IT: rsatoolbox's."""

import numpy as np
import pytest
import torch
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import RDMs, calc_rdm
from rsatoolbox.rdm import compare as theirs
from scipy.spatial.distance import pdist

from ventralmap import models, rdm, weights
from ventralmap.comparators import COMPARATORS, RSATOOLBOX, compare
from ventralmap.dataset import load
from ventralmap.datasets import build
from ventralmap.extraction import extract
from ventralmap.images import open_rgb
from ventralmap.rdm_sources import model_rdms, static_areas

pytestmark = pytest.mark.real

LAYERS = ["features.3", "features.7"]
SCALINGS = {
    "raw": {"centre": False, "scale": "none"},
    "centred": {"centre": True, "scale": "none"},
    "z-scored": {"centre": True, "scale": "zscore"},
}


@pytest.fixture(scope="module")
def study(downloads, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kriegeskorte2008") / "kriegeskorte2008"
    build("kriegeskorte2008", folder, downloads=downloads, seed=0)
    return load(folder)


@pytest.fixture(scope="module")
def network():
    try:
        path = weights.locate("mobilenet_v2")
    except Exception as error:
        pytest.skip(f"weights of mobilenet_v2: {error}")
    return models.load("mobilenet_v2", weights=path, layers=LAYERS)


@pytest.fixture(scope="module")
def features(study, network):
    """Features of two layers by plain forward hooks, each (92, n_features), float64."""
    modules = dict(network.network.named_modules())
    rows = {layer: [] for layer in LAYERS}
    hooks = [
        modules[layer].register_forward_hook(lambda m, a, out, rows=rows[layer]: rows.append(out))
        for layer in LAYERS
    ]
    with torch.no_grad():
        for path in study.images:
            network.network(network.preprocess(open_rgb(path))[None])
    for hook in hooks:
        hook.remove()
    return [torch.cat(rows[layer]).flatten(1).double().numpy() for layer in LAYERS]


@pytest.fixture(scope="module")
def kernels(study, network, features):
    """What the pipeline keeps of the same; after the hooks, which need the whole network."""
    common = {"stimulus_ids": list(study.stimuli.index), "device": "cpu", "progress": False}
    return {name: extract(network, study.images, **common, **how) for name, how in SCALINGS.items()}


def scaled(x, name):
    if name == "raw":
        return x
    centred, deviation = x - x.mean(axis=0), x.std(axis=0)
    varies = deviation > 1e-6 * np.abs(x).max()  # the rest are zero, and still counted
    return centred * varies / np.where(varies & (name == "z-scored"), deviation, 1)


def of_rsatoolbox(x, distance):
    if distance == "cosine":  # which rsatoolbox does not have
        return pdist(x, "cosine")
    return calc_rdm(Dataset(x), method=distance).dissimilarities[0]


@pytest.fixture(scope="module")
def expected(features):
    """Condensed RDMs of both layers, by scaling and distance."""
    return {
        (name, distance): np.array([of_rsatoolbox(x, distance) for x in of_layers])
        for name in SCALINGS
        for of_layers in [[scaled(x, name) for x in features]]
        for distance in rdm.DISTANCES
    }


@pytest.mark.parametrize("distance", rdm.DISTANCES)
@pytest.mark.parametrize("name", SCALINGS)
def test_distances_of_real_features_are_those_of_rsatoolbox(expected, kernels, name, distance):
    found = model_rdms(kernels[name], distance, kernels[name].stimulus_ids)
    for own, theirs_ in zip(found, expected[name, distance], strict=True):
        np.testing.assert_allclose(own, theirs_, rtol=0, atol=1e-5 * theirs_.max())


@pytest.mark.parametrize("comparison", COMPARATORS)
@pytest.mark.parametrize("distance", rdm.DISTANCES)
def test_similarities_of_real_features_are_those_of_rsatoolbox(
    study, expected, kernels, distance, comparison
):
    """From images to similarities, to the rounding of float32."""
    ((_, _, subjects),) = (area for area in static_areas(study) if area[0] == "hIT")
    layers = model_rdms(kernels["z-scored"], distance, list(study.stimuli.index))
    of_theirs = RDMs(expected["z-scored", distance]), RDMs(subjects)
    np.testing.assert_allclose(
        compare(comparison, layers, subjects)[0],
        theirs(*of_theirs, RSATOOLBOX[comparison]),
        rtol=0,
        atol=1e-5,
    )
