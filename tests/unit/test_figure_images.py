"""Figures look as they did: small pictures of each kind beside those kept in ``baseline``.

Run as a script, this file draws the kept pictures anew.
"""

from pathlib import Path

import numpy as np
import pytest
import study_tables as st
from matplotlib.testing.compare import compare_images

from ventralmap import figures
from ventralmap.figures import mds, style

BASELINE = Path(__file__).with_name("baseline")
DOTS = 50  # per inch: some kB each
TOLERANCE = 6  # root mean square of 255; another renderer of type takes 1 or 2
HIERARCHY = [["V1", "EVC"], "V4", "IT"]
LAYERS = ["features.1", "features.9", "features.18"]
SMALL = {"mobilenet_v2": LAYERS, "mobilenet_v2+untrained": LAYERS, "pixels": ["pixels"]}


def encoding():
    return st.encoding(areas=("V1", "IT"), models=SMALL)


def rsa():
    return st.rsa(areas=("EVC", "IT"), models=SMALL)


def explained():
    table = encoding()
    return figures.explained(table, st.explained(table), st.neuroids(table), HIERARCHY)


def rsa_depth():
    table = rsa()
    best = st.correspondence(None, table)
    pairs = st.rsa_pairs(table)
    return figures.score_over_depth(table, HIERARCHY, correspondence=best, pairs=pairs)


def correspondence():
    table = st.correspondence(encoding(), rsa())
    return figures.correspondence(table, st.hierarchy(), HIERARCHY)


def arranged():
    pairs = mds.arrangements({"IT": st.rdm(9, None, 0)}, {"IT": ("x", st.rdm(9, None, 1))})
    pictures = {i: np.full((30, 30, 4), (25 * i, 90, 200, 255), np.uint8) for i in range(9)}
    return figures.mds_panels(pairs, pictures, width="single")


def rdm_panels():
    pairs = {"IT": st.rdm(9, None, 0)}, {"IT": ("x", st.rdm(9, None, 1))}
    return figures.rdm_panels(*pairs, list("aabbccaab"), width="single")


DRAWN = {
    "explained": explained,
    "rsa_depth": rsa_depth,
    "rsa_map": lambda: figures.layer_area_map(rsa(), st.correspondence(None, rsa()), HIERARCHY),
    "correspondence": correspondence,
    "rdms": rdm_panels,
    "mds": arranged,
    "timecourse": lambda: figures.timecourse(*st.timecourses(models=SMALL)),
    "fusion": lambda: figures.fusion(*st.fusions(models=SMALL), ["EVC", "IT"]),
    "agreement": lambda: figures.agreement(st.agreement(encoding()), HIERARCHY),
    "spectra": lambda: figures.spectra(st.spectra(encoding()), HIERARCHY),
    "variance": lambda: figures.variance(st.variance(areas=("V4",)), HIERARCHY, width="single"),
}


def draw(name, path, make=None):
    """Save a figure with few dots, laid out as always."""
    figure = (make or DRAWN[name])()
    style.settle(figure)
    with style.context():
        figure.savefig(path, dpi=DOTS, metadata=style.METADATA["png"])
    return figure


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_it_did(name, tmp_path):
    path = tmp_path / f"{name}.png"
    draw(name, path)
    found = compare_images(str(BASELINE / f"{name}.png"), str(path), TOLERANCE)
    assert found is None, found


def test_other_data_look_different(tmp_path):
    """The tolerance is smaller than what a change of the data makes."""
    path = tmp_path / "agreement.png"
    table = st.agreement(encoding())
    draw("", path, lambda: figures.agreement(table.assign(rank=4 - table["rank"]), HIERARCHY))
    assert compare_images(str(BASELINE / "agreement.png"), str(path), TOLERANCE) is not None


@pytest.mark.parametrize("name", DRAWN)
def test_each_kind_of_figure_is_the_same_bytes_again(name, tmp_path):
    (first,), (second,) = (
        figures.save(DRAWN[name](), tmp_path / run / name, ["svg"]) for run in "ab"
    )
    assert first.read_bytes() == second.read_bytes()
    assert "<dc:date>" not in first.read_text()


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for kind in DRAWN:
        draw(kind, BASELINE / f"{kind}.png")
