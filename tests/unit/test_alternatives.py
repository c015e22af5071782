"""Alternative texts say what is seen, with the numbers of the tables."""

import pandas as pd
import pytest
import study_tables as st

from ventralmap import alternatives


def test_scores_are_told_by_the_best_layer_of_each_model():
    table = st.encoding(areas=("V1", "V4"))
    text = alternatives.text("encoding_depth", 1, "Scores", {"encoding": table})
    top = table.query("model == 'mobilenet_v2' and area == 'V1' and subject == 'all'")["r"].max()
    assert text.startswith("Figure 1: Scores. Lines of score over depth, a panel per area.")
    assert f"V1: mobilenet_v2 features.4 {top:.3f}".replace(" 0.", " .") in text
    assert "and pixels .16" in text
    assert "V4: mobilenet_v2 features.10" in text


def test_panels_are_told_apart_where_an_area_has_several():
    table = st.encoding(areas=("V1",), models={"pixels": ["pixels"]})
    both = pd.concat([table, table.assign(generalisation="object", r=table["r"] + 0.1)])
    text = alternatives.text("encoding_depth", 1, "Scores", {"encoding": both})
    assert "V1 (images): pixels .165; V1 (object): pixels .265." in text


def test_rsa_is_told_by_its_comparison():
    table = st.rsa(areas=("IT",)).assign(comparison="cosine")
    text = alternatives.text("rsa_map", 2, "Maps", {"rsa": table})
    assert "Highest mean cosine, IT: mobilenet_v2 features." in text


def test_time_is_told_by_its_peak():
    table, _ = st.timecourses(models={"mobilenet_v2": ["a", "b"]})
    text = alternatives.text("timecourse", 3, "Time", {"timecourse": table})
    assert "MEG (simulated), mobilenet_v2: highest at " in text
    fusion = st.fusions()[0]
    assert "EVC: highest at 100 ms" in alternatives.text("fusion", 4, "F", {"fusion": fusion})


def test_panels_beyond_the_first_are_counted():
    areas = tuple(f"A{n}" for n in range(10))
    table = st.encoding(areas=("V1",), models={"pixels": ["pixels"]})
    table = pd.concat([table.assign(area=area) for area in areas])
    assert "2 more panels" in alternatives.text("encoding_map", 1, "M", {"encoding": table})


@pytest.mark.parametrize("key", ["another", "encoding_depth", "rdms_x"])
def test_without_its_table_the_title_has_to_do(key):
    assert alternatives.text(key, 5, "A title", {}) == (
        "Figure 5: A title. The caption describes it further."
    )
