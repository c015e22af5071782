"""What jobs ask for grows with what they hold."""

import pytest

from ventralmap import demands
from ventralmap.sizes import Size

SMALL, LARGE = Size(92, 0, 30), Size(10_000, 1000)


@pytest.mark.parametrize("step", demands.HELD)
def test_a_small_study_asks_for_little_and_more_of_anything_for_no_less(step):
    least = demands.memory_mb(step, SMALL, 20)
    assert demands.IMPORTS <= least < 2500
    for more in (Size(184, 0, 30), Size(92, 100, 30), Size(92, 0, 60)):
        assert demands.memory_mb(step, more, 20) >= least
    assert demands.memory_mb(step, SMALL, 40) >= least


def test_encoding_has_room_for_its_kernels_and_an_eigendecomposition():
    """20 kernels of 10,000 stimuli are 16 GB; eigenvectors, work space of LAPACK 3 more each."""
    asked = demands.memory_mb("encode", LARGE, 20)
    assert 1.5 * 16_000 + 3 * 800 < asked < 4 * 16_000


def test_extraction_asks_for_its_budget_and_what_python_takes():
    assert demands.memory_mb("extract", LARGE, 20, memory_gb=4) == 6000


def test_time_grows_with_stimuli_and_no_job_gets_none():
    assert demands.minutes("extract", Size(1200), 12) == 30
    assert demands.minutes("summarise", LARGE, 20) == demands.SHORTEST
    assert demands.minutes("encode", SMALL, 20) < 30
    assert demands.minutes("encode", LARGE, 20) > 24 * 60


def test_projected_features_ask_for_no_matrix_of_all_pairs():
    """22,348 images and 1,024 electrodes, 1,000 dimensions: 3.6 GB and 3 minutes a split."""
    size = Size(22_348, 2 * 1024, projection=1000)
    assert 3600 < demands.memory_mb("encode", size, 1) < 3 * 3600
    assert demands.memory_mb("encode", size, 20) == demands.memory_mb("encode", size, 1)
    assert 3 * 3 * 20 < demands.minutes("encode", size, 20) < 10 * 3 * 3 * 20
    few = Size(5000, 10, projection=1000)  # of which Gram matrices are formed
    assert demands.memory_mb("readout", few, 5) == demands.memory_mb("readout", Size(5000, 10), 5)
