"""Memory of extraction and of RSA, measured by the operating system, for 92 to 22,248 stimuli.

    python benchmarks/sizes.py [--most 22248]

Images of noise of 16 x 16 pixels and a network of small convolutions, so that memory grows with
the stimuli and not with the network. Kernels up to 5,000 stimuli; for more, features projected on
500 dimensions. RSA compares kernels of random features with RDMs of five subjects. Each case runs
in a process of its own.
"""

import argparse
import multiprocessing
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from common import Clock, peak_gb, write
from PIL import Image
from torch import nn
from torchvision import transforms

from ventralmap import demands, extraction, kernels, rdm, rsa
from ventralmap.models import Layer, Model
from ventralmap.sizes import Size

SIDE, CHANNELS, PROJECTION, N_SUBJECTS, SEED = 16, 8, 500, 5, 0
EXTRACTED = (
    *((n, layers, gb, None) for n in (92, 1000) for layers in (1, 20) for gb in (1, 4)),
    *((5000, layers, 4, None) for layers in (1, 5)),
    *((22_248, layers, gb, PROJECTION) for layers in (1, 20) for gb in (2, 4)),
)
"""Stimuli, layers, `memory_gb`, and the dimensions of a projection."""
COMPARED = ((92, 20), (1000, 1), (1000, 20), (5000, 1), (5000, 5))
"""Stimuli and layers of RSA."""


def network(n_layers: int) -> Model:
    """Convolutions of `CHANNELS` channels, one after another."""
    torch.manual_seed(SEED)
    steps: list[nn.Module] = []
    for layer in range(n_layers):
        steps += [nn.Conv2d(CHANNELS if layer else 3, CHANNELS, 3, padding=1), nn.ReLU()]
        nn.init.kaiming_normal_(steps[-2].weight)  # or deep layers would not vary
    layers = tuple(Layer(f"layer{i}", str(2 * i + 1)) for i in range(n_layers))
    whole = nn.Sequential(*steps).eval()
    return Model("small", whole, transforms.ToTensor(), layers, "none", "noise", "", 0)


def draw(folder: Path, n: int) -> list[Path]:
    """Write images of noise."""
    random = np.random.default_rng(SEED)
    for i in range(n):
        pixels = random.integers(256, size=(SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:05d}.png")
    return sorted(folder.glob("*.png"))


def extracted(
    images: list[Path], n_layers: int, memory_gb: float, projection: int | None, folder: Path
) -> dict[str, object]:
    """Extract and save, as a job does."""
    model = network(n_layers)
    extraction.extract(model, images[:8], device="cpu", progress=False)  # what libraries load late
    before = peak_gb()
    found = extraction.extract(
        model, images, memory_gb=memory_gb, projection=projection, device="cpu", progress=False
    )
    kernels.save(found, folder / f"{len(images)}_{n_layers}_{memory_gb}.nc")
    return {"before_gb": before, "memory_gb": memory_gb, "projection": projection}


def compared(n: int, n_layers: int) -> dict[str, object]:
    """Compare layers with subjects: a bootstrap of five and as many permutations."""
    random = np.random.default_rng(SEED)
    before = peak_gb()
    layers = np.stack([_distances(random, n) for _ in range(n_layers)])
    subjects = np.stack([_distances(random, n) for _ in range(N_SUBJECTS)])
    rsa.bootstrap(layers, subjects, n, 5, SEED)
    rsa.permutation_p(layers, subjects, n, 5, SEED)
    asked = demands.memory_mb("rsa", Size(n, 0, N_SUBJECTS), n_layers) / 1000
    return {"before_gb": before, "asked_gb": asked}


def _distances(random: np.random.Generator, n: int) -> np.ndarray:
    features = random.normal(size=(n, 50))
    return rdm.condense(rdm.correlation(features @ features.T, features.sum(axis=1), 50))


def _measure(pipe: object, work: Callable[..., dict[str, object]], arguments: tuple) -> None:
    torch.set_num_threads(1)
    with Clock() as clock:
        found = work(*arguments)
    pipe.send(found | clock.rounded() | {"peak_gb": peak_gb()})  # type: ignore[attr-defined]


def alone(work: Callable[..., dict[str, object]], *arguments: object) -> dict[str, object]:
    """Run in a process of its own, as its peak is its own."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_measure, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    found = ours.recv()
    process.join()
    return found


def main() -> None:
    """Measure every case up to a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=22_248)
    most = parser.parse_args().most
    result: dict[str, object] = {"extraction": [], "rsa": []}
    with tempfile.TemporaryDirectory() as scratch:
        images = draw(Path(scratch), min(most, max(case[0] for case in EXTRACTED)))
        for n, *rest in (case for case in EXTRACTED if case[0] <= most):
            found = alone(extracted, images[:n], *rest, Path(scratch))
            _tell(result["extraction"], {"stimuli": n, "layers": rest[0]} | found)
    for n, n_layers in (case for case in COMPARED if case[0] <= most):
        _tell(result["rsa"], {"stimuli": n, "layers": n_layers} | alone(compared, n, n_layers))
    write("sizes", result)


def _tell(rows: object, row: dict[str, object]) -> None:
    print(row, flush=True)
    rows.append(row)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
