"""Fitted combinations of layers, against scipy and rsatoolbox, and on planted ones."""

import in_memory as made
import numpy as np
import pytest
import xarray as xr
from rsatoolbox.model import ModelWeighted
from rsatoolbox.model.fitter import fit_optimize_positive, fit_regress_nn
from rsatoolbox.rdm import RDMs
from scipy.optimize import nnls
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr, zscore

from ventralmap import checks, fitted, folds
from ventralmap.runs import Run

N, FOLDS, SEED = 20, 4, 0
SETTINGS = {"distance": "euclidean", "comparison": "spearman", "responses": "none", "folds": FOLDS}


def features(n_layers=3):
    random = np.random.default_rng(0)
    return [random.normal(size=(N, 30)) for _ in range(n_layers)]


def rdms_of(layers):
    return np.array([pdist(x, "sqeuclidean") / x.shape[1] for x in layers])


def subjects_like(truth, n_subjects=3, noise=0.2, seed=1):
    random = np.random.default_rng(seed)
    return truth + noise * random.normal(size=(n_subjects, len(truth)))


def study(mixture=(1, 0, 2), n_subjects=3, noise=0.2):
    """Three layers; EVC is the first, IT a mixture."""
    layers = features()
    rdms = rdms_of(layers)
    values = [subjects_like(truth, n_subjects, noise) for truth in (rdms[0], mixture @ rdms)]
    square = np.array([[squareform(rdm) for rdm in area] for area in values])
    return layers, made.dataset(N, rdms=[made.rdms(np.abs(square))])


def analyse(data, kernels, **changed):
    return fitted.analyse(data, kernels, SETTINGS | changed, SEED)


def test_weights_are_scipys_of_z_scored_rdms():
    rdms = rdms_of(features())
    subjects = subjects_like(rdms[0] - 0.2 * rdms[1] + rdms[2], noise=0.5)
    target = zscore(zscore(subjects, axis=1).mean(axis=0))
    expected = nnls(zscore(rdms, axis=1).T, target)[0]
    found = fitted.weights(rdms, subjects)
    np.testing.assert_allclose(found, expected)
    assert found[1] == 0


@pytest.mark.parametrize(
    ("fit", "tolerance"), [(fit_regress_nn, 1e-9), (fit_optimize_positive, 1e-3)]
)
def test_weights_are_those_of_rsatoolbox(fit, tolerance):
    np.random.seed(0)  # noqa: NPY002  # rsatoolbox starts its optimisation at random
    rdms = rdms_of(features())
    subjects = subjects_like(rdms[0] + 0.5 * rdms[1] - 0.2 * rdms[2])
    theirs = fit(ModelWeighted("layers", RDMs(rdms)), RDMs(subjects), method="corr")
    ours = fitted.weights(rdms, subjects) / rdms.std(axis=1)  # theirs are of the RDMs as they are
    np.testing.assert_allclose(ours / np.linalg.norm(ours), theirs, atol=tolerance)


def test_weights_leave_out_pairs_that_nobody_has():
    rdms = rdms_of(features())
    subjects = subjects_like(rdms[0])
    subjects[:, 5], subjects[1, 7] = np.nan, np.nan
    kept = np.arange(rdms.shape[1]) != 5
    found = fitted.weights(rdms, subjects)
    np.testing.assert_allclose(found, fitted.weights(rdms[:, kept], subjects[:, kept]))


def by_hand(data, rdms, area, n_subjects):
    """All fits in plain loops: similarity of the fitted sum and of the chosen layer."""
    square = [squareform(rdm) for rdm in rdms]
    fold = folds.assign(made.ids(N), FOLDS, SEED)
    sums, chosen = [], []

    def upper(matrix, stimuli):
        return matrix[np.ix_(stimuli, stimuli)][np.triu_indices(len(stimuli), 1)]

    def r(a, b):
        return spearmanr(a, b).statistic

    brains = data.rdms[0].values[area]
    for left in range(n_subjects):
        others = [s for s in range(n_subjects) if s != left] or [left]
        for number in range(FOLDS):
            train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            x = np.array([upper(m, train) for m in square])
            y = np.array([upper(brains[s], train) for s in others])
            w = nnls(zscore(x, axis=1).T, zscore(zscore(y, axis=1).mean(axis=0)))[0]
            held_out = np.array([upper(m, test) for m in square])
            sums.append(r((w / x.std(axis=1)) @ held_out, upper(brains[left], test)))
            best = np.argmax([np.mean([r(a, b) for b in y]) for a in x])
            chosen.append(r(held_out[best], upper(brains[left], test)))
    return np.mean(sums), np.mean(chosen)


@pytest.mark.parametrize("n_subjects", [1, 3])
def test_the_table_holds_what_plain_loops_find(n_subjects):
    layers, data = study(n_subjects=n_subjects, noise=0.5)
    table = fitted.table([Run("tiny", "net", analyse(data, made.kernels(layers)))])
    for i, row in table.iterrows():
        sums, chosen = by_hand(data, rdms_of(layers), i, n_subjects)
        assert row["fitted"] == pytest.approx(sums)
        assert row["single"] == pytest.approx(chosen)
        assert row["difference"] == pytest.approx(sums - chosen)
    said = "stimuli and subjects" if n_subjects > 1 else "stimuli"
    assert table["left_out"].tolist() == [said] * 2
    assert table["n_subjects"].tolist() == [n_subjects] * 2
    assert table["n_folds"].tolist() == [FOLDS] * 2
    assert table["n_stimuli"].tolist() == [N] * 2
    assert table["n_layers"].tolist() == [3] * 2


def test_a_mixture_is_found_where_there_is_one():
    layers, data = study()
    runs = [Run("tiny", "net", analyse(data, made.kernels(layers)))]
    table = fitted.table(runs).set_index("area")
    assert table.loc["IT", "difference"] > 0.05
    assert table.loc["EVC", "difference"] < 0.01
    long = fitted.weights_table(runs).set_index(["area", "layer"])
    assert long.loc[("EVC", "layer0"), "chosen"] == 1
    assert long.loc[("IT", "layer2"), "chosen"] == 1
    assert long.loc["IT"]["weight"].idxmax() == "layer2"
    assert long.loc[("IT", "layer1"), "weight"] < 0.1 < long.loc[("IT", "layer0"), "weight"]


def test_layers_are_scored_on_what_is_left_out():
    layers, data = study()
    scores = analyse(data, made.kernels(layers))
    table = fitted.weights_table([Run("tiny", "net", scores)])
    assert table["layer_index"].tolist() == [0, 1, 2] * 2
    assert table["depth"].tolist() == [0, 0.5, 1] * 2
    np.testing.assert_allclose(table["held_out"][:3], scores["single"][0].mean(("subject", "fold")))


def test_the_combination_of_one_layer_is_that_layer():
    layers, data = study()
    found = analyse(data, made.kernels(layers[:1]))
    np.testing.assert_allclose(found["fitted"], found["chosen"])
    np.testing.assert_allclose(found["fitted"], found["single"].isel(layer=0))


def test_unrelated_recordings_are_not_predicted():
    """Fitting costs nothing where it is tested on what it was not fitted to."""
    layers, found = features(8), []
    for seed in range(40):
        values = made.distances(N, seed, 1, 4)
        scores = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
        found.append(scores["fitted"].mean().item())
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(40) < 0.1


def test_no_weight_at_all_is_counted_and_predicts_nothing():
    layers = features(1)
    opposite = squareform(rdms_of(layers).max() + 0.1 - rdms_of(layers)[0])
    data = made.dataset(N, rdms=[made.rdms(np.array([[opposite] * 2]))])
    scores = analyse(data, made.kernels(layers))
    (row,) = fitted.table([Run("tiny", "net", scores)]).to_dict("records")
    assert row["n_unweighted"] == 2 * FOLDS
    assert row["fitted"] == 0
    assert row["single"] == pytest.approx(-1)


def test_subjects_of_other_areas_are_not_counted():
    layers, data = study()
    values = data.rdms[0].values.copy()
    values[1, 0] = np.nan
    found = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
    table = fitted.table([Run("tiny", "net", found)])
    assert table["n_subjects"].tolist() == [3, 2]
    alone = analyse(made.dataset(N, rdms=[made.rdms(values[1:, 1:])]), made.kernels(layers))
    assert table["fitted"][1] == pytest.approx(alone["fitted"].mean().item())
    assert table["n_unweighted"].tolist() == [0, 0]
    assert (
        fitted.weights_table([Run("tiny", "net", found)])
        .groupby("area")["chosen"]
        .sum()
        .eq(1)
        .all()
    )


def test_the_order_of_the_stimuli_changes_nothing():
    layers, data = study()
    random = np.random.default_rng(0)
    first = analyse(data, made.kernels(layers))
    kernels = made.shuffled(made.kernels(layers), random.permutation(N))
    second = analyse(made.reordered(data, random.permutation(N)), kernels)
    xr.testing.assert_allclose(first, second)


def test_pairs_that_a_subject_lacks_are_left_out():
    layers, data = study()
    values = data.rdms[0].values.copy()
    values[:, 2, 4, :], values[:, 2, :, 4] = np.nan, np.nan  # has not seen the fifth stimulus
    found = analyse(made.dataset(N, rdms=[made.rdms(values)]), made.kernels(layers))
    assert found["fitted"].notnull().all()
    whole = analyse(data, made.kernels(layers))
    fold = folds.assign(made.ids(N), FOLDS, SEED)[4]
    others = [f for f in range(FOLDS) if f != fold]
    np.testing.assert_allclose(
        found["single"].isel(subject=2, fold=others), whole["single"].isel(subject=2, fold=others)
    )
    assert (found["single"] != whole["single"]).isel(subject=2, fold=fold).all()


def test_distances_to_a_stimulus_that_nobody_has_seen_change_nothing():
    layers, data = study(noise=0.5)
    values = data.rdms[0].values.copy()
    values[..., 4, :], values[..., :, 4] = np.nan, np.nan
    unseen = made.dataset(N, rdms=[made.rdms(values)])
    other = [x.copy() for x in layers]
    other[0][4] *= 20
    first, second = (analyse(unseen, made.kernels(x)) for x in (layers, other))
    np.testing.assert_allclose(first["fitted"], second["fitted"])


def of_few(n):
    layers = [x[:n] for x in features()]
    values = np.array([squareform(rdm) for rdm in subjects_like(rdms_of(layers)[0], noise=0.05)])
    data = made.dataset(n, rdms=[made.rdms(np.abs(values)[None])])
    return [Run("tiny", "net", analyse(data, made.kernels(layers)))]


def test_few_stimuli_have_fewer_folds_and_five_have_no_fit():
    (row,) = fitted.table(of_few(9)).itertuples()
    assert row.n_folds == 3
    assert np.isfinite([row.fitted, row.single]).all()
    (row,) = fitted.table(of_few(5)).itertuples()
    assert np.isnan([row.fitted, row.single]).all()
    tables = {"rsa_fitted": fitted.table(of_few(5)), "rsa_weights": fitted.weights_table(of_few(5))}
    assert tables["rsa_weights"][["weight", "chosen"]].isna().all(axis=None)
    assert checks.weights_are_not_negative(tables)
    assert checks.correlations_are_correlations(tables)
