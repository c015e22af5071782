"""Run the workflow as a user does."""

import shutil

import pytest
from checkouts import PARTS, ROOT, Checkout


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    return Checkout(folder)


@pytest.fixture(scope="session")
def demo(checkout):
    """The folder of the demo's results, after a run."""
    done = checkout.snakemake()
    assert done.returncode == 0, done.stderr[-5000:]
    return checkout.results("demo")
