"""Dimensionality and alignment of known spectra."""

import in_memory as made
import numpy as np
import pytest
from scipy.stats import ortho_group

from ventralmap import spectra

N = 12


def random(seed=0):
    return np.random.default_rng(seed)


def layer(values, seed=0):
    """Centred features with orthogonal columns and these eigenvalues of the kernel."""
    basis = np.linalg.qr(np.column_stack([np.ones(N), random(seed).normal(size=(N, N - 1))]))[0]
    return basis[:, 1 : 1 + len(values)] * np.sqrt(values)


def of(features, responses, **more):
    data = made.dataset(N, responses, **more)
    return spectra.table(data, made.kernels([np.asarray(x) for x in features]))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1, 1], 4), ([5], 1), ([2, 1], 9 / 5), ([3, 0, 0], 1), ([4, 2, 2], 64 / 24)],
)
def test_participation_ratio_of_known_spectra(values, expected):
    assert spectra.participation_ratio(np.array(values, float)) == pytest.approx(expected)
    turned = (
        layer(values) @ ortho_group.rvs(len(values), random_state=0)
        if len(values) > 1
        else layer(values)
    )
    found = of([turned + 7], random(1).normal(size=(N, 3)))  # a mean has no dimension
    assert found["dimensionality"].item() == pytest.approx(expected)


def test_no_variance_has_no_dimension():
    assert np.isnan(spectra.participation_ratio(np.zeros(3)))


def test_responses_in_the_leading_eigenvectors_are_all_aligned():
    x = layer([8, 7, 0.1, 0.1])
    found = of([x], x[:, :2] @ random(2).normal(size=(2, 5)) + 3).iloc[0]
    assert found["n_leading"] == 3  # participation ratio 2.03
    assert found["power_leading"] == pytest.approx(1)
    assert found["n_half"] <= 2


def test_responses_outside_the_leading_eigenvectors_are_not():
    x = layer([8, 7, 6, 1.3, 1.2, 1.1, 1])
    found = of([x], x[:, 5:]).iloc[0]
    assert found["n_leading"] == 5
    assert found["power_leading"] == pytest.approx(0, abs=1e-12)
    assert found["n_half"] == 6


def test_power_is_the_share_of_variance_that_regression_on_the_scores_explains():
    x, y = layer([6, 3, 2, 1]), random(4).normal(size=(N, 5))
    z = (y - y.mean(axis=0)) / y.std(axis=0)
    _, vectors = spectra.spectrum(x @ x.T)
    power = spectra.cumulative_power(vectors, z @ z.T)
    for k in (1, 2, 4):
        left = np.linalg.lstsq(x[:, :k], z, rcond=None)[1].sum()
        assert power[k - 1] == pytest.approx(1 - left / np.sum(z**2))
    assert power[-1] == pytest.approx(1)


def test_unstructured_responses_have_the_power_of_chance():
    x = layer([4, 3, 2, 1])
    found = of([x], random(5).normal(size=(N, 3000))).iloc[0]
    assert found["power_leading"] == pytest.approx(found["power_leading_chance"], abs=0.02)


def test_neuroids_count_alike_whatever_their_scale():
    x = layer([4, 3, 2, 1])
    y = random(6).normal(size=(N, 4))
    first, second = of([x], y), of([x], y * [1, 10, 100, 1000] + 5)
    np.testing.assert_allclose(first["power_leading"], second["power_leading"])


def test_subjects_who_saw_other_stimuli_are_weighted_by_their_neuroids():
    x, y = layer([6, 3, 2, 1]), random(7).normal(size=(N, 3))
    y[:4, 0] = np.nan
    alone = [of([x], y[:, :1]), of([x], y[:, 1:])]
    both = of([x], y)
    expected = (alone[0]["power_10"] + 2 * alone[1]["power_10"]) / 3
    np.testing.assert_allclose(both["power_10"], expected)
    assert both["n_stimuli"].item() == N


def test_the_order_of_stimuli_changes_nothing():
    x, y, order = layer([6, 3, 2, 1]), random(8).normal(size=(N, 3)), random(9).permutation(N)
    data, layers = made.dataset(N, y), made.kernels([x])
    first = spectra.table(data, layers)
    second = spectra.table(made.reordered(data, order), layers)
    np.testing.assert_allclose(first["power_leading"], second["power_leading"])


def test_rdms_of_squared_distances_are_those_of_the_patterns():
    x, y = layer([6, 3, 2, 1]), layer([5, 4, 3], seed=3)
    squared = ((y[:, None] - y[None]) ** 2).sum(axis=-1)
    data = made.dataset(N, rdms=[made.rdms(squared[None, None], area=["IT"])])
    ((_, parts),) = spectra.areas(data).items()
    centred = y - y.mean(axis=0)
    expected = centred @ centred.T
    np.testing.assert_allclose(parts[0].kernel, expected / np.trace(expected), atol=1e-6)
    assert spectra.table(data, made.kernels([x]))["area"].tolist() == ["IT"]


def test_people_who_lack_pairs_are_left_out_or_averaged():
    squared = made.distances(N, 0, 1, 3) ** 2
    squared[0, 0, 0, 1] = squared[0, 0, 1, 0] = np.nan
    data = made.dataset(N, rdms=[made.rdms(squared, area=["IT"])])
    assert len(spectra.areas(data)["IT"]) == 2
    squared[0, 1, 2, 3] = squared[0, 1, 3, 2] = np.nan
    squared[0, 2, 4, 5] = squared[0, 2, 5, 4] = np.nan
    data = made.dataset(N, rdms=[made.rdms(squared, area=["IT"])])
    (mean,) = spectra.areas(data)["IT"]
    expected = spectra.centred(-np.nanmean(squared[0], axis=0) / 2)
    np.testing.assert_allclose(mean.kernel, expected / np.trace(expected), atol=1e-6)
