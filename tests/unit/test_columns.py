"""Every column of every table is described."""

import pandas as pd
import pytest
import study_tables as st

from ventralmap import columns, correspondence


def tables():
    encoding, rsa = st.encoding(), st.rsa()
    timecourse, latency = st.timecourses()
    return {
        "encoding": encoding,
        "rsa": rsa,
        "rsa_pairs": st.rsa_pairs(rsa),
        "timecourse": timecourse,
        "latency": latency,
        "correspondence": correspondence.correspondence_table([], {}),
        "hierarchy": st.hierarchy(),
        "variance": st.variance(),
        "models": pd.DataFrame(columns=["model", "degrees:a", "readout_chance:b"]),
    }


def test_every_column_has_a_row_with_its_meaning():
    found = columns.describe(tables())
    assert found.columns.tolist() == ["table", "column", "unit", "meaning"]
    assert len(found) == sum(len(table.columns) for table in tables().values())
    assert found[found["meaning"] == ""]["column"].tolist() == []


@pytest.mark.parametrize("name", tables())
def test_numbers_have_a_unit_and_text_has_none(name):
    table = tables()[name]
    for column, dtype in table.dtypes.items():
        if len(table) and pd.api.types.is_numeric_dtype(dtype):
            is_bool = pd.api.types.is_bool_dtype(dtype)
            assert bool(columns.about(name, column)[0]) != is_bool, column


@pytest.mark.parametrize(
    ("table", "column", "unit", "words"),
    [
        ("latency", "peak_ms", "ms", "highest mean similarity"),
        ("rsa", "p", "1", "relabelling the stimuli"),
        ("rsa_pairs", "p", "1", "equally similar"),
        ("rsa_pairs", "difference", "1", "minus that of the later one"),
        ("timecourse", "p", "1", "cluster"),
        ("encoding", "r", "1", "held-out Pearson correlation"),
        ("variance", "r", "1", "all layers of the set"),
        ("models", "readout_accuracy:simulated", "1", "linear readout"),
        ("models", "degrees:simulated", "°", "visual angle"),
    ],
)
def test_the_same_name_may_mean_something_else_in_another_table(table, column, unit, words):
    found, meaning = columns.about(table, column)
    assert found == unit
    assert words in meaning


def test_what_is_not_described_is_empty():
    assert columns.about("encoding", "nothing") == ("", "")
