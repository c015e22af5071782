"""The encoding engine against its floor, scikit-learn and himalaya, on a session of V4 neurons.

Session 190923 of Cowley et al. (2023) where VENTRALMAP_MIRROR names a folder that holds it, else
random features of the same size with a linear map planted. Time counts from features in memory,
float32, to held-out predictions of the folds: CPU seconds on one thread, on several the wall clock.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from common import Clock, write
from scipy.linalg import eigh
from scipy.linalg.blas import ssyrk
from sklearn.linear_model import RidgeCV

from ventralmap import dataset, datasets, models, ridge, routes, side_by_side, weights
from ventralmap.batches import batches
from ventralmap.correlation import correlate_fold
from ventralmap.crossvalidation import of_kernel
from ventralmap.gram import WIDTH, GramSum

UNITS = {
    "features.1": 200_704, "features.3": 75_264, "features.5": 25_088, "features.7": 12_544,
    "features.8": 12_544, "features.9": 12_544, "features.11": 18_816, "features.13": 18_816,
    "features.14": 7_840, "features.15": 7_840, "features.17": 15_680, "features.18": 62_720,
}  # fmt: skip
PEERS = ("features.3", "features.8", "features.14", "features.17", "features.18")
LARGEST = 10.0
"""Stands for the largest value of a layer, which extraction finds during the forward pass."""
ALPHAS = np.geomspace(1e-5, 1e6, 23)
N_IMAGES, N_NEUROIDS, N_FOLDS = 1200, 33, 5

ONE_THREAD = torch.get_num_threads() == 1
CLOCK = "cpu_s" if ONE_THREAD else "wall_s"
"""What counts: other work on the machine disturbs CPU seconds less, of which cores add up."""

Layers = dict[str, torch.Tensor]


def real() -> tuple[Layers, np.ndarray]:
    """Features of each layer (image, unit), and responses (image, neuroid), of the session."""
    with tempfile.TemporaryDirectory() as folder:
        datasets.build("cowley2023_190923", Path(folder) / "d", downloads=Path(folder), seed=0)
        session = dataset.load(Path(folder) / "d")
        path = weights.locate("mobilenet_v2")
        model = models.load("mobilenet_v2", weights=path, layers=list(UNITS))
        read = routes.route(model.network, [layer.node for layer in model.layers])
        n = len(session.images)
        held = {name: torch.empty(n, units) for name, units in UNITS.items()}
        with torch.inference_mode():
            for start, batch in enumerate(batches(session.images, model.preprocess, 32)):
                for features, value in zip(held.values(), read(batch), strict=True):
                    features[32 * start : 32 * start + len(batch)] = value.flatten(1)
        return held, session.mean_response()


def synthetic() -> tuple[Layers, np.ndarray]:
    """Random features of the real sizes; one layer maps linearly to the responses."""
    random = torch.Generator().manual_seed(0)
    held = {n: torch.randn(N_IMAGES, units, generator=random) for n, units in UNITS.items()}
    last = held["features.17"]
    signal = last @ torch.randn(last.shape[1], N_NEUROIDS, generator=random)
    noise = torch.randn(N_IMAGES, N_NEUROIDS, generator=random)
    return held, (signal + signal.std() * noise).double().numpy()


def kernel_of(features: torch.Tensor) -> np.ndarray:
    total = GramSum(len(features), centre=True, zscore=True)
    total.add(features, LARGEST)
    return total.gram


def fit_fold(gram, responses, train):
    inner, outer = of_kernel(gram, train, train), of_kernel(gram, ~train, train)
    return ridge.fit(inner, outer, responses[train], ALPHAS)


def score(fits, responses, fold, numbers) -> float:
    r = [
        correlate_fold(f.prediction, responses[fold == k])
        for f, k in zip(fits, numbers, strict=True)
    ]
    return float(np.median(np.mean(r, axis=0)))


def fits_of(responses, fold) -> Callable[[np.ndarray], list]:
    """Make what `encoding` does with each layer's Gram matrix."""
    return lambda gram: [fit_fold(gram, responses, fold != number) for number in np.unique(fold)]


def fitted(grams: list, responses, fold) -> tuple[Clock, list]:
    """Fit all folds of all layers, side by side on the cores."""
    layers = side_by_side.at_once(8 * 8 * len(fold) ** 2)
    with Clock() as clock:
        fits = list(side_by_side.in_order(fits_of(responses, fold), grams, layers))
    return clock, fits


def floor(features: torch.Tensor, gram: np.ndarray, fold: np.ndarray) -> dict[str, Clock]:
    """Time the symmetric products and the eigendecompositions alone."""
    clocks = {"products": Clock(), "eigendecompositions": Clock()}
    block = features[:, :WIDTH].numpy().copy()
    n_blocks, rest = divmod(features.shape[1], WIDTH)
    with clocks["products"]:
        for width in [WIDTH] * n_blocks + [rest] * (rest > 0):
            part = block if width == block.shape[1] else block[:, :width].copy()
            ssyrk(1.0, part.T, trans=1)
    for number in np.unique(fold):
        train = fold != number
        inner = gram[np.ix_(train, train)]
        with clocks["eigendecompositions"]:
            eigh(inner, driver="evd", check_finite=False)
    return clocks


def standardised(features: torch.Tensor) -> np.ndarray:
    x = features.numpy()
    mean, deviation = x.mean(0, dtype=np.float64), x.std(0, dtype=np.float64)
    varies = deviation > 1e-6 * np.abs(x).max()
    return ((x[:, varies] - mean[varies]) / deviation[varies]).astype(np.float32)


def sklearn_fit(x, y, test, alphas):
    return RidgeCV(alphas, alpha_per_target=True).fit(x, y).predict(test)


def himalaya_fit(x, y, test, alphas):
    from himalaya.kernel_ridge import KernelRidgeCV

    model = KernelRidgeCV(alphas=alphas, kernel="linear", fit_intercept=True, cv=5)
    return np.asarray(model.fit(x, y).predict(test))


def one_fold(features, responses, fold) -> Iterator[tuple[str, dict]]:
    """Time each engine on one fold of one layer, ours with its kernel."""
    train = fold != 0
    x = standardised(features)
    centred = x[train] - x[train].mean(0)
    alphas = ALPHAS * float((centred.astype(float) ** 2).sum()) / train.sum()
    y = responses[train]
    engines = {
        "ours": lambda: fit_fold(kernel_of(features), responses, train).prediction,
        "sklearn": lambda: sklearn_fit(x[train], y, x[~train], alphas),
        "himalaya_float32": lambda: himalaya_fit(x[train], y.astype(np.float32), x[~train], alphas),
        "himalaya_float64": lambda: himalaya_fit(
            x[train].astype(float), y, x[~train].astype(float), alphas
        ),
    }
    for name, engine in engines.items():
        try:
            with Clock() as clock:
                prediction = engine()
        except ImportError:
            continue
        r = np.median(correlate_fold(prediction.astype(float), responses[~train]))
        yield name, clock.rounded() | {"median_r": round(float(r), 4)}


def against_peers(layers: Layers, responses, fold, mine: float) -> dict:
    """Ratios on the same layers: for one fold, and for the session's five.

    A peer starts from the features in each fold, so five folds are five times its one fold.
    """
    rows = {name: dict(one_fold(layers[name], responses, fold)) for name in PEERS}
    ratios = {}
    for peer in set(rows[PEERS[0]]) - {"ours"}:
        one = sum(row[peer][CLOCK] for row in rows.values())
        ratios[peer] = {
            "over_ours_one_fold": round(one / sum(r["ours"][CLOCK] for r in rows.values()), 2),
            "over_ours_five_folds": round(N_FOLDS * one / mine, 2),
            "largest_difference_of_median_r": max(
                round(abs(row[peer]["median_r"] - row["ours"]["median_r"]), 4)
                for row in rows.values()
            ),
        }
    return {"ratios": dict(sorted(ratios.items())), "one_fold": rows}


def layer_times(features, fold, runs: int) -> tuple[dict, np.ndarray]:
    """Time one layer's kernel and its floor in turn, and keep the least of each."""
    found = []
    for _ in range(runs):
        with Clock() as kernel:
            gram = kernel_of(features)
        found.append({"kernel": kernel} | floor(features, gram, fold))
    least = {
        name: round(min(clocks[name].rounded()[CLOCK] for clocks in found), 3) for name in found[0]
    }
    return {"units": features.shape[1]} | least, gram


def best_fits(grams: list, responses, fold, runs: int) -> tuple[float, list]:
    """Least time of all fits, and these."""
    found = [fitted(grams, responses, fold) for _ in range(runs)]
    return min(clock.rounded()[CLOCK] for clock, _ in found), found[-1][1]


def summed(per_layer: dict[str, dict], fits: float) -> dict[str, float]:
    """Add up the layers, and compare with the floor."""
    total = {
        part: round(sum(layer[part] for layer in per_layer.values()), 2)
        for part in ("kernel", "products", "eigendecompositions")
    }
    ours, least = total["kernel"] + fits, total["products"] + total["eigendecompositions"]
    return {"ours": round(ours, 2), "floor": round(least, 2), "fits": round(fits, 2)} | total | {
        "ours_over_floor": round(ours / least, 3)
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2, help="of which the best counts")
    runs = parser.parse_args().runs
    mirrored = Path(os.environ.get("VENTRALMAP_MIRROR", ".")) / "cowley2023"
    layers, responses = real() if mirrored.is_dir() else synthetic()
    fold = np.random.default_rng(0).permutation(len(responses)) % N_FOLDS
    times, grams = {}, {}
    for name, features in layers.items():
        times[name], grams[name] = layer_times(features, fold, runs)
    seconds, fits = best_fits(list(grams.values()), responses, fold, runs)
    for name, of_layer in zip(layers, fits, strict=True):
        times[name]["median_r"] = round(score(of_layer, responses, fold, np.unique(fold)), 4)
    some, _ = best_fits([grams[name] for name in PEERS], responses, fold, runs)
    mine = some + sum(times[name]["kernel"] for name in PEERS)
    write(
        "encoding" if ONE_THREAD else "encoding_cores",
        {
            "data": "session 190923, mobilenet_v2" if mirrored.is_dir() else "synthetic",
            "images": len(responses),
            "neuroids": responses.shape[1],
            "folds": N_FOLDS,
            "alphas": len(ALPHAS),
            "runs": runs,
            "clock": CLOCK,
            "total": summed(times, seconds),
            "layers": times,
            "peers_on": "these layers, one fold, one run; five folds are five times that",
            "peers": against_peers(layers, responses, fold, mine),
        },
    )


if __name__ == "__main__":
    main()
