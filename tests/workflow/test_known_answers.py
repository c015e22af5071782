"""Both real studies, against numbers that were computed independently."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torchvision
from PIL import Image
from sklearn.linear_model import RidgeCV

from ventralmap import config, dataset, encoding, kernels, models

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


@pytest.fixture(scope="module", params=COWLEY)
def session(request, cowley, checkout):
    """What is known of a session, what the study found, and how to encode its data anew."""
    name, known = f"cowley2023_{request.param}", COWLEY[request.param]
    table = pd.read_csv(cowley / "tables/encoding.csv")
    data = dataset.load(cowley / "datasets" / name)
    layers = _subset(kernels.load(cowley / f"kernels/{name}/{MODEL}.nc"), known)
    schema = checkout.folder / "workflow/schemas/config.schema.yaml"
    study = {"study": "again", "datasets": [name], "models": [MODEL], "hierarchy": ["V4"]}

    def encode(responses=data.responses, **settings):
        settings = config.resolve(study, schema)["encoding"] | settings
        scores = encoding.encode(replace(data, responses=responses), layers, settings, seed=0)
        return scores["r"].median("neuroid").to_series()

    chosen = table[(table["dataset"] == name) & (table["subject"] == "all")].set_index("layer")
    return known, pd.Series(known["median_r"]), chosen, encode, data


def test_sizes_of_the_sessions_of_v4_neurons(session):
    known, _, table, _, _ = session
    assert set(table["n_stimuli"]) == {known["images"]}
    assert set(table["n_neuroids"]) == {known["neurons"]}


def test_median_r_of_v4_neurons_without_regularisation(session):
    """The reference is what ridge gives as alpha goes to zero.

    Its alphas are said to be chosen, but no choice reaches so low an r: see the next test. One
    split into folds differs from another by up to .03 in a layer; over the layers that averages
    out.
    """
    _, expected, _, encode, _ = session
    difference = encode(alphas={"low": 1e-9, "high": 1e-8, "n": 2}) - expected
    assert difference.abs().max() <= 0.03
    assert abs(difference.mean()) <= 0.015


def test_median_r_of_v4_neurons_with_chosen_alphas(session):
    _, expected, table, _, _ = session
    found = table["r"][expected.index]
    assert (found - expected).min() >= -0.015
    assert found.idxmax() in ("features.13", "features.14", "features.15")


def test_median_r_of_v4_neurons_is_that_of_scikit_learn(session):
    """Plain cross-validated RidgeCV on the features themselves, for the narrowest listed layer."""
    _, _, table, _, data = session
    layer = "features.17"
    x = _features(data.images, layer)
    y = data.mean_response()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    fold = encoding.stimulus_folds(data, 5, seed=0)
    prediction = np.empty_like(y)
    for test in (fold == f for f in range(5)):
        alphas = np.geomspace(1e-5, 1e6, 23) * (x[~test] - x[~test].mean(axis=0)).var() * x.shape[1]
        ridge = RidgeCV(alphas, alpha_per_target=True).fit(x[~test], y[~test])
        prediction[test] = ridge.predict(x[test])
    r = [np.corrcoef(a, b)[0, 1] for a, b in zip(prediction.T, y.T, strict=True)]
    assert table["r"][layer] == pytest.approx(np.median(r), abs=1e-4)


def _features(images, layer):
    """Output of one block by torchvision alone, (image, unit)."""
    weights = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1
    network = models.load(MODEL).network.features[: int(layer.partition(".")[2]) + 1]
    preprocess = weights.transforms()
    with torch.no_grad():
        rows = [network(preprocess(Image.open(i).convert("RGB"))[None]).flatten() for i in images]
    return torch.stack(rows).double().numpy()


def test_shuffled_responses_of_v4_neurons_are_not_predicted(session):
    *_, encode, data = session
    order = np.random.default_rng(0).permutation(len(data.stimuli))
    shuffled = data.responses.copy(data=data.responses.values[order])
    assert encode(shuffled).abs().max() < 0.05


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
