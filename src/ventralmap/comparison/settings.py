"""What the files of a study say of themselves: settings, seeds, versions and hashes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

Settings = dict[str, set[str]]
"""Values by what they are of; several where files of a study differ."""

PARTS = {"config": "", "versions": "version: ", "kernels_versions": "version: "}
"""Attributes that hold several values, and what these are called."""
HASHES = {"dataset_sha256": "sha256 of dataset", "weights_sha256": "sha256 of weights"}
NOTHING = "not recorded"
CHANGED = ["item", "a", "b"]


def read(folder: Path) -> Settings:
    """Read the attributes of all NetCDF files of the steps of a study.

    Parameters
    ----------
    folder
        ``results/<study>``, with files ``<step>/<dataset>/<model>.nc`` or ``<step>/<dataset>.nc``.

    Returns
    -------
    dict
        By "<step>: <key>" of a config, "<step>: seed", "version: <package>",
        "sha256 of dataset <name>" and "sha256 of weights <model>"; empty where only tables are
        left.
    """
    found: Settings = {}
    for path in sorted(folder.glob("*/**/*.nc")):
        step = path.relative_to(folder).parts[0]
        for key, value in _of_file(step, _attributes(path)):
            found.setdefault(key, set()).add(value)
    return found


def _attributes(path: Path) -> dict[str, Any]:
    import h5py  # `ventralmap --help` does without

    try:
        with h5py.File(path) as file:
            return {name: _plain(value) for name, value in file.attrs.items()}
    except OSError:  # an older kind of NetCDF, of a dataset: it says nothing of a step
        return {}


def _plain(value: Any) -> Any:
    value = value.decode() if isinstance(value, bytes) else value
    return value.item() if getattr(value, "size", 0) == 1 else value


def _of_file(step: str, attributes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "config" not in attributes:
        return
    if "seed" in attributes:
        yield f"{step}: seed", str(attributes["seed"])
    for name, prefix in PARTS.items():
        for key, value in _flat(_loaded(attributes.get(name))):
            last = key.rpartition(": ")[2]  # of versions, the package: models differ in none
            yield (prefix + last if prefix else f"{step}: {key}"), value
    yield from _hashes(attributes)


def _hashes(attributes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, words in HASHES.items():
        value = attributes.get(name)
        of = attributes.get("dataset" if name.startswith("dataset") else "model", "")
        for key, digits in _flat(_loaded(value) or ({str(of): value} if value else {})):
            yield f"{words} {key}", digits


def _loaded(text: Any) -> Mapping[str, Any]:
    """Read JSON; what is none is no mapping."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return value if isinstance(value, Mapping) else {}


def _flat(mapping: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            inner = "" if key == "settings" else f"{key}: "
            yield from _flat(value, prefix + inner)
        elif key != "model":
            yield prefix + key, str(value)


def changed(a: Settings, b: Settings) -> pd.DataFrame:
    """List what two studies have set, installed or read otherwise.

    Parameters
    ----------
    a, b
        From `read`.

    Returns
    -------
    pandas.DataFrame
        Columns `CHANGED`, a row per item that differs. What only one of them has counts if the
        other did that step at all: a model that only one has is no change of a setting.
    """
    shared = {key.partition(":")[0] for key in a} & {key.partition(":")[0] for key in b}
    rows = [
        (key, _told(a, key), _told(b, key))
        for key in sorted(a.keys() | b.keys())
        if key.partition(":")[0] in shared and a.get(key) != b.get(key)
    ]
    return pd.DataFrame(rows, columns=CHANGED)


def _told(settings: Settings, key: str) -> str:
    return "; ".join(sorted(settings[key])) if key in settings else NOTHING


def of_dataset(settings: Settings, name: str) -> set[str]:
    """Hashes under which a study read a dataset; none where it is not recorded."""
    return settings.get(f"{HASHES['dataset_sha256']} {name}", set())
