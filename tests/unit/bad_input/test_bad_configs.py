"""Studies that ask for what cannot be."""

from pathlib import Path

import dataset_folders as tiny
import numpy as np
import pytest
import refusing
import yaml

from ventralmap import acceptance, config, datasets, kernels, registry

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/config.schema.yaml"
GOOD = {
    "study": "s",
    "datasets": ["simulated"],
    "models": ["pixels"],
    "hierarchy": ["V1", "IT"],
}
CASES = {
    "nothing": ("study: null", ["study"]),
    "no datasets": ("datasets: []", ["datasets"]),
    "dataset twice": ("datasets: [simulated, simulated]", ["datasets"]),
    "one dataset, not a list": ("datasets: simulated", ["datasets"]),
    "model of no text": ("models: [3]", ["models"]),
    "study outside": ("study: ../up", ["study", "../up"]),
    "study absolute": ("study: /tmp/x", ["study"]),
    "study of a tag": ("study: <script>", ["study"]),
    "study with a space": ("study: a b", ["study"]),
    "study not ASCII": ("study: größe", ["study"]),
    "study ends in a line": ('study: "s\\n"', ["study"]),
    "study too long": (f"study: {'s' * 300}", ["study", "long"]),
    "title of no text": ("title: [a]", ["title"]),
    "unknown key": ("hirarchy: [V1]", ["hirarchy", "did you mean 'hierarchy'?"]),
    "key of no text": ("1: 2", ["unknown key '1'"]),
    "area twice": ("hierarchy: [V1, [V1, IT]]", ["hierarchy", "V1", "twice"]),
    "area of no text": ("hierarchy: [[1]]", ["hierarchy"]),
    "level of nothing": ("hierarchy: [[]]", ["hierarchy"]),
    "seed negative": ("seed: -1", ["seed"]),
    "seed of text": ("seed: '1'", ["seed"]),
    "seed huge": (f"seed: {10**30}", ["seed"]),
    "bootstrap a fraction": ("bootstrap: 100.5", ["bootstrap"]),
    "bootstrap with a point": ("bootstrap: 200.0", ["bootstrap", "integer"]),
    "bootstrap huge": (f"bootstrap: {10**12}", ["bootstrap"]),
    "bootstrap true": ("bootstrap: true", ["bootstrap"]),
    "bootstrap NaN": ("bootstrap: .nan", ["bootstrap"]),
    "memory NaN": ("extract: {memory_gb: .nan}", ["memory_gb", "finite"]),
    "memory infinite": ("extract: {memory_gb: .inf}", ["memory_gb", "finite"]),
    "memory none": ("extract: {memory_gb: 0}", ["memory_gb"]),
    "penalty NaN": ("encoding: {alphas: {low: .nan}}", ["low", "finite"]),
    "penalty negative": ("encoding: {alphas: {low: -1}}", ["low"]),
    "penalties reversed": ("encoding: {alphas: {low: 10, high: 1}}", ["low", "high"]),
    "threshold above one": ("encoding: {reliability_threshold: 1.5}", ["reliability_threshold"]),
    "section of nothing": ("encoding: null", ["encoding"]),
    "section of a list": ("rsa: [spearman]", ["rsa"]),
    "layers of another model": ("layers: {vgg16: [a]}", ["vgg16"]),
    "layer twice": ("layers: {pixels: [pixels, pixels]}", ["layers"]),
    "day": ("study: 2026-01-01", ["study"]),
    "huge text": (f"extract: {{device: {'x' * 100_000}}}", ["device"]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_config_is_refused_in_one_line(case):
    text, words = CASES[case]
    study = GOOD | yaml.safe_load(text)
    refusing.one_line(lambda: config.resolve(study, SCHEMA), "config: ", *words)


NO_MODEL = ["", " ", "RESNET18", "../resnet18", "resnet18+", "resnet18+untrained+untrained",
            "resnet18:", "<b>resnet18</b>", "resnet18\n", "größe",
            "a" * 500, "pixels:x"]  # fmt: skip


@pytest.mark.parametrize("name", NO_MODEL)
def test_no_model_goes_by_an_odd_name(name):
    refusing.one_line(lambda: registry.check_name(name), "model")


NO_DATASET = ["", "Simulated", "../nowhere", "/", "~", "simulated ", "cichy2014_", "<b>", "a" * 500]


@pytest.mark.parametrize("entry", NO_DATASET)
def test_no_dataset_goes_by_an_odd_name(entry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusing.one_line(lambda: datasets.by_name([entry]), "")


def test_datasets_whose_names_differ_in_case_would_share_a_folder(tmp_path):
    names = []
    for name in ("own", "Own"):
        folder = tiny.folder(tmp_path / f"of_{name}")
        refusing.replace("dataset.yaml", b"name: tiny", f"name: {name}".encode())(folder)
        names.append(str(folder))
    refusing.one_line(lambda: datasets.by_name(names), "own", "Own", "change the name")


def good_kernels(path):
    kernels.save(
        kernels.Kernels.from_gram(
            gram=np.ones((1, 3, 3)),
            row_sum=np.ones((1, 3)),
            n_features=np.array([5]),
            n_constant=np.array([0]),
            layers=["a"],
            stimulus_ids=["s1", "s2", "s3"],
        ),
        path,
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_kernels_that_were_cut_are_refused(tmp_path, share):
    good_kernels(tmp_path / "k.nc")
    refusing.cut("k.nc", share)(tmp_path)
    refusing.one_line(lambda: kernels.load(tmp_path / "k.nc"), "k.nc", "make it again")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"file,sha256\na/b,xyz\n", b"a/b\x00", b"x" * 200_000]
)
def test_hashes_that_were_accepted_are_hashes(tmp_path, content):
    (tmp_path / acceptance.FILE).write_bytes(content)
    try:
        assert acceptance.accepted("a/b", tmp_path) is None
    except Exception:
        refusing.one_line(lambda: acceptance.accepted("a/b", tmp_path), acceptance.FILE)
