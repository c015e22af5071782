"""What steps take: rates against what networks are, and how times grow."""

import time
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model
from torchvision.models.feature_extraction import create_feature_extractor

from ventralmap import durations, registry
from ventralmap.durations import Task
from ventralmap.sizes import Size

SMALL = Task(Size(100, 50, 20), 10)
GROWING = {"extract", "encode", "rsa", "rsa_fitted", "cka", "model_rdms", "spectra", "layers"}


@pytest.mark.parametrize("name", ["alexnet", "mobilenet_v2"])
def test_what_a_network_costs_is_what_torch_counts(name):
    with torch.device("meta"):
        whole = get_model(name, weights=None).eval()
        image = torch.empty(1, 3, 224, 224)
    with FlopCounterMode(display=False) as counter:
        whole(image)
    layers = create_feature_extractor(whole, [x.node for x in registry.curated_layers(name)])
    known = durations.NETWORKS[name]
    assert known.gmac == pytest.approx(counter.get_total_flops() / 2e9, abs=0.005)
    assert known.units == sum(values.numel() for values in layers(image).values())


def test_all_curated_networks_have_costs():
    assert set(registry.curated_models()) <= set(durations.NETWORKS)


def test_fewer_layers_have_fewer_units_and_the_same_multiplications():
    whole, half = (durations.network("mobilenet_v2+untrained", n) for n in (20, 10))
    assert whole == durations.NETWORKS["mobilenet_v2"]
    assert (half.gmac, half.units) == (whole.gmac, whole.units / 2)
    assert durations.network("shufflenet_v2_x1_0", 7) == durations.UNKNOWN


@pytest.mark.parametrize("step", durations.SECONDS)
def test_no_step_takes_less_for_more_of_anything(step):
    took = durations.SECONDS[step]
    least = took(SMALL)
    assert 0 < least < 60
    for size in (Size(200, 50, 20), Size(100, 100, 20), Size(100, 50, 40)):
        assert took(replace(SMALL, size=size)) >= least
    for more in ({"layers": 20}, {"fits": 30}, {"resamples": 2000}, {"slow": 2.0}):
        assert took(replace(SMALL, **more)) >= least
    grown = took(replace(SMALL, size=Size(10_000, 50, 20))) > 20 * least
    assert grown == (step in GROWING | {"timecourse", "fusion", "ceilings"})


def test_this_machine_is_measured_in_a_moment_and_within_bounds():
    started = time.process_time()
    assert 0.25 <= durations.machine() <= 4
    assert time.process_time() - started < 0.2
