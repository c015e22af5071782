"""Both real studies, against numbers that were computed independently."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ventralmap import config, dataset, encoding, kernels

pytestmark = [pytest.mark.real, pytest.mark.slow]

REFERENCE = Path(__file__).parents[1] / "reference"
MODEL = "mobilenet_v2"
COWLEY = json.loads((REFERENCE / "cowley2023_mobilenet_v2.json").read_text())["sessions"]
KRIEGESKORTE = json.loads((REFERENCE / "kriegeskorte2008_mobilenet_v2.json").read_text())
FEATURES = {
    "zscore": "features={centre: true, scale: zscore}",
    "raw": "features={centre: false, scale: none}",
}


@pytest.fixture(scope="module")
def run(checkout, downloads):
    def run(study, table, *settings):
        """Make one table of a study, for one model; return the folder of its results."""
        name = next((s.removeprefix("study=") for s in settings if s.startswith("study=")), study)
        results = checkout.results(name)
        done = checkout.snakemake(
            f"results/{name}/tables/{table}.csv",
            "--configfile",
            f"config/{study}.yaml",
            "--config",
            f"models=[{MODEL}]",
            *settings,
            VENTRALMAP_DATA=str(downloads),
        )
        assert done.returncode == 0, done.stderr[-5000:]
        return results

    return run


@pytest.fixture(scope="module")
def cowley(run):
    return run("cowley2023", "encoding")


@pytest.mark.parametrize("session", COWLEY)
def test_median_r_of_v4_neurons(cowley, session):
    table = pd.read_csv(cowley / "tables/encoding.csv")
    table = table[(table["dataset"] == f"cowley2023_{session}") & (table["subject"] == "all")]
    expected = pd.Series(COWLEY[session]["median_r"])
    found = table.set_index("layer")["r"][expected.index]
    assert (found - expected).abs().max() <= 0.015
    assert set(table["n_stimuli"]) == {COWLEY[session]["images"]}
    assert set(table["n_neuroids"]) == {COWLEY[session]["neurons"]}


@pytest.mark.parametrize("session", COWLEY)
def test_shuffled_responses_of_v4_neurons_are_not_predicted(cowley, checkout, session):
    name = f"cowley2023_{session}"
    data = dataset.load(cowley / "datasets" / name)
    layers = _subset(kernels.load(cowley / f"kernels/{name}/{MODEL}.nc"), COWLEY[session])
    order = np.random.default_rng(0).permutation(len(data.stimuli))
    shuffled = data.responses.copy(data=data.responses.values[order])
    schema = checkout.folder / "workflow/schemas/config.schema.yaml"
    study = {"study": "shuffled", "datasets": [name], "models": [MODEL], "hierarchy": ["V4"]}
    settings = config.resolve(study, schema)["encoding"]
    scores = encoding.encode(replace(data, responses=shuffled), layers, settings, seed=0)
    assert abs(scores["r"].median("neuroid")).max() < 0.05


def _subset(found, session):
    rows = [found.layers.index(layer) for layer in session["median_r"]]
    return replace(
        found,
        layers=[found.layers[row] for row in rows],
        **{
            name: getattr(found, name)[rows]
            for name in ("gram", "row_sum", "n_features", "n_constant")
        },
    )


@pytest.fixture(scope="module", params=FEATURES)
def kriegeskorte(request, run):
    """The name of the scaling, and rsa.csv made with it."""
    study = f"kriegeskorte2008_{request.param}"
    results = run("kriegeskorte2008", "rsa", f"study={study}", FEATURES[request.param])
    return request.param, pd.read_csv(results / "tables/rsa.csv")


def test_correlations_with_evc_and_it(kriegeskorte):
    scale, table = kriegeskorte
    found = table.set_index(["layer", "area"])["similarity"]
    for layer, scaled in KRIEGESKORTE["values"].items():
        for area, expected in scaled[scale].items():
            name = area.partition(" ")[0]
            # IT of the 15 subjects, hIT and mIT of Kriegeskorte et al.
            assert found[layer, name] == pytest.approx(expected, abs=0.005), (layer, area)


def test_noise_ceilings_of_evc_and_it(kriegeskorte):
    _, table = kriegeskorte
    found = table.groupby("area")[["ceiling_low", "ceiling_high"]].first()
    (ceilings,) = (v for k, v in KRIEGESKORTE.items() if k.startswith("noise_ceiling"))
    for area, expected in ceilings.items():
        assert found.loc[area].tolist() == pytest.approx(expected, abs=0.005)
    assert np.isnan(found.loc["mIT"]).all()  # one RDM has no ceiling
