import re
import subprocess
import sys

import pytest
import torchvision

from ventralmap import registry, weights
from ventralmap.errors import InputError
from ventralmap.model_names import CONTROLS

CURATED = [
    "alexnet", "vgg11", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet101",
    "googlenet", "densenet121", "mobilenet_v2", "efficientnet_b0", "convnext_tiny", "vit_b_16",
]  # fmt: skip


def test_the_listed_classifiers_are_those_of_torchvision():
    listed = [name for name in registry.names() if name not in CONTROLS]
    assert listed == torchvision.models.list_models(module=torchvision.models)


def test_names_are_checked_without_importing_torch():
    code = (
        "import sys; from ventralmap import registry; registry.check_name('resnet18+untrained');"
        "registry.is_pretrained('resnet18'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "name",
    ["alexnet", "pixels", "swin_t", "mobilenet_v2+untrained", "resnet50@IMAGENET1K_V1"],
)
def test_a_name_that_exists_is_returned(name):
    assert registry.check_name(name) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mobilnet_v2", "did you mean 'mobilenet_v2'?"),
        ("resnet18+untraind", "no variant '+untraind'; did you mean 'untrained'?"),
        ("pixels+untrained", "write 'pixels'"),
        ("resnet50@", "write e.g. 'resnet50@IMAGENET1K_V1'"),
        ("resnet50@v1", "write e.g. 'resnet50@IMAGENET1K_V1'"),
        ("resnet18+untrained(x)", "write '+untrained' or '+untrained(<seed>)'"),
        ("resnet18+untrained+untrained", "not a name"),
        ("resnet18+untrained(1", "not a name"),
        ("own/net.py:build", "no file own/net.py"),
    ],
)
def test_a_mistyped_name_gets_a_hint(name, hint):
    with pytest.raises(InputError, match=re.escape(hint)):
        registry.check_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alexnet", True), ("swin_t", True), ("alexnet+untrained", False), ("pixels", False)],
)
def test_which_models_are_pretrained(name, expected):
    assert registry.is_pretrained(name) is expected


def test_mobilenet_v2_has_torchvisions_block_outputs():
    expected = [f"features.{i}" for i in range(19)] + ["classifier.1"]
    layers = registry.curated_layers("mobilenet_v2")
    assert [layer.name for layer in layers] == expected
    assert [layer.node for layer in layers] == expected


def test_the_untrained_twin_has_the_same_layers():
    assert registry.curated_layers("vgg16+untrained") == registry.curated_layers("vgg16")


@pytest.mark.parametrize("name", CURATED)
def test_layer_names_say_what_the_registry_says_of_the_relu(name):
    for layer in registry.curated_layers(name):
        if name != "mobilenet_v2":
            assert ("relu" in layer.name) == (layer.relu == "after")
        assert layer.relu in ("before", "after", "none")


@pytest.mark.parametrize("name", CURATED)
def test_weight_files_and_hashes_agree_with_torchvision(name):
    file = registry.curated_file(name)
    assert weights.enumeration(name).value.url == f"{weights.TORCHVISION}/{file}"
    known = registry.expected_hash(file)
    assert re.fullmatch("[0-9a-f]{8}" if name == "vgg11" else "[0-9a-f]{64}", known)
    assert known.startswith(file.removesuffix(".pth").rpartition("-")[2])


def test_the_list_of_curated_models():
    assert sorted(registry.curated_models()) == sorted(CURATED)


def test_a_file_without_a_known_hash_is_checked_against_its_name():
    assert registry.expected_hash("vgg11-8a719046.pth") == "8a719046"


def test_other_weights_than_the_default_ones_are_other_files():
    assert registry.curated_file("resnet50@IMAGENET1K_V1") is None
    url = weights.enumeration("resnet50@IMAGENET1K_V1").value.url
    assert url.endswith("resnet50-0676ba61.pth")


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "resnet18", "mobilenet_v2"])
def test_the_default_weights_are_the_first_of_torchvision(name):
    assert weights.enumeration(name).name == "IMAGENET1K_V1"


def test_the_default_weights_of_other_models_are_torchvisions():
    assert weights.enumeration("resnet50").name == "IMAGENET1K_V2"
    assert weights.enumeration("swin_t") is torchvision.models.Swin_T_Weights.DEFAULT
