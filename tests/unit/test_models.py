import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from ventralmap import models, networks, registry, weights
from ventralmap.errors import InputError


def photo(size: tuple[int, int] = (300, 260)) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    return Image.fromarray(values)


def same_parameters(a: torch.nn.Module, b: torch.nn.Module) -> bool:
    pairs = zip(a.state_dict().values(), b.state_dict().values(), strict=True)
    return all(torch.equal(x, y) for x, y in pairs)


def test_an_untrained_network_is_determined_by_its_seed():
    first = models.load("mobilenet_v2+untrained", seed=3)
    torch.rand(7)
    again = models.load("mobilenet_v2+untrained", seed=3)
    other = models.load("mobilenet_v2+untrained", seed=4)
    assert same_parameters(first.network, again.network)
    assert not same_parameters(first.network, other.network)
    assert (first.seed, first.weights_sha256) == (3, "")


def test_an_untrained_network_is_torchvisions_own():
    torch.manual_seed(5)
    expected = torchvision.models.resnet18(weights=None)
    assert same_parameters(models.load("resnet18+untrained", seed=5).network, expected)


def test_making_an_untrained_network_leaves_the_random_state_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    models.load("mobilenet_v2+untrained", seed=9)
    assert torch.equal(torch.rand(3), expected)


def test_a_model_is_ready_for_use():
    model = models.load("mobilenet_v2+untrained")
    assert not model.network.training
    assert {p.dtype for p in model.network.parameters()} == {torch.float32}
    assert model.n_params == 3504872
    assert model.layers == models.curated_layers("mobilenet_v2")
    assert "resize_size=[256]" in model.preprocessing
    assert "crop_size=[224]" in model.preprocessing


def test_preprocessing_is_that_of_the_weights():
    preprocess = models.load("mobilenet_v2+untrained").preprocess
    expected = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.transforms()(photo())
    assert torch.equal(preprocess(photo()), expected)
    assert expected.shape == (3, 224, 224)


def test_pixels_are_the_resized_image():
    model = models.load("pixels")
    small = model.preprocess(Image.new("RGB", (300, 200), (255, 51, 0)))
    assert small.dtype == torch.float32
    assert small.shape == (3, 64, 64)
    np.testing.assert_allclose(small[:, 10, 20], [1, 0.2, 0], rtol=1e-6)
    np.testing.assert_array_equal(model.network(small[None])[0], small.flatten())
    assert (model.n_params, [layer.name for layer in model.layers]) == (0, ["pixels"])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weight file of mobilenet_v2 with parameters of our own, which the registry accepts."""
    network = torchvision.models.mobilenet_v2(weights=None)
    path = tmp_path / "own.pth"
    torch.save(network.state_dict(), path)
    monkeypatch.setattr(registry, "expected_hash", lambda name: "")
    return path


def test_a_pretrained_network_has_the_parameters_of_the_file(file: Path):
    model = models.load("mobilenet_v2", weights=file)
    state = torch.load(file, weights_only=True)
    assert all(torch.equal(v, state[k]) for k, v in model.network.state_dict().items())
    assert len(model.weights_sha256) == 64
    assert model.source == "torchvision MobileNet_V2_Weights.IMAGENET1K_V1"
    assert model.seed is None


def test_the_file_of_another_model_is_refused(file: Path):
    with pytest.raises(InputError, match=r"own\.pth: does not hold the parameters of 'resnet18'"):
        models.load("resnet18", weights=file)


def test_a_file_given_by_hand_is_checked_too(tmp_path: Path):
    (tmp_path / "own.pth").write_bytes(b"not the weights")
    with pytest.raises(InputError, match=r"own\.pth: its sha256 is"):
        models.load("mobilenet_v2", weights=tmp_path / "own.pth")


def test_code_in_a_weight_file_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch.save({"features": print}, tmp_path / "own.pth")
    monkeypatch.setattr(registry, "expected_hash", lambda name: "")
    with pytest.raises(Exception, match="Weights only load failed"):
        models.load("mobilenet_v2", weights=tmp_path / "own.pth")


def test_densenet_files_of_the_old_form_are_read():
    current = networks._current_keys("densenet121", {"features.denselayer3.norm.1.weight": 1})
    assert list(current) == ["features.denselayer3.norm1.weight"]


def test_layers_can_be_chosen_by_name_and_by_node():
    model = models.load("alexnet+untrained", layers=["fc7.relu", "features.0", "conv1.relu"])
    assert [layer.name for layer in model.layers] == ["fc7.relu", "features.0", "conv1.relu"]
    assert [layer.node for layer in model.layers] == ["classifier.5", "features.0", "features.1"]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["conv1.rellu"], "has no layer 'conv1.rellu'; did you mean 'conv1.relu'?"),
        (["features.00"], "did you mean 'features.0'?"),
        (["zzz"], "choose from: conv1.relu, conv2.relu"),
        (["fc8", "fc8"], "layer fc8 is named twice"),
        ([], "no layer is named"),
    ],
)
def test_a_wrong_layer_gets_a_hint(layers, message):
    with pytest.raises(InputError, match=re.escape(message)):
        models.load("alexnet+untrained", layers=layers)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3", "vit_b_16"])
def test_architectures_are_built_as_torchvision_does_for_its_weights(name):
    with torch.device("meta"):
        network = networks._build(name, weights.enumeration(name), init_weights=False)
    n_params = sum(parameter.numel() for parameter in network.parameters())
    assert n_params == weights.enumeration(name).meta["num_params"]


@pytest.mark.parametrize("name", registry.curated_models())
def test_curated_nodes_exist_and_stand_where_the_registry_says(name):
    from torchvision.models.feature_extraction import get_graph_node_names

    with torch.device("meta"):
        network = networks._build(name, weights.enumeration(name), init_weights=False).eval()
    nodes = get_graph_node_names(network, suppress_diff_warning=True)[1]
    modules = dict(network.named_modules())
    last = -1
    for layer in models.curated_layers(name):
        place = max(i for i, n in enumerate(nodes) if f"{n}.".startswith(f"{layer.node}."))
        assert place > last
        last = place
        module = modules.get(re.sub(r"_\d+$", "", nodes[place]))
        if isinstance(module, torch.nn.Sequential):  # a node that is one of torchvision's blocks
            module = module[-1]
        is_relu = isinstance(module, torch.nn.ReLU | torch.nn.ReLU6) or bool(
            # called as a function; or the branches of an inception block, which end in one
            re.fullmatch(r"(.*\.)?relu(_\d+)?|inception\d.\.cat", nodes[place])
        )
        assert is_relu == (layer.relu == "after"), layer
