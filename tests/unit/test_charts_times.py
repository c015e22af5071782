"""Interactive plots over time hold what the tables say."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import study_tables as st

from ventralmap import charts_times

SMALL = {
    "mobilenet_v2": ["a", "b", "c"],
    "mobilenet_v2+untrained": ["a", "b", "c"],
    "pixels": ["pixels"],
}


@pytest.fixture
def table():
    return st.timecourses(models=SMALL, step=50)[0]


def test_maps_and_curves_are_plots_that_plotly_accepts(table):
    maps, curves, fusion = charts_times.charts(
        {"timecourse": table, "fusion": st.fusions(models=SMALL, step=50)[0]}, ["EVC", "IT"]
    )
    assert list(maps.plots["MEG (simulated)"]) == list(SMALL)
    assert list(maps.starts["MEG (simulated)"]) == ["mobilenet_v2", "mobilenet_v2+untrained"]
    assert list(curves.plots["MEG (simulated)"]) == [
        "mobilenet_v2: a", "mobilenet_v2: b", "mobilenet_v2: c", "pixels",
    ]  # fmt: skip
    assert list(fusion.plots) == ["MEG (simulated)"]
    for made in (maps, curves, fusion):
        for plots in made.plots.values():
            for plot in plots.values():
                go.Figure(data=plot["data"], layout=plot["layout"])
    assert charts_times.charts({}, []) == []


def test_a_map_is_the_table(table):
    (maps, _) = charts_times.charts({"timecourse": table}, [])
    plot = maps.plots["MEG (simulated)"]["mobilenet_v2"]["data"][0]
    rows = table[table["model"] == "mobilenet_v2"]
    expected = rows.pivot(index="layer", columns="time_ms", values="similarity")
    np.testing.assert_allclose(np.array(plot["z"], float), expected.loc[plot["y"]], atol=5e-5)
    assert plot["x"] == expected.columns.tolist()
    row = rows[(rows["layer"] == "b") & (rows["time_ms"] == -50)].iloc[0]
    ends = ", ".join(
        f"{row[c]:.3f}".replace("-", "−").replace("0.", ".") for c in ("ci_low", "ci_high")
    )
    assert plot["text"][1][1].split("<br>")[0] == "<b>b</b>, −50 ms"
    assert f"95 % CI [{ends}]" in plot["text"][1][1]
    assert "n = 12 subjects, 320 images<br>cluster p = .400" in plot["text"][1][1]
    assert plot["text"][1][1].endswith("layer 2 of 3, depth 0.50")


def test_a_curve_has_its_interval_its_twin_and_its_significant_times(table):
    (_, curves) = charts_times.charts({"timecourse": table}, [])
    band, line, twin_band, twin = curves.plots["MEG (simulated)"]["mobilenet_v2: b"]["data"]
    rows = table[(table["model"] == "mobilenet_v2") & (table["layer"] == "b")]
    np.testing.assert_allclose(line["y"], rows["similarity"], atol=5e-5)
    half = len(rows)
    np.testing.assert_allclose(band["y"][:half], rows["ci_high"], atol=5e-5)
    np.testing.assert_allclose(band["y"][half:][::-1], rows["ci_low"], atol=5e-5)
    assert [size > 1 for size in line["marker"]["size"]] == rows["significant"].tolist()
    assert (line["line"]["dash"], twin["line"]["dash"]) == ("solid", "dash")
    assert twin["name"] == "mobilenet_v2+untrained"
    assert twin_band["hoverinfo"] == "skip"


def test_the_first_curve_is_of_the_layer_that_is_most_similar(table):
    table.loc[(table["layer"] == "c") & (table["model"] == "mobilenet_v2"), "similarity"] += 1
    table.loc[table["model"] == "pixels", "similarity"] += 2  # a control
    (_, curves) = charts_times.charts({"timecourse": table}, [])
    assert curves.starts == {"MEG (simulated)": ["mobilenet_v2: c"]}


def test_very_many_times_are_thinned(monkeypatch):
    monkeypatch.setattr(charts_times, "MOST_CELLS", 40)
    rows = pd.DataFrame({"time_ms": np.repeat(np.arange(25), 4), "layer": list("abcd") * 25})
    kept = charts_times.thinned(rows)
    assert kept["time_ms"].unique().tolist() == list(range(0, 25, 3))  # 9 times x 4 <= 40
    assert len(charts_times.thinned(rows[:40])) == 40


def test_times_without_an_interval_have_no_band(table):
    unknown = table.assign(ci_low=np.nan, ci_high=np.nan, p=np.nan, significant=False, n_subjects=1)
    (_, curves) = charts_times.charts({"timecourse": unknown}, [])
    band, line, *_ = curves.plots["MEG (simulated)"]["mobilenet_v2: a"]["data"]
    assert band["y"] == []
    assert line["text"][0].endswith("n = 1 subject, 320 images")
