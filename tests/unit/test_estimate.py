"""What is said beforehand, against what finished studies took."""

from pathlib import Path

import pytest
import yaml

from ventralmap import datasets, estimate, sizes
from ventralmap.config import resolve
from ventralmap.sizes import Size

ROOT = Path(__file__).parents[2]
MODELS = [20, 20, 1]
TOOK = {"demo": (["simulated"], 163), "objects": (["kriegeskorte2008", "cichy2014"], 16)}
"""Datasets of a study and the MB of its results without the images (du -sm --exclude stimuli)."""
SECONDS = {"demo": 206, "kriegeskorte2008": 155, "cowley2023": 443}
"""Wall time of whole studies on two cores with a little other work beside them."""


def planned(study, **changes):
    """Plan a study of config/ as the Snakefile does."""
    config = yaml.safe_load((ROOT / f"config/{study}.yaml").read_text()) | changes
    config = resolve(config, ROOT / "workflow/schemas/config.schema.yaml")
    return estimate.Planned(
        config,
        {name: sizes.of_dataset(name) for name in config["datasets"]},
        {name: datasets.measurements(name) for name in config["datasets"]},
        {name: sizes.n_layers(name, config["layers"].get(name)) for name in config["models"]},
    )


@pytest.mark.parametrize("study", TOOK)
def test_disk_is_right_to_a_factor_of_one_and_a_half(study):
    datasets, took = TOOK[study]
    told = estimate.FOLDER + sum(estimate.disk_mb(sizes.KNOWN[name], MODELS) for name in datasets)
    assert took / 1.5 < told < took * 1.5


@pytest.mark.parametrize("study", SECONDS)
def test_time_is_right_to_a_factor_of_one_and_a_half(study):
    assert SECONDS[study] / 1.5 < estimate.seconds(planned(study), cores=2) < SECONDS[study] * 1.5


def test_disk_grows_with_pairs_of_stimuli_and_with_layers():
    once = estimate.disk_mb(Size(1001), [5])
    assert once == pytest.approx(5 * 16 * 1001 * 1000 / 2 / 1e6)
    assert estimate.disk_mb(Size(1001), [5, 10]) == pytest.approx(3 * once)


def test_more_cores_take_less_time_down_to_the_longest_row_of_jobs():
    times = [estimate.seconds(planned("demo"), cores) for cores in (1, 2, 4, 1000, 2000)]
    assert times[0] > 1.8 * times[1] - estimate.BEGIN
    assert times == sorted(times, reverse=True)
    assert times[-1] == pytest.approx(times[-2], rel=0.2)


def test_other_models_seeds_and_rdms_of_responses_take_longer():
    least = estimate.seconds(planned("cowley2023"), 2)
    for change in (
        {"models": ["mobilenet_v2", "mobilenet_v2+untrained", "vgg16"]},
        {"stability": 2},
        {"rsa": {"responses": "correlation"}},
    ):
        assert estimate.seconds(planned("cowley2023", **change), 2) > 1.3 * least


def test_the_line_names_the_study_the_time_and_the_largest_job():
    demo = planned("demo")
    line = estimate.line(demo, cores=2, slower=2)
    took = estimate.in_words(2 * estimate.seconds(demo, 2))
    assert line.startswith(f"demo: from nothing about {took} on 2 idle cores")
    assert "more for" not in line
    size = sizes.KNOWN["simulated"]
    assert f"up to {estimate.memory_mb(size, MODELS, 4) / 1000:.1f} GB" in line
    assert estimate.memory_mb(Size(20_000, 10), [20], 4) > 20 * 1.5 * 3200


def test_the_line_says_what_is_not_counted():
    line = estimate.line(planned("recovery"), cores=2)
    assert "without a GPU (more for recovery)" in line


def test_projected_features_take_the_disk_that_they_are():
    size = Size(22_348, projection=1000)
    assert estimate.disk_mb(size, [20, 1]) == pytest.approx(21 * 4 * 22_348 * 1000 / 1e6)
