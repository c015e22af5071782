import numpy as np
import pytest
from scipy.stats import trim_mean

from ventralmap import medians


@pytest.mark.parametrize("n_known", [0, 1, 4, 5])
def test_the_median_is_of_what_is_known(n_known):
    values = np.random.default_rng(1).random((2, 3, 5))
    values[..., n_known:] = np.nan
    values = np.random.default_rng(2).permuted(values, axis=-1)
    if n_known:
        np.testing.assert_allclose(medians.median(values), np.nanmedian(values, axis=-1))
    else:
        assert np.isnan(medians.median(values)).all()


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8])
def test_the_midmean_is_scipys_trimmed_mean_of_what_is_known(n):
    values = np.random.default_rng(1).random((2, 3, 9))
    values[0, :, n:] = np.nan
    found = medians.midmean(np.random.default_rng(2).permuted(values, axis=-1))
    np.testing.assert_allclose(found[0], trim_mean(values[0, :, :n], 0.25, axis=-1))
    np.testing.assert_allclose(found[1], trim_mean(values[1], 0.25, axis=-1))
    assert np.isnan(medians.midmean(np.full(3, np.nan)))


def test_resampled_midmeans_are_those_of_a_loop():
    values = np.random.default_rng(1).random((3, 2, 6))
    drawn, _ = draw(6, lengths=(6, 4, 6, 8))
    for i, found in enumerate(medians.resampled_midmean(values, drawn)):
        np.testing.assert_allclose(found, medians.midmean(values[i % 3][:, drawn[i]]))


def draw(n, *, lengths, seed=0):
    random = np.random.default_rng(seed)
    drawn = [random.integers(n, size=length) for length in lengths]
    return drawn, random.integers(n, size=(len(lengths), 2, n))


def test_resampled_medians_are_those_of_a_loop(monkeypatch):
    monkeypatch.setattr(medians, "AT_ONCE", 20)
    values = np.random.default_rng(1).random((3, 2, 6))
    drawn, apart = draw(6, lengths=(6, 4, 6, 6, 8))
    for i, found in enumerate(medians.resampled_median(values, drawn, apart)):
        of = values[i % 3]
        one, other = (of[:, np.resize(positions, len(drawn[i]))] for positions in apart[i])
        mean = of.mean(axis=1, keepdims=True)
        noisy = of[:, drawn[i]] - mean + 0.3 * (one - other) / np.sqrt(2)
        expected = np.median(mean + noisy / np.sqrt(1.09), axis=1)
        np.testing.assert_allclose(found, expected)


def test_what_is_not_known_is_left_out():
    values = np.random.default_rng(1).random((1, 2, 6))
    drawn, apart = draw(6, lengths=(6,) * 50)
    some = values.copy()
    some[0, 1, 2] = np.nan
    found, whole = (medians.resampled_median(of, drawn, apart) for of in (some, values))
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[:, 0], whole[:, 0])
    some[0, 1] = np.nan
    assert np.isnan(medians.resampled_median(some, drawn, apart)[:, 1]).all()


def test_one_neuroid_stays_what_it_is():
    drawn, apart = draw(1, lengths=(1,) * 5)
    np.testing.assert_allclose(medians.resampled_median(np.full((1, 2, 1), 0.4), drawn, apart), 0.4)


@pytest.mark.parametrize("n", [10, 30, 33])
@pytest.mark.parametrize("own", [0.3, 1.0])
def test_resampled_medians_of_two_layers_differ_as_those_of_other_neuroids_do(n, own):
    """Scores that layers share and that each has alone; plain resamples differ by more."""
    random, n_studies = np.random.default_rng(0), 200

    def scores(*shape):
        return random.normal(size=(*shape, 1, n)) + own * random.normal(size=(*shape, 2, n))

    def variance(found):
        return np.diff(found)[..., 0].var(axis=-1, ddof=1)

    true = variance(medians.median(scores(20_000)))
    smooth, plain = [], []
    for seed in range(n_studies):
        study, (drawn, apart) = scores(1), draw(n, lengths=(n,) * 200, seed=seed)
        smooth.append(variance(medians.resampled_median(study, drawn, apart)))
        plain.append(variance(medians.median(study[0][:, np.array(drawn)].swapaxes(0, 1))))
    assert np.mean(smooth) == pytest.approx(true, rel=0.15)
    assert np.mean(plain) > 1.1 * np.mean(smooth)
