"""Representational dissimilarity matrices, from kernels and as rsatoolbox objects."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ventralmap.files import atomic

Array = NDArray[np.float64]

ROUNDING = 1e-13  # of a sum of squares in float64; features in float32 vary by more, or not at all

FEWEST = 3
"""Neuroids that a pattern needs: the correlation of two is 1 or -1 whatever they measure."""

FEWEST_PAIRS = 3
"""Pairs of stimuli that an RDM needs to be compared, for the same reason."""


def comparable(condensed: Array) -> NDArray[np.bool_]:
    """Tell the condensed RDMs, shape (n_rdms, n_pairs), that have `FEWEST_PAIRS` or more."""
    return (~np.isnan(condensed)).sum(axis=1) >= FEWEST_PAIRS


def correlation(gram: Array, row_sum: Array, n_features: int) -> Array:
    """1 - Pearson correlation over features of two stimuli's patterns.

    The covariance of patterns i and j over P features is (G_ij - s_i s_j / P) / P, with G the
    Gram matrix and s its features' row sums, so the features are not needed.

    Parameters
    ----------
    gram
        Gram matrix of the features, shape (n_stimuli, n_stimuli).
    row_sum
        Sum over features of each stimulus, shape (n_stimuli,).
    n_features
        Number of features P.

    Returns
    -------
    ndarray, shape (n_stimuli, n_stimuli)
        NaN for a stimulus whose pattern is constant over features.
    """
    covariance = gram - np.outer(row_sum, row_sum) / n_features
    # The variance of a constant pattern is zero but for rounding.
    constant = np.diag(covariance) <= ROUNDING * np.diag(gram)
    covariance[constant] = covariance[:, constant] = 0
    return cosine(covariance, row_sum, n_features)


def cosine(gram: Array, row_sum: Array, n_features: int) -> Array:
    """1 - cosine of two stimuli's patterns; parameters as in `correlation`."""
    norm = np.sqrt(np.diag(gram))
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = 1 - gram / np.outer(norm, norm)
    np.fill_diagonal(distance, 0)
    return distance


def euclidean(gram: Array, row_sum: Array, n_features: int) -> Array:
    """Squared Euclidean distance per feature; parameters as in `correlation`."""
    norm = np.diag(gram)
    distance = (norm + norm[:, None] - 2 * gram) / n_features
    np.fill_diagonal(distance, 0)
    return distance


DISTANCES: dict[str, Callable[[Array, Array, int], Array]] = {
    "correlation": correlation,
    "euclidean": euclidean,
    "cosine": cosine,
}


def size(gram: Array, n_features: int, distance: str) -> float:
    """Return what a distance is the difference of, to which its rounding is relative.

    The largest squared norm per feature for ``euclidean``, 1 for the others.
    """
    return float(np.diag(gram).max()) / n_features if distance == "euclidean" else 1.0


MEASURES = {"euclidean": "squared euclidean"}
"""What rsatoolbox calls a distance, where it is not the same."""
ABOUT = {
    "correlation": "1 - Pearson correlation",
    "euclidean": "squared Euclidean distance divided by the number of features",
    "cosine": "1 - cosine",
    "crossnobis": "cross-validated squared Mahalanobis distance divided by the number of features",
}
"""Distances of layers and of responses in words; the features of responses are neuroids."""


def condense(square: Array) -> Array:
    """Take the upper triangle of matrices, shape (..., n, n), as (..., n (n - 1) / 2)."""
    rows, columns = np.triu_indices(square.shape[-1], k=1)
    return square[..., rows, columns]


def save(
    path: str | os.PathLike[str],
    dissimilarities: Array,
    measure: str,
    stimulus_ids: Sequence[str],
    rdm_descriptors: Mapping[str, Sequence[object]],
    descriptors: Mapping[str, str],
) -> None:
    """Save RDMs so that ``rsatoolbox.rdm.load_rdm`` opens them.

    Parameters
    ----------
    path
        HDF5 file to write.
    dissimilarities
        Condensed RDMs, shape (n_rdms, n_stimuli (n_stimuli - 1) / 2).
    measure
        Name of the distance; rsatoolbox's own name is written (`MEASURES`).
    stimulus_ids
        Shape (n_stimuli,).
    rdm_descriptors
        What tells the RDMs apart, each of length n_rdms: layer, or area and subject.
    descriptors
        What holds for all: dataset, model.
    """
    from rsatoolbox.rdm import RDMs

    rdms = RDMs(
        dissimilarities,
        dissimilarity_measure=MEASURES.get(measure, measure),
        descriptors=dict(descriptors),
        rdm_descriptors={key: list(values) for key, values in rdm_descriptors.items()},
        pattern_descriptors={"stimulus_id": list(stimulus_ids)},
    )
    with atomic(path) as scratch:
        rdms.save(str(scratch), file_type="hdf5")
