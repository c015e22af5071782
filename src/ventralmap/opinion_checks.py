"""Checks on the tables of second opinions and of recovery; see `checks`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

Tables = Mapping[str, pd.DataFrame]

ROUNDING = 1e-9


def ranks_are_those_of_all_layers(tables: Tables) -> bool:
    """The ranks of the layers that a method has scored sum to those of so many layers."""
    if "agreement" not in tables:
        return True
    rank = tables["agreement"].groupby(["dataset", "model", "area", "method"])["rank"]
    n = rank.count()
    return bool(np.allclose(rank.sum(), n * (n + 1) / 2))


def shares_are_shares(tables: Tables) -> bool:
    """Shares of variance and rates of recovery lie between 0 and 1."""
    columns = {
        "spectra": ["power_leading_chance"],
        "stability": ["best_share"],
        "recovery_summary": ["exact", "within_one", "model_best", "sure_right"],
    }
    found = [tables[name][column] for name in columns if name in tables for column in columns[name]]
    return all(share.dropna().between(0, 1).all() for share in found)


def no_layer_is_found_more_often_than_its_neighbourhood(tables: Tables) -> bool:
    """The planted layer is found at most as often as it or one next to it."""
    if "recovery_summary" not in tables:
        return True
    known = tables["recovery_summary"].dropna(subset=["exact", "within_one"])
    return bool((known["exact"] <= known["within_one"] + ROUNDING).all())


CHECKS = (
    ranks_are_those_of_all_layers,
    shares_are_shares,
    no_layer_is_found_more_often_than_its_neighbourhood,
)
