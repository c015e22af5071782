"""The methods that choose layers for simulated recordings, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ventralmap.dataset import Dataset
from ventralmap.intervals import Resampling
from ventralmap.kernels import Layers
from ventralmap.recovery import geometries, predictions
from ventralmap.recovery.choice import Choice

Choose = Callable[[Dataset, Layers, Mapping[str, Any], Resampling | None], Iterator[Choice]]
"""Takes recordings, layers, the study's config and how to resample, if p_best is asked for."""


METHODS: dict[str, Choose] = {
    "ridge": predictions.ridge,
    "pls": predictions.partial_least_squares,
    "rsa": geometries.rdms,
    "cka": geometries.alignment,
}
"""By the job that makes them; `rsa` stands for all of `geometries.RSA`."""
