"""Time-resolved RSA of a study as large as the 92-image set over time: similarity to latency.

RDMs of 15 subjects at 1301 times (-100 to 1200 ms) of 92 random stimuli, against 20 layers: bumps
of the layers' RDMs, one after another, in noise; then of more stimuli (`STEPS`). Time counts from
RDMs in memory (float32, as they are read from a dataset) to the tables.
"""

import multiprocessing

import numpy as np
import pandas as pd
import xarray as xr
from common import Clock, best_of, peak_gb, write

from ventralmap import arrays, fusion, latency, latency_hierarchy, over_time, timecourse

SUBJECTS, LAYERS, RESAMPLES, FLIPS = 15, 20, 1000, 1000
STEPS = {92: 1, 118: 1, 1000: 50}
"""Milliseconds between times, by number of stimuli: fewer times where they would not fit 4 GB."""
PARTS = ("similarities", "cluster test", "latencies, resampled", "table, intervals")
SEED = 0


def simulated(n_stimuli: int) -> tuple[np.ndarray, xr.DataArray]:
    """Layers' condensed RDMs, and RDMs over time that resemble one after another."""
    random = np.random.default_rng(SEED)
    rows, columns = np.triu_indices(n_stimuli, k=1)
    layers = random.normal(size=(LAYERS, len(rows)))
    times = np.arange(-100.0, 1201.0, STEPS[n_stimuli])
    peaks = np.linspace(100, 300, LAYERS)
    course = np.exp(-((times[:, None] - peaks) ** 2) / (2 * 60**2)) / 5  # (time, layer)
    values = np.zeros((SUBJECTS, len(times), n_stimuli, n_stimuli), dtype=np.float32)
    for subject in values:
        pairs = 50 + course @ layers + random.normal(size=(len(times), len(rows)))
        subject[:, rows, columns] = subject[:, columns, rows] = pairs
    ids, people = [f"s{i}" for i in range(n_stimuli)], [f"p{i}" for i in range(SUBJECTS)]
    labels = {"area": ["MEG"], "subject": people, "time": times}
    return layers, arrays.rdms(values[None], stimulus_id=ids, **labels).sel(area="MEG")


def analyse(layers: np.ndarray, measured: xr.DataArray, clocks: dict[str, Clock]) -> pd.DataFrame:
    names = pd.DataFrame({"layer": [f"layer{i}" for i in range(LAYERS)]})
    times = measured["time"].values
    with clocks["similarities"]:
        found = over_time.similarity(layers, measured)
    with clocks["cluster test"]:
        settings = {"permutations": FLIPS, "cluster_p": 0.01}
        test = timecourse.cluster_test(found.values, layers, measured, settings, SEED)
    with clocks["latencies, resampled"]:
        counts = latency.draw(SUBJECTS, RESAMPLES, SEED)
        when = latency.estimate(found.values, times, test, counts)
        latency_hierarchy.rows(np.linspace(0, 1, LAYERS), when, test)
    with clocks["table, intervals"]:
        timecourse.curve_rows(names, times, found, test, counts)
    return latency.rows(names, when, SUBJECTS)


def measure(n_stimuli: int) -> dict:
    """Time one size, in a process of its own so that its memory is its own."""
    layers, measured = simulated(n_stimuli)
    held = peak_gb()
    clocks = {name: Clock() for name in PARTS}
    whole, rows = best_of(1, lambda: analyse(layers, measured, clocks))
    areas = layers[[3, 15]] + np.random.default_rng(1).normal(size=(2, layers.shape[1]))
    fused, _ = best_of(1, lambda: fusion.explain(areas, layers, measured))
    n_times = measured.sizes["time"]
    error = np.abs(rows["peak_ms"] - np.linspace(100, 300, LAYERS))
    return {
        "times": n_times,
        "peak_gb_before": held,
        "total": whole.rounded(),
        "parts": {name: clock.rounded() for name, clock in clocks.items()}
        | {"fusion and commonality of two areas": fused.rounded()},
        "similarities_per_time_ms": round(1000 * clocks[PARTS[0]].cpu / n_times, 2),
        "largest_error_of_a_peak_ms": float(error.max()),
        "layers_with_an_onset": int(rows["onset_ms"].notna().sum()),
        "peak_gb": peak_gb(),
    }


def main() -> None:
    context = multiprocessing.get_context("spawn")
    sizes = {}
    for n in STEPS:
        with context.Pool(1) as pool:
            sizes[n] = pool.apply(measure, (n,))
        print(n, sizes[n], flush=True)
    per_time = {n: size["similarities_per_time_ms"] for n, size in sizes.items()}
    (first, *_, last) = per_time
    common = {"subjects": SUBJECTS, "layers": LAYERS, "resamples": RESAMPLES, "flips": FLIPS}
    slope = np.log(per_time[last] / per_time[first]) / np.log(last / first)
    write(
        "timecourse",
        {"stimuli": first, "runs": 1, **common, **sizes[first]}
        | {"sizes": sizes, "exponent": round(float(slope), 2)},
    )


if __name__ == "__main__":
    main()
