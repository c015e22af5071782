"""RSA against rsatoolbox: bootstraps, permutations, and their growth with the stimuli.

Random RDMs of 20 layers and of 15 subjects who share the geometry of one layer. rsatoolbox is timed
on fewer resamples and its time scaled to as many as ours: `eval_bootstrap`, the function that its
users call, without its noise ceilings; and, as the least that it can take, one `compare` of all
layers with all subjects per resample, with the resampling of both.
"""

import argparse
import contextlib
import io
import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import numpy as np
from common import best_of, write
from rsatoolbox.inference import eval_bootstrap
from rsatoolbox.model import ModelFixed
from rsatoolbox.rdm import RDMs, compare

from ventralmap import draws, rsa
from ventralmap.comparators import COMPARATORS, RSATOOLBOX
from ventralmap.comparators import compare as ours

N_LAYERS, N_SUBJECTS, N_STIMULI = 20, 15, 92
N_BOOTSTRAPS, N_PERMUTATIONS = 1000, 10_000
THEIRS = 10
"""Resamples on which rsatoolbox is timed."""
SIZES, LARGE = (92, 118, 1000), 1000
"""Numbers of stimuli, and that from which on all is run once."""

GAPS = ("spearman", "pearson", "whitened-cosine")
"""Comparators that are timed with missing pairs."""
KINDS = (
    (N_BOOTSTRAPS, "bootstraps", rsa.bootstrap),
    (N_PERMUTATIONS, "permutations", rsa.permutation_p),
)


def rdms(n_stimuli: int = N_STIMULI) -> tuple[np.ndarray, np.ndarray]:
    """Condensed RDMs of layers and of subjects."""
    random = np.random.default_rng(0)
    n_pairs = n_stimuli * (n_stimuli - 1) // 2
    layers = random.random((N_LAYERS, n_pairs))
    return layers, layers[N_LAYERS // 2] + 2 * random.random((N_SUBJECTS, n_pairs))


def quietly(work: Callable[[], object]) -> Callable[[], object]:
    """Hide progress bars and warnings."""

    def run() -> object:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings(action="ignore"):
            return work()

    return run


def resampled(condensed: np.ndarray, counts: np.ndarray) -> RDMs:
    drawn = np.repeat(np.arange(len(counts)), counts)
    return RDMs(condensed).subsample_pattern("index", drawn)


def theirs(name: str, layers: np.ndarray, subjects: np.ndarray, runs: int) -> dict:
    """Seconds of rsatoolbox for as many resamples as ours, and the largest difference."""
    method, peers = RSATOOLBOX[name], RDMs(subjects)
    models = [ModelFixed(str(i), layer) for i, layer in enumerate(layers)]
    counts, _ = draws.resample(N_STIMULI, N_SUBJECTS, THEIRS, seed=0)

    def evaluate() -> object:
        return eval_bootstrap(models, peers, method=method, N=THEIRS, boot_noise_ceil=False)

    def least() -> list[np.ndarray]:
        return [compare(resampled(layers, c), resampled(subjects, c), method) for c in counts]

    whole, _ = best_of(runs, quietly(evaluate))
    part, found = best_of(runs, quietly(least))
    mine = ours(name, layers, subjects, draws.Draws(counts))
    return {
        "rsatoolbox_cpu_s": round(whole.cpu * N_BOOTSTRAPS / THEIRS, 1),
        "rsatoolbox_compare_cpu_s": round(part.cpu * N_BOOTSTRAPS / THEIRS, 1),
        "largest_difference": float(np.abs(mine - np.array(found)).max()),
    }


def bootstraps(name: str, runs: int) -> dict:
    """Time one comparator, ours and rsatoolbox's."""
    layers, subjects = rdms()
    clock, _ = best_of(
        runs, lambda: rsa.bootstrap(layers, subjects, N_STIMULI, N_BOOTSTRAPS, 0, name)
    )
    row = theirs(name, layers, subjects, runs)
    return {
        "ours_cpu_s": round(clock.cpu, 2),
        **row,
        "over_ours": round(row["rsatoolbox_cpu_s"] / clock.cpu, 1),
        "compare_over_ours": round(row["rsatoolbox_compare_cpu_s"] / clock.cpu, 1),
    }


def grow(work: Callable[..., object], name: str, number: int, runs: int) -> dict:
    """Seconds for all resamples or permutations, by number of stimuli, all of them run."""
    seconds = {}
    for n in SIZES:
        work_of = partial(work, *rdms(n), n, number, 0, name)
        seconds[n] = round(best_of(runs if n < LARGE else 1, work_of)[0].cpu, 2)
        print(name, number, n, seconds[n], flush=True)
    return {"cpu_s": seconds, "exponent": exponent(seconds)}


def with_gaps(name: str, runs: int) -> dict:
    """Seconds for permutations where a hundredth of the pairs is missing."""
    layers, subjects = rdms()
    random, n = np.random.default_rng(1), subjects.shape[1] // 100
    alike, each = subjects.copy(), subjects.copy()
    alike[:, :n] = np.nan
    for subject in each:
        subject[random.choice(len(subject), n, replace=False)] = np.nan
    found = {}
    for label, gaps in (("the same for all subjects", alike), ("others for each", each)):
        work = partial(rsa.permutation_p, layers, gaps, N_STIMULI, N_PERMUTATIONS, 0, name)
        found[label] = round(best_of(runs, work)[0].cpu, 2)
    return found


def exponent(times: dict[int, float]) -> float:
    """Slope of log seconds over log stimuli from the smallest to the largest."""
    (first, *_, last) = times
    return round(float(np.log(times[last] / times[first]) / np.log(last / first)), 2)


def beyond() -> str:
    """Say what rsatoolbox does with a whitened comparison of 118 resampled stimuli."""
    layers, subjects = rdms(118)
    counts, _ = draws.resample(118, N_SUBJECTS, 1, seed=0)
    try:
        compare(resampled(layers, counts[0]), resampled(subjects, counts[0]), "cosine_cov")
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2, help="of which the best counts")
    runs = parser.parse_args().runs
    write(
        "rsa",
        {
            "stimuli": N_STIMULI,
            "layers": N_LAYERS,
            "subjects": N_SUBJECTS,
            "bootstraps": N_BOOTSTRAPS,
            "bootstraps_of_rsatoolbox": THEIRS,
            "rsatoolbox": version("rsatoolbox"),
            "runs": runs,
            "comparators": {name: bootstraps(name, runs) for name in COMPARATORS},
            "growth": {
                f"{name}, {number:,} {what}": grow(work, name, number, runs)
                for name in ("spearman", "whitened-cosine")
                for number, what, work in KINDS
            },
            "missing_pairs": {name: with_gaps(name, 1) for name in GAPS},
            "sizes": SIZES,
            "rsatoolbox_whitened_118_stimuli": beyond(),
        },
    )


if __name__ == "__main__":
    main()
