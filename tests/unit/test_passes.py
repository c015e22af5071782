import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ventralmap.errors import InputError
from ventralmap.passes import Part, capacity, check_projection, network_bytes, plan

CPU = torch.device("cpu")


def test_layers_that_fit_take_one_pass():
    assert plan([3, 2], 5) == [[Part(0, 0, 3), Part(1, 0, 2)]]


def test_a_layer_that_does_not_fit_is_spread_over_passes():
    expected = [[Part(0, 0, 3), Part(1, 0, 1)], [Part(1, 1, 5)], [Part(1, 5, 6), Part(2, 0, 1)]]
    assert plan([3, 6, 1], 4) == expected


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 50))
def test_every_unit_is_taken_once_in_as_few_passes_as_possible(n_units, room):
    passes = plan(n_units, room)
    taken = [(p.layer, u) for parts in passes for p in parts for u in range(p.start, p.stop)]
    assert taken == [(layer, u) for layer, n in enumerate(n_units) for u in range(n)]
    assert len(passes) == -(-sum(n_units) // room)
    assert all(sum(p.stop - p.start for p in parts) <= room for parts in passes)


def test_features_and_their_blocks_stay_within_the_budget():
    n_stimuli, memory_gb = 1000, 1
    held = capacity(n_stimuli, memory_gb, CPU) * n_stimuli * 4
    blocks = 3 * n_stimuli * 4096 * 8 + 4 * n_stimuli**2 * 8
    assert held + blocks <= 1e9
    assert held + blocks > 1e9 - 4 * n_stimuli


def test_kernels_take_half_a_matrix_each():
    without, with_layers = (capacity(1000, 1, CPU, n_layers=n) for n in (0, 16))
    assert (without - with_layers) * 4 * 1000 == pytest.approx(16 * 8 * 1000**2 / 2, rel=1e-4)


def test_too_small_a_budget_is_named_with_what_is_needed():
    with pytest.raises(
        InputError, match=r"memory_gb: 0\.1 GB is too little for 1000 stimuli; give"
    ):
        capacity(1000, 0.1, CPU)


def test_what_is_said_to_be_needed_is_enough():
    with pytest.raises(InputError) as told:
        capacity(1000, 0.1, CPU, n_layers=3, n_bytes=5_000_000)
    needed = float(str(told.value).rpartition(" ")[2])
    assert capacity(1000, needed, CPU, n_layers=3, n_bytes=5_000_000) >= 1


def test_the_network_takes_its_share_of_the_budget():
    linear, convolution = torch.nn.Linear(10, 5), torch.nn.Conv2d(3, 2, 4)
    network = torch.nn.Sequential(linear, convolution)
    assert network_bytes(network, CPU) == 4 * (55 + 2 * 96 + 2)  # packed weights, no second bias
    whole, left = (capacity(1000, 1, CPU, n_bytes=n) for n in (0, 400_000_000))
    assert whole - left == pytest.approx(100_000, abs=1)


def test_a_projection_that_fits_is_let_through_and_a_larger_one_is_not():
    n_units, n_stimuli, n_components = [10_000, 90_000], 20_000, 1000
    held = 2 * n_stimuli * n_components * 4 / 1e9  # the projected features alone, in GB
    check_projection(n_units, n_stimuli, n_components, 1.2 * held, 4)
    message = r"memory_gb: 0.15 GB is too little .* 1000 of 20000 stimuli in 2 layers; give .* 0\.2"
    with pytest.raises(InputError, match=message):
        check_projection(n_units, n_stimuli, n_components, 0.15, 4)
