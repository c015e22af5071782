"""Fixtures that tests of the library and of the workflow share."""

import os

import numpy as np
import pytest
import requests

from ventralmap import dataset, datasets, download

REACHABLE = "https://raw.githubusercontent.com"


def unreachable():
    """Return why the published data cannot be had, or an empty text."""
    if os.environ.get(download.MIRROR):
        return ""
    try:
        requests.head(REACHABLE, timeout=5)
    except requests.RequestException:
        return f"published data: {download.MIRROR} is not set and {REACHABLE} cannot be reached"
    return ""


@pytest.fixture(scope="session")
def downloads(tmp_path_factory):
    """A folder for published files; the test is skipped, with the reason, where none can be had."""
    if reason := unreachable():
        pytest.skip(reason)
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def evc_and_it(downloads, tmp_path_factory):
    """RDMs of EVC and IT of the same 15 people for 92 images, each (15, 4186)."""
    folder = tmp_path_factory.mktemp("cichy2014") / "cichy2014"
    datasets.build("cichy2014", folder, downloads=downloads, seed=0)
    (measured,) = dataset.load(folder).rdms
    pairs = np.triu_indices(92, 1)
    return tuple(measured.sel(area=area).values[:, *pairs] for area in ("EVC", "IT"))


@pytest.fixture
def fetched(monkeypatch):
    """Files by name (`<dataset>/<file>`), as if they had been downloaded."""
    files = {}
    monkeypatch.setattr(download, "fetch", lambda dataset, file, folder: files[f"{dataset}/{file}"])
    return files
