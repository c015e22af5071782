import numpy as np
import pandas as pd
import pytest

from ventralmap import captions_layers, figures
from ventralmap.figures import style
from ventralmap.figures.model_layers import against_score


@pytest.fixture
def table():
    rows = [
        {
            "dataset": dataset, "model": model, "layer": f"l{i}", "layer_index": i, "depth": i / 2,
            "n_features": 5, "field_px": 4 * (i + 1), "field_degrees": (i + 1) / 8,
            "field_whole": False, "effective_px": 2 * (i + 1), "effective_degrees": (i + 1) / 16,
            "separability": 0.3 + 0.1 * i if dataset == "a" else np.nan, "separability_chance": 0.1,
        }
        for dataset in ("a", "b")
        for model in ("net", "net+untrained", "pixels")
        for i in range(1 if model == "pixels" else 3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def correspondence():
    rows = [
        {"dataset": "a", "model": m, "area": a, "method": how, "score": 0.2}
        for m in ("net", "pixels")
        for a in ("V1", "IT")
        for how in ("encoding", "rsa", "cka")
    ]
    return pd.DataFrame(rows)


def lines(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def test_there_are_as_many_panels_as_there_is_to_show(table, correspondence):
    figure = figures.model_layers(table, correspondence)
    assert len(figure.axes) == 3 + 1


def test_without_categories_fields_stand_alone(table, correspondence):
    figure = figures.model_layers(table.assign(separability=np.nan), correspondence)
    assert [axes.get_ylabel() for axes in figure.axes] == ["receptive field (°)"] * 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["net", "net+untrained", "pixels"]


def test_in_a_single_column_the_first_panel_is_above_the_others(table, correspondence):
    figure = figures.model_layers(table, correspondence, width="single")
    assert figure.get_figwidth() == style.SINGLE
    style.settle(figure)
    fields, separability, score, _ = (axes.get_position() for axes in figure.axes)
    assert fields.y0 > separability.y1
    assert (separability.y0, separability.y1) == pytest.approx((score.y0, score.y1))
    assert fields.width > separability.width + score.width


def test_the_key_names_models_and_the_methods_that_there_are(table, correspondence):
    few = correspondence[correspondence["method"] != "cka"]
    figure = figures.model_layers(table, few, width="single")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["net", "net+untrained", "pixels", "score by encoding", "score by RSA"]


def test_lines_are_the_values_of_the_table(table, correspondence):
    fields, separability, *_ = figures.model_layers(table, correspondence).axes
    (line,) = lines(fields, "net")
    np.testing.assert_allclose(line.get_ydata(), [1 / 8, 2 / 8, 3 / 8])
    (level,) = lines(separability, "pixels")
    assert level.get_ydata().tolist() == [0.3, 0.3]
    assert len(lines(fields, "_effective")) == 2


def test_pixels_are_shown_where_degrees_are_not_known(table, correspondence):
    table["field_degrees"] = np.nan
    fields = figures.model_layers(table, correspondence).axes[0]
    assert lines(fields, "net")[0].get_ydata().tolist() == [4, 8, 12]
    assert "pixels" in fields.get_ylabel()


def test_scores_stand_over_the_accuracy_of_the_last_layer(table, correspondence):
    found = against_score(table[table["dataset"] == "a"], correspondence)
    assert found["accuracy"].tolist() == pytest.approx([0.5] * 6 + [0.3] * 6)
    assert found["score"].tolist() == [0.2] * 12


def test_the_caption_names_what_is_there(table):
    assert "Yamins et al. 2014" in captions_layers.model_layers(table)
    without = captions_layers.model_layers(table.assign(separability=np.nan))
    assert "accuracy" not in without
