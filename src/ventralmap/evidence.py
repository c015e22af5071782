"""What a test of layers or models is made from, by any method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ventralmap import inference, intervals, two_factor
from ventralmap.inference import Bootstrap
from ventralmap.intervals import Drawn, Sizes

Array = NDArray[np.float64]


class Evidence(Protocol):
    """What all methods give."""

    def difference_p(self, a: int, b: int) -> float:
        """Two-sided p that two layers are equally good."""

    def beats_p(self, other: Any) -> float:
        """One-sided p that a model is no better than another, of the same kind of evidence."""


@dataclass(frozen=True)
class Neuroids:
    """Encoding: scores of neuroids, whose mean differences are tested by Student's t.

    The variance is that over new stimuli, neuroids and subjects, see `two_factor`.

    Attributes
    ----------
    r
        Score of each neuroid, shape (n_layers, n_neuroids); NaN for one without, left out of tests.
    nested
        Its score by the layer chosen without the test images, shape (n_neuroids,).
    drawn
        Resamples of the neuroids.
    r_resampled, nested_resampled
        The scores under resampling of the stimuli, shape (n_resamples, [n_layers,] n_neuroids);
        None where stimuli are not resampled: the tests are then for the same stimuli.
    held_out
        How many stimuli there are, in how many folds.
    """

    r: Array
    nested: Array
    drawn: Drawn
    r_resampled: Array | None = None
    nested_resampled: Array | None = None
    held_out: Sizes = Sizes(0, 2)  # noqa: RUF009

    def difference_p(self, a: int, b: int) -> float:
        """Two-sided p that two layers predict neuroids equally well."""
        drawn = self.r_resampled
        varied = None if drawn is None else drawn[:, a] - drawn[:, b]
        return float(two_factor.p_different(self._mean(self.r[a] - self.r[b], varied))[0])

    def beats_p(self, other: Neuroids) -> float:
        """One-sided p that another model's nested scores are as good."""
        own, others = self.nested_resampled, other.nested_resampled
        varied = None if own is None or others is None else own - others
        return float(two_factor.p_greater(self._mean(self.nested - other.nested, varied))[0])

    def _mean(self, difference: Array, varied: Array | None) -> two_factor.Sample:
        return intervals.mean(difference, varied, self.drawn, self.held_out)


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
