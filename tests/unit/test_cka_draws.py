"""CKA of resampled stimuli, against the unbiased estimate and weighted least squares."""

import numpy as np
import pytest

from ventralmap import cka, cka_draws

N = 12


def kernels(seed=0, shift=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(N, 30)) + shift
    y = x[:, :5] + random.normal(size=(N, 5)) - shift
    return x @ x.T, y @ y.T


def found(first, second, counts):
    counts = np.asarray(counts, dtype=float)
    return cka_draws.cka(
        cka_draws.prepare(first, counts), cka_draws.prepare(second, counts), counts
    )


def by_least_squares(first, second, counts):
    """Weighted product of what is left of each pair after an effect of each stimulus."""
    rows, columns = np.triu_indices(N, 1)
    weight = np.sqrt(counts[rows] * counts[columns])
    design = np.zeros((len(rows), N))
    design[np.arange(len(rows)), rows] = design[np.arange(len(rows)), columns] = 1
    left = [
        pairs - weight * (design @ np.linalg.lstsq(design * weight[:, None], pairs)[0])
        for pairs in (kernel[rows, columns] * weight for kernel in (first, second))
    ]
    return left[0] @ left[1] / np.sqrt((left[0] @ left[0]) * (left[1] @ left[1]))


@pytest.mark.parametrize("shift", [0, 1000])
def test_every_stimulus_once_or_some_is_the_unbiased_estimate(shift):
    first, second = kernels(shift=shift)
    some = np.arange(N) % 3 > 0
    expected = [
        cka.cka(first, second),
        cka.cka(first[np.ix_(some, some)], second[np.ix_(some, some)]),
    ]
    np.testing.assert_allclose(found(first, second, [np.ones(N), some]), expected, rtol=1e-5)


def test_resamples_are_weighted_least_squares():
    random = np.random.default_rng(1)
    counts = np.array([np.bincount(random.integers(N, size=N), minlength=N) for _ in range(20)])
    first, second = kernels()
    expected = [by_least_squares(first, second, of_draw) for of_draw in counts]
    np.testing.assert_allclose(found(first, second, counts), expected, atol=1e-9)


def test_a_kernel_is_wholly_aligned_with_itself_and_with_what_centring_makes_of_it():
    first, _ = kernels()
    counts = np.array([[0, 1, 2, 0, 1, 1, 3, 1, 1, 0, 1, 1]])
    moved = 3 * (first + np.arange(N) + np.arange(N)[:, None])
    assert found(first, moved, counts).item() == pytest.approx(1)


def test_unrelated_kernels_are_not_aligned_on_average():
    """Copies of a stimulus would align them if the pair of both counted."""
    random = np.random.default_rng(2)
    counts = np.array([np.bincount(random.integers(N, size=N), minlength=N) for _ in range(200)])
    means = []
    for _ in range(40):
        x, y = random.normal(size=(2, N, 20))
        means.append(np.nanmean(found(x @ x.T, y @ y.T, counts)))
    assert abs(np.mean(means)) < 4 * np.std(means) / np.sqrt(40)
    assert np.std(means) < 0.5


@pytest.mark.parametrize("counts", [[4, 4, 4] + [0] * 9, [5, 1, 1, 1, 2] + [0] * 7])
def test_what_cannot_be_estimated_is_unknown(counts):
    assert np.isnan(found(*kernels(), [counts])).all()


def test_a_kernel_that_is_nothing_but_centring_has_no_alignment():
    first, _ = kernels()
    assert np.isnan(found(first, np.ones((N, N)), np.ones((1, N)))).all()
