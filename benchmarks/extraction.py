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
    """Images a second of plain loops and of `extract`, all layers, its Gram matrices too.

    Routes take turns, so that what else the machine does disturbs all of them.
    """
    loops = {f"plain_batch_{n}": plain_loop(models.load(name), images, n) for n in (1, BATCH)}
    routes = loops | {"extract": lambda: ours(name, images)}
    least, parts = dict.fromkeys(routes, np.inf), {}
    for _ in range(runs):
        for label, work in routes.items():
            clock, found = best_of(1, work)
            if label == "extract" and clock.cpu < least[label]:
                parts = found
            least[label] = min(least[label], clock.cpu)
    rates = {label: round(len(images) / seconds, 2) for label, seconds in least.items()}
    result = {"images": len(images), "images_per_cpu_s": rates}
    result |= {f"over_{label}": round(rates["extract"] / rates[label], 2) for label in loops}
    forward = floor(name, images, runs)
    result["floor_batch"], result["over_floor"] = (
        forward[1],
        round(rates["extract"] * forward[0], 2),
    )
    parts |= {"decoding": decoding(name, images, runs), "forward": forward[0] * len(images)}
    parts["copies, rest"] = least["extract"] - sum(parts.values())
    per_image = {part: round(1000 * s / len(images), 2) for part, s in parts.items()}
    return result | {"cpu_ms_per_image": per_image}


def ours(name: str, images: list[Path]) -> dict[str, float]:
    """Extract, all layers in one pass; return CPU seconds of what is timed on the way."""
    clocks = {"tracing, first image": Clock(), "Gram matrices": Clock()}
    clocked = {
        (Forward, "_route"): clocks["tracing, first image"],
        (Forward, "_first"): clocks["tracing, first image"],
        (GramSum, "add"): clocks["Gram matrices"],
    }
    with ExitStack() as stack:
        for (owner, method), clock in clocked.items():
            stack.enter_context(mock.patch.object(owner, method, timed(owner, method, clock)))
        settings = {"batch_size": BATCH, "memory_gb": IN_ONE_PASS_GB, "device": "cpu"}
        extract(models.load(name), images, progress=False, **settings)
    return {part: clock.cpu for part, clock in clocks.items()}


def timed(owner: type, method: str, clock: Clock) -> Callable:
    """Make a method that adds to a clock what it takes."""
    real = getattr(owner, method)

    def run(*args: object, **settings: object) -> object:
        with clock:
            return real(*args, **settings)

    return run


def decoding(name: str, images: list[Path], runs: int) -> float:
    """CPU seconds of opening and preprocessing the images."""
    model = models.load(name)

    def read() -> None:
        for _ in batches(images, model.preprocess, BATCH):
            pass

    return best_of(runs, read)[0].cpu


def floor(name: str, images: list[Path], runs: int) -> tuple[float, int]:
    """CPU seconds per image of the forward pass alone, and at which batch size that was least."""
    model = models.load(name)
    model.network.to(memory_format=torch.channels_last)
    batch = next(batches(images, model.preprocess, BATCH)).to(memory_format=torch.channels_last)
    found = {}
    with torch.inference_mode():
        for size in FLOOR_BATCHES:
            read = routes.route(model.network, [model.layers[-1].node], packed=True)
            read(batch[:size])
            clock, _ = best_of(2 * runs, lambda n=size, read=read: [*map(read, batch.split(n))])
            found[clock.cpu / BATCH] = size
    return min(found), found[min(found)]


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


def memory(n: int, n_passes: int) -> dict[str, object]:
    """Peak memory of a process that takes all layers of VGG16 for n images."""
    command = [sys.executable, __file__, "--child", str(n), "--passes", str(n_passes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


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
        images = draw(Path(folder), max(N_IMAGES.values()))
        return {name: speed(f"{name}+untrained", images[:n], runs) for name, n in N_IMAGES.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; by default all of them")
    parser.add_argument("--runs", type=int, default=3, help="of which the best counts")
    parser.add_argument("--images", type=int, default=96, help="of the memory test, at most 3200")
    parser.add_argument("--passes", type=int, default=1000, help="of the memory test, at most")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.child, options.passes)
    path = RESULTS / "extraction.json"
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    wanted = options.parts or [*PARTS]
    found = {name: PARTS[name](options) if name in wanted else kept.get(name) for name in PARTS}
    write("extraction", {"batch_size": BATCH, "runs": options.runs} | found)


if __name__ == "__main__":
    main()
