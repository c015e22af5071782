"""Every kind of figure, drawn from the tables and files of a small study."""

from dataclasses import replace

import in_memory as made
import numpy as np
import pandas as pd
import pytest
import study_tables as st
from matplotlib.figure import Figure
from PIL import Image
from scipy.spatial.distance import squareform

from ventralmap import (
    dataset,
    figure_data,
    figures,
    illustrations,
    rdm_files,
    rdm_sources,
    summary,
)
from ventralmap.errors import InputError
from ventralmap.figures import style
from ventralmap.files import write_csv

N = 9
MODELS = {
    "mobilenet_v2": ["features.0", "features.8", "features.16"],
    "mobilenet_v2+untrained": ["features.0", "features.8", "features.16"],
    "pixels": ["pixels"],
}
META = {
    "name": "simulated",
    "title": "Simulated stream",
    "citation": "none",
    "licence": "CC0",
    "species": "macaque",
    "stimulus_degrees": 8,
    "measurement": "spikes",
    "simulated": True,
}
CONFIG = {
    "models": list(MODELS),
    "hierarchy": ["V1", "V4", "IT"],
    "bootstrap": 100,
    "encoding": {"folds": 5},
    "rsa": {"permutations": 99, "distance": "correlation"},
    "figures": {"width": "double"},
}
TRUTH = pd.DataFrame(
    {"area": ["V4", "MEG"], "model": "mobilenet_v2", "layer": "features.8", "peak_ms": [160, 160]}
)
KINDS = [
    "encoding_depth", "encoding_map", "rsa_depth", "rsa_map", "timecourse", "fusion",
    "rdms_simulated", "mds_simulated", "variance", "correspondence", "encoding_explained",
]  # fmt: skip


def features(model, seed=0):
    random = np.random.default_rng(seed)
    return [random.normal(size=(N, 20)) for _ in MODELS[model]]


def write_dataset(folder, categories=True):
    """Responses of V1 and V4, RDMs of V4 and IT over two subjects: V4 has both."""
    (folder / "stimuli").mkdir(parents=True)
    for number, name in enumerate(made.ids(N)):
        Image.new("RGB", (4, 4), (number, 0, 0)).save(folder / "stimuli" / f"{name}.png")
    responses = np.random.default_rng(1).normal(size=(N, 2, 8))
    values = made.distances(N, 2, 2, 2)
    values[1, 0] = np.nan
    whole = made.dataset(
        N,
        responses,
        [made.rdms(values, area=["V4", "IT"])],
        area=["V1", "V4"] * 4,
        **({"category": list("abcabcabc")} if categories else {}),
    )
    dataset.write(folder, META, whole.stimuli, whole.responses, {"": whole.rdms[0]}, TRUTH)
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return make_study(tmp_path_factory.mktemp("study"))


def make_study(root, categories=True):
    folder, rdms = write_dataset(root / "datasets" / "simulated", categories), root / "rdms"
    data = dataset.load(folder)
    rdm_sources.save_measured(rdms / "simulated.measured.h5", data)
    for model in MODELS:
        kernels = made.kernels(features(model), layers=MODELS[model], model=model)
        rdm_sources.save_model(rdms / "simulated" / f"{model}.h5", data, kernels, "correlation")
    encoding = st.encoding(areas=("V1", "V4"), models=MODELS)
    rsa = st.rsa(areas=("V4", "IT"), models=MODELS)
    timecourse, latency = st.timecourses(models=MODELS, step=50)
    fusion, commonality = st.fusions(models=MODELS, step=50)
    tables = {
        "encoding": encoding,
        "rsa": rsa,
        "timecourse": timecourse,
        "latency": latency,
        "fusion": fusion,
        "commonality": commonality,
        "correspondence": st.correspondence(encoding, rsa, {"V4": "features.8"}),
        "hierarchy": st.hierarchy(),
        "variance": st.variance(),
    }
    for name, table in tables.items():
        write_csv(root / "tables" / f"{name}.csv", table)
    read = {name: pd.read_csv(root / "tables" / f"{name}.csv") for name in tables}
    neuroids = {"explained": st.explained(encoding), "neuroids": st.neuroids(encoding)}
    folders, summaries = {"simulated": folder}, [summary.summarise(data)]
    return illustrations.Study(CONFIG, read, summaries, folders, rdms, neuroids)


def headings(figure):
    return [axes.texts[-1].get_text() for axes in figure.axes if axes.texts]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_figure_is_drawn_with_its_caption_and_saved(kind, study, tmp_path):
    figure, caption = illustrations.draw(kind, study)
    assert isinstance(figure, Figure)
    assert caption.endswith(".")
    assert "simulated" in caption
    files = figures.save(figure, tmp_path / kind)
    assert sorted(path.suffix for path in files) == [".pdf", ".png", ".svg"]
    assert all(path.stat().st_size > 1000 for path in files)


@pytest.mark.parametrize(
    ("kind", "areas"), [("encoding_depth", ["V1", "V4"]), ("rsa_depth", ["V4", "IT"])]
)
def test_a_table_has_a_panel_per_area_in_the_order_of_the_hierarchy(kind, areas, study):
    figure, _ = illustrations.draw(kind, study)
    assert headings(figure) == areas


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("encoding_depth", "Encoding score over depth"),
        ("encoding_map", "Layers and areas by encoding"),
        ("rsa_depth", "Similarity of RDMs over depth"),
        ("rsa_map", "Layers and areas by representational similarity"),
        ("timecourse", "Similarity of RDMs over time"),
        ("variance", "Variance explained by layers alone"),
        ("fusion", "Fusion of recordings over time"),
        ("rdms_simulated", "Simulated stream: V1 with features."),
        ("mds_simulated", "Images arranged by areas and by their best layers (simulated data)."),
        ("correspondence", "Depth of the layer that each area matches best"),
        ("encoding_explained", "Explained variance over depth and over neuroids"),
    ],
)
def test_the_caption_is_of_what_is_drawn(kind, words, study):
    assert words in illustrations.draw(kind, study)[1]


def test_planted_peaks_are_drawn_where_there_is_truth(study):
    assert "Crosses: planted peaks." in illustrations.draw("timecourse", study)[1]
    (study.folders["simulated"] / "truth.csv").rename(study.rdms / "hidden.csv")
    try:
        assert "Crosses" not in illustrations.draw("timecourse", study)[1]
    finally:
        (study.rdms / "hidden.csv").rename(study.folders["simulated"] / "truth.csv")


def test_an_unknown_figure_is_not_drawn(study):
    with pytest.raises(KeyError):
        illustrations.draw("encoding_pie", study)


def test_each_area_is_beside_its_best_layer_in_the_hierarchys_order(study):
    measured, model = illustrations.best_rdms("simulated", study)
    assert list(measured) == list(model) == ["V1", "V4", "IT"]
    chosen = study.best[study.best["model"] == "mobilenet_v2"]
    of_rsa = chosen[chosen["method"] == "rsa"].set_index("area")["best_layer"]
    assert model["V4"][0] == of_rsa["V4"]
    assert model["IT"][0] == of_rsa["IT"]
    for layer, square in model.values():
        x = features("mobilenet_v2")[MODELS["mobilenet_v2"].index(layer)]
        np.testing.assert_allclose(square, 1 - np.corrcoef(x), atol=1e-10)


def test_an_area_with_both_is_shown_beside_the_best_layer_of_rsa(study):
    best = study.best.copy()
    best.loc[best["method"] == "encoding", "best_layer"] = "features.0"
    changed = replace(study, tables={**study.tables, "correspondence": best})
    _, model = illustrations.best_rdms("simulated", changed)
    assert {area: layer for area, (layer, _) in model.items()} == {
        "V1": "features.0",
        "V4": "features.8",
        "IT": "features.16",
    }


def test_an_area_beside_the_hierarchy_comes_last(study):
    config = study.config | {"hierarchy": ["V4", "IT"], "beside": ["V1"]}
    measured, _ = illustrations.best_rdms("simulated", replace(study, config=config))
    assert list(measured) == ["V4", "IT", "V1"]


def test_the_measured_rdm_is_the_mean_over_the_subjects_that_were_measured(study):
    measured, _ = illustrations.best_rdms("simulated", study)
    values = made.distances(N, 2, 2, 2)  # (area, subject, ., .)
    np.testing.assert_allclose(measured["V4"], values[0].mean(axis=0))
    np.testing.assert_allclose(measured["IT"], values[1, 1])


def test_an_area_of_responses_alone_is_shown_by_their_rdm(study):
    measured, _ = illustrations.best_rdms("simulated", study)
    data = dataset.load(study.folders["simulated"])
    (expected,) = [rdm for area, _, rdm in rdm_sources.pooled_areas(data) if area == "V1"]
    np.testing.assert_allclose(measured["V1"], squareform(expected[0]))


def test_stimuli_without_categories_are_drawn_as_they_come(tmp_path):
    plain = make_study(tmp_path, categories=False)
    assert "Images in the order of the dataset." in illustrations.draw("rdms_simulated", plain)[1]


def test_stimuli_with_categories_are_sorted(study):
    assert "(3 groups)" in illustrations.draw("rdms_simulated", study)[1]


def test_several_processes_write_the_same_files_and_captions(study, tmp_path):
    names = ["rsa_map", "mds_simulated", "encoding_explained"]
    alone = illustrations.save_all(names, study, tmp_path / "alone")
    together = illustrations.save_all(names, study, tmp_path / "together", workers=2)
    assert list(alone) == list(together) == names
    assert alone == together
    for path in sorted((tmp_path / "alone").iterdir()):
        assert path.read_bytes() == (tmp_path / "together" / path.name).read_bytes()


def test_a_figure_that_fails_in_another_process_says_why(study, tmp_path):
    with pytest.raises(KeyError, match="pie"):
        illustrations.save_all(["encoding_pie", "rsa_map"], study, tmp_path, workers=2)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "model_layers"])
def test_figures_of_a_single_column_are_as_wide(kind, study, tmp_path):
    narrow = replace(study, config=study.config | {"figures": {"width": "single"}})
    figure, _ = illustrations.draw(kind, narrow)
    assert figure.get_figwidth() <= style.SINGLE
    (path,) = figures.save(figure, tmp_path / kind, ["png"])
    with Image.open(path) as image:
        assert image.width <= 85 / 25.4 * 300 + 1


def test_pictures_are_of_the_stimuli(study):
    stimuli = figure_data.stimuli(study.folders["simulated"])
    found = figure_data.thumbnails(
        study.folders["simulated"], stimuli["file"].tolist(), [0, 5], side=2
    )
    assert list(found) == [0, 5]
    assert found[5].shape == (2, 2, 4)
    assert found[5][0, 0].tolist() == [5, 0, 0, 255]  # image 5 is (5, 0, 0) all over


def test_an_rdm_that_a_file_lacks_is_an_error(study):
    with pytest.raises(InputError, match="no RDM of area V7"):
        rdm_files.mean(study.rdms / "simulated.measured.h5", "area", "V7")
