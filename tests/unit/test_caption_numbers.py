"""Every number of a caption is that of the tables, worked out here anew."""

import re

import numpy as np
import pandas as pd
import pytest
import study_tables as st
from scipy.stats import spearmanr

from ventralmap import captions, captions_best, captions_rdms, captions_time, opinion_captions
from ventralmap.figures import mds

HIERARCHY = [["V1", "EVC"], "V4", "IT"]
SMALL = {
    "net": ["conv1", "conv2", "conv3"],
    "net+untrained": ["conv1", "conv2", "conv3"],
    "pixels": ["pixels"],
}
PEAK = {"V1": 0.2, "V4": 0.55, "IT": 0.85, "EVC": 0.15}
NUMBER = r"[−]?\d*\.\d+"
ENDS = rf"\[({NUMBER}), ({NUMBER})\]"
AREA = r"(\w+) \((\w+)\)"
CONFIG = {
    "bootstrap": 1234,
    "encoding": {"folds": 5, "reliability_threshold": 0.2},
    "rsa": {"permutations": 4567, "distance": "correlation", "cluster_p": 0.02},
}


@pytest.fixture(autouse=True)
def a_model_under_test(monkeypatch):
    """Give `net` the curve of a trained model."""
    monkeypatch.setattr(
        st,
        "curve",
        lambda model, area, depth, height: (
            height * (0.3 if model == "pixels" else 0.5 if "+" in model else 1)
            * np.exp(-((depth - PEAK[area]) ** 2) / 0.25)
        ),
    )  # fmt: skip


def number(text):
    return float(text.replace("−", "-"))


def numbers(found):
    return [number(text) for text in found]


def close(text, value, digits):
    """Whether a number was rounded from a value."""
    return abs(number(text) - value) <= 0.5 * 10**-digits + 1e-9


def row_of(table, **keys):
    chosen = np.logical_and.reduce([table[key] == value for key, value in keys.items()])
    (row,) = table[chosen].to_dict("records")
    return row


def counts(caption, unit):
    """List area, dataset, number of `unit` and of images of the sentence that states n."""
    stated = caption[caption.rindex("n: ") :]
    found = re.findall(rf"{AREA} ([\d,]+) {unit}s?, ([\d,]+) images?", stated)
    return {(a, d): (int(n.replace(",", "")), int(m.replace(",", ""))) for a, d, n, m in found}


def test_the_caption_of_encoding_counts_neuroids_and_images():
    table = pd.concat(
        [
            st.encoding(models=SMALL, n_neuroids=48, n_stimuli=320),
            st.encoding("other", ("V4",), models=SMALL, n_neuroids=7, n_stimuli=92),
        ]
    )
    text = captions.score_over_depth(table, HIERARCHY, config=CONFIG)
    whole = table[table["subject"] == "all"].drop_duplicates(["dataset", "area"])
    assert counts(text, "neuroid") == {
        (row.area, row.dataset): (row.n_neuroids, row.n_stimuli) for row in whole.itertuples()
    }
    assert "1,234 resamples" in text
    assert "5 folds" in text


def test_the_caption_of_rsa_states_tests_and_differences():
    rsa = st.rsa(models=SMALL)
    pairs, best = st.rsa_pairs(rsa), st.correspondence(None, rsa)
    pairs["p_family"] = np.linspace(0.0004, 0.2, len(pairs))
    text = captions.score_over_depth(
        rsa, HIERARCHY, correspondence=best, pairs=pairs, config=CONFIG
    )
    smallest = re.search(rf"smallest p (<|=) ({NUMBER})", text)
    assert (smallest[1], number(smallest[2])) == ("=", rsa["p_fdr"].min())
    found = re.findall(rf"{AREA} (\S+) − (\S+) ({NUMBER}), p (<|=) ({NUMBER})", text)
    assert [area for area, *_ in found] == ["EVC", "IT"]
    for area, dataset, first, second, difference, sign, p in found:
        scores = rsa[(rsa["area"] == area) & (rsa["model"] == "net")].set_index("layer")
        value = scores["similarity"]
        assert first == value.idxmax()
        assert close(difference, value[first] - value[second], 3)
        keys = {"area": area, "dataset": dataset, "model": "net"}
        row = row_of(pairs, **keys, layer_a=min(first, second), layer_b=max(first, second))
        assert sign == "<" or close(p, row["p_family"], 3)
        assert sign == "=" or row["p_family"] < number(p)
    assert counts(text, "subject") == {
        ("EVC", "simulated"): (12, 320),
        ("IT", "simulated"): (12, 320),
    }
    assert "4,567 relabellings" in text


def test_the_caption_of_rsa_gives_intervals_over_subjects_of_best_layers():
    rsa = pd.concat([st.rsa(models=SMALL), st.rsa("other", ("IT",), 1, models=SMALL)])
    text = captions.score_over_depth(rsa, HIERARCHY, config=CONFIG)
    found = re.findall(rf"{AREA} (\S+) ({NUMBER}) {ENDS}", text)
    assert [(area, dataset) for area, dataset, *_ in found] == [
        ("EVC", "simulated"), ("IT", "simulated"),
    ]  # fmt: skip
    for area, dataset, layer, value, low, high in found:
        rows = rsa[(rsa["area"] == area) & (rsa["dataset"] == dataset) & (rsa["model"] == "net")]
        best = rows.loc[rows["similarity"].idxmax()]
        assert layer == best["layer"]
        assert close(value, best["similarity"], 3)
        assert close(low, best["subjects_ci_low"], 3)
        assert close(high, best["subjects_ci_high"], 3)
    without = rsa.drop(columns=["subjects_ci_low", "subjects_ci_high"])
    assert "over subjects alone" not in captions.score_over_depth(without, HIERARCHY)


def test_the_caption_of_best_layers_is_the_table_of_correspondences():
    encoding, rsa = st.encoding(models=SMALL), st.rsa(models=SMALL)
    table = st.correspondence(encoding, rsa)
    hierarchies = pd.concat([st.hierarchy(), st.hierarchy("rsa", "EVC < IT")]).assign(
        model="net", rho=[0.87, 1.0], ci_low=[-0.5, 0.9]
    )
    tables = {"encoding": encoding, "rsa": rsa}
    text = captions_best.correspondence(table, hierarchies, HIERARCHY, tables=tables, config=CONFIG)
    pattern = rf"{AREA} by (\w+) (\S+), depth ({NUMBER}) {ENDS}, p_best ({NUMBER})"
    found = re.findall(pattern, text)
    tested = table[table["model"] == "net"]
    assert len(found) == len(tested) == 5
    for area, dataset, method, layer, depth, low, high, p_best in found:
        row = row_of(tested, area=area, dataset=dataset, method=method.lower())
        assert row["best_layer"] == layer
        for written, column in (
            (depth, "depth"), (low, "depth_ci_low"), (high, "depth_ci_high"), (p_best, "p_best"),
        ):  # fmt: skip
            assert close(written, row[column], 2)
    scores = re.findall(rf"(\w+) of net ρ = ({NUMBER}) {ENDS}, p = ({NUMBER})", text)
    assert [name for name, *_ in scores] == ["encoding", "RSA"]
    assert numbers(scores[0][1:]) == [0.87, -0.5, 1.0, 0.17]
    assert counts(text, "neuroid") == {(a, "simulated"): (48, 320) for a in ("V1", "V4", "IT")}
    assert counts(text, "subject") == {(a, "simulated"): (12, 320) for a in ("EVC", "IT")}


def test_the_caption_of_explained_variance_is_the_tables():
    table = st.encoding(models=SMALL)
    units, ends = st.neuroids(table), st.explained(table)
    units.loc[units["neuroid"].isin(["n0", "n1"]), "ev_ceiled"] = np.nan
    text = captions_best.explained(table, ends, units, HIERARCHY, config=CONFIG)
    found = re.findall(rf"{AREA}, (\S+?)(?: (conv\d))? ({NUMBER}) {ENDS}", text)
    assert len(found) == 9
    for area, dataset, model, layer, value, low, high in found:
        keys = {"area": area, "dataset": dataset, "model": model, "layer": layer or model}
        row = row_of(ends, **keys)
        best = table[(table["area"] == area) & (table["model"] == model)]
        assert keys["layer"] == best.loc[best[best["subject"] == "all"]["r"].idxmax(), "layer"]
        assert close(value, row["ev_ceiled"], 3)
        assert close(low, row["ev_ceiled_ci_low"], 3)
        assert close(high, row["ev_ceiled_ci_high"], 3)
    stated = re.findall(rf"{AREA} (\d+) of (\d+) neuroids, (\d+) subjects", text)
    assert {(a, int(n), int(m), int(s)) for a, _, n, m, s in stated} == {
        (area, 46, 48, 2) for area in ("V1", "V4", "IT")
    }
    assert "reliability is at least .20" in text


def test_the_caption_over_time_counts_and_relates_latency_to_depth():
    courses, latency = st.timecourses(models=SMALL)
    relation = st.latency_hierarchy(SMALL).query("model == 'net'")
    text = captions_time.timecourse(courses, latency, hierarchy=relation, config=CONFIG)
    missing, n = re.search(r"No onset for (\d+) of (\d+) layers", text).groups()
    assert (int(missing), int(n)) == (latency["onset_ms"].isna().sum(), len(latency))
    found = re.search(rf"net, MEG \(simulated\), peak ρ = ({NUMBER}) {ENDS}, p = ({NUMBER})", text)
    assert numbers(found.groups()) == [0.92, 0.81, 0.97, 0.001]
    assert "onset ρ" not in text
    assert counts(text, "subject") == {("MEG", "simulated"): (12, 320)}
    assert "clusters of times with p < .02" in text
    assert "Broken line: pixels" in text


def test_the_caption_of_ranks_names_the_first_of_each_method():
    encoding = st.encoding(models=SMALL)
    table = st.agreement(encoding)
    text = opinion_captions.agreement(table, HIERARCHY, config=CONFIG)
    for area in ("V1", "V4", "IT"):
        rows = encoding[(encoding["area"] == area) & (encoding["model"] == "net")]
        best = rows.loc[rows[rows["subject"] == "all"]["r"].idxmax(), "layer"]
        assert f"{area} (simulated) encoding {best}, CKA {best}" in text
    assert "n: 3 layers." in text
    assert "Without resamples: CKA." in text
    assert "1,234 resamples" in text


def test_the_caption_of_spectra_counts_the_images():
    table = pd.concat(
        [
            st.spectra(st.encoding(models=SMALL, n_stimuli=320)),
            st.spectra(st.encoding("other", models=SMALL, n_stimuli=92)),
        ]
    )
    text = opinion_captions.spectra(table, HIERARCHY)
    assert text.endswith("n: simulated 320 images; other 92 images.")


def test_the_caption_of_arranged_images_says_how_well_they_fit():
    first, second = st.rdm(12, None, 0), st.rdm(12, None, 1)
    pairs = mds.arrangements({"IT": first}, {"IT": ("conv3", second)})
    text = captions_rdms.mds_panels(pairs, {0: np.zeros((2, 2, 4))}, n_stimuli=40)
    found = re.search(rf"dissimilarities: IT ({NUMBER}), conv3 ({NUMBER})\.", text)
    upper = np.triu_indices(12, 1)
    for written, one, rdm in zip(found.groups(), pairs[0], (first, second), strict=True):
        x = one.points
        distance = np.linalg.norm(x[:, None] - x[None], axis=-1)
        assert close(written, spearmanr(distance[upper], rdm[upper]).statistic, 2)
    assert "Shown as pictures: 1 images" in text
    assert text.endswith("n = 12 images, evenly over the categories, of 40.")


def test_the_caption_of_rdms_counts_pairs_and_groups():
    rdm = st.rdm(9, None, 0)
    text = captions_rdms.rdm_panels({"IT": rdm}, {"IT": ("conv3", rdm)}, list("aabbccaab"))
    n, pairs = re.search(r"n = (\d+) images, (\d+) pairs", text).groups()
    assert (int(n), int(pairs)) == (9, 36)
    assert "(3 groups)" in text


def test_the_captions_of_variance_and_fusion_state_n():
    table = st.variance()
    assert counts(captions.variance(table, HIERARCHY, config=CONFIG), "neuroid") == {
        (area, "simulated"): (48, 320) for area in ("V1", "V4", "IT")
    }
    text = captions_time.fusion(*st.fusions(models=SMALL), [], config=CONFIG)
    assert "n: MEG (simulated) 12 subjects." in text
    assert "95 % interval over the subjects recorded over time (t)" in text
