"""Experiments on resampled predictions: whether they hold the score over all stimuli, fits kept.

Responses are linear in normal features, with noise, so that the score of given fits over all
stimuli has a closed form.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ventralmap import resampling
from ventralmap.calibration import encoding_made as run
from ventralmap.calibration import made
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import Array, Study
from ventralmap.runs import Run

N_FEATURES, NOISE = 10, 1.0
N_NEW = 60
"""Studies of new categories that stand for all."""
CLAIM = "r_resampled of stimuli, fits kept"


def stimuli(seed: int, *, stimuli: int, neuroids: int) -> list[Outcome]:
    """Compare with the correlation over all stimuli, b'w / (|b| sqrt(|w|^2 + noise^2))."""
    random = np.random.default_rng(seed)
    w = _weights(random, neuroids)
    study = _study(random.normal(size=(stimuli, N_FEATURES)), w, random)
    net = run.encode(study, study.layers, seed)
    spread = np.sqrt((w**2).sum(axis=0) + NOISE**2)
    r = [
        (b * w).sum(axis=0) / np.sqrt((b**2).sum(axis=0)) / spread
        for b in _coefficients(study, net)
    ]
    return [_interval(f"{CLAIM}: images", net, seed, np.mean(r, axis=0))]


def categories(seed: int, *, categories: int, each: int, neuroids: int) -> list[Outcome]:
    """Compare with folds of as many new categories, which have half of the features' variance."""
    random = np.random.default_rng(seed)
    w = _weights(random, neuroids)
    names = [f"c{c:02d}" for c in np.repeat(np.arange(categories), each)]
    study = _study(_images(random, (), categories, each), w, random, names)
    net = run.encode(study, study.layers, seed)
    z = _images(random, (N_NEW,), categories // run.SETTINGS["folds"], each)
    measured = _centred(z @ w + NOISE * random.normal(size=(*z.shape[:-1], neuroids)))
    r = []
    for b in _coefficients(study, net):
        p = _centred(z @ b)  # (study, image, neuroid)
        norm = np.sqrt((p**2).sum(axis=1) * (measured**2).sum(axis=1))
        r.append(((p * measured).sum(axis=1) / norm).mean(axis=0))
    return [_interval(f"{CLAIM}: categories", net, seed, np.mean(r, axis=0))]


def _weights(random: np.random.Generator, neuroids: int) -> Array:
    return random.normal(size=(N_FEATURES, neuroids)) / np.sqrt(N_FEATURES)


def _study(
    x: Array, w: Array, random: np.random.Generator, category: list[str] | None = None
) -> Study:
    signal = x @ w
    responses = made.responses(
        signal + NOISE * random.normal(size=signal.shape), ["A"] * w.shape[1]
    )
    columns = {"category": category} if category else None
    return Study(made.dataset(len(x), responses=responses, columns=columns), [x], signal)


def _images(random: np.random.Generator, shape: tuple[int, ...], n: int, each: int) -> Array:
    """Features (..., n * each, N_FEATURES) of images of n new categories."""
    centres = random.normal(size=(*shape, n, 1, N_FEATURES))
    within = random.normal(size=(*shape, n, each, N_FEATURES))
    return np.asarray(((centres + within) / np.sqrt(2)).reshape(*shape, -1, N_FEATURES))


def _centred(values: Array) -> Array:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def _coefficients(study: Study, net: Run) -> Iterator[Array]:
    """Yield the coefficients of each fold's fits, shape (N_FEATURES, n_neuroids)."""
    folds, x, y = (
        net.scores["held_out_in"].values[0, 0],
        study.layers[0],
        study.data.mean_response(),
    )
    for fold, alpha in enumerate(net.scores["alpha"].values[0, 0, 0]):
        yield run.coefficients(x[folds != fold], y[folds != fold], alpha)


def _interval(claim: str, net: Run, seed: int, truth: Array) -> Outcome:
    sample = run.draw(seed).sample(made.NAME, net.scores.isel(generalisation=0))
    low, high = resampling.percentile_interval(sample.stimuli)
    return out.interval(claim, sample.value[0], low[0], high[0], float(np.median(truth)))
