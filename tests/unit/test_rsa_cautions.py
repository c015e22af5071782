"""What is said beside RSA: subjects who were left out, intervals that are empty."""

import re
from pathlib import Path

import numpy as np
import study_tables as st

from ventralmap import rsa_cautions
from ventralmap.cautions import cautions

SMALL = {"net": ["a", "b", "c"]}
RESPONSES = {"rsa": {"responses": "correlation"}}


def responses(area, *n_neuroids):
    return [{"area": area, "subject": f"s{i}", "n_neuroids": n} for i, n in enumerate(n_neuroids)]


def given(area, n_subjects):
    return {"area": area, "n_subjects": n_subjects, "n_times": None}


def test_subjects_whose_rdms_have_too_few_pairs_are_counted():
    meta = {"name": "tiny", "responses": responses("V4", 5, 9, 40), "rdms": [given("IT", 3)]}
    table = st.rsa("tiny", ("V4", "IT"), 2, models=SMALL)
    assert rsa_cautions.cautions(table, RESPONSES, [meta]) == [
        f"{area} (tiny): 1 subject with fewer than 3 pairs of images left out of RSA, too few to"
        " compare RDMs."
        for area in ("V4", "IT")
    ]
    assert set(rsa_cautions.cautions(table, RESPONSES, [meta])) < set(
        cautions({"rsa": table.assign(n_missing_pairs=1)}, RESPONSES, [meta])
    )


def test_subjects_with_too_few_neuroids_are_not_counted_twice():
    meta = {"name": "tiny", "responses": responses("V4", 5, 2, 40)}
    table = st.rsa("tiny", ("V4",), 2, models=SMALL)
    (text,) = rsa_cautions.cautions(table, RESPONSES, [meta])
    assert "1 subject with fewer than 3 neuroids" in text


def test_an_area_with_rdms_of_its_own_is_counted_by_these():
    meta = {"name": "tiny", "responses": responses("V4", *[5] * 9), "rdms": [given("V4", 2)]}
    assert rsa_cautions.cautions(st.rsa("tiny", ("V4",), 2, models=SMALL), RESPONSES, [meta]) == []


def test_rows_without_an_interval_are_counted():
    table = st.rsa("tiny", ("V4", "IT"), 2, models=SMALL)
    table.loc[[1, 2], ["ci_low", "ci_high"]] = np.nan
    (text,) = rsa_cautions.cautions(table, RESPONSES)
    assert text.startswith("V4 (tiny): no interval and no test against the best layer for 2 layers")
    assert "more than 10 % of the resamples" in text


def test_images_in_categories_are_about_other_images_of_these():
    table = st.rsa("tiny", ("V4",), 2, models=SMALL)
    meta = {"name": "tiny", "categories": {"a": 3, "b": 4}}
    (text,) = rsa_cautions.cautions(table, {}, [meta])
    assert text.startswith("tiny: the images come in 2 categories.")
    for kinds in ({}, {"a": 7}, {"a": 1, "b": 1}):
        assert rsa_cautions.cautions(table, {}, [meta | {"categories": kinds}]) == []


def test_layers_above_chance_over_subjects_alone_are_counted():
    table = st.rsa("tiny", ("V4",), 9, models=SMALL)
    table = table.assign(p_fdr=[0.2, 0.01, 0.2], p_subjects_fdr=[0.01, 0.01, 0.3])
    (text,) = rsa_cautions.cautions(table, {})
    assert text.startswith("V4 (tiny): 1 layer of net above chance over subjects (p_subjects)")


def test_cosines_of_distances_that_noise_adds_to_are_warned_of():
    table = st.rsa("d", ("IT",), 12, models=SMALL)
    cosines = table.assign(comparison="whitened-cosine")

    def warned(rows, responses):
        found = rsa_cautions.cautions(rows, {"rsa": {"responses": responses}})
        return [text for text in found if "Cosines" in text]

    assert len(warned(cosines, "correlation")) == len(warned(cosines, "none")) == 1
    assert not warned(cosines, "crossnobis")
    assert not warned(table, "correlation")


def test_what_is_said_of_cosines_is_what_recovery_found():
    page = (Path(__file__).parents[2] / "docs/how-to/recovery.md").read_text()
    table = st.rsa("d", ("IT",), 12, models=SMALL).assign(comparison="whitened-cosine")
    (text,) = [t for t in rsa_cautions.cautions(table, {}) if "Cosines" in t]
    for method in ("whitened cosine", "Spearman"):
        start = f"| RSA, correlation distances, {method}"
        row = next(line for line in page.splitlines() if line.startswith(start))
        of_images = [int(rate) for rate in re.findall(r"\| (\d+) %", row)][1:]  # without V4
        assert f"{min(of_images)} to {max(of_images)} %" in text
