"""Templates: what is escaped, and where the text of a cell may break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import escape

from ventralmap.templates import breakable, template


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mobilenet_v2+untrained", "mobilenet_<wbr>v2+<wbr>untrained"),
        ("features.12", "features.12"),
        ("layer1.relu", "layer1.<wbr>relu"),
        ("−0.351", "−0.351"),
        ("< 0.001", "&lt; 0.001"),
        ("[.11, 1.00]", "[.11,\u00a01.00]"),
        ("<b>a_b</b>", "&lt;b&gt;a_<wbr>b&lt;/b&gt;"),
    ],
)
def test_names_break_at_joints_and_numbers_never(text, shown):
    assert str(breakable(text)) == shown


@given(st.text())
def test_breaks_change_nothing_that_is_read(text):
    read = str(breakable(text)).replace("<wbr>", "").replace("\u00a0", " ")
    assert read == str(escape(text)).replace("\u00a0", " ")


def test_what_a_template_is_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        template("report.html").render()
