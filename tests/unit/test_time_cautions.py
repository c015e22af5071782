"""What is said beside time courses: few subjects, missing pairs, onsets, equal latencies."""

import numpy as np
import study_tables as st

from ventralmap import time_cautions
from ventralmap.cautions import cautions
from ventralmap.findings import hierarchies

SMALL = {"net": ["a", "b", "c"], "pixels": ["pixels"]}


def tables():
    timecourse, latency = st.timecourses(models=SMALL)
    return {
        "timecourse": timecourse,
        "latency": latency.assign(onset_ms=60.0, onset_found=1.0),
        "latency_hierarchy": st.latency_hierarchy(SMALL),
    }


def said(**changes):
    """All sentences, with columns of tables changed as in `timecourse={"n_subjects": 4}`."""
    made = tables()
    for name, columns in changes.items():
        made[name] = made[name].assign(**columns)
    return time_cautions.cautions(made)


def test_a_good_study_is_told_what_an_onset_is_and_where_there_is_no_order():
    first, second = said()
    assert "not when (Sassenhagen & Draschkow 2019)" in first
    assert second.startswith("MEG (simulated): onset latency is not related to depth in net")
    assert "of 3 layers too few differ" in second
    assert set(said()) <= set(cautions(tables(), {}))


def test_five_subjects_are_too_few_and_six_are_not():
    assert any("5 subjects there are 32 sign flips" in line for line in
               said(timecourse={"n_subjects": 5}))  # fmt: skip
    assert not any("sign flips" in line for line in said(timecourse={"n_subjects": 6}))


def test_missing_pairs_are_counted():
    line = next(x for x in said(timecourse={"n_pairs": 51000}) if "pairs of images" in x)
    assert "51,000 of 51,040" in line


def test_an_onset_without_an_interval_is_named_with_its_share():
    lines = said(latency={"onset_found": [0.5, 1.0, 1.0, 1.0]})
    assert any(line.endswith("a of net .50.") for line in lines)


def test_without_onsets_and_with_an_order_nothing_is_said():
    made = tables()
    made["latency"]["onset_ms"] = np.nan
    made["latency_hierarchy"]["p"] = 0.01
    assert time_cautions.cautions(made) == []
    assert time_cautions.cautions({}) == []


def test_the_order_in_time_is_a_finding_of_models_under_test():
    assert hierarchies(tables()) == [
        "In MEG (simulated), peak latency has a rank correlation of .92 with depth in net over 3"
        " layers ([.81, .97], p = .001; resampled subjects)."
    ]


def test_onsets_whose_interval_begins_before_the_image_are_counted():
    lines = said(latency={"onset_ci_low": [-1.0, -30.0, 0.0, np.nan]})
    (line,) = [line for line in lines if "before 0 ms" in line]
    assert line.startswith("MEG (simulated): the interval of the onset begins before 0 ms")
    assert "for 2 layers of net:" in line
    assert not any("before 0 ms" in line for line in said())


def test_clusters_over_subjects_alone_are_named():
    texts = said(timecourse={"p": 0.2, "p_subjects": 0.01})
    assert any("of net, a, b and c over subjects alone (p_subjects)" in text for text in texts)
    assert not any("p_subjects" in text for text in said(timecourse={"p": 0.01, "p_subjects": 0}))
