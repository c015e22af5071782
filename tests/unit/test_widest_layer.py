"""Kernels of the widest layer of MobileNetV2 against the plain features, 401,408 a stimulus."""

import numpy as np
import pytest
import torch
import torchvision
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import calc_rdm
from sklearn.linear_model import Ridge
from test_extraction import images, mobilenet  # noqa: F401 (a fixture)

from ventralmap import rdm, ridge
from ventralmap.extraction import extract
from ventralmap.images import open_rgb


@pytest.fixture(scope="module")
def network():
    return mobilenet()


@pytest.fixture(scope="module")
def features(network, images):  # noqa: F811
    """The layer's output by plain torchvision, (stimulus, unit), float64."""
    plain = torchvision.models.mobilenet_v2(weights=None).eval()
    plain.load_state_dict(network.network.state_dict())
    preprocess = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.transforms()
    with torch.no_grad():
        batch = torch.stack([preprocess(open_rgb(path)) for path in images])
        return plain.features[0](batch).flatten(1).double().numpy()


@pytest.fixture(scope="module")
def kernel(network, images):  # noqa: F811
    return extract(network, images, device="cpu", progress=False)


def standardised(x):
    """Z-scored over stimuli; features that do not vary are zero."""
    deviation = x.std(axis=0)
    varies = deviation > 1e-6 * np.abs(x).max()
    return np.divide(x - x.mean(axis=0), deviation, out=np.zeros_like(x), where=varies)


def test_ridge_equals_that_of_scikit_learn(features, kernel):
    assert features.shape[1] == kernel.n_features[0] == 32 * 112 * 112
    x, gram = standardised(features), kernel.gram[0]
    y = np.random.default_rng(0).normal(size=(len(x), 5))
    test = np.arange(len(x)) % 3 == 0
    train, outer = gram[np.ix_(~test, ~test)], gram[np.ix_(test, ~test)]
    found = ridge.fit(train, outer, y[~test], np.geomspace(1e-3, 1e3, 7))
    for neuroid, alpha in enumerate(found.alpha):
        plain = Ridge(alpha=alpha, solver="svd").fit(x[~test], y[~test, neuroid])
        expected = plain.predict(x[test])
        scale = np.abs(expected).max()
        assert found.prediction[:, neuroid] == pytest.approx(expected, abs=1e-6 * scale)


@pytest.mark.parametrize("distance", ["correlation", "euclidean"])
def test_rdm_equals_that_of_rsatoolbox(features, kernel, distance):
    expected = calc_rdm(Dataset(standardised(features)), method=distance).dissimilarities[0]
    found = rdm.DISTANCES[distance](kernel.gram[0], kernel.row_sum[0], int(kernel.n_features[0]))
    assert rdm.condense(found[None])[0] == pytest.approx(expected, rel=1e-6)
