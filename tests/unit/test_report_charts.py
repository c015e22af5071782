"""What is embedded for the charts: safe, the same every time, and only where it is needed."""

import base64
import hashlib
import json
import re
import subprocess
import sys

import pytest
import study_tables as st

from ventralmap import report_charts

HIERARCHY = ["V1", "V4", "IT"]


@pytest.fixture
def shown():
    return report_charts.charts({"rsa": st.rsa("</script><b>")}, HIERARCHY, [])


def test_the_data_are_json_that_cannot_end_its_element(shown):
    text = report_charts.data(shown)
    assert not set("<>&") & set(text)
    plots = json.loads(text)["layer-area"]["plots"]
    assert plots == json.loads(json.dumps(shown[0].plots))
    assert text == report_charts.data(
        report_charts.charts({"rsa": st.rsa("</script><b>")}, HIERARCHY, [])
    )


def test_the_policy_names_the_hash_of_each_script(shown):
    texts = report_charts.scripts(shown)
    assert len(texts) == 2
    assert texts[0].startswith("/**\n* plotly.js")
    assert not [text for text in texts if "</script" in text or "<!--" in text]
    found = re.findall(r"'sha256-([^']*)'", report_charts.policy(texts))
    assert found == [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts
    ]
    assert "unsafe-inline'; script" in report_charts.policy(texts)  # for styles alone


def test_without_charts_plotly_is_left_out():
    assert report_charts.charts({}, HIERARCHY, []) == []
    (own,) = report_charts.scripts([])
    assert own == report_charts.SCRIPT.read_text()


def test_figures_that_show_the_same_are_numbered(shown):
    keys = ["encoding_depth", "other", "rsa_map"]
    found = report_charts.context({"rsa": st.rsa()}, HIERARCHY, [], keys)
    assert found["still"] == [(1, "encoding_depth"), (3, "rsa_map")]


def test_plotly_is_imported_by_the_report_alone():
    others = "captions, encoding, figures, illustrations, rsa, tables, timecourse"
    code = f"import sys; from ventralmap import {others}, report; print('plotly' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
