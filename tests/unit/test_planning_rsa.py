"""Planning: power of simulated studies, what is interpolated from it, and its part of the page."""

import numpy as np
import pandas as pd
import pytest

from ventralmap import planning_rsa
from ventralmap.calibration import encoding_layers, planning_page
from ventralmap.calibration.rsa_power import AHEAD, CEILING, FOUND
from ventralmap.errors import InputError


def test_a_clear_difference_is_found_and_none_is_not():
    clear, none = (planning_rsa.power(20, 12, 0.1, a, n_studies=8) for a in (1.5, 0.0))
    assert clear.power > 0.8 >= 0.3 > none.power
    assert clear.low < clear.power <= clear.high
    assert clear.difference > 0.2 > abs(none.difference)
    assert 0.5 < clear.ceiling_low < 1


def test_sizes_too_small_are_refused():
    with pytest.raises(InputError, match="planning: n_stimuli is 4; give at least 6"):
        planning_rsa.power(4, 2, 1.0, 0.5)


def test_the_smallest_difference_is_interpolated():
    assert planning_rsa.reached([0.2, 0.1], [0.9, 0.6]) == pytest.approx(0.1 + 0.1 * 2 / 3)
    assert planning_rsa.reached([0.1], [1.0]) == pytest.approx(0.08)
    assert np.isnan(planning_rsa.reached([0.1, 0.2], [0.3, 0.7]))
    assert np.isnan(planning_rsa.reached([], []))


def test_the_smallest_of_simulated_studies(monkeypatch):
    def linear(*sizes):
        return planning_rsa.Power(sizes[3], sizes[3] / 2, 0.5, min(sizes[3] + 0.1, 1), 0, 1)

    monkeypatch.setattr(planning_rsa, "power", linear)
    assert planning_rsa.smallest_difference(92, 12, 1.0) == pytest.approx(0.35)


def rates():
    """Two differences of one design, of which the larger is found."""
    rows = [
        {"experiment": "rsa_difference", "cell": f"stimuli=92,noise=high,advantage={a}",
         "claim": claim, "rate": rate, "rate_low": rate - 0.1, "rate_high": rate + 0.1,
         "mean": mean}
        for a, rate, ahead in ((0.1, 0.4, 0.05), (0.8, 0.9, 0.2))
        for claim, mean in ((FOUND, np.nan), (AHEAD, ahead), (CEILING, 0.3))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_page_gives_the_smallest_difference_of_a_design(tmp_path):
    text, picture, table = planning_page.sections(rates(), tmp_path)
    assert text.startswith("## Planning")
    assert (tmp_path / "power_rsa.png").is_file()
    assert "power_rsa.png" in picture
    assert table.splitlines()[-1] == "| 92 stimuli, high noise | 0.30 | 0.17 |"
    assert planning_page.sections(rates().assign(experiment="other"), tmp_path) == []


def test_encoding_has_a_part_of_its_own_without_a_ceiling(tmp_path):
    names = {FOUND: encoding_layers.FOUND, AHEAD: encoding_layers.AHEAD}
    found = rates().query("claim != @CEILING").replace({"claim": names})
    found = found.assign(
        experiment="encoding_unequal", cell=found["cell"].str.replace("advantage", "more")
    )
    text, _, table = planning_page.sections(found, tmp_path)
    assert text.startswith("## Planning an encoding study")
    assert table.splitlines()[0] == "| study | smallest difference |"
    assert table.splitlines()[-1] == "| 92 stimuli, high noise | 0.17 |"
