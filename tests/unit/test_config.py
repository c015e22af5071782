"""Configs: every key of the schema is described, used, and found again when mistyped."""

import re
from copy import deepcopy
from inspect import signature
from pathlib import Path

import pytest
import yaml

from ventralmap import datasets, registry
from ventralmap.calibration import cells, experiments
from ventralmap.config import complete, resolve
from ventralmap.errors import InputError

ROOT = Path(__file__).parents[2]
SCHEMA_PATH = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SCHEMA = yaml.safe_load(SCHEMA_PATH.read_text("utf-8"))

LEAST = {
    "study": "s",
    "datasets": ["simulated"],
    "models": ["alexnet", "pixels"],
    "hierarchy": ["V1", ["V4", "IT"]],
}
WHOLE = LEAST | {
    "title": "",
    "layers": {},
    "beside": [],
    "seed": 0,
    "bootstrap": 1000,
    "visual_angle": {"images": "match", "degrees": 8, "models": {}},
    "features": {"centre": True, "scale": "zscore", "projection": None},
    "extract": {"memory_gb": 4, "batch_size": 32, "device": "auto", "precision": "float32"},
    "encoding": {
        "method": "ridge",
        "device": "auto",
        "alpha_by": "loo",
        "components": 25,
        "folds": 5,
        "generalisations": [],
        "repeats": 3,
        "alphas": {"low": 1e-5, "high": 1e6, "n": 23},
        "banded": [],
        "interval": "both",
        "reliability_threshold": 0.1,
        "reliability_splits": 100,
    },
    "rsa": {
        "distance": "correlation",
        "comparison": "spearman",
        "responses": "none",
        "permutations": 1000,
        "cluster_p": 0.01,
        "folds": 5,
    },
    "recovery": {
        "draws": 0,
        "noise": [4, 16],
        "neuroids": [0.2, 0.5],
        "stimuli": [0.2, 0.5],
        "reliability": 0.5,
        "voxels": 150,
    },
    "stability": 0,
    "figures": {"width": "double"},
}


def keys_of(schema, above=()):
    """Yield the path of each key, nested ones too, and what the schema says of it."""
    for key, about in schema.get("properties", {}).items():
        yield (*above, key), about
        yield from keys_of(about, (*above, key))


KEYS = dict(keys_of(SCHEMA))
every_key = pytest.mark.parametrize("path", KEYS, ids=".".join)


def changed(path, value):
    """Return the whole config with one key set."""
    config = deepcopy(WHOLE)
    section = config
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    return config


def renamed(path, name):
    """Return the whole config with one key renamed."""
    config = deepcopy(WHOLE)
    section = config
    for key in path[:-1]:
        section = section[key]
    section[name] = section.pop(path[-1])
    return config


def refused(config):
    """Return the one line that names what is wrong with a config."""
    with pytest.raises(InputError) as caught:
        resolve(config, SCHEMA_PATH)
    message = str(caught.value)
    assert message.startswith("config: ")
    assert "\n" not in message
    return message


# The schema


def test_keys_of_all_levels_are_tested():
    assert {("study",), ("rsa", "folds"), ("encoding", "alphas", "low")} <= set(KEYS)


@every_key
def test_every_key_is_described_in_a_sentence(path):
    assert re.fullmatch(r"[A-Z].{10,}\.", KEYS[path]["description"])


@every_key
def test_every_key_is_required_or_has_a_default(path):
    required = len(path) == 1 and path[0] in SCHEMA["required"]
    assert required != ("default" in KEYS[path])


@pytest.mark.parametrize("schema", [SCHEMA, *(p for p in KEYS.values() if "properties" in p)])
def test_no_level_allows_unknown_keys(schema):
    assert schema["additionalProperties"] is False


def text_of(pattern):
    texts = [path.read_text("utf-8") for path in sorted(ROOT.glob(pattern))]
    return "\n".join(texts).replace("'", '"')


RULES = text_of("workflow/rules/*.smk")
CODE = text_of("src/ventralmap/**/*.py")


def is_used(path):
    """Tell whether the rules read a key, or the code does with the settings of a section.

    The code reads settings as ``settings["key"]``, ``study["key"]`` (or ``config``), or takes them
    as arguments with defaults of their own.
    """
    if "STUDY" + "".join(f'["{key}"]' for key in path) in RULES:
        return True
    if len(path) == 1:
        return bool(re.search(rf'config(\.get\(|\[)"{path[0]}"', CODE))
    argument = rf"^    {path[-1]}: [\w .|]+ = "
    return bool(re.search(rf'settings\["{path[-1]}"\]|{argument}', CODE, re.MULTILINE))


@every_key
def test_every_key_is_used(path):
    assert is_used(path)


@pytest.mark.parametrize("path", [("species",), ("encoding", "solver"), ("rsa", "fold")])
def test_a_key_that_nothing_reads_would_be_noticed(path):
    assert not is_used(path)


# What is accepted

CALIBRATIONS = sorted(ROOT.glob("config/calibration*.yaml"))
STUDIES = sorted(set(ROOT.glob("config/*.yaml")) - set(CALIBRATIONS))


@pytest.mark.parametrize("path", CALIBRATIONS, ids=lambda path: path.stem)
def test_the_calibrations_that_come_along_are_valid(path):
    schema = SCHEMA_PATH.with_name("calibration.schema.yaml")
    config = complete(yaml.safe_load(path.read_text("utf-8")), schema)
    for cell in cells.cells(config["experiments"], config["simulations"]):
        signature(experiments.find(cell.experiment)).bind(seed=0, **cell.setting)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_that_come_along_are_valid(path):
    study = resolve(yaml.safe_load(path.read_text("utf-8")), SCHEMA_PATH)
    assert study["study"] == path.stem
    assert study.keys() == WHOLE.keys()


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_studies_that_come_along_name_what_there_is(path):
    study = resolve(yaml.safe_load(path.read_text("utf-8")), SCHEMA_PATH)
    assert list(datasets.by_name(study["datasets"])) == study["datasets"]
    for model in study["models"]:
        registry.check_name(model)
    for model, layers in study["layers"].items():
        known = [layer.name for layer in registry.curated_layers(model.partition("+")[0])]
        assert set(layers) <= set(known)


@pytest.mark.parametrize("paper", ["yamins2014", "cichy2016"])
def test_a_paper_is_studied_with_its_choices_and_with_ours(paper):
    """The same data and hierarchy; features are as they are in the one, z-scored in the other."""
    theirs, ours = (
        resolve(yaml.safe_load((ROOT / f"config/{name}.yaml").read_text("utf-8")), SCHEMA_PATH)
        for name in (paper, f"{paper}_ours")
    )
    for key in ("datasets", "hierarchy", "beside", "layers"):
        assert theirs[key] == ours[key]
    assert set(theirs["models"]) <= set(ours["models"])
    assert (theirs["features"]["scale"], ours["features"]["scale"]) == ("none", "zscore")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_of_a_list_is_finite_too(number):
    message = refused(changed(("recovery",), {"noise": [4, number]}))
    assert "recovery: noise: 1: " in message
    assert "finite" in message


def test_defaults_are_filled_in_at_all_levels():
    assert resolve(LEAST, SCHEMA_PATH) == WHOLE


def test_what_is_given_is_kept_beside_the_defaults():
    study = resolve(LEAST | {"encoding": {"alphas": {"n": 3}}}, SCHEMA_PATH)
    assert study["encoding"] == WHOLE["encoding"] | {"alphas": {"low": 1e-5, "high": 1e6, "n": 3}}


def test_a_whole_config_stays_as_it_is():
    assert resolve(WHOLE, SCHEMA_PATH) == WHOLE


def test_the_config_given_is_not_changed():
    config = LEAST | {"encoding": {"alphas": {}}}
    before = deepcopy(config)
    resolve(config, SCHEMA_PATH)["encoding"]["alphas"]["n"] = 99
    assert config == before
    assert resolve(config, SCHEMA_PATH)["encoding"]["alphas"]["n"] == 23


def test_layers_of_a_model_of_the_study():
    layers = {"alexnet": ["conv1.relu", "fc8"]}
    assert resolve(LEAST | {"layers": layers}, SCHEMA_PATH)["layers"] == layers


# What is refused


@pytest.mark.parametrize(("low", "high"), [(10, 1), (2, 2)])
def test_a_grid_of_penalties_must_rise(low, high):
    message = refused(LEAST | {"encoding": {"alphas": {"low": low, "high": high}}})
    assert message.startswith(f"config: encoding: alphas: low: {low} is not below high: {high};")


@every_key
@pytest.mark.parametrize("mistype", [lambda k: k + k[-1], lambda k: "x" + k], ids=["end", "start"])
def test_a_mistyped_key_is_answered_with_the_right_one(path, mistype):
    *sections, key = path
    message = refused(renamed(path, mistype(key)))
    where = "".join(f"{section}: " for section in sections)
    assert message == f"config: {where}unknown key '{mistype(key)}'; did you mean '{key}'?"


def test_a_key_like_no_other_is_answered_with_all():
    assert refused(WHOLE | {"zzz": 1}).endswith(f"choose from: {', '.join(SCHEMA['properties'])}")


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_missing_key_is_named_and_described(key):
    config = {k: v for k, v in WHOLE.items() if k != key}
    described = KEYS[key,]["description"]
    assert refused(config) == f"config: key '{key}' is missing; add it: {described}"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "rsa.distance",
            "corelation",
            "'corelation' is not possible; choose from: correlation, eu",
        ),
        ("features.scale", "off", "'off' is not possible; choose from: zscore, none"),
        ("extract.device", "gpu", "'gpu' is not possible; choose from: auto, cpu, cuda"),
        ("seed", "one", "'one' is not of type 'integer'"),
        ("seed", True, "True is not of type 'integer'"),
        ("seed", -1, "-1 is less than the minimum of 0"),
        ("bootstrap", 99, "99 is less than the minimum of 100"),
        ("extract.memory_gb", 0, "0 is less than or equal to the minimum of 0"),
        ("encoding.reliability_threshold", 1.5, "1.5 is greater than the maximum of 1"),
        ("encoding.alphas.n", 2.5, "2.5 is not of type 'integer'"),
        ("encoding.alphas", None, "None is not of type 'object'"),
        ("rsa", [], "[] is not of type 'object'"),
        ("models", "alexnet", "'alexnet' is not of type 'array'"),
        ("models", ["alexnet", "alexnet"], "['alexnet', 'alexnet'] has non-unique elements"),
        ("datasets", [], "[] should be non-empty"),
        ("hierarchy", ["V1", []], "1: [] should be non-empty"),
        ("hierarchy", ["V1", 4], "1: 4 is not of type 'string', 'array'"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(path, value, message):
    where = path.replace(".", ": ")
    assert refused(changed(path.split("."), value)).startswith(f"config: {where}: {message}")


@pytest.mark.parametrize("name", ["a/b", "../up", "", ".hidden", "two words"])
def test_a_study_must_be_the_name_of_a_folder(name):
    assert refused(WHOLE | {"study": name}).startswith(f"config: study: '{name}' does not match")


def test_layers_of_a_model_that_is_not_in_the_study():
    message = refused(LEAST | {"layers": {"alexnt": ["fc8"]}})
    assert message == "config: layers: 'alexnt' is not among the models; did you mean 'alexnet'?"


def test_an_area_is_in_the_hierarchy_or_beside_it():
    assert resolve(WHOLE | {"beside": ["behaviour"]}, SCHEMA_PATH)["beside"] == ["behaviour"]
    message = refused(WHOLE | {"beside": ["V4"]})
    assert message == "config: beside: 'V4' is in the hierarchy too; take it out of one of them"


def test_bands_of_a_model_that_is_not_in_the_study():
    message = refused(LEAST | {"encoding": {"banded": [["pixels:pixels", "alexnt:fc8"]]}})
    assert message == (
        "config: encoding: banded: 'alexnt' is not among the models; did you mean 'alexnet'?"
    )


@pytest.mark.parametrize(
    ("banded", "message"),
    [
        ([["alexnet:fc8"]], "0: ['alexnet:fc8'] is too short"),
        ([["alexnet:fc8", "fc7"]], "0: 1: 'fc7' does not match"),
    ],
)
def test_bands_are_two_or_more_layers_of_models(banded, message):
    assert refused(LEAST | {"encoding": {"banded": banded}}).startswith(
        f"config: encoding: banded: {message}"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoding": {"method": "ridge_srp"}}, "ridge_srp needs features: projection; give"),
        ({"features": {"projection": 500}}, "500 is for encoding: method: ridge_srp, and the"),
        (
            {"features": {"projection": 500}, "encoding": {"method": "pls"}},
            "and the method is pls; write ridge_srp, or leave projection out",
        ),
        ({"visual_angle": {"models": {"alexnett": 4}}}, "did you mean 'alexnet'?"),
        ({"features": {"projection": 0}}, "projection: 0 is less than the minimum of 1"),
    ],
)
def test_a_projection_and_its_map_go_together(changes, message):
    assert message in refused(LEAST | changes)
    together = {"features": {"projection": 500}, "encoding": {"method": "ridge_srp"}}
    assert resolve(LEAST | together, SCHEMA_PATH)["features"]["projection"] == 500


def test_an_empty_config():
    assert "key 'study' is missing" in refused({})


# Steps that are switched on


@pytest.mark.parametrize(("value", "draws"), [(True, 6), (False, 0), ({"draws": 2}, 2), ({}, 6)])
def test_recovery_is_a_switch_or_numbers(value, draws):
    found = resolve(LEAST | {"recovery": value}, SCHEMA_PATH)["recovery"]
    assert found == WHOLE["recovery"] | {"draws": draws}


def test_recovery_needs_kernels_and_layers():
    projected = {"features": {"projection": 10}, "encoding": {"method": "ridge_srp"}}
    assert "recovery: needs kernels" in refused(LEAST | projected | {"recovery": True})
    first = refused(LEAST | {"models": ["pixels", "alexnet"], "recovery": True})
    assert "name another model first" in first
