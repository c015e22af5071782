import in_memory as made
import numpy as np
import pytest

from ventralmap import layer_table, readout

CATEGORIES = np.repeat(["face", "place", "tool"], 8)
FIELDS = [
    {"layer": "other", "theoretical": 9.0, "effective": 9.0, "image": 64},
    {"layer": "layer1", "theoretical": 64.0, "effective": 20.0, "image": 64},
    {"layer": "layer0", "theoretical": 8.0, "effective": 4.0, "image": 64},
]


def features(seed):
    return np.random.default_rng(seed).normal(size=(24, 6))


def table(degrees=4.0, category=CATEGORIES, **attrs):
    columns = {} if category is None else {"category": category}
    data = made.dataset(24, **columns)
    data.meta["stimulus_degrees"] = degrees
    kernels = made.kernels([features(0), features(1)])
    kernels.attrs.update(field=0.5, **attrs)
    return kernels, layer_table.describe(data, kernels, FIELDS, 4, 0)


def test_fields_are_joined_on_layers_and_turned_into_degrees():
    _, found = table()
    assert found.columns.tolist() == layer_table.COLUMNS
    assert found["field_px"].tolist() == [8, 64]
    assert found["field_whole"].tolist() == [False, True]
    # 64 pixels are half of 4 degrees
    np.testing.assert_allclose(found["field_degrees"], [0.25, 2])
    np.testing.assert_allclose(found["effective_degrees"], [0.125, 0.625])


def test_degrees_are_those_that_were_shown():
    np.testing.assert_allclose(table(degrees_shown=8.0)[1]["field_degrees"], [0.5, 4])
    assert table(degrees=None)[1]["field_degrees"].isna().all()


def test_separability_is_the_readout_of_each_layer():
    kernels, found = table()
    expected = [readout.accuracy(kernels.kernel(i), CATEGORIES, 4, 0) for i in (0, 1)]
    assert found["separability"].tolist() == expected
    assert found["separability_chance"].tolist() == pytest.approx([1 / 3] * 2)


def test_without_categories_there_is_none():
    assert table(category=None)[1]["separability"].isna().all()
