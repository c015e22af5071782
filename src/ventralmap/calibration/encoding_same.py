"""Experiments on intervals that are for other neuroids, or for other stimuli, alone."""

from __future__ import annotations

import numpy as np

from ventralmap import variance, variance_table
from ventralmap.calibration import encoding_made as run
from ventralmap.calibration import made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import Readers, Study, readers, show
from ventralmap.runs import Run

N_NEW = 20
"""New sets of stimuli that stand for all."""
N_MORE = 200
"""Neuroids that stand for all, in as many other subjects as give them."""


def same_neuroids(
    seed: int, *, stimuli: int, neuroids: int, noise: str, categories: int = 0
) -> list[Outcome]:
    """Show the same neuroids new stimuli, to train on and to test with."""
    random = np.random.default_rng(seed)
    of = readers(random, [1.0], subjects=1, neuroids=neuroids, noise=noise)
    first, *others = [show(random, of, stimuli, categories) for _ in range(1 + N_NEW)]
    net = run.encode(first, first.layers, seed)
    row = run.table(first, net, seed, "stimuli").iloc[0]
    truth = np.mean([_median_r(run.encode(one, one.layers, seed, n=0)) for one in others])
    ends = row["r"], row["r_ci_low"], row["r_ci_high"]
    return [out.interval("encoding.csv r: interval stimuli", *ends, float(truth))]


def same_stimuli(
    seed: int, *, stimuli: int, subjects: int, neuroids: int, noise: str
) -> list[Outcome]:
    """Record other neuroids, of other subjects where there are several, for the same stimuli."""
    random = np.random.default_rng(seed)
    study, measured = _with_more(random, [1.0], stimuli, subjects, neuroids, noise)
    net = run.encode(study, study.layers, seed, n=0)
    some = Run(net.dataset, net.model, net.scores.isel(neuroid=measured))
    row = run.table(study, some, seed, "neuroids").iloc[0]
    rest = Run(net.dataset, net.model, net.scores.isel(neuroid=~measured))
    ends = row["r"], row["r_ci_low"], row["r_ci_high"]
    return [out.interval("encoding.csv r: interval neuroids", *ends, _median_r(rest))]


def same_stimuli_bands(
    seed: int, *, stimuli: int, subjects: int, neuroids: int, noise: str
) -> list[Outcome]:
    """Divide the variance that two layers explain, of these and of other neuroids."""
    random = np.random.default_rng(seed)
    study, measured = _with_more(random, [1.0, 1.0], stimuli, subjects, neuroids, noise)
    names = ["net:layer0", "net:layer1"]
    kernels = {"net": made.kernels(study.layers)}
    found = variance.analyse(study.data, kernels, [names], run.settings(study), seed)
    some, rest = found.isel(neuroid=measured), found.isel(neuroid=~measured)
    row = variance_table.table({made.NAME: some}, run.draw(seed)).iloc[0]
    truth = rest.isel(generalisation=0, band=0).median("neuroid")
    return [
        out.interval(
            f"variance.csv {name}",
            row[name], row[f"{name}_ci_low"], row[f"{name}_ci_high"], float(truth[name]),
        )
        for name in variance_table.PARTS
    ]  # fmt: skip


def _with_more(
    random: np.random.Generator,
    gains: list[float],
    stimuli: int,
    subjects: int,
    neuroids: int,
    noise: str,
) -> tuple[Study, np.ndarray]:
    """Record more neuroids than are measured, and say which are measured, (n_neuroids,)."""
    each = max(neuroids // subjects, 1)
    total = subjects + -(-N_MORE // each) if subjects > 1 else 1
    n = each * total if subjects > 1 else neuroids + N_MORE
    of: Readers = readers(random, gains, subjects=total, neuroids=n, noise=noise)
    measured = of.subject < subjects if subjects > 1 else np.arange(n) < neuroids
    return show(random, of, stimuli), measured


def _median_r(net: Run) -> float:
    return float(net.scores["r"].isel(generalisation=0, layer=0).median("neuroid"))
