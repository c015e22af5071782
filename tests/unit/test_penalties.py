"""What the log says of the ridge penalties."""

import in_memory as made
import numpy as np
import pytest

from ventralmap import encoding, penalties, solvers

GRID = np.geomspace(1e-5, 1e6, 5)


def scores(index):
    return made.encoding_scores(np.zeros((2, 4)), alpha_index=np.asarray(index, dtype=float))


def features(n=9):
    return [*np.random.default_rng(0).normal(size=(2, n, 6)) + 3]


@pytest.mark.parametrize("make", [made.kernels, made.projected])
def test_the_scale_is_the_mean_eigenvalue_of_the_centred_kernel(make):
    kernels = make(features())
    centring = np.eye(9) - 1 / 9
    expected = [np.linalg.eigvalsh(centring @ k @ centring).mean() for k in kernels.gram]
    np.testing.assert_allclose(penalties.scales(kernels), expected, rtol=1e-6)


def test_the_grid_its_scale_and_its_edges_are_said():
    index = np.full((2, 2, 4), 2)  # (layer, fold, neuroid)
    index[0, 0, 0] = 0
    index[1, :, 0] = 4
    first, *layers = penalties.lines(GRID, made.kernels(features()), scores(index))
    assert "5 log-spaced values, 1e-05 to 1e+06 times the mean eigenvalue" in first
    assert "layer0: mean eigenvalue" in layers[0]
    assert "smallest penalty in 12.5 %, largest in 0.0 %" in layers[0]
    assert "smallest penalty in 0.0 %, largest in 25.0 %" in layers[1]


def test_folds_that_a_generalisation_does_not_have_do_not_count():
    index = np.full((2, 2, 4), 0.0)
    index[:, 1] = np.nan
    assert (
        "smallest penalty in 100.0 %"
        in penalties.lines(GRID, made.kernels(features()), scores(index))[1]
    )


def test_a_map_without_penalties_says_so():
    said = penalties.lines(GRID, made.kernels(features()), scores(np.full((2, 2, 4), np.nan)))
    assert said == ["ridge penalties: none, the map has no penalty"]


def test_they_are_those_of_an_encoding_which_prints_nothing_itself(capsys):
    random = np.random.default_rng(0)
    settings = {
        "method": "ridge", "alpha_by": "loo", "components": 5, "folds": 2, "repeats": 1,
        "alphas": {"low": 1e-3, "high": 1e3, "n": 7},
    }  # fmt: skip
    data = made.dataset(12, random.normal(size=(12, 2)))
    kernels = made.kernels([random.normal(size=(12, 4))])
    found = encoding.encode(data, kernels, settings, seed=0)
    grid, layer = penalties.lines(solvers.alpha_grid(settings["alphas"]), kernels, found)
    assert "7 log-spaced values, 0.001 to 1000 times" in grid
    assert "ridge penalties: layer0: mean eigenvalue" in layer
    assert capsys.readouterr().out == ""
