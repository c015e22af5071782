"""RSA of one dataset and model: every layer against every area that has RDMs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ventralmap import (
    area_ceilings,
    choosing,
    draws,
    inference,
    jackknife,
    max_gap,
    resampling,
    rsa,
)
from ventralmap.arrays import about
from ventralmap.comparators import ABOVE_ZERO
from ventralmap.comparison_words import words
from ventralmap.dataset import Dataset
from ventralmap.inference import WAYS, Bootstrap
from ventralmap.kernels import Layers
from ventralmap.rdm_sources import measured_areas, model_rdms

Array = NDArray[np.float64]

END = "{} end of the 95 % confidence interval of the {}"
LAYER = {
    "similarity": "{} of RDMs, mean over subjects",
    "ci_low": END.format("lower", "similarity"),
    "ci_high": END.format("upper", "similarity"),
    "subjects_ci_low": END.format("lower", "similarity over subjects alone"),
    "subjects_ci_high": END.format("upper", "similarity over subjects alone"),
    "p": "one-sided p of the stimulus-label permutation test",
    "p_subjects": "one-sided p of the sign-flip test over subjects, of eight subjects or more",
    "below_best": "similarity of the best layer minus that of the layer",
    "below_best_ci_low": END.format("lower", "distance to the best layer, for all layers at once"),
    "below_best_ci_high": END.format("upper", "distance to the best layer, for all layers at once"),
    "p_below_best": "two-sided p of the difference to the best layer, family-wise over layers",
    "below_ceiling": "lower noise ceiling minus the similarity of the layer",
    "below_ceiling_ci_low": END.format("lower", "distance to the lower noise ceiling"),
    "below_ceiling_ci_high": END.format("upper", "distance to the lower noise ceiling"),
}
RESAMPLED = "similarity when stimuli, subjects, or both are resampled"
LEFT_OUT = "similarity of a single subject with each group of stimuli left out"


def analyse(
    dataset: Dataset,
    kernels: Layers,
    settings: Mapping[str, Any],
    n_bootstrap: int,
    seed: int,
    ceilings: xr.Dataset | None = None,
) -> xr.Dataset:
    """Compare every layer with every area.

    Parameters
    ----------
    dataset
        With RDMs, or responses of which RDMs are asked for.
    kernels
        Of the same stimuli.
    settings
        The config's `rsa`: distance, comparison, responses, folds, permutations.
    n_bootstrap
        Number of resamples of stimuli and subjects.
    seed
        Seed of the study; resamples depend on the dataset alone, so that
        layers, models and areas are compared under the same ones: the same
        stimuli, and the same people where areas share subjects.

    Returns
    -------
    xarray.Dataset
        similarity, ci_low, ci_high, p (area, layer); subjects_ci_low, subjects_ci_high,
        p_subjects, and what lies below the best layer and the lower ceiling; bootstrap (area,
        way, resample, layer); left_out (area, subject, group, layer); ceiling_low,
        ceiling_high, score_nested, n_subjects, n_pairs, n_missing_pairs (area).
    """
    stimulus_ids = list(dataset.stimuli.index)
    layers = model_rdms(kernels, settings["distance"], stimulus_ids)
    fold = choosing.held_out(stimulus_ids, settings["folds"], seed)
    own_seed = resampling.derived_seed(seed, dataset.meta["name"])
    measured = measured_areas(dataset, settings["responses"])
    drawn = draws.subjects_of_areas([names for _, names, _ in measured], n_bootstrap, own_seed)
    if ceilings is None:
        ceilings = area_ceilings.analyse(dataset, settings, n_bootstrap, seed)
    areas = [
        _analyse_area(
            layers, subjects, fold, settings, counts, own_seed, ceilings.sel(area=area, drop=True)
        ).expand_dims(area=[area])
        for (area, _, subjects), counts in zip(measured, drawn, strict=True)
    ]
    return (
        xr.concat(areas, "area", data_vars="all", coords="minimal", compat="override", join="exact")
        .assign_coords(
            way=WAYS,
            layer=list(kernels.layers),
            depth=("layer", kernels.depth),
            n_features=("layer", kernels.n_features),
        )
        .assign_attrs(
            n_stimuli=len(stimulus_ids),
            distance=settings["distance"],
            comparison=settings["comparison"],
        )
    )


def _analyse_area(
    layers: Array,
    subjects: Array,
    fold: NDArray[np.int64],
    settings: Mapping[str, Any],
    drawn: NDArray[np.int64],
    seed: int,
    ceiling: xr.Dataset,
) -> xr.Dataset:
    n_stimuli, how = len(fold), settings["comparison"]
    sample = rsa.bootstrap(layers, subjects, n_stimuli, len(drawn), seed, how, drawn)
    reached = area_ceilings.bootstrap(ceiling, n_stimuli, len(subjects))
    scores = {
        **_tests(layers, subjects, n_stimuli, settings, seed),
        **_bounded("", sample),
        **_bounded("below_ceiling_", reached.minus(sample)),
        **_below_best(sample),
    }
    nested = choosing.nested_score(layers, subjects, fold, how)
    chosen = about("similarity on held-out stimuli of the layer chosen on the others")
    return xr.Dataset(
        {
            name: ("layer", values, about(LAYER[name].format(words(how).name)))
            for name, values in scores.items()
        }
        | {"bootstrap": (("way", "resample", "layer"), sample.resamples, about(RESAMPLED))}
        | {"left_out": (("subject", "group", "layer"), _left_out(sample), about(LEFT_OUT))}
        | {name: ceiling[name] for name in ("ceiling_low", "ceiling_high")}
        | {"score_nested": ((), nested, chosen)}
        | {"n_subjects": ((), len(subjects), about("number of subjects"))}
        | _counts_of_pairs(subjects)
    )


def _tests(
    layers: Array, subjects: Array, n_stimuli: int, settings: Mapping[str, Any], seed: int
) -> dict[str, Array]:
    how, n = settings["comparison"], settings["permutations"]
    observed = rsa.per_subject(layers, subjects, how)
    low, high = inference.interval_over_subjects(observed)
    return {
        "subjects_ci_low": low,
        "subjects_ci_high": high,
        "p": rsa.permutation_p(layers, subjects, n_stimuli, n, seed, how),
        "p_subjects": _p_subjects(observed, how, n, seed),
    }


def _p_subjects(similarity: Array, comparison: str, n: int, seed: int) -> Array:
    if comparison in ABOVE_ZERO:
        return np.full(len(similarity), np.nan)
    return inference.sign_flip_p(similarity, n, seed)


def _bounded(name: str, sample: Bootstrap) -> dict[str, Array]:
    """Value and interval of each row; the similarity itself has no name."""
    low, high = inference.interval(sample)
    value = name.removesuffix("_") or "similarity"
    return {value: sample.mean, f"{name}ci_low": low, f"{name}ci_high": high}


def _below_best(sample: Bootstrap) -> dict[str, Array]:
    low, high = max_gap.interval_below_best(sample)
    return {
        "below_best": sample.mean.max() - sample.mean,
        "below_best_ci_low": low,
        "below_best_ci_high": high,
        "p_below_best": max_gap.p_below_best(sample),
    }


def _left_out(sample: Bootstrap) -> Array:
    """Write what leaving out stimuli does, (1, n_groups, n_layers); NaN for several subjects."""
    if sample.left_out is not None:
        return sample.left_out
    return np.full((1, jackknife.n_groups(sample.n_stimuli), len(sample.mean)), np.nan)


def _counts_of_pairs(subjects: Array) -> dict[str, tuple[tuple[()], int, dict[str, str]]]:
    missing = np.isnan(subjects)
    return {
        "n_pairs": (
            (),
            int((~missing.all(axis=0)).sum()),
            about("pairs of stimuli that at least one subject has"),
        ),
        "n_missing_pairs": (
            (),
            int(missing.sum()),
            about("pairs that are missing and were left out, summed over subjects"),
        ),
    }
