from dataclasses import replace

import numpy as np
import pytest
import torch

from ventralmap import fingerprints, models, registry
from ventralmap.errors import InputError

SHA = "f" * 64


@pytest.fixture
def model(monkeypatch):
    """A network that passes for pretrained, with its own outputs as the known ones."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 64 * 64, 20))
    made = replace(models.load("pixels"), name="net", network=network.eval(), weights_sha256=SHA)
    known = fingerprints.compared(fingerprints.outputs(made)).round(4).tolist()
    monkeypatch.setitem(registry._registry()["fingerprints"], SHA, known)
    return made


def test_the_images_are_fixed_and_differ():
    first, second = fingerprints.images(), fingerprints.images()
    assert [np.array_equal(a, b) for a, b in zip(first, second, strict=True)] == [True] * 3
    assert [np.asarray(image).mean().round(2) for image in first] == [127.5, 84.67, 133.02]


def test_the_known_network_agrees(model):
    found = fingerprints.check(model)
    assert found["fingerprint_check"] == "agrees"
    values = fingerprints.outputs(model)
    expected = " ".join(f"{int(np.argmax(row))}:{max(row):.2f}" for row in values)
    assert found["fingerprint"] == expected


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_other_parameters_do_not_pass(model, share):
    weight = model.network[1].weight
    with torch.no_grad():
        drawn = torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
        weight += share * weight.std() * drawn
    with pytest.raises(InputError, match="model 'net': gives other outputs on the fixed images"):
        fingerprints.check(model)


def test_outputs_in_another_order_do_not_pass(model):
    with torch.no_grad():
        model.network[1].weight.copy_(model.network[1].weight.flip(0))
    with pytest.raises(InputError, match="other outputs"):
        fingerprints.check(model)


def test_rounding_passes(model):
    with torch.no_grad():
        model.network[1].weight.mul_(1.0001)
    assert fingerprints.check(model)["fingerprint_check"] == "agrees"


def test_weights_without_a_known_fingerprint_say_so(model):
    found = fingerprints.check(replace(model, weights_sha256="0" * 64))
    assert found["fingerprint_check"] == "not known yet"
    assert found["fingerprint"]


@pytest.mark.parametrize(
    "change", [{"weights_sha256": ""}, {"name": "net+avgpool"}], ids=["untrained", "variant"]
)
def test_models_without_weights_and_variants_have_none(model, change):
    found = fingerprints.check(replace(model, **change))
    assert found == {"fingerprint": "", "fingerprint_check": ""}


def test_networks_that_end_in_something_else_are_named(model):
    class Two(torch.nn.Module):
        def forward(self, x):
            return x, x

    with pytest.raises(InputError, match="the network gives a tuple"):
        fingerprints.check(replace(model, network=Two()))


@pytest.mark.real
def test_mobilenet_has_its_fingerprint():
    assert fingerprints.check(models.load("mobilenet_v2"))["fingerprint_check"] == "agrees"
