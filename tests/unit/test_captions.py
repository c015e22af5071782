"""Captions say what the tables hold."""

import numpy as np
import pandas as pd
import study_tables as st

from ventralmap import captions, captions_rdms, captions_time

CONFIG = {
    "bootstrap": 1000,
    "encoding": {"folds": 5},
    "rsa": {"permutations": 999, "distance": "correlation"},
}
SIMULATED = [{"name": "simulated", "title": "Simulated", "simulated": True}]


def test_encoding_caption_names_score_error_bars_and_n():
    text = captions.score_over_depth(
        st.encoding(n_neuroids=50, n_stimuli=640), ["V1", "V4", "IT"], config=CONFIG
    )
    assert text.startswith("Encoding score over depth. ")
    assert "mean over 5 folds of images, median over neuroids" in text
    assert "1,000 resamples of the held-out images" in text
    assert "V4 (simulated) 50 neuroids, 640 images" in text
    assert "√reliability" in text
    assert "planted" not in text


def test_encoding_captions_say_how_many_random_splits_are_averaged():
    table = st.encoding()
    config = CONFIG | {"encoding": {"folds": 4, "repeats": 3}}
    for text in (
        captions.score_over_depth(table, [], config=config),
        captions.layer_area_map(table, st.correspondence(table, None), [], config=config),
    ):
        assert "mean over 3 random splits into 4 folds of images, median over neuroids" in text
    assert "random split" not in captions.score_over_depth(table, [], config=CONFIG)


def test_simulated_and_planted_are_said():
    table = st.encoding()
    found = st.correspondence(table, None, {"V1": "features.3"})
    both = pd.concat([table, st.encoding("real", ("V4",))])
    for caption, said in (
        (captions.score_over_depth(table, [], datasets=SIMULATED), "(simulated data)"),
        (captions.score_over_depth(both, [], datasets=SIMULATED), "(simulated: simulated)"),
        (captions.layer_area_map(table, found, [], datasets=SIMULATED), "the planted layer"),
        (captions_time.timecourse(*st.timecourses(), datasets=SIMULATED), "(simulated data)"),
        (captions.score_over_depth(table, [], correspondence=found), "the planted layer"),
    ):
        assert said in caption


def test_missing_ceilings_are_said():
    real = st.encoding("cowley", ("V4",), reliability=np.nan)
    text = captions.score_over_depth(real, ["V4"])
    assert "No ceiling for V4 (cowley): no repeats" in text
    assert "√reliability" not in text
    rsa = pd.concat([st.rsa(), st.rsa("k", ("mIT",), 1, ceiling=(np.nan, np.nan))])
    text = captions.score_over_depth(rsa, ["EVC", "IT", "mIT"], config=CONFIG)
    assert "Grey band: noise ceiling" in text
    assert "No ceiling for mIT (k): one subject." in text
    assert "mIT (k) 1 subject, 320 images" in text
    assert "999 relabellings" in text
    assert "smallest p = .001" in text


def test_map_caption_defines_every_mark():
    table = st.rsa()
    text = captions.layer_area_map(table, st.correspondence(None, table), [], config=CONFIG)
    for said in ("Frame: the best layer", "p_best", "at least .05", "95 % interval of the depth"):
        assert said in text
    assert "Rows at the bottom: pixels, having one layer." in text


def test_rdm_caption_counts_images_and_pairs():
    rdm = st.rdm(6, None, 0)
    text = captions_rdms.rdm_panels(
        {"IT": rdm}, {"IT": ("features.3", rdm)}, list("aabbcc"), simulated=True, config=CONFIG
    )
    assert text.startswith("RDMs of areas and of their best layers (simulated data). ")
    assert "IT with features.3" in text
    assert "3 groups" in text
    assert "n = 6 images, 15 pairs." in text


def test_timecourse_caption_counts_layers_without_onset():
    courses, latency = st.timecourses()
    text = captions_time.timecourse(courses, latency, config=CONFIG)
    assert "No onset for 21 of 41 layers." in text
    assert "MEG (simulated) 12 subjects, 320 images" in text
    assert "1,000 resamples of the subjects" in text
    assert "999 sign flips" in text
    assert "clusters of times with a low p in a t-test" in text


def test_fusion_caption_states_the_formula_the_test_and_n():
    config = CONFIG | {"rsa": {"permutations": 999, "cluster_p": 0.01}}
    text = captions_time.fusion(*st.fusions(), [], datasets=SIMULATED, config=config)
    for said in (
        "(simulated data)",
        "R²(area) + R²(layer) − R²(area and layer)",
        "clusters of times with p < .01 in a t-test; largest mass over all areas and times",
        "n: MEG (simulated) 12 subjects.",
        "chosen on these data",
    ):
        assert said in text


def test_variance_caption_defines_its_bars_and_states_n():
    text = captions.variance(st.variance(), ["V1", "V4", "IT"], datasets=SIMULATED, config=CONFIG)
    assert text.startswith("Variance explained by layers alone, in common and together (simulated")
    assert "R² = 1 − squared error / squared error of the training mean" in text
    assert "Below zero" in text
    assert "1,000 resamples of neuroids and subjects" in text
    assert text.endswith("IT (simulated) 48 neuroids, 320 images.")
    assert "Below zero" not in captions.variance(st.variance(areas=("V4",)), [])


def test_what_the_config_lacks_is_left_out():
    text = captions.score_over_depth(st.rsa(), [])
    assert "None" not in text
    assert "  " not in text
