"""RSA of a dataset that has nothing but responses."""

import numpy as np
import pandas as pd
import pytest
import small_study
from checkouts import jobs
from rsatoolbox.rdm import load_rdm

from ventralmap import dataset, response_rdms

pytestmark = pytest.mark.slow


def study(checkout, name, responses, repetitions=3):
    folder = small_study.write_responses(checkout.folder / "own" / name, repetitions)
    changes = {
        "study": name,
        "datasets": [str(folder)],
        "models": ["resnet18+untrained"],
        "encoding": {"repeats": 1, "reliability_splits": 5},
    }
    rsa = small_study.CONFIG["rsa"] | {"responses": responses}
    return checkout.study(**(small_study.CONFIG | changes | {"rsa": rsa}))


@pytest.fixture(scope="module")
def finished(checkout):
    config = study(checkout, "crossnobis", "crossnobis")
    done = checkout.snakemake("--configfile", config)
    assert done.returncode == 0, done.stderr[-5000:]
    return checkout.results("crossnobis")


@pytest.fixture(scope="module")
def tables(finished):
    return {path.stem: pd.read_csv(path) for path in (finished / "tables").glob("*.csv")}


def test_responses_get_rows_and_figures_of_rsa(finished, tables):
    counted = tables["rsa"].groupby("area")["n_subjects"].unique()
    assert {area: list(n) for area, n in counted.items()} == {"V1": [2], "V4": [1]}
    assert tables["rsa"]["similarity"].notna().all()
    assert set(tables["correspondence"]["method"]) == {"encoding", "rsa", "cka"}
    figures = {path.stem for path in (finished / "figures").glob("*.png")}
    assert {"rsa_depth", "rsa_map", "rdms_tiny"} <= figures


def test_layers_are_combined_and_aligned(tables):
    found = tables["rsa_fitted"].set_index(["model", "area"])
    assert found["n_layers"].unstack("area").to_dict() == {
        "V1": {"resnet18+untrained": 2},
        "V4": {"resnet18+untrained": 2},
    }
    assert found["left_out"].unstack("area")["V1"].eq("stimuli and subjects").all()
    assert found["left_out"].unstack("area")["V4"].eq("stimuli").all()
    assert len(tables["rsa_weights"]) == len(tables["cka"]) == len(tables["rsa"])
    assert tables["cka"].groupby("area")["n_subjects"].first().to_dict() == {"V1": 2, "V4": 2}
    assert tables["cka"]["cka"].abs().le(1).all()


def test_the_rdms_that_are_saved_are_the_ones_that_are_used(finished):
    saved = load_rdm(str(finished / "rdms/tiny.measured.h5"))
    data = dataset.load(finished / "datasets/tiny")
    used = [rdms for _, _, rdms in response_rdms.areas(data, "crossnobis")]
    np.testing.assert_array_equal(saved.dissimilarities, np.concatenate(used))
    assert list(saved.rdm_descriptors["area"]) == ["V1", "V1", "V4"]
    assert list(saved.rdm_descriptors["subject"]) == ["A", "B", "A"]


def test_the_report_says_how_the_rdms_were_made_and_who_is_left_out(finished):
    page = (finished / "report.html").read_text()
    assert "crossnobis" in page
    assert "V4 (tiny): 1 subject with fewer than 3 neuroids left out of RSA" in page


@pytest.mark.parametrize(("responses", "fused"), [("none", False), ("correlation", True)])
def test_recordings_over_time_are_fused_with_areas_whose_rdms_are_of_responses(
    checkout, responses, fused
):
    folder = small_study.write(checkout.folder / "own" / f"meg_{responses}")
    (folder / "rdms.nc").unlink()  # those without time
    changes = {"study": f"meg_{responses}", "datasets": [str(folder)]}
    rsa = small_study.CONFIG["rsa"] | {"responses": responses}
    config = checkout.study(**(small_study.CONFIG | changes | {"rsa": rsa}))
    rules = jobs(checkout.snakemake("--dry-run", "--configfile", config))
    assert "timecourse" in rules
    assert ({"fusion", "fusion_tables"} <= rules.keys()) == fused


def test_crossnobis_without_repeats_ends_in_one_line(checkout):
    config = study(checkout, "unrepeated", "crossnobis", repetitions=1)
    done = checkout.snakemake("results/unrepeated/rdms/tiny.measured.h5", "--configfile", config)
    errors = {line for line in done.stderr.splitlines() if line.startswith("error: ")}
    assert errors == {
        "error: dataset tiny: area V1, subject A: no stimulus was shown twice, as rsa: responses:"
        " crossnobis needs; choose correlation, euclidean or cosine"
    }
