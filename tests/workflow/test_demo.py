"""The default study, from nothing to its report."""

import os
import re
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import yaml
from checkouts import jobs
from rsatoolbox.rdm import load_rdm

from ventralmap import registry

pytestmark = pytest.mark.slow

MOST_BYTES = 12_500_000
"""Of the report: well below what a page may have, so that other studies have room."""
UPDATED = re.compile(r"Updated input files: ([^;\n]*)")
CHANGED = re.compile(r"Params have changed since last execution: .*( now: .*)")

CONTRACT = {
    "columns": "table column unit meaning",
    "encoding": "dataset model layer area subject generalisation layer_index depth n_features "
    "n_neuroids n_stimuli r r_ci_low r_ci_high reliability r_ceiled ev_ceiled",
    "rsa": "dataset model layer area layer_index depth distance comparison similarity ci_low "
    "ci_high subjects_ci_low subjects_ci_high p p_fdr p_subjects p_subjects_fdr ceiling_low "
    "ceiling_high below_best below_ceiling n_subjects n_stimuli n_pairs n_missing_pairs "
    "resampled_missing p_best",
    "rsa_pairs": "dataset model area layer_a layer_b index_a index_b difference ci_low ci_high p "
    "p_fdr p_family n_subjects n_stimuli",
    "cka": "dataset model layer layer_index depth area n_features n_neuroids n_stimuli "
    "n_subjects cka ci_low ci_high resampled_missing p_best",
    "rsa_fitted": "dataset model area distance comparison fitted single difference left_out "
    "n_layers n_unweighted n_subjects n_stimuli n_folds",
    "rsa_weights": "dataset model layer layer_index depth area weight held_out chosen",
    "correspondence": "dataset model area method best_layer depth depth_ci_low depth_ci_high "
    "p_best score score_nested beats_untrained_p",
    "hierarchy": "model method areas rho ci_low ci_high p",
    "timecourse": "dataset model layer time_ms similarity p significant",
    "latency": "dataset model area layer layer_index depth onset_ms onset_ci_low onset_ci_high "
    "onset_found peak_ms peak_ci_low peak_ci_high n_subjects",
    "latency_hierarchy": "dataset model area latency rho ci_low ci_high p n_layers n_subjects",
    "fusion": "dataset recording area time_ms similarity ci_low ci_high p significant n_subjects",
    "commonality": "dataset model layer layer_index depth recording area time_ms commonality "
    "ceiling",
    "agreement": "dataset model area method layer layer_index depth score rank rank_ci_low "
    "rank_ci_high",
    "spectra": "dataset model layer layer_index depth n_features area dimensionality n_leading "
    "power_leading power_leading_chance power_10 n_half n_stimuli",
    "models": "model source weights_sha256 fingerprint fingerprint_check n_params preprocessing",
    "model_layers": "dataset model layer layer_index depth n_features field_px field_degrees "
    "effective_px effective_degrees separability separability_chance",
    "filters": "dataset model layer filter size_px fit explained orientation frequency_px "
    "frequency_degrees n_x n_y published",
}


@pytest.fixture(scope="module")
def tables(demo):
    return {path.stem: pd.read_csv(path) for path in (demo / "tables").glob("*.csv")}


@contextmanager
def edited(*paths):
    """Append a line to each file, and take it back with the times of the last changes."""
    before = [(path, path.read_bytes(), path.stat()) for path in paths]
    try:
        for path, text, _ in before:
            path.write_bytes(text + b"\n")
        yield
    finally:
        for path, text, times in before:
            path.write_bytes(text)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_every_table_has_the_columns_of_the_contract(tables):
    assert set(tables) == set(CONTRACT)
    for name, columns in CONTRACT.items():
        assert set(columns.split()) <= set(tables[name].columns), name


def test_each_planted_layer_is_found_to_within_one_block(tables):
    layers = [layer.name for layer in registry.curated_layers("mobilenet_v2")]
    found = tables["correspondence"].dropna(subset=["planted_layer"])
    assert list(zip(found["area"], found["method"], strict=True)) == [
        ("V1", "encoding"),
        ("V4", "encoding"),
        ("IT", "encoding"),
        ("EVC", "rsa"),
        ("IT", "rsa"),
        ("V1", "cka"),
        ("V4", "cka"),
        ("IT", "cka"),
    ]
    distance = found["best_layer"].map(layers.index) - found["planted_layer"].map(layers.index)
    assert distance.abs().max() <= 1


def test_the_trained_network_beats_its_untrained_twin_where_layers_are_planted(tables):
    """By CKA, whose two subjects leave one degree of freedom, one area alone may not show it."""
    trained = tables["correspondence"].query("model == 'mobilenet_v2' and method != 'cka'")
    assert (trained["beats_untrained_p"] < 0.05).all()


def test_the_order_of_the_areas_is_found(tables):
    rows = tables["hierarchy"].set_index(["model", "method"])
    assert rows.loc[("mobilenet_v2", "encoding"), "rho"] == 1.0


def test_planted_peaks_are_found_to_within_one_sample(demo, tables):
    truth = pd.read_csv(demo / "datasets" / "simulated" / "truth.csv").dropna(subset=["peak_ms"])
    trained = tables["latency"].query("model == 'mobilenet_v2'").set_index("layer")
    step = np.diff(np.unique(tables["timecourse"]["time_ms"])).min()
    assert (abs(trained.loc[truth["layer"], "peak_ms"].values - truth["peak_ms"]) <= step).all()
    rows = tables["latency_hierarchy"].set_index(["model", "latency"])
    assert rows.loc[("mobilenet_v2", "peak"), "rho"] > 0.8


def test_the_fusion_is_explained_by_the_planted_layers(tables):
    """EVC and IT read features.2 and features.15; the MEG has sources in features.2 and .17."""
    trained = tables["commonality"].query("model == 'mobilenet_v2'")
    best = trained.loc[trained.groupby("area")["commonality"].idxmax()].set_index("area")
    assert best["layer"].to_dict() == {"EVC": "features.2", "IT": "features.15"}
    assert (best["commonality"] > 0.8 * best["ceiling"]).all()
    peak = tables["fusion"].loc[tables["fusion"].groupby("area")["similarity"].idxmax()]
    peak = peak.set_index("area")["time_ms"]
    assert peak["EVC"] < peak["IT"]


def test_rsatoolbox_opens_the_rdms(demo, tables):
    layers = load_rdm(str(demo / "rdms/simulated/mobilenet_v2.h5"))
    measured = load_rdm(str(demo / "rdms/simulated.measured.h5"))
    assert layers.rdm_descriptors["layer"][0] == "features.0"
    assert list(layers.pattern_descriptors["stimulus_id"]) == list(
        measured.pattern_descriptors["stimulus_id"]
    )
    n_stimuli = tables["encoding"]["n_stimuli"].iloc[0]
    assert np.isfinite(layers.dissimilarities).all()
    assert layers.n_cond == measured.n_cond == n_stimuli


def test_the_report_says_that_the_data_are_simulated_and_loads_nothing(demo):
    report = (demo / "report.html").read_text()
    assert len(report.encode()) < MOST_BYTES
    assert "imulated" in report
    assert not re.findall(
        r'(?:src|href)="https?://[^"]*\.(?:js|css|png|svg|woff2?)"|@import', report
    )


def test_a_second_run_has_nothing_to_do(demo, checkout):
    again = checkout.snakemake()
    assert again.returncode == 0
    assert "Nothing to be done" in again.stderr + again.stdout


@pytest.fixture(scope="module")
def everything(demo, checkout):
    """By rule, what Snakemake says of its jobs when all are planned."""
    return jobs(checkout.snakemake("--dry-run", "--forceall"))


@pytest.mark.parametrize(
    ("module", "rules"),
    [
        ("ridge.py", {"encode"}),
        ("encoding.py", {"encode"}),
        ("correlation.py", {"encode", "reliability"}),
        ("reliability.py", {"reliability"}),
        ("rsa.py", {"ceilings", "rsa", "rsa_fitted", "rsa_fitted_tables", "cka"}),
        ("fitted.py", {"rsa_fitted", "rsa_fitted_tables"}),
        ("cka.py", {"cka"}),
        (
            "rdm_sources.py",
            {"rsa", "rsa_fitted", "rsa_fitted_tables", "model_rdms", "measured_rdms"}
            | {"ceilings", "timecourse", "fusion", "spectra"},
        ),
        ("timecourse.py", {"timecourse", "fusion"}),
        ("fusion.py", {"fusion"}),
        ("latency_hierarchy.py", {"timecourse", "fusion"}),
        ("readout.py", {"readout", "layers"}),
        ("extraction.py", {"extract"}),
        ("correspondence.py", {"correspondence"}),
        ("checks.py", {"check"}),
        ("spectra.py", {"spectra"}),
        ("recovery/analysis.py", set()),
        ("datasets/photographs.py", {"prepare"}),
        ("datasets/cowley2023.py", set()),
        ("figures/maps.py", {"figures", "report"}),
        ("methods.py", {"report"}),
        ("report.html", {"report"}),
        ("references.bib", {"report"}),
        ("models.yaml", {"prepare", "weights", "fields", "extract"}),
        ("fields.py", {"fields"}),
    ],
)
def test_a_module_is_input_of_exactly_the_steps_that_use_it(everything, module, rules):
    assert {rule for rule, said in everything.items() if f"/ventralmap/{module}" in said} == rules


def test_the_module_that_all_use_is_input_of_all(everything):
    using = {rule for rule, said in everything.items() if "/ventralmap/jobs.py" in said}
    assert using == everything.keys() - {"all"}


@pytest.mark.parametrize(
    "edits",
    [
        {
            "ridge.py": {"encode"},
            "correlation.py": {"encode", "reliability"},
            "rdm_sources.py": {"ceilings", "rsa_fitted", "model_rdms", "measured_rdms"}
            | {"timecourse", "fusion", "spectra"},
            "latency_hierarchy.py": {"timecourse", "fusion"},
            "readout.py": {"readout", "layers"},
        },
        {
            "datasets/photographs.py": {"prepare"},
            "datasets/cowley2023.py": set(),
            "models.yaml": {"prepare", "weights", "fields"},
        },
    ],
)
def test_an_edit_reruns_exactly_the_steps_that_use_the_module(demo, checkout, edits):
    """What follows from those is rerun too, for another reason."""
    with edited(*(checkout.package / module for module in edits)):
        said = jobs(checkout.snakemake("--dry-run"))
    updated = {rule: " ".join(UPDATED.findall(text)) for rule, text in said.items()}
    for module, rules in edits.items():
        found = {rule for rule, files in updated.items() if f"/ventralmap/{module}" in files}
        assert found == rules, module


def test_an_edit_of_the_config_reruns_exactly_the_steps_that_use_the_key(demo, checkout):
    """Jobs are told apart by the parameters that Snakemake says have changed.

    Of `rsa` it says instead that its ceilings are made anew.
    """
    edits = {
        ("cluster_p", 0.02): {"timecourse", "fusion"},
        ("comparison", "pearson"): {"ceilings", "rsa_fitted"},
        ("responses", "correlation"): {"ceilings", "rsa_fitted", "measured_rdms", "fusion"},
        ("permutations", 99): {"timecourse", "fusion"},
    }
    config = yaml.safe_load((checkout.folder / "config" / "demo.yaml").read_text())
    edited_config = checkout.folder / "config" / "edited.yaml"
    edited_config.write_text(yaml.safe_dump(config | {"rsa": config["rsa"] | dict(edits.keys())}))
    said = jobs(checkout.snakemake("--dry-run", "--configfile", edited_config))
    now = {rule: " ".join(CHANGED.findall(text)) for rule, text in said.items()}
    for (key, value), rules in edits.items():
        alone, among = f"now: {value!r} ", f"{key!r}: {value!r}"
        found = {rule for rule, text in now.items() if alone in text or among in text}
        assert found == rules, key
    assert "rsa" in said


def test_an_edit_reruns_its_step_and_no_other(demo, checkout):
    with edited(checkout.package / "methods.py"):
        again = checkout.snakemake()
    assert jobs(again).keys() == {"report", "all"}


def test_snakemake_writes_its_own_report(demo, checkout):
    path = checkout.folder / "snakemake-report.html"
    done = checkout.snakemake("--report", path)
    assert done.returncode == 0, done.stderr[-2000:]
    text = path.read_text()
    for word in ("encoding_depth", "rsa_map", "correspondence", "Figures", "Tables"):
        assert word in text
