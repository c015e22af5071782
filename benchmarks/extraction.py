"""Extraction against a plain loop over torchvision, its products, and its memory budget."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from common import Clock, best_of, peak_gb, write
from PIL import Image
from scipy.linalg.blas import ssyrk
from torchvision.models.feature_extraction import create_feature_extractor

from ventralmap import extraction, models
from ventralmap.extraction import extract
from ventralmap.gram import WIDTH, GramSum
from ventralmap.images import open_rgb

NETWORKS = ("mobilenet_v2+untrained", "resnet18+untrained")
N_IMAGES, BATCH = 64, 32
MEMORY_GB = 4


def draw(folder: Path, n: int) -> list[Path]:
    """Write smooth random images of 256 x 256 pixels."""
    random = np.random.default_rng(0)
    for i in range(n):
        coarse = Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8))
        coarse.resize((256, 256), Image.Resampling.BICUBIC).save(folder / f"{i:04d}.jpg")
    return sorted(folder.glob("*.jpg"))


def plain_loop(model: models.Model, images: list[Path], batch_size: int) -> Callable[[], object]:
    """Make what users write: images in turn, features of all layers kept, contiguous format."""
    nodes = list(dict.fromkeys(layer.node for layer in model.layers))
    network = create_feature_extractor(model.network, nodes, suppress_diff_warning=True)
    network.to(memory_format=torch.contiguous_format)

    def run() -> dict[str, np.ndarray]:
        kept: dict[str, list[np.ndarray]] = {node: [] for node in nodes}
        with torch.no_grad():
            for start in range(0, len(images), batch_size):
                paths = images[start : start + batch_size]
                batch = torch.stack([model.preprocess(open_rgb(path)) for path in paths])
                for node, value in network(batch).items():
                    kept[node].append(value.flatten(1).numpy().copy())
        return {node: np.concatenate(parts) for node, parts in kept.items()}

    return run


def speed(name: str, images: list[Path], runs: int) -> dict[str, object]:
    """Images a second of the plain loop and of `extract`, all layers; the Gram matrices count."""
    found: dict[str, object] = {"layers": len(models.load(name).layers)}
    for label, size in (("plain_batch_1", 1), (f"plain_batch_{BATCH}", BATCH)):
        clock, _ = best_of(runs, plain_loop(models.load(name), images, size))
        found[label] = rate(clock, len(images))
    model = models.load(name)
    clock, _ = best_of(
        runs,
        lambda: extract(model, images, batch_size=BATCH, device="cpu", progress=False),
    )
    found["extract"] = rate(clock, len(images))
    for label in ("plain_batch_1", f"plain_batch_{BATCH}"):
        ratio = found["extract"]["images_per_cpu_s"] / found[label]["images_per_cpu_s"]
        found[f"extract_over_{label}"] = round(ratio, 2)
    return found


def rate(clock: Clock, n: int) -> dict[str, float]:
    return {
        "images_per_wall_s": round(n / clock.wall, 2),
        "images_per_cpu_s": round(n / clock.cpu, 2),
    }


def accumulation(n_stimuli: int, n_units: int, runs: int) -> dict[str, object]:
    """Time of `GramSum.add` against that of the symmetric products in it."""
    features = torch.randn(n_stimuli, n_units, generator=torch.Generator().manual_seed(0))
    block = features[:, :WIDTH].numpy().copy()

    def add() -> None:
        GramSum(n_stimuli, centre=True, zscore=True).add(features, 5.0)

    def products() -> None:
        for _ in range(n_units // WIDTH):
            ssyrk(1.0, block.T, trans=1)

    pairs = [(best_of(1, add)[0].cpu, best_of(1, products)[0].cpu) for _ in range(runs)]
    ours, least = (min(times) for times in zip(*pairs, strict=True))
    return {
        "stimuli": n_stimuli,
        "units": n_units,
        "add_cpu_s": round(ours, 3),
        "products_cpu_s": round(least, 3),
        "ratio": round(ours / least, 3),
    }


def memory(n: int, ends: bool) -> dict[str, object]:
    """Peak memory of a process that takes all layers of VGG16 for n images."""
    command = [sys.executable, __file__, "--child", str(n), *(["--ends"] if ends else [])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def first_and_last(plan: Callable) -> Callable:
    """Make only two of the passes: none holds more than the first, nor runs more than the last."""

    def two(*sizes: object) -> list:
        passes = plan(*sizes)
        return [passes[0], passes[-1]]

    return two


def child(n: int, ends: bool) -> None:
    """Extract all layers of VGG16 and print the peak memory of this process.

    The budget is that of all images: with fewer of them, more layers fit a pass.
    """
    if ends:
        extraction.plan = first_and_last(extraction.plan)
    with tempfile.TemporaryDirectory() as folder, Clock() as clock:
        images = draw(Path(folder), n)
        model = models.load("vgg16+untrained")
        before = peak_gb()
        kernels = extract(model, images, memory_gb=MEMORY_GB, device="cpu", progress=False)
    about = {
        "images": n,
        "first_and_last_pass_only": ends,
        "layers": len(kernels.layers),
        "memory_gb": MEMORY_GB,
    }
    about |= {"units": int(kernels.n_features.sum()), "before_gb": before, "peak_gb": peak_gb()}
    print(json.dumps(about | clock.rounded()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of which the best counts")
    parser.add_argument("--images", type=int, default=96, help="of the memory test, at most 3200")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ends", action="store_true", help="memory: first and last pass only")
    options = parser.parse_args()
    if options.child:
        return child(options.child, options.ends)
    with tempfile.TemporaryDirectory() as folder:
        images = draw(Path(folder), N_IMAGES)
        speeds = {name: speed(name, images, options.runs) for name in NETWORKS}
    write(
        "extraction",
        {
            "images": N_IMAGES,
            "batch_size": BATCH,
            "runs": options.runs,
            "speed": speeds,
            "accumulation": accumulation(1200, 40 * WIDTH, options.runs),
            "memory": memory(options.images, options.ends),
        },
    )


if __name__ == "__main__":
    main()
