"""The methods and the captions name the map that a study used."""

import numpy as np
import pandas as pd
import pytest
import study_tables as st

from ventralmap import (
    caption_parts,
    captions,
    captions_rdms,
    comparison_words,
    methods,
    methods_rsa,
    references,
    response_rdms,
    solvers,
    two_factor,
)
from ventralmap.figures import depth

ENCODING = {"folds": 5, "components": 25, "alphas": {"low": 1e-5, "high": 1e6, "n": 23}}


@pytest.mark.parametrize(
    ("chosen", "said", "not_said"),
    [
        ({}, "by ridge regression (Hoerl & Kennard 1970), as", "principal"),
        ({"alpha_by": "loo"}, "per neuroid by leave-one-out inside the training folds,", "labels"),
        ({"alpha_by": "folds"}, "per neuroid by 5 folds of the training images", "leave-one-out"),
        ({"method": "ridge_pca"}, "on the layer's first 25 principal components", "partial"),
        ({"method": "ridge_pca"}, "23 log-spaced values, 1e-05 to 1e+06 times", "partial"),
        ({"method": "pls"}, "by partial least squares (Rosipal & Trejo 2001)", "penalty"),
        ({"method": "pls"}, "with 25 components", "Hoerl"),
        ({"method": "ridge_srp"}, "on a sparse random projection of the layer's features", "pca"),
        ({"method": "ridge_srp"}, "23 log-spaced values, 1e-05 to 1e+06 times", "partial"),
        ({}, "ridge regression", "banded"),
        ({"banded": [["a:b", "a:c"]]}, "divided into what is lost without a layer", "partial"),
    ],
)
def test_methods_say_which_map_was_used(chosen, said, not_said):
    text = methods.paragraphs({"encoding": ENCODING | chosen}, [], ["encoding"])[-1]
    assert said in text
    assert not_said not in text


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "mean over 5 folds; images of one group"),
        ({"repeats": 3}, "mean over 5 folds of 3 random splits each; images"),
        (
            {"generalisations": []},
            "Whole objects and categories, where the dataset names them, are",
        ),
        ({"generalisations": ["images"]}, "Held out are single images or groups."),
        (
            {"generalisations": ["category", "object"]},
            "Held out are whole categories and whole objects.",
        ),
    ],
)
def test_methods_say_what_is_held_out(chosen, said):
    text = methods.paragraphs({"encoding": ENCODING | chosen}, [], ["encoding"])[-1]
    assert said in text
    assert text.count("eld out are ") + text.count("are held out as well") == 1


@pytest.mark.parametrize("method", solvers.SOLVERS)
def test_what_the_methods_cite_is_listed(method):
    texts = methods.paragraphs({"encoding": {"method": method}}, [], ["encoding"])
    labels = {reference.label for reference in references.cited(texts)}
    own = "Rosipal & Trejo 2001" if method == "pls" else "Hoerl & Kennard 1970"
    assert labels == {own, "Yamins et al. 2014"}


def test_what_bands_cite_is_listed():
    texts = methods.paragraphs({"encoding": {"banded": [["a:b", "a:c"]]}}, [], ["encoding"])
    labels = {reference.label for reference in references.cited(texts)}
    assert {"Borcard et al. 1992", "Dupré la Tour et al. 2022"} <= labels


def test_every_interval_has_its_words_and_says_what_it_covers():
    assert methods.INTERVALS.keys() == caption_parts.INTERVALS.keys() == two_factor.SPREADS.keys()
    said = {
        "neuroids": (
            "1,000 resamples of the neuroids",
            "other neuroids and subjects, and the same",
        ),
        "stimuli": ("1,000 resamples of the held-out images", "other images and the same neuroids"),
        "both": ("1,000 resamples of the held-out images", "other images, neuroids and subjects"),
    }
    for interval, words in said.items():
        config = {"bootstrap": 1000, "encoding": ENCODING | {"interval": interval}}
        text = methods.paragraphs(config, [], ["encoding"])[-1]
        assert all(part in text for part in words)
        caption = captions.score_over_depth(st.encoding(), [], config=config)
        assert f"1,000 {caption_parts.INTERVALS[interval]}" in caption
        for said_once in (text, caption):
            assert ("250 different ones at most" in said_once) == (interval != "neuroids")


def test_every_map_has_its_words():
    assert methods.MAPS.keys() == caption_parts.MAPS.keys() == solvers.SOLVERS.keys()
    assert methods.ALPHA_BY.keys() == solvers.ALPHA_BY.keys()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "its prediction by ridge regression on held-out images"),
        ({"method": "ridge_pca"}, "by ridge regression on principal components on held-out"),
        ({"method": "pls"}, "its prediction by partial least squares on held-out images"),
        ({"method": "ridge_srp"}, "by ridge regression on a random projection on held-out"),
    ],
)
def test_captions_say_which_map_was_used(chosen, said):
    config = {"encoding": ENCODING | chosen}
    assert said in captions.score_over_depth(st.encoding(), [], config=config)


@pytest.mark.parametrize(
    ("comparison", "said", "cited"),
    [
        ("spearman", "were compared by Spearman correlation, averaged", "Nili et al. 2014"),
        ("rho-a", "by Spearman's ρ-a (its expectation", "Schütt et al. 2023"),
        ("tau-a", "by Kendall's τ-a (Kendall 1938; Nili et al. 2014)", "Kendall 1938"),
        ("pearson", "by Pearson correlation, averaged", "Nili et al. 2014"),
        ("cosine", "by cosine similarity, averaged", "Nili et al. 2014"),
        ("whitened-cosine", "by whitened cosine similarity (weighted", "Diedrichsen et al. 2021"),
        ("whitened-pearson", "by whitened Pearson correlation (weight", "Diedrichsen et al. 2021"),
    ],
)
def test_the_comparison_of_rdms_is_named_and_cited(comparison, said, cited):
    text = methods.paragraphs({"rsa": {"comparison": comparison}}, [], ["rsa"])[-1]
    assert said in text
    assert cited in {reference.label for reference in references.cited([text])}
    table = st.rsa().assign(comparison=comparison)
    name = comparison_words.words(comparison).name
    assert f"{name} of the layer's RDM" in captions.score_over_depth(table, [])
    assert depth.score_label(table) == f"{comparison_words.words(comparison).symbol} of RDMs"


def test_chance_is_said_not_to_be_zero_where_it_is_not():
    for comparison in comparison_words.COMPARISONS:
        text = methods.paragraphs({"rsa": {"comparison": comparison}}, [], ["rsa"])[-1]
        assert ("chance is not zero" in text) == comparison.endswith("cosine")


def test_a_table_of_several_comparisons_has_no_symbol_of_one():
    table = pd.concat([st.rsa(), st.rsa().assign(comparison="cosine")])
    assert depth.score_label(table) == "similarity of RDMs"
    assert (
        comparison_words.name(table["comparison"]) == "Spearman correlation and cosine similarity"
    )


@pytest.mark.parametrize(
    ("projection", "said", "not_said"),
    [(None, "All units of a layer enter", "projected"), (2000, "on 2,000 dimensions", "All units")],
)
def test_methods_say_whether_features_were_projected(projection, said, not_said):
    features = {"centre": True, "scale": "zscore", "projection": projection}
    text = methods.paragraphs({"features": features}, [], [])[1]
    assert said in text
    assert not_said not in text
    labels = {reference.label for reference in references.cited([text])}
    assert ("Li et al. 2006" in labels) == (projection is not None)


def test_methods_say_how_rdms_of_responses_are_made():
    text = methods.paragraphs({"rsa": {"responses": "crossnobis"}}, [], ["rsa"])[-1]
    assert "three or more neuroids in an area: the crossnobis distance (Walther" in text
    assert "Schäfer & Strimmer 2005" in {r.label for r in references.cited([text])}
    none = methods.paragraphs({"rsa": {"responses": "none"}}, [], ["rsa"])[-1]
    assert "RDMs of responses" not in none


def test_every_distance_of_responses_has_its_words():
    assert methods_rsa.RESPONSES.keys() == response_rdms.DISTANCES.keys()
    assert caption_parts.RESPONSES.keys() == {"none", *response_rdms.DISTANCES}


def test_the_caption_of_rdms_says_how_those_of_responses_are_made():
    square = np.ones((4, 4))
    said = [
        captions_rdms.rdm_panels({"V4": square}, {"V4": ("a", square)}, config={"rsa": settings})
        for settings in ({}, {"responses": "none"}, {"responses": "crossnobis"})
    ]
    assert "each z-scored over images. Below" in said[0]
    assert said[1] == said[0]
    assert "the crossnobis distance of the responses, mean over subjects. Below" in said[2]


def test_methods_say_what_combinations_and_alignment_are():
    texts = methods.paragraphs({"rsa": {"folds": 4}}, [], ["cka", "rsa_fitted", "rsa_weights"])[-2:]
    assert texts[0].startswith("CKA: ")
    assert "each of 4 folds of the images was left out" in texts[1]
    assert {reference.label for reference in references.cited(texts)} == {
        "Efron & Stein 1981",
        "Khaligh-Razavi & Kriegeskorte 2014",
        "Kornblith et al. 2019",
        "Murphy et al. 2024",
        "Schütt et al. 2023",
        "Song et al. 2012",
        "Storrs et al. 2021",
    }


def test_time_courses_are_said_to_be_by_spearman_whatever_rsa_is_by():
    (text,) = (
        part
        for part in methods.paragraphs({"rsa": {"comparison": "tau-a"}}, [], ["timecourse"])
        if part.startswith("Time courses")
    )
    assert "Spearman correlation of RDMs at each time" in text


def test_areas_beside_the_hierarchy_are_said_to_be():
    config = {"hierarchy": ["EVC", ["IT", "hIT"]], "beside": ["behaviour"]}
    data = methods.paragraphs(config, [], [])[0]
    assert data.endswith(
        "Areas, early to late: EVC < IT = hIT. Compared beside this order: behaviour."
    )
    assert "beside" not in methods.paragraphs(config | {"beside": []}, [], [])[0]
