"""What a test of layers or models is made from, by any method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import wilcoxon

from ventralmap import inference
from ventralmap.inference import Bootstrap

Array = NDArray[np.float64]

SMALLEST = float(np.finfo(float).tiny)


class Evidence(Protocol):
    """What all methods give."""

    def difference_p(self, a: int, b: int) -> float:
        """Two-sided p that two layers are equally good."""

    def beats_p(self, other: Any) -> float:
        """One-sided p that a model is no better than another, of the same kind of evidence."""


@dataclass(frozen=True)
class Neuroids:
    """Encoding: scores of neuroids, which are compared in pairs by Wilcoxon's signed ranks.

    Attributes
    ----------
    r
        Score of each neuroid, shape (n_layers, n_neuroids); NaN for one without, left out of tests.
    nested
        Its score by the layer chosen without the test images, shape (n_neuroids,).
    """

    r: Array
    nested: Array

    def difference_p(self, a: int, b: int) -> float:
        """Two-sided p that two layers predict neuroids equally well."""
        difference = self.r[a] - self.r[b]
        smaller = min(_signed_rank_p(difference), _signed_rank_p(-difference))
        return float(np.minimum(1.0, 2 * smaller))  # NaN stays, as it would not with min

    def beats_p(self, other: Neuroids) -> float:
        """One-sided p that another model's nested scores are as good."""
        return _signed_rank_p(self.nested - other.nested)


@dataclass(frozen=True)
class Resampled:
    """RSA and CKA: similarities under resampling, whose differences are tested by Student's t.

    Attributes
    ----------
    sample
        Of all layers.
    """

    sample: Bootstrap

    @property
    def best(self) -> Bootstrap:
        """That of the layer with the highest similarity alone."""
        known = np.where(np.isnan(self.sample.mean), -np.inf, self.sample.mean)
        return self.sample.rows([int(np.argmax(known))])

    def difference_p(self, a: int, b: int) -> float:
        """Two-sided p that two layers are equally similar to the area."""
        gap = self.sample.rows([a]).minus(self.sample.rows([b]))
        return float(inference.p_different(gap)[0])

    def beats_p(self, other: Resampled) -> float:
        """One-sided p that another model's best layer is as similar."""
        return float(inference.p_greater(self.best.minus(other.best))[0])


def _signed_rank_p(difference: Array) -> float:
    difference = difference[~np.isnan(difference)]
    if not len(difference):
        return np.nan
    p = wilcoxon(difference, alternative="greater").pvalue if difference.any() else 1.0
    return max(float(p), SMALLEST)  # of 2,000 neuroids p can be too small to be written
