import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torchvision.transforms.functional import to_tensor

from ventralmap import models, registry
from ventralmap.errors import InputError


def create_model(name, pretrained):
    """Stand in for timm: one convolution, its parameters ones where they are pretrained."""
    if name not in ("tiny", "tiny.tag"):
        raise RuntimeError(f"Unknown model ({name})")
    network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())
    return nn.init.ones_(network[0].weight) is not None and network if pretrained else network


@pytest.fixture
def timm(monkeypatch):
    """A module of timm's form, with what is asked of it."""
    data = SimpleNamespace(
        resolve_model_data_config=lambda network: {"size": 32},
        create_transform=lambda size, is_training: lambda i: to_tensor(i.resize((size, size))),
    )
    module = SimpleNamespace(create_model=create_model, data=data, __version__="9")
    monkeypatch.setitem(sys.modules, "timm", module)
    monkeypatch.setattr(registry, "find_spec", lambda name: module)


def test_a_name_of_timm_gives_its_network_and_preprocessing(timm):
    model = models.load("timm:tiny@tag")
    assert (model.network[0].weight == 1).all()
    assert [layer.name for layer in model.layers] == ["1"]
    assert model.source == "timm 9 tiny.tag"


def test_untrained_twins_of_timm_are_drawn_by_their_seed(timm):
    first, again, other = (
        models.load(f"timm:tiny+untrained({seed})").network[0].weight for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_what_timm_does_not_have_is_one_line(timm):
    with pytest.raises(InputError, match=r"timm cannot make it .RuntimeError: Unknown model"):
        models.load("timm:huge")


def test_without_timm_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install timm \(or 'ventralmap\[timm\]'\)"):
        registry.check_name("timm:convnext_tiny")


def test_timm_itself_where_it_is_installed():
    pytest.importorskip("timm")
    model = models.load("timm:resnet18+untrained")
    assert [layer.name for layer in model.layers][:3] == ["act1", "layer1.0", "layer1.1"]
    assert model.n_params == 11689512
