"""What is said beforehand, against what finished studies took."""

import pytest

from ventralmap import estimate, sizes
from ventralmap.sizes import Size

MODELS = [20, 20, 1]
TOOK = {"demo": (["simulated"], 163), "objects": (["kriegeskorte2008", "cichy2014"], 16)}
"""Datasets of a study and the MB of its results without the images (du -sm --exclude stimuli)."""


@pytest.mark.parametrize("study", TOOK)
def test_disk_is_right_to_a_factor_of_one_and_a_half(study):
    datasets, took = TOOK[study]
    told = estimate.FOLDER + sum(estimate.disk_mb(sizes.KNOWN[name], MODELS) for name in datasets)
    assert took / 1.5 < told < took * 1.5


def test_disk_grows_with_pairs_of_stimuli_and_with_layers():
    once = estimate.disk_mb(Size(1001), [5])
    assert once == pytest.approx(5 * 16 * 1001 * 1000 / 2 / 1e6)
    assert estimate.disk_mb(Size(1001), [5, 10]) == pytest.approx(3 * once)


def test_the_line_names_the_study_and_the_largest_job():
    line = estimate.line("mine", {"a": Size(100), "b": Size(20_000, 10)}, [20], 4)
    assert line.startswith("mine: about ")
    large = estimate.memory_mb(Size(20_000, 10), [20], 4)
    assert f"up to {large / 1000:.1f} GB" in line
    assert large > 20 * 1.5 * 3200


def test_projected_features_take_the_disk_that_they_are():
    size = Size(22_348, projection=1000)
    assert estimate.disk_mb(size, [20, 1]) == pytest.approx(21 * 4 * 22_348 * 1000 / 1e6)
