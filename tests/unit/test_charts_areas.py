"""Interactive maps of layers and areas hold what the tables say."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import study_tables as st

from ventralmap import charts_areas

HIERARCHY = [["V1", "EVC"], "V4", "IT"]
DATASETS = [{"name": "simulated", "title": "x"}]


@pytest.fixture
def tables():
    encoding = st.encoding()
    return {"encoding": encoding, "rsa": st.rsa(), "cka": st.cka(encoding)}


def chart(tables):
    return charts_areas.chart(tables, HIERARCHY, DATASETS)


def test_every_measure_and_model_has_a_map_that_plotly_accepts(tables):
    made = chart(tables)
    assert list(made.plots) == [
        "Encoding: r (single images or groups held out)",
        "Encoding: r_ceiled (single images or groups held out)",
        "Encoding: ev_ceiled (single images or groups held out)",
        "RSA (correlation, spearman)",
        "CKA",
    ]
    for maps in made.plots.values():
        assert list(maps) == list(st.MODELS)
        for plot in maps.values():
            go.Figure(data=plot["data"], layout=plot["layout"])


@pytest.mark.parametrize(
    ("measure", "table", "column"),
    [(0, "encoding", "r"), (1, "encoding", "r_ceiled"), (2, "encoding", "ev_ceiled"),
     (3, "rsa", "similarity"), (4, "cka", "cka")],
)  # fmt: skip
def test_values_are_those_of_the_table(tables, measure, table, column):
    plot = list(chart(tables).plots.values())[measure]["mobilenet_v2"]["data"][0]
    rows = tables[table]
    rows = rows[rows["model"] == "mobilenet_v2"]
    if "subject" in rows:
        rows = rows[rows["subject"] == "all"]
    expected = rows.pivot(index="layer", columns="area", values=column)
    expected = expected.loc[plot["y"], plot["x"]]
    np.testing.assert_allclose(np.array(plot["z"], float), expected, atol=5e-5)
    assert plot["y"] == st.MOBILENET
    order = ["V1", "EVC", "V4", "IT"]
    assert plot["x"] == sorted(plot["x"], key=order.index)


def test_a_cell_says_value_interval_n_layer_and_depth(tables):
    maps = list(chart(tables).plots.values())
    row = tables["encoding"].query("model == 'mobilenet_v2' and area == 'V4' and subject == 'all'")
    row = row[row["layer"] == "features.10"].iloc[0]
    r, low, high = (f"{row[c]:.3f}"[1:] for c in ("r", "r_ci_low", "r_ci_high"))
    text = maps[0]["mobilenet_v2"]["data"][0]["text"][10][1]
    assert text.split("<br>") == [
        "<b>features.10</b>, V4 (simulated)",
        f"median r = {r}, 95 % CI [{low}, {high}]",
        "n = 48 neuroids, 320 images",
        "layer 11 of 20, depth 0.53",
        f"p_best {row['p_best']:.2f}"[:7] + f"{row['p_best']:.2f}"[1:],
    ]
    ceiled = maps[1]["mobilenet_v2"]["data"][0]["text"][10][1].split("<br>")
    assert ceiled[1] == f"median r / √reliability = {row['r_ceiled']:.3f}".replace("0.", ".")
    assert ceiled[2] == "n = 45 neuroids, 320 images"  # those that are reliable
    assert len(ceiled) == 4


def test_the_best_layer_of_each_area_is_framed_and_named(tables):
    plot = next(iter(chart(tables).plots.values()))["mobilenet_v2"]
    best = [st.MOBILENET.index(name) for name in ("features.4", "features.10", "features.16")]
    centres = {((s["x0"] + s["x1"]) / 2, (s["y0"] + s["y1"]) / 2) for s in plot["layout"]["shapes"]}
    assert {(round(x), round(y)) for x, y in centres} == set(enumerate(best))
    assert "highest: V1 features.4 (.5" in plot["label"]


def test_all_models_of_a_measure_are_on_one_scale(tables):
    for maps in chart(tables).plots.values():
        values = [v for m in maps.values() for row in m["data"][0]["z"] for v in row]
        for plot in maps.values():
            assert plot["data"][0]["zmin"] == pytest.approx(min(values), abs=5e-5)
            assert plot["data"][0]["zmax"] == pytest.approx(max(values), abs=5e-5)


def test_what_is_missing_has_no_colour_and_says_so(tables):
    encoding = tables["encoding"]
    gone = (encoding["area"] == "V4") & (encoding["layer"] == "features.3")
    encoding.loc[gone, "r"] = np.nan
    plot = next(iter(chart({"encoding": encoding}).plots.values()))["mobilenet_v2"]["data"]
    assert plot[0]["z"][3][1] is None
    assert plot[0]["text"][3][1].endswith("no score")
    assert len(plot[1]["text"]) == 20 * 3 - 1


def test_without_reliabilities_there_are_no_ceiled_maps():
    made = chart({"encoding": st.encoding(reliability=np.nan)})
    assert [name.partition(" (")[0] for name in made.plots] == ["Encoding: r"]


def test_names_with_tags_are_escaped():
    table = st.encoding("<b>x</b>", ("V1",)).replace("features.0", "<a href='y'>z</a>")
    plot = next(iter(chart({"encoding": table}).plots.values()))["mobilenet_v2"]["data"][0]
    assert plot["y"][0] == "&lt;a href='y'&gt;z&lt;/a&gt;"
    assert plot["text"][0][0].startswith(f"<b>{plot['y'][0]}</b>, V1 (&lt;b&gt;x&lt;/b&gt;)")


def test_generalisations_and_datasets_stand_apart():
    one, two = st.encoding("one", ("V1",)), st.encoding("two", ("V1",))
    category = one.assign(generalisation="category")
    made = chart({"encoding": pd.concat([one, two, category])})
    names = list(made.plots)
    assert names[0] == "Encoding: r (single images or groups held out)"
    assert names[1] == "Encoding: r (whole categories held out)"
    assert made.plots[names[0]]["pixels"]["data"][0]["x"] == ["V1<br>one", "V1<br>two"]
    assert made.plots[names[1]]["pixels"]["data"][0]["x"] == ["V1"]


def test_several_twins_are_one_with_their_range():
    names = {f"mobilenet_v2+untrained({seed})": st.MOBILENET for seed in (1, 2)}
    table = st.encoding(areas=("V1",), models={"mobilenet_v2": st.MOBILENET, **names})
    maps = next(iter(chart({"encoding": table}).plots.values()))
    assert list(maps) == ["mobilenet_v2", "mobilenet_v2+untrained"]
    assert "range of 2 seeds [" in maps["mobilenet_v2+untrained"]["data"][0]["text"][0][0]


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        (["pixels", "a", "b", "b+untrained", "a+untrained"], ["a", "a+untrained"]),
        (["a", "pixels"], ["a", "pixels"]),
        (["a"], ["a"]),
    ],
)
def test_a_model_stands_beside_its_twin(models, expected):
    assert charts_areas.beside(models) == expected


def test_without_scores_there_is_no_chart():
    assert chart({}) is None
