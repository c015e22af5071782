import re
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torchvision
from PIL import Image

from ventralmap import extraction, models, routes, weights
from ventralmap.errors import InputError
from ventralmap.extraction import extract
from ventralmap.images import open_rgb
from ventralmap.kernels import Kernels
from ventralmap.passes import network_bytes

N_IMAGES = 12
SIDE = 48


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Smooth random images of different sizes."""
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    for i in range(N_IMAGES):
        coarse = Image.fromarray(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8))
        coarse.resize((120 + 5 * i, 110), Image.Resampling.BICUBIC).save(folder / f"s{i:02d}.png")
    return sorted(folder.glob("*.png"))


def mobilenet() -> models.Model:
    """The pretrained network where its weights are at hand, else the untrained one."""
    file = "mobilenet_v2-b0353104.pth"
    package, _ = weights.PACKAGED[file]
    if (weights.default_cache() / file).exists() or find_spec(package):
        path = weights.locate("mobilenet_v2")
        return models.load("mobilenet_v2", weights=path, layers=["features.0"])
    return models.load("mobilenet_v2+untrained", layers=["features.0"])


def small(image: Image.Image) -> torch.Tensor:
    image = image.resize((SIDE, SIDE))
    return torch.from_numpy(np.asarray(image, dtype=np.float32) / 127.5 - 1).permute(2, 0, 1)


def resnet() -> models.Model:
    """An untrained ResNet-18 on small images, layers before and after ReLUs."""
    layers = ["bn1", "conv1.relu", "layer1.0.bn2", "layer2.0.relu_1", "layer4.1.relu_1", "fc"]
    model = models.load("resnet18+untrained", layers=layers)
    return replace(model, preprocess=small)


@pytest.fixture(scope="module")
def reference(images: list[Path]) -> Kernels:
    return extract(resnet(), images, progress=False, device="cpu")


def hook_features(network, module, preprocess, images) -> np.ndarray:
    """Features of one module by a plain forward hook: (stimulus, unit)."""
    rows = []
    handle = module.register_forward_hook(lambda m, a, out: rows.append(out.flatten(1).clone()))
    with torch.no_grad():
        for half in (images[:6], images[6:]):
            network(torch.stack([preprocess(open_rgb(path)) for path in half]))
    handle.remove()
    return torch.cat(rows).double().numpy()


def zscored(x: np.ndarray) -> np.ndarray:
    deviation = x.std(axis=0)
    varies = deviation > 1e-6 * np.abs(x).max()
    return (x[:, varies] - x[:, varies].mean(axis=0)) / deviation[varies]


def assert_close(a: Kernels, b: Kernels, rtol: float) -> None:
    for x, y in zip(a.gram, b.gram, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=rtol * np.abs(y).max())
    np.testing.assert_array_equal(a.n_features, b.n_features)
    np.testing.assert_array_equal(a.n_constant, b.n_constant)


def test_the_widest_layer_of_mobilenet_v2_equals_the_plain_route(images):
    model = mobilenet()
    network = torchvision.models.mobilenet_v2(weights=None).eval()
    network.load_state_dict(model.network.state_dict())
    transforms = torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1.transforms()
    x = hook_features(network.features[:1], network.features[0], transforms, images)
    assert x.shape == (N_IMAGES, 32 * 112 * 112)
    for name, expected in {"zscore": zscored(x), "none": x}.items():
        centre = name == "zscore"
        result = extract(model, images, centre=centre, scale=name, device="cpu", progress=False)
        gram = expected @ expected.T
        np.testing.assert_allclose(result.gram[0], gram, rtol=0, atol=1e-6 * np.abs(gram).max())
        assert result.n_features[0] == x.shape[1]


def test_each_layer_equals_the_plain_route(images, reference):
    model = resnet()
    modules = dict(model.network.named_modules())
    for layer in ("bn1", "layer1.0.bn2", "fc"):
        gram = reference.gram[reference.layers.index(layer)]
        x = zscored(hook_features(model.network, modules[layer], small, images))
        np.testing.assert_allclose(gram, x @ x.T, rtol=0, atol=1e-5 * np.abs(gram).max())


def test_the_result_describes_itself(images, reference):
    assert reference.stimulus_ids == [f"s{i:02d}" for i in range(N_IMAGES)]
    assert reference.layers[0] == "bn1"
    expected = [64 * 24 * 24, 64 * 24 * 24, 64 * 12 * 12, 128 * 6 * 6, 512 * 2 * 2, 1000]
    assert reference.n_features.tolist() == expected
    about = reference.attrs
    assert about["model"] == "resnet18+untrained"
    assert (about["centre"], about["scale"], about["seed"], about["device"]) == (
        1, "zscore", 0, "cpu",
    )  # fmt: skip
    np.testing.assert_allclose(reference.gram.sum(axis=(1, 2)), 0, atol=1e-6)


def test_z_scored_features_each_weigh_the_same(reference):
    varying = reference.n_features - reference.n_constant
    trace = np.trace(reference.gram, axis1=1, axis2=2)
    np.testing.assert_allclose(trace, N_IMAGES * varying, rtol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 5, 100])
def test_values_do_not_depend_on_the_batch_size(images, reference, batch_size):
    again = extract(resnet(), images, batch_size=batch_size, device="cpu", progress=False)
    assert_close(again, reference, 1e-4)


def test_values_do_not_depend_on_the_memory(images, reference, monkeypatch):
    passes, plan = [], extraction.plan
    monkeypatch.setattr(extraction, "plan", lambda *a: passes.append(plan(*a)) or passes[-1])
    model = resnet()
    memory_gb = network_bytes(model.network, torch.device("cpu")) / 1e9 + 0.002
    tight = extract(model, images, memory_gb=memory_gb, device="cpu", progress=False)
    layers = [{part.layer for part in parts} for parts in passes[0]]
    assert len(layers) > 4  # the widest layer alone takes several
    assert all(0 in pass_ for pass_ in layers[:3])
    assert_close(tight, reference, 1e-6)  # blocks of columns are cut elsewhere
    scale = np.abs(reference.row_sum).max()
    np.testing.assert_allclose(tight.row_sum, reference.row_sum, atol=1e-6 * scale)


def test_values_do_not_depend_on_the_number_of_threads(images, reference):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        again = extract(resnet(), images, device="cpu", progress=False)
    finally:
        torch.set_num_threads(threads)
    assert_close(again, reference, 1e-4)


def test_the_hook_route_gives_the_same(images, reference, monkeypatch):
    monkeypatch.setattr(routes, "graph_nodes", lambda network: None)
    again = extract(resnet(), images, device="cpu", progress=False)
    assert_close(again, reference, 1e-5)  # batch normalisation is folded in the graph only


def test_bf16_changes_kernels_by_a_little_and_only_on_request(images, reference):
    assert reference.attrs["precision"] == "float32"
    rounded = extract(resnet(), images, precision="bf16", device="cpu", progress=False)
    assert rounded.attrs["precision"] == "bf16"
    assert rounded.gram.dtype == np.float64
    for x, y in zip(rounded.gram, reference.gram, strict=True):
        difference = np.abs(x - y).max() / np.abs(y).max()
        assert 1e-6 < difference < 0.05


def test_the_order_of_stimuli_carries_over(images, reference):
    again = extract(resnet(), images[::-1], batch_size=5, device="cpu", progress=False)
    assert again.stimulus_ids == reference.stimulus_ids[::-1]
    for x, y in zip(again.gram[:, ::-1, ::-1], reference.gram, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-4 * np.abs(y).max())


def test_pixels_are_those_of_the_images(images):
    result = extract(models.load("pixels"), images, scale="none", centre=False, progress=False)
    resized = [open_rgb(p).resize((64, 64), Image.Resampling.BILINEAR) for p in images]
    x = np.stack([np.asarray(image, dtype=float).ravel() / 255 for image in resized])
    np.testing.assert_allclose(result.gram[0], x @ x.T, rtol=1e-6)
    np.testing.assert_allclose(result.row_sum[0], x.sum(axis=1), rtol=1e-6)


def test_parts_that_never_change_are_counted_whatever_the_batch_size(tmp_path):
    rng = np.random.default_rng(0)
    for i in range(7):
        values = np.full((SIDE, SIDE, 3), 128, dtype=np.uint8)
        values[16:32, 16:32] = rng.integers(0, 256, (16, 16, 3))
        Image.fromarray(values).save(tmp_path / f"{i}.png")
    paths = sorted(tmp_path.glob("*.png"))
    model = models.load("resnet18+untrained", layers=["conv1.relu", "layer1.0.relu_1"])
    model = replace(model, preprocess=small)
    counts = [
        extract(model, paths, batch_size=size, device="cpu", progress=False).n_constant.tolist()
        for size in (1, 3, 7)
    ]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][0] > 24 * 24 * 64 / 3


@dataclass
class FakeDataset:
    name: str
    images: list[Path]
    stimuli: pd.DataFrame


def test_a_dataset_gives_its_ids_and_its_name(images):
    stimuli = pd.DataFrame({"file": "x"}, index=[f"id{i}" for i in range(N_IMAGES)])
    dataset = FakeDataset("faces", images, stimuli)
    result = extraction.extract_dataset(models.load("pixels"), dataset, progress=False)
    assert result.stimulus_ids == list(stimuli.index)
    assert (result.attrs["dataset"], result.attrs["model"]) == ("faces", "pixels")


class Exploding(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pixels = torch.nn.Flatten()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pixels(x / 0)


def test_values_that_are_not_finite_are_named(images):
    model = replace(models.load("pixels"), network=Exploding().eval())
    with pytest.raises(InputError, match="layer 'pixels' has values that are not finite"):
        extract(model, images, device="cpu", progress=False)


def test_an_unreadable_image_is_named(images, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"broken\.png: not an image"):
        extract(models.load("pixels"), [*images, tmp_path / "broken.png"], progress=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scale": "zscor"}, "features: scale: 'zscor' is not possible; did you mean 'zscore'?"),
        ({"batch_size": 0}, "batch_size: 0 is not possible"),
        ({"device": "gpu"}, "device: 'gpu' is not possible"),
        ({"precision": "fp16"}, "precision: 'fp16' is not possible"),
        ({"memory_gb": 1e-6}, "memory_gb: 1e-06 GB is too little for 12 stimuli"),
    ],
)
def test_an_impossible_setting_is_named(images, settings, message):
    with pytest.raises(InputError, match=re.escape(message)):
        extract(models.load("pixels"), images, progress=False, **settings)


def test_no_images_are_an_error():
    with pytest.raises(InputError, match="there are no images"):
        extract(models.load("pixels"), [], progress=False)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_same(images, reference):
    on_gpu = extract(resnet(), images, device="cuda", progress=False)
    assert on_gpu.attrs["device"] == "cuda"
    for x, y in zip(on_gpu.gram, reference.gram, strict=True):
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-3 * np.abs(y).max())
