"""Extraction against a plain loop over torchvision, its products, and its memory budget."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from common import RESULTS, Clock, best_of, peak_gb, write
from PIL import Image
from scipy.linalg.blas import ssyrk
from torchvision.models.feature_extraction import create_feature_extractor

from ventralmap import extraction, models, routes
from ventralmap.batches import batches
from ventralmap.extraction import extract
from ventralmap.forward import Forward
from ventralmap.gram import WIDTH, GramSum
from ventralmap.images import open_rgb

N_IMAGES = {"mobilenet_v2": 320, "resnet18": 320, "resnet50": 160, "alexnet": 320, "vgg16": 64}
"""As many as the demo has; fewer where a plain loop would hold more than 4 GB of features."""
BATCH = 32
FLOOR_BATCHES = (1, 2, 4, 8, 16, 32)
IN_ONE_PASS_GB = 8
MEMORY_GB = 4


def draw(folder: Path, n: int) -> list[Path]:
    """Write smooth random images of 256 x 256 pixels."""
    random = np.random.default_rng(0)
    for i in range(n):
        coarse = Image.fromarray(random.integers(0, 256, (16, 16, 3), dtype=np.uint8))
        coarse.resize((256, 256), Image.Resampling.BICUBIC).save(folder / f"{i:04d}.jpg")
    return sorted(folder.glob("*.jpg"))


def plain_loop(name: str, batch_size: int) -> Callable[[list[Path]], dict[str, float]]:
    """Make what users write: images in turn, features of all layers kept, contiguous format."""
    model = models.load(name)
    nodes = list(dict.fromkeys(layer.node for layer in model.layers))

    def features(images: list[Path]) -> dict[str, np.ndarray]:
        network = create_feature_extractor(model.network, nodes, suppress_diff_warning=True)
        kept: dict[str, list[np.ndarray]] = {node: [] for node in nodes}
        with torch.no_grad():
            for start in range(0, len(images), batch_size):
                paths = images[start : start + batch_size]
                batch = torch.stack([model.preprocess(open_rgb(path)) for path in paths])
                for node, value in network(batch).items():
                    kept[node].append(value.flatten(1).numpy().copy())
        return {node: np.concatenate(kept.pop(node)) for node in nodes}

    def run(images: list[Path]) -> dict[str, float]:
        clock, _ = best_of(1, lambda: features(images))
        return {"all": clock.cpu}

    return run


def speed(name: str, folder: Path, runs: int) -> dict[str, object]:
    """Images a second of plain loops and of `extract`, all layers, its Gram matrices too.

    Each time a process of its own, as memory that one route has had and given back makes the next
    one faster. They take turns, so that what else the machine does disturbs all of them.
    """
    n, found = N_IMAGES[name], {route: [] for route in ROUTES}
    for _ in range(runs):
        for route, results in found.items():
            results.append(process("--route", name, route, str(folder)))
    best = {route: min(results, key=lambda one: one["all"]) for route, results in found.items()}
    rates = {route: round(n / seconds["all"], 2) for route, seconds in best.items()}
    parts = best["extract"] | {part: n * best["floor"][part] for part in ("decoding", "forward")}
    whole, kernels = parts.pop("all"), parts["Gram matrices"]
    parts["copies, rest"] = whole - sum(parts.values())
    return {
        "images": n,
        "images_per_cpu_s": rates | {"extract_without_kernels": round(n / (whole - kernels), 2)},
        "over_the_better_loop": round(
            rates["extract"] / max(rates["plain 1"], rates["plain 32"]), 2
        ),
        "over_plain_32": round(rates["extract"] / rates["plain 32"], 2),
        "over_floor": round(rates["extract"] / rates["floor"], 2),
        "floor_batch": best["floor"]["batch"],
        "cpu_ms_per_image": {part: round(1000 * s / n, 2) for part, s in parts.items()},
    }


def ours(name: str) -> Callable[[list[Path]], dict[str, float]]:
    """Make what extracts all layers in one pass and says the CPU seconds of its parts."""
    model = models.load(name)

    def run(images: list[Path]) -> dict[str, float]:
        first, kernels, whole = Clock(), Clock(), Clock()
        clocks = ((Forward, "_route", first), (Forward, "_first", first), (GramSum, "add", kernels))
        settings = {"batch_size": BATCH, "memory_gb": IN_ONE_PASS_GB, "device": "cpu"}
        with ExitStack() as stack, whole:
            for owner, method, clock in clocks:
                stack.enter_context(mock.patch.object(owner, method, timed(owner, method, clock)))
            extract(model, images, progress=False, **settings)
        return {"all": whole.cpu, "tracing": first.cpu, "Gram matrices": kernels.cpu}

    return run


def timed(owner: type, method: str, clock: Clock) -> Callable:
    """Make a method that adds to a clock what it takes."""
    real = getattr(owner, method)

    def run(*args: object, **settings: object) -> object:
        with clock:
            return real(*args, **settings)

    return run


def floor(name: str) -> Callable[[list[Path]], dict[str, float]]:
    """Make what measures the least that an image takes: its reading, and its forward pass alone."""
    model = models.load(name)
    model.network.to(memory_format=torch.channels_last)

    def run(images: list[Path]) -> dict[str, float]:
        with Clock() as reading:
            (batch, *_) = batches(images, model.preprocess, BATCH)
        batch, found = batch.to(memory_format=torch.channels_last), {}
        for size in FLOOR_BATCHES:
            read = routes.route(model.network, [model.layers[-1].node], packed=True)
            with torch.inference_mode():
                clock, _ = best_of(2, lambda n=size, read=read: [*map(read, batch.split(n))])
            found[clock.cpu / len(batch)] = size
        parts = {"decoding": reading.cpu / len(images), "forward": min(found)}
        return parts | {"batch": found[min(found)], "all": sum(parts.values()) * len(images)}

    return run


ROUTES: dict[str, Callable[[str], Callable[[list[Path]], dict[str, float]]]] = {
    "plain 1": lambda name: plain_loop(name, 1),
    "plain 32": lambda name: plain_loop(name, BATCH),
    "extract": ours,
    "floor": floor,
}


def process(*arguments: str) -> dict:
    """Run this file in a process of its own; return what it prints."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def one_route(name: str, route: str, folder: str) -> None:
    """Print the CPU seconds of a route, after a first batch that does not count."""
    images = sorted(Path(folder).glob("*.jpg"))[: N_IMAGES[name]]
    run = ROUTES[route](f"{name}+untrained")
    run(images[:BATCH])
    print(json.dumps(run(images)))


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
        "runs": runs,
        "stimuli": n_stimuli,
        "units": n_units,
        "add_cpu_s": round(ours, 3),
        "products_cpu_s": round(least, 3),
        "ratio": round(ours / least, 3),
    }


def memory(n: int, n_passes: int) -> dict[str, object]:
    """Peak memory of a process that takes all layers of VGG16 for n images."""
    return process("--child", str(n), "--passes", str(n_passes))


def some_of(plan: Callable, n: int, about: dict[str, object]) -> Callable:
    """Make n of the passes, evenly spaced from the first to the last, and one of two layers.

    The budget is that of all passes. Each holds as much as any other, of layers whose forward
    passes differ: the first run the largest activations, the last the whole network.
    """

    def some(*sizes: object) -> list:
        passes = plan(*sizes)
        chosen = set(np.linspace(0, len(passes) - 1, min(n, len(passes))).round().astype(int))
        chosen |= {next((i for i, parts in enumerate(passes) if len(parts) == 2), 0)}
        about.update(passes=len(passes), passes_run=sorted(map(int, chosen)))
        return [passes[i] for i in sorted(chosen)]

    return some


def child(n: int, n_passes: int) -> None:
    """Extract all layers of VGG16 and print the peak memory of this process."""
    about: dict[str, object] = {"images": n, "memory_gb": MEMORY_GB}
    extraction.plan = some_of(extraction.plan, n_passes, about)
    collect, peaks = extraction._collect, []

    def watched(forward: Forward, parts: Sequence, bar: object) -> object:
        found = collect(forward, parts, bar)
        peaks.append(peak_gb())
        names = [forward.model.layers[part.layer].name for part in parts]
        print(f"{names}: {peaks[-1]} GB so far", file=sys.stderr, flush=True)
        return found

    extraction._collect = watched
    with tempfile.TemporaryDirectory() as folder, Clock() as clock:
        images = draw(Path(folder), n)
        model = models.load("vgg16+untrained")
        about |= {"layers": len(model.layers), "before_gb": peak_gb()}
        extract(model, images, memory_gb=MEMORY_GB, device="cpu", progress=False)
    about |= {"peak_gb_after_passes": peaks, "peak_gb": peak_gb()}
    print(json.dumps(about | clock.rounded()))


PARTS: dict[str, Callable[[argparse.Namespace], object]] = {
    "speed": lambda options: speeds(options.runs),
    "accumulation": lambda options: accumulation(1200, 40 * WIDTH, options.runs),
    "memory": lambda options: memory(options.images, options.passes),
}


def speeds(runs: int) -> dict[str, object]:
    """Measure the curated networks, untrained: weights do not matter for it."""
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder), max(N_IMAGES.values()))
        return {name: speed(name, Path(folder), runs) for name in N_IMAGES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; by default all of them")
    parser.add_argument("--runs", type=int, default=3, help="of which the best counts")
    parser.add_argument("--images", type=int, default=96, help="of the memory test, at most 3200")
    parser.add_argument("--passes", type=int, default=1000, help="of the memory test, at most")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--route", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.route:
        return one_route(*options.route)
    if options.child:
        return child(options.child, options.passes)
    path = RESULTS / "extraction.json"
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {"runs": 0}
    wanted = options.parts or [*PARTS]
    found = {name: PARTS[name](options) if name in wanted else kept.get(name) for name in PARTS}
    runs = options.runs if "speed" in wanted else kept["runs"]  # of `speed`
    write("extraction", {"batch_size": BATCH, "runs": runs} | found)


if __name__ == "__main__":
    main()
