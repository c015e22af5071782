"""What a report says of where its numbers come from: versions, seeds, and hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap import provenance
from ventralmap.wording import MISSING

DRAWING = ("matplotlib", "pandas", "plotly")


def collect(
    config: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    summaries: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """List what a study's numbers come from; the same on every run.

    Parameters
    ----------
    config
        The study's config with its defaults filled in.
    tables
        ``models``, with the hashes of the weights, where there is one.
    summaries
        What ``summary.summarise`` says of each dataset.

    Returns
    -------
    dict
        Mappings may be nested.
    """
    return {
        "versions": provenance.versions(*DRAWING),
        "seed": config["seed"],
        "sha256 of the config": digest(config),
        "sha256 of datasets": {meta["name"]: _files(meta["sha256"]) for meta in summaries},
        "sha256 of weights": _weights(tables.get("models")),
    }


def digest(config: Mapping[str, Any]) -> str:
    """Hash a config; the order of its keys does not matter."""
    text = json.dumps(config, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _files(hashes: Mapping[str, str]) -> dict[str, str]:
    """Hashes of the files of a dataset, without those that Snakemake puts beside them."""
    return {name: value for name, value in hashes.items() if not name.startswith(".")}


def _weights(models: pd.DataFrame | None) -> dict[str, str]:
    """Hash of each model's weights; what has none says where its parameters come from."""
    if models is None:
        return {}
    rows = models[["model", "weights_sha256", "source"]].itertuples(index=False, name=None)
    return {
        str(model): f"none: {source}" if pd.isna(sha256) else str(sha256 or MISSING)
        for model, sha256, source in rows
    }
