"""Scores of both methods in one shape."""

import warnings

import numpy as np
import pandas as pd

from ventralmap import scores


def test_nothing_is_planted_in_a_column_of_nothing_and_nothing_is_warned_of():
    panel = scores.Panel("d", "images", "V4")
    table = pd.DataFrame(
        {"dataset": "d", "area": "V4", "method": "rsa", "model": ["net", "net+untrained"]}
    )
    with warnings.catch_warnings(action="error"):
        assert scores.planted(table.assign(planted_layer=np.nan), panel, "rsa") == {}
    some = table.assign(planted_layer=["conv2", np.nan])
    assert scores.planted(some, panel, "rsa") == {"net": "conv2"}
    assert scores.planted(some, panel, "encoding") == {}
