"""Debiased linear centred kernel alignment of layers and responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import choosing, cka_draws, inference, resampling, rsa
from ventralmap import draws as dr
from ventralmap.arrays import about
from ventralmap.cka_draws import FEWEST
from ventralmap.dataset import Dataset
from ventralmap.inference import WAYS
from ventralmap.kernels import Layers

Array = NDArray[np.float64]

ROUNDING = 1e-24  # of a sum of squares: what is left of the digits of a difference, squared


def hsic(first: Array, second: Array) -> float:
    """Unbiased estimate of the Hilbert-Schmidt independence criterion (Song et al. 2012, eq. 5).

    It is the sum of products of both kernels after `debias`, over n (n - 3).

    Parameters
    ----------
    first, second
        Kernels of the same n stimuli, shape (n, n). Adding the same to a row and its column, as
        centring does, changes nothing.

    Returns
    -------
    float
        NaN for fewer than four stimuli.
    """
    n = len(first)
    if n < FEWEST:
        return np.nan
    return float(np.vdot(debias(first), debias(second)) / (n * (n - 3)))


def debias(kernel: Array) -> Array:
    """Centre a kernel without its diagonal, so that all rows sum to zero.

    k_st - (r_s + r_t) / (n - 2) + sum(r) / ((n - 1) (n - 2)), with r the sums of the rows but for
    the diagonal (Székely & Rizzo 2014).

    Parameters
    ----------
    kernel
        Shape (n, n), n > 2.

    Returns
    -------
    ndarray, shape (n, n)
        Its diagonal zero.
    """
    n, mean = len(kernel), kernel.mean(axis=0)
    hollow = kernel - mean - mean[:, None] + mean.mean()  # so that a large mean costs no digits
    np.fill_diagonal(hollow, 0.0)
    r = hollow.sum(axis=0)
    found = hollow - (r + r[:, None]) / (n - 2) + r.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(found, 0.0)
    return found if np.vdot(found, found) > ROUNDING * np.vdot(hollow, hollow) else 0 * found


def cka(first: Array, second: Array) -> float:
    """Debiased linear CKA: HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)), unbiased estimates of each.

    Kornblith et al. (2019), with the correction that Murphy et al. (2024) show to be needed where
    there are more features than stimuli: unrelated features then have a CKA of zero on average.
    That only some neuroids of an area were recorded lowers it still (Chun et al. 2025).

    Parameters
    ----------
    first, second
        Kernels of the same stimuli, shape (n_stimuli, n_stimuli).

    Returns
    -------
    float
        -1 to 1, negative where less alike than chance; NaN where a kernel has the same value for
        all pairs of stimuli but for centring, or for fewer than four stimuli.
    """
    own = hsic(first, first), hsic(second, second)
    return hsic(first, second) / float(np.sqrt(own[0] * own[1])) if min(own) > 0 else np.nan


def analyse(
    dataset: Dataset, kernels: Layers, settings: Mapping[str, Any], n_bootstrap: int, seed: int
) -> xr.Dataset:
    """Align every layer with the responses of every area.

    Parameters
    ----------
    dataset
        With responses. Those of a subject are its mean responses as they are, not z-scored, to the
        stimuli that all its neuroids in the area have seen.
    kernels
        Of the same stimuli, joined on their ids.
    settings
        `folds`: the config's `rsa: folds`.
    n_bootstrap
        Number of resamples of stimuli and subjects.
    seed
        Seed of the study; stimuli are resampled as by ``similarity.analyse``.

    Returns
    -------
    xarray.Dataset
        cka (area, subject, layer), n_stimuli and n_neuroids (area, subject); NaN and 0 for a
        subject without neuroids in an area. mean, its ci_low and ci_high (area, layer), and
        bootstrap (area, way, resample, layer), over the n_subjects (area) that have a CKA;
        score_nested (area), that of the layer chosen without the held-out stimuli.
    """
    assert dataset.responses is not None
    stimulus_ids, mean = list(dataset.stimuli.index), dataset.mean_response()
    rows, own_seed = kernels.rows(stimulus_ids), resampling.derived_seed(seed, dataset.name)
    fold = choosing.held_out(stimulus_ids, settings["folds"], seed)
    of_folds, (stimuli, _) = choosing.halves(fold), dr.resample(len(rows), 1, n_bootstrap, own_seed)
    areas, subjects = (dataset.responses[name].values.astype(str) for name in ("area", "subject"))
    units = {
        area: {name: (areas == area) & (subjects == name) for name in dict.fromkeys(subjects)}
        for area in dict.fromkeys(areas)
    }
    people = [[name for name, own in of_area.items() if own.any()] for of_area in units.values()]
    drawn = dr.subjects_of_areas(people, n_bootstrap, own_seed)
    grams, counts = kernels.gram[:, rows][:, :, rows], np.concatenate([stimuli, of_folds])
    found = [
        _of_area(grams, [mean[:, own] for own in of_area.values()], counts, of_people)
        for of_area, of_people in zip(units.values(), drawn, strict=True)
    ]
    return xr.concat(found, "area").assign_coords(
        area=list(units),
        subject=list(dict.fromkeys(subjects)),
        way=WAYS,
        layer=list(kernels.layers),
        depth=("layer", kernels.depth),
        n_features=("layer", kernels.n_features),
    ).assign_attrs(n_stimuli=len(rows))  # fmt: skip


def _of_area(
    grams: Array, responses: Sequence[Array], counts: dr.Counts, drawn: dr.Counts
) -> xr.Dataset:
    """Align layers with all subjects, (n_stimuli, n_neuroids) each; `drawn` of those who count.

    `counts` are the resamples and, after as many as there are of `drawn`, the ``choosing.halves``.
    """
    found = [_align(grams, mean, counts) for mean in responses]
    measured = [mean.shape[1] > 0 for mean in responses]
    known = [one for one, there in zip(found, measured, strict=True) if there]
    observed = np.array([one.values for one in known]).T[None]  # (1, n_layers, n_subjects)
    resampled = np.stack([one.draws for one in known], axis=2)
    n_subjects = int((~np.isnan(observed).all(axis=1)).sum())
    sample = rsa.summarise(observed, resampled[: len(drawn)], drawn, grams.shape[1])
    sample = replace(sample, n_subjects=n_subjects)
    low, high = inference.interval(sample)
    by_subject, values = ("subject", "layer"), np.array([one.values for one in found])
    return xr.Dataset(
        {
            "cka": (by_subject, values, about("debiased linear CKA")),
            "n_stimuli": ("subject", [one.n_stimuli for one in found], about("number of stimuli")),
            "n_neuroids": (
                "subject",
                [mean.shape[1] * (one.n_stimuli > 0)
                 for mean, one in zip(responses, found, strict=True)],
                about("number of neuroids"),
            ),
            "n_subjects": ((), n_subjects, about("number of subjects")),
            "mean": ("layer", sample.mean, about("debiased linear CKA, mean over subjects")),
            "ci_low": ("layer", low, about("lower end of the 95 % confidence interval of mean")),
            "ci_high": ("layer", high, about("upper end of the 95 % confidence interval of mean")),
            "bootstrap": (
                ("way", "resample", "layer"),
                sample.resamples,
                about("mean when stimuli, subjects, or both are resampled"),
            ),
            "score_nested": (
                (),
                choosing.of_chosen(resampled[len(drawn) :]),
                about("CKA on held-out stimuli of the layer chosen on the others"),
            ),
        }
    )  # fmt: skip


class _Aligned(NamedTuple):
    """What is known of one subject."""

    values: Array
    """CKA of each layer, shape (n_layers,)."""
    draws: Array
    """The same on resampled stimuli, shape (n_draws, n_layers)."""
    n_stimuli: int
    """Of the stimuli that all neuroids have seen; 0 where they are too few."""


def _align(grams: Array, mean: Array, counts: dr.Counts) -> _Aligned:
    """Align layers with a subject's responses, (n_stimuli, n_neuroids)."""
    seen = ~np.isnan(mean).any(axis=1)
    if mean.shape[1] == 0 or seen.sum() < FEWEST:
        unknown = np.full((len(counts), len(grams)), np.nan)
        return _Aligned(unknown[0], unknown, 0)
    centred, own_counts = mean[seen] - mean[seen].mean(axis=0), counts[:, seen].astype(float)
    own = centred @ centred.T
    side, values, draws = cka_draws.prepare(own, own_counts), [], []
    for gram in grams:
        kernel = gram[np.ix_(seen, seen)]
        values.append(cka(kernel, own))
        draws.append(cka_draws.cka(cka_draws.prepare(kernel, own_counts), side, own_counts))
    return _Aligned(np.array(values), np.array(draws).T, int(seen.sum()))
