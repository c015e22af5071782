"""Both real studies, against numbers that were computed independently."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torchvision
import yaml
from PIL import Image
from sklearn.linear_model import RidgeCV

from ventralmap import config, dataset, encoding, folds, kernels, models
from ventralmap.correlation import correlate
from ventralmap.crossvalidation import centre, cross_validate
from ventralmap.leaving_out import decompose, loo_residuals
from ventralmap.solvers import SOLVERS

pytestmark = [pytest.mark.real, pytest.mark.slow]

REFERENCE = Path(__file__).parents[1] / "reference"
MODEL = "mobilenet_v2"
COWLEY = json.loads((REFERENCE / "cowley2023_mobilenet_v2.json").read_text())["sessions"]
LAYERS = list(COWLEY["210325"]["median_r"])
KRIEGESKORTE = json.loads((REFERENCE / "kriegeskorte2008_mobilenet_v2.json").read_text())
FEATURES = {
    "zscore": {"centre": True, "scale": "zscore"},
    "raw": {"centre": False, "scale": "none"},
}


@pytest.fixture(scope="module")
def run(checkout, downloads):
    def run(base, table, **changes):
        """Make one table of a study, for one model; return the folder of its results."""
        config = yaml.safe_load((checkout.folder / f"config/{base}.yaml").read_text())
        config |= {"study": f"known_{base}", "models": [MODEL]} | changes
        study = config["study"]
        done = checkout.snakemake(
            f"results/{study}/tables/{table}.csv",
            "--configfile",
            checkout.study(**config),
            VENTRALMAP_DATA=str(downloads),
        )
        assert done.returncode == 0, done.stderr[-5000:]
        return checkout.results(study)

    return run


@pytest.fixture(scope="module")
def cowley(run):
    """The study, of the layers whose scores are known."""
    return run("cowley2023", "encoding", layers={MODEL: LAYERS}, encoding={"repeats": 1})


@dataclass(frozen=True)
class Session:
    """A recording session: what is known of it, what the study found, and its data."""

    known: dict
    table: pd.DataFrame
    data: dataset.Dataset
    layers: kernels.Kernels
    settings: dict

    @property
    def reference(self):
        return pd.Series(self.known["median_r"])


def _session(number, results, checkout):
    name, known = f"cowley2023_{number}", COWLEY[number]
    table = pd.read_csv(results / "tables/encoding.csv")
    schema = checkout.folder / "workflow/schemas/config.schema.yaml"
    study = {"study": "again", "datasets": [name], "models": [MODEL], "hierarchy": ["V4"]}
    return Session(
        known,
        table[(table["dataset"] == name) & (table["subject"] == "all")].set_index("layer"),
        dataset.load(results / "datasets" / name),
        kernels.load(results / f"kernels/{name}/{MODEL}.nc"),
        config.resolve(study, schema)["encoding"] | {"repeats": 1},
    )


@pytest.fixture(scope="module", params=COWLEY)
def session(request, cowley, checkout):
    return _session(request.param, cowley, checkout)


def test_sizes_of_the_sessions_of_v4_neurons(session):
    assert set(session.table["n_stimuli"]) == {session.known["images"]}
    assert set(session.table["n_neuroids"]) == {session.known["neurons"]}


def _fold_of_reference(n_images):
    """Fold of each image: five equal parts of the permutation of NumPy's generator, seed 0."""
    fold = np.empty(n_images, dtype=int)
    for number, part in enumerate(
        np.array_split(np.random.default_rng(0).permutation(n_images), 5)
    ):
        fold[part] = number
    return fold


def test_median_r_of_v4_neurons_is_that_of_the_reference(session):
    """All layers to the last digit, with the reference's folds and the alphas that it ended at.

    Its alphas are said to be chosen by leave-one-out. With the usual formula but the constant
    vector left among the eigenvectors, as a direction that alpha shrinks, the smallest alpha of any
    grid seems the best (the next test): all of its alphas were the smallest, so near zero that
    which they were does not show. Alphas that are rightly chosen predict better.
    """
    data, fold = session.data, _fold_of_reference(session.known["images"])
    assert list(data.stimuli.index) == session.layers.stimulus_ids
    solve = SOLVERS["ridge"]({"alphas": {"low": 1e-6, "high": 1e-5, "n": 2}})
    y = data.mean_response()
    found = []
    for gram in session.layers.gram:
        prediction = np.empty_like(y)
        for number, fit in enumerate(cross_validate(solve, gram, y, fold)):
            prediction[fold == number] = fit.prediction
        found.append(np.median(correlate(prediction, y)))
    np.testing.assert_allclose(found, session.reference, atol=0.001)


def test_leave_one_out_that_shrinks_the_intercept_takes_the_smallest_alpha(session):
    """Why the reference has vanishing alphas: its leave-one-out errors fall with alpha to zero."""
    train = _fold_of_reference(session.known["images"]) > 0
    kernel, _ = centre(session.layers.gram[-1][np.ix_(train, train)], np.zeros((0, train.sum())))
    y = session.data.mean_response()[train]
    alphas = np.geomspace(1e-6, 1e4, 23) * kernel.trace() / len(kernel)
    faulty, right = [], []
    values, vectors = np.linalg.eigh(kernel)
    spectrum = decompose(kernel)
    for alpha in alphas:
        inverse = (vectors / (values.clip(0) + alpha)) @ vectors.T
        wrong = inverse @ (y - y.mean(axis=0)) / inverse.diagonal()[:, None]
        left_out = loo_residuals(spectrum, spectrum.vectors.T @ y, alpha)
        faulty.append((wrong**2).sum(axis=0))
        right.append((left_out**2).sum(axis=0))
    assert (np.argmin(faulty, axis=0) == 0).all()
    assert (np.argmin(right, axis=0) > 0).all()


def test_median_r_of_v4_neurons_with_chosen_alphas(session):
    """In no layer worse than the reference by more than splits of the images differ."""
    found = session.table["r"][session.reference.index]
    assert (found - session.reference).min() >= -0.015
    assert found.idxmax() in ("features.13", "features.14", "features.15")


def test_median_r_of_v4_neurons_is_that_of_scikit_learn(cowley, checkout):
    """Plain cross-validated RidgeCV on the features themselves, for the narrowest listed layer."""
    session, layer = _session("210325", cowley, checkout), "features.14"
    x, y = _features(session.data.images, layer), session.data.mean_response()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    fold = folds.splits(session.data.stimuli, 5, 1, seed=0)["images"][0]
    r = []
    for test in (fold == f for f in range(5)):
        alphas = np.geomspace(1e-5, 1e6, 23) * (x[~test] - x[~test].mean(axis=0)).var() * x.shape[1]
        ridge = RidgeCV(alphas, alpha_per_target=True).fit(x[~test], y[~test])
        pairs = zip(ridge.predict(x[test]).T, y[test].T, strict=True)
        r.append([np.corrcoef(a, b)[0, 1] for a, b in pairs])
    assert session.table["r"][layer] == pytest.approx(np.median(np.mean(r, axis=0)), abs=1e-4)


def _features(images, layer):
    """Output of one block by torchvision alone, (image, unit)."""
    weights = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1
    network = models.load(MODEL).network.features[: int(layer.partition(".")[2]) + 1]
    preprocess = weights.transforms()
    with torch.no_grad():
        rows = [network(preprocess(Image.open(i).convert("RGB"))[None]).flatten() for i in images]
    return torch.stack(rows).double().numpy()


def test_shuffled_responses_of_v4_neurons_are_not_predicted(session):
    responses = session.data.responses
    shuffled = np.random.default_rng(0).permutation(responses.values)
    data = replace(session.data, responses=responses.copy(data=shuffled))
    scores = encoding.encode(data, _subset(session.layers, 3), session.settings, seed=0)
    assert scores.sizes["layer"] == 4
    assert abs(scores["r"].median("neuroid")).max() < 0.05


def _subset(found, step):
    """Every so many layers."""
    fields = ("layers", "upper", "row_sum", "n_features", "n_constant")
    return replace(found, **{name: getattr(found, name)[::step] for name in fields})


@pytest.fixture(scope="module", params=FEATURES)
def kriegeskorte(request, run):
    """The name of the scaling, and rsa.csv made with it."""
    study = f"known_kriegeskorte2008_{request.param}"
    fewest = {"bootstrap": 100, "rsa": {"permutations": 99}}  # what is known needs none
    scale = {"study": study, "features": FEATURES[request.param]}
    results = run("kriegeskorte2008", "rsa", **scale, **fewest)
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
