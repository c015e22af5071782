"""Cautions where a study is outside of what the calibration has shown; they agree with its page."""

import re
from pathlib import Path

import pytest
import study_tables as st

from ventralmap.calibration_cautions import cautions

PAGE = (Path(__file__).parents[2] / "docs/calibration.md").read_text()


def said(tables, word):
    return [text for text in cautions(tables) if word in text]


def test_score_nested_of_rsa_is_optimistic_and_that_of_encoding_is_not():
    encoding, rsa = st.encoding(), st.rsa()
    assert said({"correspondence": st.correspondence(encoding, rsa)}, "score_nested")
    assert not said({"correspondence": st.correspondence(encoding, None)}, "score_nested")


def test_few_subjects_of_rsa_are_not_named():
    rsa = st.rsa("d", ("IT",), 4)
    assert not said({"rsa": rsa, "correspondence": st.correspondence(None, rsa)}, "p_best")


def test_what_one_subject_says_of_others_is_said():
    (text,) = said({"rsa": st.rsa("d", ("IT",), 1)}, "the one subject of IT (d)")
    assert "p_best" in text
    cka = st.cka(st.encoding("d", ("V4",)))
    assert said({"cka": cka.assign(n_subjects=1)}, "with the same neuroids")[0].endswith("V4 (d).")
    assert not said({"cka": cka.assign(n_subjects=2)}, "with the same neuroids")
    assert not said({"rsa": st.rsa("d", ("IT",), 2)}, "the one subject")


@pytest.mark.parametrize(
    ("subjects", "named"), [(("a",), "1 subject"), (("a", "b"), "2 subjects"), ((), "1 subject")]
)
def test_few_subjects_of_encoding_are_named(subjects, named):
    encoding = st.encoding("d", ("V4",), subjects)
    tables = {"encoding": encoding, "correspondence": st.correspondence(encoding, None)}
    (text,) = said(tables, "p_best")
    assert f"V4 (d, {named})" in text


def test_enough_subjects_of_encoding_are_not_named():
    encoding = st.encoding("d", ("V4",), tuple("abcde"))
    assert not said(
        {"encoding": encoding, "correspondence": st.correspondence(encoding, None)}, "p_best"
    )


def test_a_low_reliability_makes_ceiled_scores_optimistic():
    (text,) = said({"encoding": st.encoding("d", ("V4",), reliability=0.3)}, "ev_ceiled")
    assert "low for V4 (d) .30" in text
    assert not said({"encoding": st.encoding(reliability=0.64)}, "ev_ceiled")


def test_fewer_images_or_neuroids_than_any_calibrated_study_has_are_named():
    encoding = st.encoding("d", ("V4",), n_neuroids=12, n_stimuli=40)
    texts = said({"encoding": encoding, "rsa": st.rsa("e", ("IT",), n_stimuli=40)}, "Outside")
    assert len(texts) == 3
    assert "fewer than 30 neuroids for V4 (d, 12)" in texts[0]
    assert "fewer than 62 images for V4 (d, 40)" in texts[1]
    assert "fewer than 62 images for IT (e, 40)" in texts[2]
    assert not said({"encoding": st.encoding(), "rsa": st.rsa()}, "Outside")


@pytest.mark.parametrize(("n", "named"), [(1, False), (4, True), (5, False)])
def test_the_ceiling_of_few_subjects_is_wide(n, named):
    assert bool(said({"rsa": st.rsa("d", ("IT",), n)}, "noise ceiling is wide")) == named


def biases(claim):
    """Read the biases of a claim off the page of the calibration."""
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| {claim}")]
    return [float(re.search(r"\| ([+-]0\.\d{3}) \[", row)[1]) for row in rows]


@pytest.mark.parametrize(
    ("claim", "low", "high"),
    [
        ("correspondence.csv score_nested: ", 0.0, 0.05),
        ("correspondence.csv score: ", 0.01, 0.06),
        ("encoding.csv ev_ceiled | 118 stimuli, 30 neuroids, high noise", 0.03, 0.04),
        ("encoding.csv r_ceiled | 118 stimuli, 30 neuroids, high noise", 0.01, 0.02),
        ("rsa.csv ceiling_low: similarity of the true RDM | 92 stimuli, 4", -0.15, -0.15),
        ("rsa.csv ceiling_high: similarity of the true RDM | 92 stimuli, 4", 0.20, 0.20),
    ],
)
def test_the_figures_are_those_of_the_calibration(claim, low, high):
    found = biases(claim)
    assert found
    assert min(found) > low - 0.01
    assert max(found) < high + 0.01


def sure(study):
    """Read of a study's layers that are given .8 or more: the mean given, and % that are right."""
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| {study}")]
    return [
        tuple(map(float, re.search(r"given (0\.\d+), right ([\d.]+) %", r).groups())) for r in rows
    ]


def test_the_shares_of_right_layers_are_those_of_the_calibration():
    ((given, right),) = sure("correspondence.csv p_best | 118 stimuli, 4 subjects")
    assert (round(given, 2), round(right)) == (0.87, 78)
    alone = sure("correspondence.csv p_best: of one subject (other subjects) | ")
    assert len(alone) == 3
    for given, right in alone:
        assert given == pytest.approx(0.98, abs=0.015)
        assert 49.5 < right < 52.5


def test_intervals_over_time_are_said_to_be_about_these_images():
    rows = st.timecourses()[0]
    (text,) = said({"timecourse": rows}, "Intervals over time")
    lines = [
        x for x in PAGE.splitlines() if x.startswith("| timecourse.csv ci: at the peak, other")
    ]
    held = [float(re.search(r"\| ([\d.]+) % \[", x)[1]) for x in lines if "(other stimuli)" in x]
    assert f"{min(held):.0f} to {max(held):.0f} %" in text
    assert not said({"timecourse": rows.assign(n_subjects=1)}, "Intervals over time")


def test_intervals_of_sets_of_layers_are_narrow_for_one_subject():
    encoding, variance = st.encoding("d", ("V4",), ()), st.variance("d", ("V4",))
    (text,) = said({"variance": variance, "encoding": encoding}, "variance.csv")
    lines = [x for x in PAGE.splitlines() if "| 92 stimuli, 1 subject," in x]
    for name in ("r2", "shared"):
        (line,) = [x for x in lines if x.startswith(f"| variance.csv {name} |")]
        assert re.search(r"\| ([\d.]+) % \[", line)[1] in text
    assert "V4 (d)" in text
    several = st.encoding("d", ("V4",), ("a", "b"))
    assert not said({"variance": variance, "encoding": several}, "variance.csv")
