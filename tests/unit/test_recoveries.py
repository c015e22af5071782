"""The figure of recovery: confusion matrices, rates, and whether p_best is right."""

import numpy as np
import pandas as pd
import pytest
from test_recovery import LAYERS, rows

from ventralmap import opinion_captions
from ventralmap.figures import recoveries
from ventralmap.recovery import tables


def study():
    """Three methods on two areas, with one change of the noise."""
    parts = [
        rows([0, 1, 2, 3], p_best=0.9),
        rows([0, 1, 1, 0], noise=4.0),
        rows([0, 0, 0, 0], method="cka", p_best=0.5),
        rows([0, 1, 1, 1], method="rsa euclidean spearman"),
        rows([3, 3, 3, 0], method="rsa correlation spearman"),
        rows([0, 1, 2, 0], model="other"),
    ]
    table = tables.recovery_table(
        [part.assign(area=area) for area in ("V4", "IT") for part in parts], LAYERS
    )
    return table, tables.summary_table(table)


def test_a_confusion_matrix_has_the_share_of_each_choice():
    twice = pd.concat([rows([0, 1, 2, 3]), rows([0, 0, 2, 1])])
    expected = [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 0, 1, 0], [0, 0.5, 0, 0.5]]
    np.testing.assert_array_equal(recoveries.confusion(twice), expected)


def test_of_rsa_the_one_that_is_right_most_often_is_shown():
    assert recoveries.shown(study()[1]) == ["ridge", "rsa euclidean spearman", "cka"]


def test_probabilities_are_compared_with_what_is_right():
    table = tables.recovery_table(
        [rows([0, 1, 0, 0], p_best=[0.9, 0.85, 0.95, 0.1]).assign(draw=1)], LAYERS
    )
    found = recoveries.probabilities(table)
    assert found["n"].tolist() == [1, 3]
    assert found["given"].tolist() == pytest.approx([0.1, 0.9])
    assert found["right"].tolist() == pytest.approx([0, 2 / 3])


def test_two_lines_of_panels_for_each_area():
    table, summary = study()
    figure = recoveries.recovery(table, summary, ["V4", "IT"])
    assert len(figure.axes) == 2 * 2 * recoveries.COLUMNS
    assert [len(axes.images) for axes in figure.axes[:4]] == [1, 1, 1, 0]
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), np.eye(4))
    noise = figure.axes[4].lines[0]
    assert noise.get_xdata().tolist() == [1, 4]
    assert noise.get_ydata().tolist() == [1, 0.75]


def test_an_area_too_small_for_a_method_has_an_empty_panel():
    table, _ = study()
    small = table[(table["area"] == "V4") | ~table["method"].str.startswith("rsa")]
    figure = recoveries.recovery(small, tables.summary_table(small), ["V4", "IT"])
    assert not figure.axes[8 + 1].images
    assert not figure.axes[8 + 1].axison


def test_the_caption_counts_recordings():
    text = opinion_captions.recovery(*study(), ["V4", "IT"])
    assert text.startswith("Layers chosen for recordings that were simulated from each layer")
    assert "V4 (d) 4; IT (d) 4 recordings" in text
