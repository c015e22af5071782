"""The linear readout against scikit-learn on the features themselves."""

import in_memory as made
import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

from ventralmap import kernels as kernels_module
from ventralmap import readout

CATEGORIES = np.repeat(["cat", "dog", "ape"], 8)
N = len(CATEGORIES)


def features(signal=1.0, seed=0):
    random = np.random.default_rng(seed)
    centres = np.repeat(random.normal(size=(3, 10)), 8, axis=0)
    return signal * centres + random.normal(size=(N, 10))


def plain_accuracy(x, categories, n_folds, seed):
    """Fit a linear machine on the features, scaled to a mean squared norm of one."""
    x = x / np.sqrt((x**2).sum(axis=1).mean())
    shares = []
    for train, test in StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(
        x, categories
    ):
        fitted = SVC(kernel="linear").fit(x[train], categories[train])
        shares.append(np.mean(fitted.predict(x[test]) == categories[test]))
    return np.mean(shares)


@pytest.mark.parametrize(("signal", "seed"), [(0.3, 0), (0.6, 1), (1.0, 2)])
def test_accuracy_is_that_of_a_machine_on_the_features(signal, seed):
    x = features(signal, seed)
    found = readout.accuracy(x @ x.T, CATEGORIES, 4, seed)
    assert found == pytest.approx(plain_accuracy(x, CATEGORIES, 4, seed))


def test_categories_far_apart_are_told_always_and_noise_by_chance():
    clear, noise = features(signal=20), [features(signal=0, seed=s) for s in range(20)]
    assert readout.accuracy(clear @ clear.T, CATEGORIES, 4, 0) == 1
    by_chance = [readout.accuracy(x @ x.T, CATEGORIES, 4, 0) for x in noise]
    assert np.mean(by_chance) == pytest.approx(1 / 3, abs=0.08)


def test_the_unit_of_the_features_changes_nothing():
    x = features(0.5)
    kernel = x @ x.T
    assert readout.accuracy(1e6 * kernel, CATEGORIES, 4, 0) == pytest.approx(
        readout.accuracy(kernel, CATEGORIES, 4, 0)
    )


@pytest.mark.parametrize(
    ("categories", "n_folds"), [(["a"] * 22 + ["b"] * 2, 3), (["a"] * 24, 3)], ids=["few", "one"]
)
def test_too_few_to_tell_apart_have_no_accuracy(categories, n_folds):
    x = features()
    assert np.isnan(readout.accuracy(x @ x.T, np.array(categories), n_folds, 0))


def described(data=None, n_folds=4):
    data = data or made.dataset(N, category=CATEGORIES)
    kernels = made.kernels([features(0, seed=1), features(2)])
    kernels.attrs.update(
        source="torchvision", weights_sha256="ab", n_params=9, preprocessing="crop", device="cpu"
    )
    return readout.describe(data, kernels, n_folds, 0)


def test_a_model_is_described_with_the_readout_of_its_last_layer():
    found = described()
    x = features(2)
    assert found.pop("readout_accuracy:tiny") == pytest.approx(plain_accuracy(x, CATEGORIES, 4, 0))
    assert found.pop("readout_chance:tiny") == pytest.approx(1 / 3)
    found.pop("degrees:tiny")
    assert found == {
        "model": "net",
        "source": "torchvision",
        "weights_sha256": "ab",
        "fingerprint": None,
        "fingerprint_check": None,
        "n_params": 9,
        "preprocessing": "crop",
        "n_layers": 2,
    }


def test_categories_are_joined_on_the_stimuli():
    data = made.dataset(N, category=CATEGORIES)
    order = np.random.default_rng(0).permutation(N)
    assert described(made.reordered(data, order)) == described(data)


def test_without_categories_there_is_no_readout():
    assert not [key for key in described(made.dataset(N)) if key.startswith("readout")]


def test_chance_is_the_share_of_the_largest_category():
    data = made.dataset(N, category=["a"] * 18 + ["b"] * 6)
    assert described(data)["readout_chance:tiny"] == 0.75


def test_there_is_no_readout_of_projected_features_of_too_many_stimuli(monkeypatch):
    features = np.random.default_rng(0).normal(size=(1, N, 5))
    data = made.dataset(N, category=["a", "b"] * (N // 2))
    few = readout.describe(data, made.projected(features), 4, 0)
    assert 0 <= few["readout_accuracy:tiny"] <= 1
    monkeypatch.setattr(kernels_module, "MOST_STIMULI", N - 1)
    many = readout.describe(data, made.projected(features), 4, 0)
    assert not [key for key in many if key.startswith("readout")]
    assert many["n_layers"] == 1
