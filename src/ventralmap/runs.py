"""Reading back what the steps of a study left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from ventralmap.model_names import of_slug


@dataclass(frozen=True)
class Run:
    """What one step found for one dataset and model."""

    dataset: str
    model: str
    scores: xr.Dataset


def layer_columns(run: Run, scores: xr.Dataset, area: str) -> pd.DataFrame:
    """Say in columns which layers an area's scores are of, a row per layer.

    Parameters
    ----------
    run
        What the scores are of.
    scores
        With layer, depth and, where units were counted, n_features (layer).
    area
        Its name.
    """
    columns = {
        "dataset": run.dataset,
        "model": run.model,
        "layer": scores["layer"].values,
        "layer_index": np.arange(scores.sizes["layer"]),
        "depth": scores["depth"].values,
        "area": area,
    }
    if "n_features" in scores:
        columns["n_features"] = scores["n_features"].values
    return pd.DataFrame(columns)


def read(paths: Sequence[str]) -> list[Run]:
    """Read scores from files named <step>/<dataset>/<slug of the model>.nc."""
    return [Run(Path(path).parent.name, of_slug(Path(path).stem), _load(path)) for path in paths]


def read_reliability(paths: Sequence[str]) -> dict[str, xr.DataArray]:
    """Read reliabilities from files named <dataset>.nc, by dataset."""
    return {Path(path).stem: _load(path)["reliability"] for path in paths}


def read_variance(paths: Sequence[str]) -> dict[str, xr.Dataset]:
    """Read divided variances from files named <dataset>.nc, by dataset."""
    return {Path(path).stem: _load(path) for path in paths}


def read_truth(folders: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read the planted layers of the datasets that have them, by dataset."""
    files = {Path(folder).name: Path(folder) / "truth.csv" for folder in folders}
    return {name: pd.read_csv(path) for name, path in files.items() if path.is_file()}


def _load(path: str) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf") as file:
        return file.load()
