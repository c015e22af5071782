"""The table of first filters and of the Gabor functions that were fitted to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ventralmap import macaque
from ventralmap.dataset import Dataset
from ventralmap.kernels import Layers
from ventralmap.layer_table import degrees_seen

COLUMNS = [
    "dataset", "model", "layer", "filter", "n_filters", "size_px", "colour_share", "achromatic",
    "peak_orientation", "peak_frequency_px", "peak_frequency_degrees", "fit", "explained",
    "orientation", "frequency_px", "frequency_degrees", "sigma_x_px", "sigma_y_px", "phase",
    "n_x", "n_y", "published",
]  # fmt: skip
RENAMED = {"frequency": "frequency_px", "sigma_x": "sigma_x_px", "sigma_y": "sigma_y_px"}


def table(
    dataset: Dataset, kernels: Layers, filters: Sequence[Mapping[str, Any]], image_px: float
) -> pd.DataFrame:
    """Make the rows of ``filters.csv`` of a model that is shown a dataset.

    Parameters
    ----------
    dataset
        Whose degrees turn pixels into cycles per degree.
    kernels
        Of its stimuli.
    filters
        What `filters.describe` says.
    image_px
        Side of the network's input.

    Returns
    -------
    pandas.DataFrame
        A row per filter, `COLUMNS`; none for a model without filters. Frequencies in cycles per
        degree are empty where the dataset's degrees are not known, and what is of the fit where
        there is none. `published` tells good fits inside of the region of `macaque.region`.
    """
    rows = pd.DataFrame(filters).drop(columns="image", errors="ignore").rename(columns=RENAMED)
    rows = rows.assign(dataset=dataset.name, model=str(kernels.attrs["model"]))
    rows = rows.reindex(columns=COLUMNS)
    per_degree = image_px / degrees_seen(dataset, kernels)
    for name in ("peak_frequency", "frequency"):
        rows[f"{name}_degrees"] = rows[f"{name}_px"].astype(float) * per_degree
    inside = macaque.inside(rows["n_x"].astype(float), rows["n_y"].astype(float))
    return rows.assign(published=np.where(rows["fit"] == "good", inside.astype(object), np.nan))
