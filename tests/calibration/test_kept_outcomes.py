"""What is kept of simulated studies is what simulating them gives now.

A test that fails says that what the experiment simulates, or a statistic that it looks at, is not
what it was when its studies were kept. Delete the experiment's folder and simulate its cells anew.
"""

from pathlib import Path

import numpy as np
import pytest
import yaml

from ventralmap.calibration import cells, experiments, store

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "config/calibration.yaml").read_text(encoding="utf-8"))
FOLDER = ROOT / "docs/calibration/outcomes" / f"seed-{CONFIG['seed']}"
FILES = sorted(FOLDER.glob(f"*/*{store.SUFFIX}"))
SETTINGS = {
    (cell.experiment, cell.name): cell.setting for cell in cells.cells(CONFIG["experiments"], 1)
}
MOST = 2**20
"""Bytes of a file."""


def cost(cell):
    """Say roughly what a study takes: what its sizes multiply to."""
    return np.prod([size for size in SETTINGS[cell].values() if type(size) is int and size])


def cheapest(experiment):
    """Find the kept cell of an experiment whose studies take the least time."""
    of = [cell for cell in map(store.names, FILES) if cell[0] == experiment and cell in SETTINGS]
    return min(of, key=cost)


@pytest.mark.parametrize("experiment", sorted({store.names(file)[0] for file in FILES}))
def test_the_first_and_the_last_kept_study_are_what_simulation_gives(experiment):
    _, cell = cheapest(experiment)
    kept = store.read(store.path(FOLDER, experiment, cell))
    some = sorted({int(kept[store.STUDY].min()), int(kept[store.STUDY].max())})
    kept = kept[kept[store.STUDY].isin(some)].reset_index(drop=True)
    found = experiments.repeat(experiment, SETTINGS[experiment, cell], some, CONFIG["seed"])
    again = f"{experiment} has changed: delete {FOLDER / experiment} and simulate it anew"
    assert kept["claim"].tolist() == found["claim"].tolist(), again
    for name in store.NUMBERS:
        np.testing.assert_allclose(kept[name], found[name], rtol=1e-4, atol=1e-9, err_msg=again)


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(store.names(file)))
def test_what_is_kept_is_of_a_cell_of_the_config_and_small(file):
    assert store.names(file) in SETTINGS
    assert file.stat().st_size < MOST
    assert min(store.studies(file)) >= 0
