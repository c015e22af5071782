"""Time-resolved RSA of a study as large as the 92-image set over time: similarity to latency.

RDMs of 15 subjects at 1301 times (-100 to 1200 ms) of 92 random stimuli, against 20 layers: bumps
of the layers' RDMs, one after another, in noise. Time counts from RDMs in memory (float32, as they
are read from a dataset) to the tables.
"""

import argparse

import numpy as np
import pandas as pd
import xarray as xr
from common import Clock, best_of, peak_gb, write

from ventralmap import arrays, fusion, latency, latency_hierarchy, over_time, timecourse

SUBJECTS, TIMES, LAYERS, RESAMPLES, FLIPS = 15, range(-100, 1201), 20, 1000, 1000
SEED = 0


def simulated(n_stimuli: int) -> tuple[np.ndarray, xr.DataArray]:
    """Layers' condensed RDMs, and RDMs over time that resemble one after another."""
    random = np.random.default_rng(SEED)
    rows, columns = np.triu_indices(n_stimuli, k=1)
    layers = random.normal(size=(LAYERS, len(rows)))
    times = np.array(TIMES, dtype=float)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stimuli", type=int, default=92)
    layers, measured = simulated(parser.parse_args().stimuli)
    held = peak_gb()
    parts = ("similarities", "cluster test", "latencies, resampled", "table, intervals")
    clocks = {name: Clock() for name in parts}
    whole, rows = best_of(1, lambda: analyse(layers, measured, clocks))
    areas = layers[[3, 15]] + np.random.default_rng(1).normal(size=(2, layers.shape[1]))
    fused, _ = best_of(1, lambda: fusion.explain(areas, layers, measured))
    error = np.abs(rows["peak_ms"] - np.linspace(100, 300, LAYERS))
    write(
        "timecourse",
        {
            "stimuli": measured.sizes["stimulus_a"],
            "subjects": SUBJECTS,
            "times": len(TIMES),
            "layers": LAYERS,
            "resamples": RESAMPLES,
            "flips": FLIPS,
            "runs": 1,
            "peak_gb_before": held,
            "total": whole.rounded(),
            "parts": {name: clock.rounded() for name, clock in clocks.items()}
            | {"fusion and commonality of two areas": fused.rounded()},
            "largest_error_of_a_peak_ms": float(error.max()),
            "layers_with_an_onset": int(rows["onset_ms"].notna().sum()),
        },
    )


if __name__ == "__main__":
    main()
