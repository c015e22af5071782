"""Representational similarity of layers and areas, with ceilings and resampling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ventralmap import ceilings, jackknife
from ventralmap import draws as dr
from ventralmap.comparators import Layers, compare
from ventralmap.inference import Bootstrap
from ventralmap.relabelling import relabelled

Array = NDArray[np.float64]


def per_subject(layers: Array, subjects: Array, comparison: str = "spearman") -> Array:
    """Similarity of every layer's RDM with every subject's.

    Parameters
    ----------
    layers
        Condensed RDMs, shape (n_layers, n_pairs).
    subjects
        Condensed RDMs, shape (n_subjects, n_pairs); pairs may be NaN.
    comparison
        Name of the comparator.

    Returns
    -------
    ndarray, shape (n_layers, n_subjects)
    """
    return compare(comparison, layers, subjects)[0]


def bootstrap(
    layers: Array,
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
    drawn: dr.Counts | None = None,
) -> Bootstrap:
    """Resample stimuli, subjects and both.

    The same seed gives the same resamples, so that models can be compared pairwise.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    n_stimuli
        Number of stimuli.
    n
        Number of resamples.
    seed
        Seed of the resamples, which are those of `draws.resample`.
    comparison
        Name of the comparator.
    drawn
        How often each subject is drawn instead, shape (n, n_subjects), such as those of
        `draws.subjects_of_areas`.

    Returns
    -------
    Bootstrap
        With stimuli left out where there is one subject, whose intervals would else be too wide.
    """
    stimuli, own = dr.resample(n_stimuli, len(subjects), n, seed)
    observed = compare(comparison, layers, subjects)
    resampled = compare(comparison, layers, subjects, dr.Draws(stimuli))
    sample = summarise(observed, resampled, own if drawn is None else drawn, n_stimuli)
    if not sample.single:
        return sample
    without = dr.Draws(jackknife.counts(n_stimuli, seed))
    left_out = compare(comparison, layers, subjects, without).transpose(2, 0, 1)
    return replace(sample, left_out=left_out)


def summarise(
    observed: Array, resampled: Array, drawn: NDArray[np.int64], n_stimuli: int
) -> Bootstrap:
    """Take means over subjects.

    Parameters
    ----------
    observed, resampled
        Similarities, shape (1, n_rows, n_subjects) and, with stimuli resampled, (n_bootstrap,
        n_rows, n_subjects); NaN where not known.
    drawn
        How often each subject is drawn, shape (n_bootstrap, n_subjects).
    n_stimuli
        Number of stimuli.

    Returns
    -------
    Bootstrap
        Its number of subjects is that of `drawn`.
    """
    once = np.ones_like(drawn)
    ways = [
        mean_over_subjects(resampled, once),
        mean_over_subjects(observed, drawn),
        mean_over_subjects(resampled, drawn),
    ]
    return Bootstrap(
        mean_over_subjects(observed, once[:1])[0], np.array(ways), n_stimuli, drawn.shape[1]
    )


def mean_over_subjects(similarity: Array, times: NDArray[np.int64]) -> Array:
    """Mean over subjects that each count `times`, of those whose similarity is known.

    Parameters
    ----------
    similarity
        Shape (n_draws or 1, n_layers, n_subjects).
    times
        Shape (n_draws, n_subjects).

    Returns
    -------
    ndarray, shape (n_draws, n_layers)
    """
    share = times[:, None] * ~np.isnan(similarity)
    with np.errstate(invalid="ignore"):
        return np.vecdot(np.nan_to_num(similarity), share) / share.sum(axis=-1)


def ceiling_bootstrap(
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
    drawn: dr.Counts | None = None,
) -> Bootstrap:
    """Resample the lower noise ceiling, as `bootstrap` does layers, in one row.

    A subject's ceiling is the similarity with the mean of all other subjects, which are resampled
    with it (`ceilings.others_drawn`) unless pairs are missing; NaN for a single subject.
    """
    stimuli, own = dr.resample(n_stimuli, len(subjects), n, seed)
    drawn = own if drawn is None else drawn
    observed, among = ceilings.with_others_and_among(subjects, comparison)
    change = ceilings.others_drawn(among, drawn)
    resampled, among = ceilings.with_others_and_among(subjects, comparison, dr.Draws(stimuli))
    change_of_resampled = ceilings.others_drawn(among, drawn)
    once = np.ones_like(drawn)
    found = [
        mean_over_subjects(resampled[:, None], once),
        mean_over_subjects((observed + change)[:, None], drawn),
        mean_over_subjects((resampled + change_of_resampled)[:, None], drawn),
    ]
    mean = mean_over_subjects(observed[:, None], once[:1])[0]
    return Bootstrap(mean, np.array(found), n_stimuli, len(subjects))


def permutation_p(
    layers: Array,
    subjects: Array,
    n_stimuli: int,
    n: int,
    seed: int,
    comparison: str = "spearman",
) -> Array:
    """Test each layer against chance by relabelling the stimuli of the recordings.

    Parameters
    ----------
    layers, subjects
        Condensed RDMs, shape (n_layers, n_pairs) and (n_subjects, n_pairs); the subjects' pairs
        may be NaN.
    n_stimuli
        Number of stimuli.
    n
        Number of permutations.
    seed
        Seed of the permutations.
    comparison
        Name of the comparator.

    Returns
    -------
    ndarray, shape (n_layers,)
        One-sided p, (1 + number of permutations at least as similar) / (1 + n), those of unknown
        similarity counted; NaN where the observed similarity is unknown.
    """
    random, prepared = np.random.default_rng(seed), Layers(comparison, layers)
    labels = np.array([random.permutation(n_stimuli) for _ in range(n)])
    observed = relabelled(prepared, subjects, np.arange(n_stimuli)[None])
    exceeded = (~(relabelled(prepared, subjects, labels) < observed - 1e-12)).sum(axis=0)
    return np.where(np.isnan(observed[0]), np.nan, (1 + exceeded) / (1 + n))
