"""What layers explain alone and in common, from datasets and kernels."""

import in_memory as made
import numpy as np
import pytest
from sklearn.linear_model import RidgeCV

from ventralmap import intervals, two_factor, variance, variance_table
from ventralmap.errors import InputError
from ventralmap.intervals import Resampling

N = 60
SETTINGS = {
    "alpha_by": "loo",
    "folds": 4,
    "repeats": 1,
    "alphas": {"low": 1e-3, "high": 1e3, "n": 7},
}
PAIR = ["net:layer0", "other:layer1"]


def problem(noise=0.3):
    """Neuroids of the first layer, the second, both, and of none."""
    random = np.random.default_rng(0)
    layers = [random.normal(size=(N, 6)), random.normal(size=(N, 6))]
    one, two = (x @ random.normal(size=6) for x in layers)
    signal = np.column_stack([one, two, one + two, 0 * one])
    return layers, signal + noise * random.normal(size=(N, 4))


def models(layers):
    nothing = np.zeros((N, 1))
    return {
        "net": made.kernels([layers[0], nothing]),
        "other": made.kernels([nothing, layers[1]], model="other"),
    }


def analysed(layers, responses, sets=(PAIR,), settings=SETTINGS, **columns):
    data = made.dataset(N, responses, **columns)
    return variance.analyse(data, models(layers), sets, settings, seed=0)


def test_independent_layers_share_nothing_and_explain_what_they_drive():
    found = analysed(*problem()).isel(generalisation=0)
    assert found["layer"].values.tolist() == PAIR
    assert (found["r2"].values[:, :3] > 0.7).all()
    assert (abs(found["shared"].values[:, :3]) < 0.1).all()
    unique = found["unique"].values
    assert unique[0, 0] > 0.8
    assert abs(unique[1, 0]) < 0.05
    assert unique[1, 1] > 0.8
    assert abs(unique[0, 1]) < 0.05
    assert (unique[:, 2] > 0.1).all()
    assert found["r2"].values[0, 3] < 0.1


def test_a_layer_and_itself_share_everything():
    layers, responses = problem()
    found = analysed([layers[0], layers[0]], responses).isel(generalisation=0, neuroid=0)
    assert (abs(found["unique"]) < 0.01).all()
    np.testing.assert_allclose(found["shared"], found["r2"], atol=0.02)


def test_what_is_lost_without_a_layer_is_what_sklearn_says():
    layers, responses = problem()
    data = made.dataset(N, responses)
    found = variance.analyse(data, models(layers), [PAIR], SETTINGS, seed=0).isel(generalisation=0)
    fold = variance.folds.splits(data.stimuli, 4, 1, 0)["images"][0]
    left, total = np.zeros(4), np.zeros(4)
    for f in range(4):
        train, x = fold != f, layers[1]
        alphas = np.geomspace(1e-3, 1e3, 7) * x[train].var(axis=0).sum()
        model = RidgeCV(alphas, alpha_per_target=True).fit(x[train], responses[train])
        left += ((model.predict(x[~train]) - responses[~train]) ** 2).sum(axis=0)
        total += ((responses[~train] - responses[train].mean(axis=0)) ** 2).sum(axis=0)
    without_first = found["r2"] - found["unique"].isel(band=0)
    np.testing.assert_allclose(without_first[0], 1 - left / total, atol=1e-9)


def test_unique_and_shared_add_up_for_each_neuroid():
    layers, responses = problem()
    category = np.array([f"c{i % 5}" for i in range(N)])
    settings = SETTINGS | {"alpha_by": "folds", "repeats": 2}
    found = analysed(layers, responses, settings=settings, category=category)
    assert found["generalisation"].values.tolist() == ["images", "category"]
    total = found["unique"].sum("band") + found["shared"].isel(band=0)
    np.testing.assert_allclose(total, found["r2"].isel(band=0), atol=1e-12)


def test_the_order_of_the_stimuli_changes_nothing():
    layers, responses = problem()
    data, order = made.dataset(N, responses), np.random.default_rng(1).permutation(N)
    by_model = models(layers)
    first = variance.analyse(data, by_model, [PAIR], SETTINGS, seed=0)
    by_model["net"] = made.shuffled(by_model["net"], order[::-1])
    second = variance.analyse(made.reordered(data, order), by_model, [PAIR], SETTINGS, seed=0)
    np.testing.assert_allclose(second["unique"], first["unique"], atol=1e-8)


def test_a_row_per_area_set_and_layer():
    layers, responses = problem()
    three = [*PAIR, "net:layer1"]
    data = made.dataset(N, responses, area=["V4", "V4", "V4", "IT"])
    scores = variance.analyse(data, models(layers), [PAIR, three], SETTINGS, seed=0)
    table = variance_table.table({"tiny": scores}, Resampling(100, 0))
    assert table["area"].tolist() == ["V4"] * 5 + ["IT"] * 5
    assert (
        table["set"].tolist()
        == [" + ".join(PAIR)] * 2
        + [" + ".join(three)] * 3
        + [" + ".join(PAIR)] * 2
        + [" + ".join(three)] * 3
    )
    assert table["layer"].tolist() == [*PAIR, *three] * 2
    assert table["n_neuroids"].tolist() == [3] * 5 + [1] * 5
    assert (table["n_stimuli"] == N).all()
    expected = scores["unique"].values[0, 1, :3]
    assert table["unique"][1] == pytest.approx(np.median(expected))


def test_intervals_are_for_other_neuroids_and_subjects():
    layers, responses = problem()
    data = made.dataset(N, responses, area=["V4"] * 4, subject=list("AABB"))
    scores = variance.analyse(data, models(layers), [PAIR], SETTINGS, seed=0)
    draw = Resampling(300, 5)
    table = variance_table.table({"tiny": scores}, draw)
    drawn = draw.neuroids("tiny", scores)
    for name in ("r2", "unique", "shared"):
        values = scores[name].values[0]
        sample = intervals.medians(values, None, drawn, intervals.Sizes(0, 2))
        expected = [end[1] for end in two_factor.interval(sample, "neuroids")]
        found = table.loc[1, [f"{name}_ci_low", f"{name}_ci_high"]].tolist()
        assert found == pytest.approx(expected)
        assert table[name][1] == pytest.approx(np.median(values[1]))
        assert found[0] < table[name][1] < found[1]


def test_a_layer_that_is_not_there_is_named():
    with pytest.raises(InputError, match="net has no layer 'layr1'; did you mean 'layer1'"):
        analysed(*problem(), sets=[["net:layr1", "other:layer1"]])
