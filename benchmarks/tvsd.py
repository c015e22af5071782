"""The largest case: recordings of the size of TVSD's monkey N, through the projection route.

Images of noise (22,248 shown once and 100 more as two halves, as the adapter keeps them), a network
of 20 convolutions that is small enough for encoding to take most of the time, and 1,024 electrodes
that read it. Each step runs in a process of its own, as in a study, from files to a file.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import xarray as xr
from common import RESULTS, Clock, machine, peak_gb
from PIL import Image
from torch import nn
from torchvision import transforms

from ventralmap import arrays, dataset, encoding, extraction, kernels, reliability
from ventralmap.files import write_netcdf
from ventralmap.models import Layer, Model

ELECTRODES = {"V1": 512, "V4": 256, "IT": 256}
TRAIN, TEST, LAYERS, CHANNELS, SIDE = 22_248, 100, 20, 8, 16
SIZES = (
    *((n, 1, 500, 23) for n in (92, 1000, 5000, TRAIN)),
    *((n, LAYERS, 500, 3) for n in (92, 1000, 5000, TRAIN)),
    (TRAIN, 1, 4000, 3),
)
"""Images that are shown once, layers, dimensions of the projection, and penalties: 23 are usual,
and 3 take the same memory in less time."""
MEMORY_GB = 4
SEED = 0
SETTINGS = {
    "method": "ridge_srp", "device": "cpu", "components": 100, "alpha_by": "loo", "folds": 5,
    "generalisations": ["images"], "repeats": 1,
}  # fmt: skip


def network(n_layers: int) -> Model:
    """Convolutions of `CHANNELS` channels, each layer wider than the projection."""
    torch.manual_seed(SEED)
    steps: list[nn.Module] = []
    for layer in range(n_layers):
        steps += [nn.Conv2d(CHANNELS if layer else 3, CHANNELS, 3, padding=1), nn.ReLU()]
        nn.init.kaiming_normal_(steps[-2].weight)  # or deep layers would not vary
    model = nn.Sequential(*steps).eval()
    layers = tuple(Layer(f"layer{i}", str(2 * i + 1)) for i in range(n_layers))
    n_params = sum(parameter.numel() for parameter in model.parameters())
    return Model("small", model, transforms.ToTensor(), layers, "none", "noise", "", n_params)


def make(folder: Path, n_train: int, *_: int) -> None:
    """Write images and responses as a dataset; areas read filters of the image, and noise."""
    random, n = np.random.default_rng(SEED), n_train + TEST
    pixels = random.integers(256, size=(n, SIDE, SIDE, 3), dtype=np.uint8)
    (folder / "data" / "stimuli").mkdir(parents=True)
    ids = [f"s{i:05d}" for i in range(n)]
    for name, image in zip(ids, pixels, strict=True):
        Image.fromarray(image).save(folder / "data" / "stimuli" / f"{name}.png")
    n_electrodes = sum(ELECTRODES.values())
    drive = pixels.reshape(n, -1) / 255 @ random.normal(size=(3 * SIDE**2, n_electrodes))
    drive = (drive - drive.mean(axis=0)) / drive.std(axis=0)
    values = np.full((n, 2, n_electrodes), np.nan)
    values[:, 0] = drive + random.normal(size=drive.shape)
    values[n_train:, 1] = drive[n_train:] + random.normal(size=(TEST, n_electrodes))
    responses = arrays.responses(
        values,
        stimulus_id=ids,
        neuroid_id=[f"N_{i:04d}" for i in range(n_electrodes)],
        area=[area for area, size in ELECTRODES.items() for _ in range(size)],
        subject=["N"] * n_electrodes,
        n_averaged=np.repeat([1, 15], [n_train, TEST]),
    )
    stimuli = pd.DataFrame({"stimulus_id": ids, "file": [f"{i}.png" for i in ids]})
    meta = dict.fromkeys(("title", "citation", "licence", "species", "measurement"), "simulated")
    meta |= {"name": "tvsd_like", "stimulus_degrees": 8}
    dataset.write(folder / "data", meta, stimuli, responses)


def extract(folder: Path, _: int, n_layers: int, n_components: int, *__: int) -> None:
    """Keep the projected features of each layer."""
    torch.set_num_threads(1)
    found = extraction.extract_dataset(
        network(n_layers), dataset.load(folder / "data"), projection=n_components, seed=SEED,
        memory_gb=MEMORY_GB, device="cpu", progress=False,
    )  # fmt: skip
    kernels.save(found, folder / "kernels.nc")


def generate(folder: Path, n_train: int, n_layers: int, n_components: int, *_: int) -> None:
    """Write what `extract` would, without a network: random features."""
    n, random = n_train + TEST, np.random.default_rng(SEED)
    shape = n_layers, n, n_components
    features = random.standard_normal(shape, dtype=np.float32)
    found = kernels.Projected(
        features=features, row_sum=np.zeros((n_layers, n)), n_constant=np.zeros(n_layers),
        n_features=np.full(n_layers, CHANNELS * SIDE**2), attrs={"model": "generated"},
        layers=[f"layer{i}" for i in range(n_layers)], stimulus_ids=[f"s{i:05d}" for i in range(n)],
    )  # fmt: skip
    kernels.save(found, folder / "kernels.nc")


def encode(folder: Path, *sizes: int) -> None:
    """Encode as the step of the pipeline does, with its intervals."""
    settings = SETTINGS | {"alphas": {"low": 1e-5, "high": 1e6, "n": sizes[-1]}}
    data, layers = dataset.load(folder / "data"), kernels.load(folder / "kernels.nc")
    scores = encoding.encode(data, layers, settings, SEED, n_resamples=1000)
    write_netcdf(folder / "scores.nc", scores)


def split_halves(folder: Path, *_: int) -> None:
    """Estimate the reliability of each electrode."""
    data = dataset.load(folder / "data")
    write_netcdf(folder / "reliability.nc", reliability.estimate(data, SETTINGS, 100, SEED))


STEPS: dict[str, Callable[..., None]] = {
    "make": make, "extract": extract, "generate": generate, "encode": encode,
    "reliability": split_halves,
}  # fmt: skip


def run(step: str, *arguments: object) -> dict[str, float]:
    """Run a step, in a process that does nothing else."""
    with Clock() as clock:
        STEPS[step](*arguments)
    return clock.rounded() | {"peak_gb": peak_gb()}


def measure(
    n_train: int, n_layers: int, n_components: int, n_alphas: int, generated: bool = False
) -> dict[str, object]:
    """Measure all steps of one size."""
    features = "generate" if generated else "extract"
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        arguments = (Path(name), n_train, n_layers, n_components, n_alphas)
        found = {}
        for step in ("make", features, "encode", "reliability"):
            with context.Pool(1) as pool:
                found[step] = pool.apply(run, (step, *arguments))
        with xr.open_dataset(Path(name) / "scores.nc") as scores:
            r = scores["r"].isel(generalisation=0, layer=0).groupby("area").median().to_series()
    return {
        "images": n_train + TEST,
        "layers": n_layers,
        "dimensions": n_components,
        "penalties": n_alphas,
        "median_r_of_the_first_layer": r.round(3).to_dict(),
        "steps": {step: clock for step, clock in found.items() if step != "make"},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=int, nargs=4, metavar="N", help="one of SIZES")
    parser.add_argument("--generated", action="store_true", help="features without a network")
    options = parser.parse_args()
    only = options.only
    path = RESULTS / "tvsd.json"
    known = json.loads(path.read_text("utf-8"))["sizes"] if only and path.exists() else {}
    for size in [tuple(only)] if only else SIZES:
        name = "{} images, {} layers, {} dimensions, {} penalties".format(*size)
        name += ", generated features" if options.generated else ""
        known[name] = measure(*size, generated=options.generated)
        print(name, json.dumps(known[name]), flush=True)
        about = {"memory_gb": MEMORY_GB, "electrodes": ELECTRODES, "settings": SETTINGS}
        text = json.dumps({"machine": machine()} | about | {"sizes": known}, indent=1)
        path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
