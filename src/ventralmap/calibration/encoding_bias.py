"""Experiments on ceilings: how far reliabilities and ceiled scores are from what they stand for."""

from __future__ import annotations

import numpy as np

from ventralmap.calibration import encoding_made as run
from ventralmap.calibration import outcomes as out
from ventralmap.calibration.outcomes import Outcome
from ventralmap.calibration.recordings import Array, Study, readers, show
from ventralmap.correlation import correlate
from ventralmap.runs import Run


def ceilings(seed: int, *, stimuli: int, neuroids: int, noise: str, repeats: int) -> list[Outcome]:
    """Score a layer that holds most of what the neuroids read, each stimulus shown repeatedly."""
    random = np.random.default_rng(seed)
    of = readers(random, [1.0], subjects=1, neuroids=neuroids, noise=noise)
    study = show(random, of, stimuli, repeats=repeats)
    net = run.encode(study, study.layers, seed)
    reliable = _median(1 / (1 + of.noise**2))
    row, r = run.table(study, net, seed).iloc[0], noise_free(study, net)
    return [
        out.estimate("encoding.csv reliability", row["reliability"], reliable),
        out.estimate("encoding.csv r_ceiled", row["r_ceiled"], _median(r)),
        out.estimate("encoding.csv ev_ceiled", row["ev_ceiled"], _median(r * np.abs(r))),
    ]  # fmt: skip


def _median(values: Array) -> float:
    return float(np.median(values))


def noise_free(study: Study, net: Run) -> Array:
    """Correlation of the predictions of the first layer with responses without noise.

    The fits are made again from the features, by the closed form, with the penalties chosen.

    Returns
    -------
    ndarray, shape (n_neuroids,)
        Mean over folds.
    """
    x, y = study.layers[0], study.data.mean_response()
    folds = net.scores["held_out_in"].values[0, 0]
    r = []
    for fold, alpha in enumerate(net.scores["alpha"].values[0, 0, 0]):
        test = folds == fold
        b = run.coefficients(x[~test], y[~test], alpha)
        r.append(correlate(x[test] @ b, study.signal[test]))
    return np.asarray(np.mean(r, axis=0))
