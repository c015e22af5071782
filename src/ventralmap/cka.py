"""Debiased linear centred kernel alignment of layers and responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import choosing, cka_draws, inference, jackknife, resampling, rsa
from ventralmap import draws as dr
from ventralmap.arrays import about
from ventralmap.dataset import Dataset
from ventralmap.hsic import FEWEST, hsic, hsic_of_features
from ventralmap.inference import WAYS, Bootstrap
from ventralmap.kernels import Layers, Projected, has_gram

Array = NDArray[np.float64]


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
    return _normalised(hsic(first, second), hsic(first, first), hsic(second, second))


def _normalised(both: float, first: float, second: float) -> float:
    return both / float(np.sqrt(first * second)) if min(first, second) > 0 else np.nan


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
        left_out (area, subject, group, layer), with groups of stimuli left out (`jackknife`);
        score_nested (area), that of the layer chosen without the held-out stimuli. Projected
        features of so many stimuli that there are no kernels (`kernels.has_gram`) are not
        resampled: there are no intervals and no nested score then.
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
    align = _by_kernels(kernels, rows) if has_gram(kernels) else _by_features(kernels, rows)
    counts = np.concatenate([stimuli, of_folds, jackknife.counts(len(rows), own_seed)])
    found = [
        _of_area(
            align, [mean[:, own] for own in of_area.values()], counts, of_people, len(of_folds)
        )
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
    align: Align,
    responses: Sequence[Array],
    counts: dr.Counts,
    drawn: dr.Counts,
    n_halves: int,
) -> xr.Dataset:
    """Align layers with all subjects, (n_stimuli, n_neuroids) each; `drawn` of those who count.

    `counts` are the resamples, as many as there are of `drawn`, then so many ``choosing.halves``,
    then those of ``jackknife.counts``.
    """
    found = [align(mean, counts) for mean in responses]
    n_neuroids = [mean.shape[1] for mean in responses]
    known = [one for one, n in zip(found, n_neuroids, strict=True) if n]
    observed = np.array([one.values for one in known]).T[None]  # (1, n_layers, n_subjects)
    draws, halves, _ = np.split(
        np.stack([one.draws for one in known], axis=2), [len(drawn), len(drawn) + n_halves]
    )
    left_out = np.stack([one.draws[len(drawn) + n_halves :] for one in found])
    n_subjects = int((~np.isnan(observed).all(axis=1)).sum())
    sample = rsa.summarise(observed, draws, drawn, counts.shape[1])
    nested = choosing.of_chosen(halves)
    what = about("CKA on held-out stimuli of the layer chosen on the others")
    return xr.Dataset(
        _of_subjects(found, n_neuroids)
        | {"n_subjects": ((), n_subjects, about("number of subjects"))}
        | _over_subjects(replace(sample, n_subjects=n_subjects, left_out=left_out))
        | {"score_nested": ((), nested, what)}
    )


def _of_subjects(found: Sequence[_Aligned], n_neuroids: Sequence[int]) -> dict[str, Any]:
    counted = [n * (one.n_stimuli > 0) for n, one in zip(n_neuroids, found, strict=True)]
    values = np.array([one.values for one in found])
    return {
        "cka": (("subject", "layer"), values, about("debiased linear CKA")),
        "n_stimuli": ("subject", [one.n_stimuli for one in found], about("number of stimuli")),
        "n_neuroids": ("subject", counted, about("number of neuroids")),
    }


def _over_subjects(sample: Bootstrap) -> dict[str, Any]:
    low, high = inference.interval(sample)
    resampled = about("mean when stimuli, subjects, or both are resampled")
    without = about("debiased linear CKA with each group of stimuli left out")
    return {
        "mean": ("layer", sample.mean, about("debiased linear CKA, mean over subjects")),
        "ci_low": ("layer", low, about("lower end of the 95 % confidence interval of mean")),
        "ci_high": ("layer", high, about("upper end of the 95 % confidence interval of mean")),
        "bootstrap": (("way", "resample", "layer"), sample.resamples, resampled),
        "left_out": (("subject", "group", "layer"), sample.left_out, without),
    }


class _Aligned(NamedTuple):
    """What is known of one subject."""

    values: Array
    """CKA of each layer, shape (n_layers,)."""
    draws: Array
    """The same on resampled stimuli, shape (n_draws, n_layers)."""
    n_stimuli: int
    """Of the stimuli that all neuroids have seen; 0 where they are too few."""


Align = Callable[[Array, dr.Counts], _Aligned]
"""Called with a subject's responses, (n_stimuli, n_neuroids), and resamples of the stimuli."""


def _by_kernels(kernels: Layers, rows: list[int]) -> Align:
    """Align Gram matrices, and again on resampled stimuli."""
    grams = kernels.gram[:, rows][:, :, rows]

    def align(mean: Array, counts: dr.Counts) -> _Aligned:
        seen = _seen(mean)
        if not seen.any():
            return _unknown(len(grams), len(counts), 0)
        own_counts, centred = counts[:, seen].astype(float), _centred(mean[seen])
        own = centred @ centred.T
        side, values, draws = cka_draws.prepare(own, own_counts), [], []
        for gram in grams:
            kernel = gram[np.ix_(seen, seen)]
            values.append(cka(kernel, own))
            draws.append(cka_draws.cka(cka_draws.prepare(kernel, own_counts), side, own_counts))
        return _Aligned(np.array(values), np.array(draws).T, int(seen.sum()))

    return align


def _by_features(kernels: Layers, rows: list[int]) -> Align:
    """Align projected features; what does not depend on the responses is computed once."""
    assert isinstance(kernels, Projected)
    known: dict[tuple[int, bytes], float] = {}

    def align(mean: Array, counts: dr.Counts) -> _Aligned:
        seen = _seen(mean)
        found = _unknown(len(kernels.features), len(counts), int(seen.sum()))
        if not seen.any():
            return found
        responses = _centred(mean[seen])
        theirs = hsic_of_features(responses, responses)
        for layer, features in enumerate(kernels.features):
            x, key = features[rows][seen].astype(np.float64), (layer, seen.tobytes())
            if key not in known:
                known[key] = hsic_of_features(x, x)
            both = hsic_of_features(x, responses)
            found.values[layer] = _normalised(both, known[key], theirs)
        return found

    return align


def _seen(mean: Array) -> NDArray[np.bool_]:
    """Tell the stimuli that all neuroids have seen; none where they are too few."""
    seen: NDArray[np.bool_] = np.all(~np.isnan(mean), axis=1)
    enough = mean.shape[1] > 0 and seen.sum() >= FEWEST
    return seen if enough else np.zeros_like(seen)


def _centred(mean: Array) -> Array:
    return mean - mean.mean(axis=0)


def _unknown(n_layers: int, n_draws: int, n_stimuli: int) -> _Aligned:
    return _Aligned(np.full(n_layers, np.nan), np.full((n_draws, n_layers), np.nan), n_stimuli)
