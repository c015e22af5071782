"""Crossnobis distances, against rsatoolbox and sums written out, and what noise does to them."""

from itertools import permutations, product

import numpy as np
import pytest
from repeated import N, R, V, missing_repeats, recorded, toolbox
from rsatoolbox.data import Dataset, noise
from rsatoolbox.rdm import calc_rdm
from scipy.spatial.distance import pdist

from ventralmap import crossnobis, rdm


def of(values, precision=None):
    return rdm.condense(crossnobis.distance(values, precision))


def test_crossnobis_is_that_of_rsatoolbox():
    values = recorded()
    data = toolbox(values)
    expected = calc_rdm(
        data,
        method="crossnobis",
        descriptor="stimulus",
        cv_descriptor="repetition",
        noise=noise.prec_from_unbalanced(data, "stimulus", method="shrinkage_diag"),
    )
    assert expected.dissimilarities.min() < 0  # nothing is clipped
    np.testing.assert_allclose(of(values), expected.dissimilarities[0], rtol=1e-9)


def test_crossnobis_of_unequal_repeats_takes_all_pairs_of_different_ones():
    values = missing_repeats()
    shown = ~np.isnan(values[..., 0])
    precision = np.linalg.inv(crossnobis.noise_covariance(values))

    def kernel(i, j):
        pairs = [
            values[i, a] @ precision @ values[j, b]
            for a, b in product(range(R), repeat=2)
            if a != b and shown[i, a] and shown[j, b]
        ]
        return np.mean(pairs) if pairs else np.nan

    found = crossnobis.distance(values, precision)
    for i, j in permutations(range(N), 2):
        expected = (kernel(i, i) + kernel(j, j) - 2 * kernel(i, j)) / V
        np.testing.assert_allclose(found[i, j], expected, rtol=1e-9)
    assert np.isnan(found[6, :6]).all()  # shown once
    assert np.isfinite(found[4, [0, 1, 2, 3, 5, 7]]).all()


def test_noise_of_unequal_repeats_is_that_of_rsatoolbox():
    values = missing_repeats()
    trials = toolbox(values)
    kept = trials.subset_obs("stimulus", [0, 1, 2, 3, 4, 5, 7])  # rsatoolbox counts single trials
    there = ~np.isnan(kept.measurements[:, 0])
    data = Dataset(
        kept.measurements[there],
        obs_descriptors={"stimulus": np.array(kept.obs_descriptors["stimulus"])[there]},
    )
    cov = noise.cov_from_unbalanced(data, "stimulus", method="shrinkage_diag")
    values[6] = np.nan
    np.testing.assert_allclose(crossnobis.noise_covariance(values), cov)


def test_noise_does_not_bias_crossnobis():
    """Of equal patterns the distance is zero on average; the plain one is not."""
    random = np.random.default_rng(0)
    mixing = np.linalg.cholesky(0.5 * np.eye(V) + 0.5)
    precision = np.linalg.inv(mixing @ mixing.T)
    cross, plain = [], []
    for _ in range(900):
        values = 7 + random.normal(size=(N, R, V)) @ mixing.T
        values[:3, 2:] = np.nan  # unequal repeats
        cross.append(of(values, precision).mean())
        plain.append(pdist(values[3:].mean(axis=1), "sqeuclidean").mean() / V)
    error = np.std(cross) / 30
    assert abs(np.mean(cross)) < 3 * error
    assert error < 0.01
    assert np.mean(plain) > 0.4


def test_an_estimated_precision_leaves_a_small_offset_where_residuals_are_many():
    random = np.random.default_rng(0)
    mixing = np.linalg.cholesky(0.5 * np.eye(V) + 0.5)
    found = [of(random.normal(size=(100, R, V)) @ mixing.T).mean() for _ in range(100)]
    noise_of_the_plain_distance = 2 / R
    assert abs(np.mean(found)) < 0.03 * noise_of_the_plain_distance


def test_the_offset_is_taken_off_where_it_differs_between_pairs():
    """Of stimuli shown twice or ten times, with fewer residuals than needed for 60 neuroids."""
    random, n, half = np.random.default_rng(0), 40, 20
    mixing = np.linalg.cholesky(0.5 * np.eye(60) + 0.5)
    few, many = np.triu_indices(half, 1), np.triu_indices(half, 1)

    def means(found):
        return found[:half, :half][few].mean(), found[half:, half:][many].mean()

    left, taken = [], []
    for _ in range(60):
        values = random.normal(size=(n, 10, 60)) @ mixing.T
        values[:half, 2:] = np.nan
        estimated = np.linalg.inv(crossnobis.noise_covariance(values))
        left.append(means(crossnobis.distance(values, estimated)))
        taken.append(means(crossnobis.distance(values)))
    noise_of_the_plain_distance = 1.0, 0.2
    assert np.mean(left, axis=0)[0] > 0.2
    assert (abs(np.mean(taken, axis=0)) < np.multiply(0.06, noise_of_the_plain_distance)).all()


def test_the_offset_is_that_of_an_estimate_without_the_stimulus():
    """rsatoolbox's estimates, each with its own shrinkage, are close."""
    values = recorded(n=40)
    values[:20, 2:] = np.nan
    whole = np.linalg.inv(crossnobis.noise_covariance(values))
    found = crossnobis.offsets(values)
    for i in (0, 30):
        without = np.linalg.inv(crossnobis.noise_covariance(np.delete(values, i, axis=0)))
        shown = values[i][~np.isnan(values[i, :, 0])]
        left = shown - shown.mean(axis=0)
        expected = np.trace(left @ (without - whole) @ left.T) / (len(left) * (len(left) - 1))
        assert found[i] == pytest.approx(expected, rel=0.1)
