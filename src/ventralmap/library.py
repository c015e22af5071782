"""The steps of a study as functions, for use without the workflow.

Each takes and returns what one would hold in a notebook: a dataset, kernels, a table. The numbers
are those that the workflow writes with the same settings; by default, with those of a config that
says nothing of them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ventralmap import (
    datasets,
    extraction,
    rdm,
    reliability,
    response_rdms,
    similarity,
    solvers,
    tables,
    two_factor,
    visual_angle,
)
from ventralmap import encoding as _encoding
from ventralmap.comparators import COMPARATORS
from ventralmap.dataset import Dataset, load
from ventralmap.errors import InputError, suggest
from ventralmap.intervals import Resampling
from ventralmap.kernels import Layers
from ventralmap.runs import Run

ENCODING: dict[str, Any] = {
    "method": "ridge",
    "device": "auto",
    "components": 25,
    "alpha_by": "loo",
    "folds": 5,
    "generalisations": [],
    "repeats": 3,
    "alphas": {"low": 1e-5, "high": 1e6, "n": 23},
    "interval": "both",
    "reliability_threshold": 0.1,
    "reliability_splits": 100,
}
"""Defaults of `encoding`, those of the config's key."""
RSA: dict[str, Any] = {
    "distance": "correlation",
    "comparison": "spearman",
    "responses": "none",
    "permutations": 1000,
    "folds": 5,
}
"""Defaults of `rsa`, those of the config's key."""
CHOICES: dict[str, dict[str, Collection[str]]] = {
    "encoding": {
        "method": solvers.SOLVERS,
        "alpha_by": solvers.ALPHA_BY,
        "interval": two_factor.SPREADS,
    },
    "rsa": {
        "distance": rdm.DISTANCES,
        "comparison": COMPARATORS,
        "responses": (response_rdms.NONE, *response_rdms.DISTANCES),
    },
}
"""What settings may be that are names."""
VISUAL_ANGLE: dict[str, Any] = {"images": "match", "degrees": 8, "models": {}}
"""Defaults of `kernels`, those of the config's key."""


def dataset(
    entry: str | os.PathLike[str], *, downloads: str | os.PathLike[str] = "data", seed: int = 0
) -> Dataset:
    """Read a dataset: a folder of yours, or a public one, which is fetched where it is not there.

    Parameters
    ----------
    entry
        The path of a folder, or a name of ``docs/datasets.md``.
    downloads
        Where published files are kept, and in ``prepared/<name>`` the dataset made of them.
    seed
        Of simulated recordings.

    Returns
    -------
    Dataset

    Raises
    ------
    InputError
        If there is no such dataset, or something in it is wrong: the file, the id and the remedy.
    """
    if datasets.is_folder(str(entry)):
        return load(entry)
    folder = Path(downloads) / "prepared" / datasets.dataset_name(str(entry))
    if not folder.is_dir():
        datasets.build(str(entry), folder, downloads=Path(downloads), seed=seed)
    return load(folder)


def kernels(
    model: str,
    data: Dataset,
    *,
    layers: Sequence[str] | None = None,
    shown: Mapping[str, Any] = VISUAL_ANGLE,
    seed: int = 0,
    **settings: Any,
) -> Layers:
    """Run the images of a dataset through a model, and keep a kernel for each layer.

    Parameters
    ----------
    model
        A name of ``docs/models.md``.
    data
        From `dataset`.
    layers
        Which ones, in this order; by default the model's whole list.
    shown
        At which size models see images: the config's `visual_angle`.
    seed
        Of untrained models, and of random projections.
    **settings
        Of ``extraction.extract``: memory_gb, batch_size, device, scale, projection, progress, ...

    Returns
    -------
    Kernels or Projected
        The latter where a projection is asked for.

    Raises
    ------
    InputError
        If there is no such model or layer, or its weights cannot be had.
    """
    chosen = visual_angle.load(model, data.meta, shown, seed=seed, layers=layers)
    return extraction.extract_dataset(chosen, data, seed=seed, **settings)


def encoding(
    data: Dataset,
    kernels: Sequence[Layers],
    *,
    seed: int = 0,
    bootstrap: int = 1000,
    **settings: Any,
) -> pd.DataFrame:
    """Predict the responses of each neuroid from each layer of each model.

    Parameters
    ----------
    data
        With responses.
    kernels
        From `kernels`, one per model.
    seed
        Of folds and resamples.
    bootstrap
        Number of resamples.
    **settings
        Keys of the config's `encoding`; the others are as in `ENCODING`.

    Returns
    -------
    pandas.DataFrame
        The rows of ``encoding.csv``: `r` with its interval, reliability and ceiled scores.

    Raises
    ------
    InputError
        If a setting is not known or not possible, or there are too few stimuli.
    """
    chosen = _with_defaults("encoding", ENCODING, settings)
    found = [
        Run(data.name, _model(of), _encoding.encode(data, of, chosen, seed, bootstrap))
        for of in kernels
    ]
    trusted = reliability.estimate(data, chosen, chosen["reliability_splits"], seed)["reliability"]
    ceiled = tables.add_ceilings(found, {data.name: trusted}, chosen["reliability_threshold"])
    return tables.encoding_table(ceiled, Resampling(bootstrap, seed, chosen["interval"]))


def rsa(
    data: Dataset,
    kernels: Sequence[Layers],
    *,
    seed: int = 0,
    bootstrap: int = 1000,
    **settings: Any,
) -> pd.DataFrame:
    """Compare the RDM of each layer of each model with those of each area.

    Parameters
    ----------
    data
        With RDMs, or with responses and ``responses="correlation"`` (or another distance).
    kernels
        From `kernels`, one per model.
    seed
        Of folds, resamples and relabellings.
    bootstrap
        Number of resamples.
    **settings
        Keys of the config's `rsa`; the others are as in `RSA`.

    Returns
    -------
    pandas.DataFrame
        The rows of ``rsa.csv``: `similarity` with its interval, tests and noise ceiling.

    Raises
    ------
    InputError
        If a setting is not known or not possible, or there are no RDMs to compare with.
    """
    chosen = _with_defaults("rsa", RSA, settings)
    if chosen["responses"] == "none" and not any("time" not in r.dims for r in data.rdms):
        raise InputError(f"{data.name}: has no RDMs; give responses='correlation' to make them")
    return tables.rsa_table(
        [
            Run(data.name, _model(of), similarity.analyse(data, of, chosen, bootstrap, seed))
            for of in kernels
        ]
    )


def _model(kernels: Layers) -> str:
    return str(kernels.attrs["model"])


def _with_defaults(
    step: str, defaults: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    unknown = [name for name in given if name not in defaults]
    if unknown:
        raise InputError(f"{step}: unknown setting '{unknown[0]}'; {suggest(unknown[0], defaults)}")
    chosen = {**defaults, **given}
    for name, choices in CHOICES[step].items():
        if chosen[name] not in choices:
            hint = suggest(chosen[name], choices)
            raise InputError(f"{step}: {name}: '{chosen[name]}' is not possible; {hint}")
    return chosen
