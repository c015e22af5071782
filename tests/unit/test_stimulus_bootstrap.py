"""Correlations under resampling of the stimuli, against stimuli that are written out."""

import in_memory as made
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ventralmap import encoding, stimulus_bootstrap
from ventralmap.calibration import fixed_fits
from ventralmap.correlation import correlate_fold
from ventralmap.stimulus_bootstrap import Resampled, draw_counts, weighted_correlation

SETTINGS = {
    "method": "ridge",
    "alpha_by": "loo",
    "components": 25,
    "folds": 4,
    "repeats": 2,
    "alphas": {"low": 0.001, "high": 1000, "n": 7},
}


def pair(n=12, n_neuroids=3, seed=0):
    """Predictions and measurements, far from zero."""
    random = np.random.default_rng(seed)
    return random.normal(size=(n, n_neuroids)) + 5, 3 * random.normal(size=(n, n_neuroids)) + 100


@settings(max_examples=60, deadline=None)
@given(counts=st.lists(st.integers(0, 4), min_size=12, max_size=12), seed=st.integers(0, 99))
def test_a_weighted_correlation_is_that_of_the_repeated_stimuli(counts, seed):
    prediction, measured = pair(seed=seed)
    found = weighted_correlation(prediction, measured, np.array([counts], dtype=float))[0]
    drawn = np.repeat(np.arange(12), counts)
    if len(set(drawn)) < 2:
        assert np.isnan(found).all()
        return
    expected = [np.corrcoef(prediction[drawn, v], measured[drawn, v])[0, 1] for v in range(3)]
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_constant_responses_have_no_correlation_and_constant_predictions_none_to_speak_of():
    prediction, measured = pair()
    measured[:5, 0] = 0.1  # no binary fraction: the mean of five is not exactly this
    prediction[:5, 1] = 0.1
    counts = np.array([[1, 2, 1, 1, 3] + [0] * 7, [0] * 12, [1] * 12], dtype=float)
    found = weighted_correlation(prediction, measured, counts)
    assert np.isnan(found[0]).tolist() == [True, False, False]
    assert found[0, 1] == 0
    assert np.isnan(found[1]).all()  # nothing drawn
    np.testing.assert_allclose(found[2], correlate_fold(prediction, measured))


def test_as_many_labels_are_drawn_as_there_are_and_whole():
    labels = np.array(list("abbcccab"))
    counts = draw_counts(labels, 5000, seed=0)
    by_label = np.array([counts[:, labels == name][:, 0] for name in "abc"])
    assert (by_label.sum(axis=0) == 3).all()
    for name in "abc":
        assert (np.ptp(counts[:, labels == name], axis=1) == 0).all()
    np.testing.assert_allclose(by_label.mean(axis=1), 1, atol=0.05)
    np.testing.assert_allclose(by_label.var(axis=1), 2 / 3, atol=0.05)  # n p (1 - p)


def test_what_is_drawn_of_a_stimulus_does_not_depend_on_the_order():
    labels, order = np.array(made.ids(30)), np.random.default_rng(1).permutation(30)
    np.testing.assert_array_equal(
        draw_counts(labels[order], 20, seed=3), draw_counts(labels, 20, seed=3)[:, order]
    )


def resampled(labels, counts, folds, prediction, measured):
    """One layer, whose folds are added with the given draws."""
    labels = np.asarray(labels)
    found = Resampled(labels, len(counts), (1, prediction.shape[1]), seed=0)
    found.counts = np.asarray(counts, dtype=float)
    for fold in np.unique(folds):
        held_out = np.flatnonzero(folds == fold)
        neuroids = np.arange(prediction.shape[1])
        found.add(0, neuroids, held_out, prediction[held_out], measured[held_out])
    return found


def test_with_every_stimulus_drawn_once_it_is_the_plain_mean_over_folds():
    prediction, measured = pair()
    folds = np.array([0] * 7 + [1] * 5)  # of unequal size
    found = resampled(made.ids(12), np.ones((1, 12)), folds, prediction, measured)
    r = [correlate_fold(prediction[folds == f], measured[folds == f]) for f in (0, 1)]
    np.testing.assert_allclose(found.r[0, 0], np.mean(r, axis=0), atol=1e-6)
    assert found.missing[:1].tolist() == [[0, 0, 0]]


def test_a_category_that_is_drawn_twice_counts_twice():
    prediction, measured = pair()
    folds = np.array([0] * 6 + [1] * 3 + [2] * 3)
    counts = [[2] * 6 + [1] * 3 + [0] * 3]
    found = resampled(list("aaaaaabbbccc"), counts, folds, prediction, measured)
    r = [correlate_fold(prediction[folds == f], measured[folds == f]) for f in (0, 1)]
    np.testing.assert_allclose(found.r[0, 0], (2 * r[0] + r[1]) / 3, atol=1e-6)
    assert found.missing[:1].tolist() == [[0, 0, 0]]
    assert found.drawn[:1].tolist() == [[2, 2, 2]]  # of the third, nothing was drawn


def test_folds_without_variance_are_counted_and_left_out():
    prediction, measured = pair()
    measured[:6, 0] = 3.0
    folds = np.repeat([0, 1], 6)
    found = resampled(made.ids(12), np.ones((4, 12)), folds, prediction, measured)
    assert found.missing[:1].tolist() == [[4, 0, 0]]
    r = correlate_fold(prediction[6:], measured[6:])
    np.testing.assert_allclose(found.r[0, 0, 0], r[0], atol=1e-6)
    measured[:, 0] = 3.0
    found = resampled(made.ids(12), np.ones((4, 12)), folds, prediction, measured)
    assert np.isnan(found.r[..., 0]).all()
    labelled = stimulus_bootstrap.collect([found])
    assert labelled["resampled_missing"].values[0, 0].tolist() == [1, 0, 0]


def encoded(models=2, **columns):
    random = np.random.default_rng(0)
    features = [random.normal(size=(40, 8)) for _ in range(models)]
    responses = features[0] @ random.normal(size=(8, 4)) + random.normal(size=(40, 4))
    responses[28:, 3] = np.nan  # not seen by the second subject
    data = made.dataset(40, responses, subject=list("AAAB"), **columns)
    return features, data


def test_resamples_of_an_encoding_are_those_of_a_loop_over_its_predictions():
    features, data = encoded(1, category=np.array([f"c{i % 8}" for i in range(40)]))
    kernels = made.kernels(features)
    scores = encoding.encode(data, kernels, SETTINGS, seed=0, n_resamples=6)
    assert scores["r_resampled"].dims == ("generalisation", "resample", "layer", "neuroid")
    assert scores["r_resampled"].dtype == np.float32
    found = scores["r_resampled"].sel(generalisation="category").values[:, 0]
    held_out = scores["held_out_in"].sel(generalisation="category").values
    own = encoding.derived_seed(0, "tiny", "category", "stimuli")
    counts = draw_counts(data.stimuli["category"].to_numpy(str), 6, own).astype(int)
    alpha = scores["alpha"].sel(generalisation="category").values[:, 0]
    expected = np.array([loop(features[0], data, c, held_out, alpha) for c in counts])
    np.testing.assert_allclose(found, expected, atol=1e-5)


def loop(x, data, counts, held_out, alpha):
    """Fit by the closed form, write the drawn stimuli out, and average."""
    y, category = data.mean_response(), data.stimuli["category"].values
    found = np.zeros(y.shape[1])
    for v in range(y.shape[1]):
        r, weights, seen = [], [], ~np.isnan(y[:, v])
        for repeat, fold in np.ndindex(*alpha.shape[:2]):
            test, train = seen & (held_out[repeat] == fold), seen & (held_out[repeat] != fold)
            z = x - x[train].mean(axis=0)
            gram = z[train].T @ z[train] + alpha[repeat, fold, v] * np.eye(8)
            prediction = z @ np.linalg.solve(gram, z[train].T @ (y[train, v] - y[train, v].mean()))
            drawn = np.repeat(np.flatnonzero(test), counts[test])
            if len(drawn):
                r.append(np.corrcoef(prediction[drawn], y[drawn, v])[0, 1])
                kinds = dict(zip(category[test], counts[test], strict=True))
                weights.append(np.mean(list(kinds.values())))
        found[v] = np.average(r, weights=weights)
    return found


def test_layers_and_models_share_their_resamples():
    features, data = encoded(2)
    both = made.kernels([features[0], features[0]])
    first = encoding.encode(data, both, SETTINGS, seed=0, n_resamples=5)["r_resampled"]
    other = encoding.encode(data, made.kernels(features[1:]), SETTINGS, seed=0, n_resamples=5)
    again = made.kernels(features[:1], model="other")
    again = encoding.encode(data, again, SETTINGS, seed=0, n_resamples=5)["r_resampled"]
    np.testing.assert_array_equal(first[:, :, 0], first[:, :, 1])
    np.testing.assert_allclose(first[:, :, 0], again[:, :, 0], atol=1e-6)
    assert (abs(other["r_resampled"] - again) > 0.01).any()


def test_the_order_of_the_stimuli_changes_no_resample():
    features, data = encoded(1)
    order = np.random.default_rng(2).permutation(40)
    first = encoding.encode(data, made.kernels(features), SETTINGS, seed=0, n_resamples=5)
    moved = made.shuffled(made.kernels(features), order[::-1])
    second = encoding.encode(made.reordered(data, order), moved, SETTINGS, 0, n_resamples=5)
    np.testing.assert_allclose(second["r_resampled"], first["r_resampled"], atol=1e-5)


def test_nothing_is_kept_where_nothing_is_asked_for():
    features, data = encoded(1)
    scores = encoding.encode(data, made.kernels(features), SETTINGS, seed=0)
    assert "r_resampled" not in scores
    assert "resampled_missing" not in scores


def share_held(outcomes):
    return np.mean([o["low"] <= o["truth"] <= o["high"] for (o,) in outcomes])


def test_intervals_over_stimuli_hold_the_score_over_all_stimuli():
    """As 95 of 100 should; 100 intervals leave a standard error of .022 around it."""
    found = [fixed_fits.stimuli(seed, stimuli=100, neuroids=9) for seed in range(100)]
    assert 0.89 <= share_held(found) <= 0.99


def test_intervals_over_categories_hold_although_a_fold_has_only_two():
    """Resamples that were not moved to the score would hold it in 87 of 100."""
    found = [fixed_fits.categories(seed, categories=10, each=10, neuroids=9) for seed in range(100)]
    assert 0.89 <= share_held(found) <= 0.99
