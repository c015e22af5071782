import numpy as np
import pandas as pd
import pytest

from ventralmap import alterations, columns
from ventralmap.model_names import altered

LESION = "net+lesion(conv1,0.5)"


@pytest.fixture
def tables():
    correspondence = pd.DataFrame(
        [
            {"dataset": d, "model": m, "area": a, "method": "rsa", "score": s, "best_layer": b}
            for d in ("x", "y")
            for m, a, s, b in (
                ("net", "V1", 0.5, "conv1"), ("net", "IT", 0.4, "fc"), (LESION, "V1", 0.2, "conv2"),
                (LESION, "IT", 0.3, "fc"), ("rival+avgpool", "V1", 0.9, "conv1"),
            )
        ]
    )  # fmt: skip
    model_layers = pd.DataFrame(
        [
            {"dataset": d, "model": m, "layer_index": i, "separability": s + i / 10}
            for d, m, s in (("x", "net", 0.6), ("x", LESION, 0.3), ("y", "net", np.nan))
            for i in (1, 0)
        ]
    )
    return {"correspondence": correspondence, "model_layers": model_layers}


def test_changes_are_altered_minus_intact(tables):
    found = alterations.table(tables)
    assert found.columns.tolist() == alterations.COLUMNS
    assert found[["dataset", "area"]].to_numpy().tolist() == [
        ["x", "V1"], ["x", "IT"], ["y", "V1"], ["y", "IT"],
    ]  # fmt: skip
    np.testing.assert_allclose(found["change"], [-0.3, -0.1, -0.3, -0.1])
    np.testing.assert_allclose(found["accuracy_change"], [-0.3, -0.3, np.nan, np.nan])
    assert found["intact_best_layer"].tolist() == ["conv1", "fc", "conv1", "fc"]
    np.testing.assert_allclose(found["intact_accuracy"].dropna(), 0.7)


def test_without_the_intact_model_there_are_no_rows(tables):
    tables["correspondence"] = tables["correspondence"].query("model != 'net'")
    assert alterations.table(tables).empty


def test_every_column_is_described():
    assert all(columns.about("alterations", name)[1] for name in alterations.COLUMNS)


def test_a_twin_is_compared_with_a_twin():
    names = ["net", "net+untrained(1)", "net+avgpool+untrained(1)", "net+untrained(1)+avgpool"]
    assert altered(names) == dict.fromkeys(names[2:], "net+untrained(1)")
