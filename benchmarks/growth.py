"""How the time of each part grows with stimuli, units and neuroids: fitted exponents."""

import argparse
from collections.abc import Callable, Iterable

import numpy as np
import torch
from common import best_of, write
from scipy.linalg import eigh

from ventralmap import leaving_out, primal, ridge
from ventralmap.gram import GramSum

ALPHAS = np.geomspace(1e-5, 1e6, 23)
STIMULI = (400, 800, 1600, 3200, 6400)
UNITS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MANY = (1600, 3200, 6400, 12_800, 25_600)
DIMENSIONS = (250, 500, 1000, 2000)
NEUROIDS = (10, 50, 200, 500, 2000)


def add_units(n_stimuli: int, n_units: int) -> Callable[[], object]:
    features = torch.randn(n_stimuli, n_units, generator=torch.Generator().manual_seed(0))
    return lambda: GramSum(n_stimuli, centre=True, zscore=True).add(features, 5.0)


def decompose(n_stimuli: int) -> Callable[[], object]:
    kernel = random_kernel(n_stimuli)
    return lambda: eigh(kernel, driver="evd", check_finite=False)


def choose(n_stimuli: int, n_neuroids: int) -> Callable[[], object]:
    """Choose alphas and solve, the decomposition at hand."""
    spectrum = leaving_out.decompose(random_kernel(n_stimuli))
    y = np.random.default_rng(1).normal(size=(n_stimuli, n_neuroids))
    y -= y.mean(axis=0)
    alphas = ALPHAS * spectrum.values.mean()

    def run() -> object:
        projected = spectrum.vectors.T @ y
        left_out = leaving_out.one_by_one(spectrum, projected, alphas)
        index, _ = ridge.select_alpha(left_out, y, alphas)
        return ridge.dual_coefficients(spectrum, projected, alphas[index])

    return run


def fit_projected(n_stimuli: int, n_dimensions: int) -> Callable[[], object]:
    """Fit 50 neuroids from projected features, decomposition and alphas included."""
    random = np.random.default_rng(0)
    x = random.normal(size=(n_stimuli, n_dimensions))
    y = random.normal(size=(n_stimuli, 50))
    return lambda: primal.fit(x, x[:10], y, ALPHAS)


def random_kernel(n_stimuli: int) -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(n_stimuli, 2 * n_stimuli))
    return np.cov(x)


def grow(sizes: Iterable[int], make: Callable[[int], Callable], runs: int) -> dict[str, object]:
    """Time each size; the exponent is the slope between logarithms, over all and at the end."""
    seconds = {size: best_of(runs if size < 5000 else 1, make(size))[0].cpu for size in sizes}
    logs = np.log(list(seconds)), np.log(list(seconds.values()))
    return {
        "cpu_s": {str(size): round(value, 4) for size, value in seconds.items()},
        "exponent": round(float(np.polyfit(*logs, 1)[0]), 2),
        "exponent_of_the_last_step": round(float(np.diff(logs[1])[-1] / np.diff(logs[0])[-1]), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2, help="of which the best counts")
    runs = parser.parse_args().runs
    parts = {
        "kernel, stimuli (20,000 units)": grow(STIMULI, lambda n: add_units(n, 20_000), runs),
        "kernel, units (400 stimuli)": grow(UNITS, lambda p: add_units(400, p), runs),
        "eigendecomposition, stimuli": grow(STIMULI, decompose, runs),
        "alphas, stimuli (50 neuroids)": grow(STIMULI, lambda n: choose(n, 50), runs),
        "alphas, neuroids (800 stimuli)": grow(NEUROIDS, lambda v: choose(800, v), runs),
        "ridge_srp, stimuli (500 dimensions)": grow(MANY, lambda n: fit_projected(n, 500), runs),
        "ridge_srp, dimensions (6,400 stimuli)": grow(
            DIMENSIONS, lambda p: fit_projected(6400, p), runs
        ),
    }
    write("growth", {"runs": runs, "parts": parts})


if __name__ == "__main__":
    main()
