"""Fixtures that tests of the library and of the workflow share."""

import os

import pytest
import requests

from ventralmap import download

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
