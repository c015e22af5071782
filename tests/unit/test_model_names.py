import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventralmap import model_names as names
from ventralmap.errors import InputError
from ventralmap.model_names import Name, Variant


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("alexnet", Name("alexnet")),
        ("resnet50@IMAGENET1K_V2", Name("resnet50", "IMAGENET1K_V2")),
        ("vgg16+untrained", Name("vgg16", "", (Variant("untrained"),))),
        (
            "vgg16@X+untrained(3)+avgpool",
            Name("vgg16", "X", (Variant("untrained", ("3",)), Variant("avgpool"))),
        ),
        ("timm:convnext_tiny.in12k", Name("timm:convnext_tiny.in12k")),
        ("/c++/my nets/a@b.py:build+untrained", Name("/c++/my nets/a@b.py:build", "",
                                                     (Variant("untrained"),))),
    ],
)  # fmt: skip
def test_names_are_split_and_written_again(name, parts):
    assert names.split(name) == parts
    assert str(parts) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [("alexnet", "torchvision"), ("pixels", "control"), ("timm:x", "timm"), ("a/b.py:f", "plugin")],
)
def test_kinds_are_told_by_the_base(name, kind):
    assert names.split(name).kind == kind


def test_a_twin_knows_its_seed_and_its_trained_model():
    assert names.trained_twin("vgg16+avgpool+untrained(3)") == "vgg16+avgpool"
    assert names.trained_twin("vgg16") == "vgg16"
    assert names.split("vgg16+untrained(3)").seed(7) == 3
    assert names.split("vgg16+untrained").seed(7) == 7


def test_controls_are_told_from_models_under_test():
    assert [names.is_control(n) for n in ("net", "net+avgpool", "net+untrained(2)", "pixels")] == [
        False, False, True, True,
    ]  # fmt: skip


def test_ordinary_names_are_their_own_slugs():
    for name in ("mobilenet_v2+untrained", "resnet50@IMAGENET1K_V2", "convnext.x-1"):
        assert names.slug(name) == name


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_slugs_are_safe_and_have_one_name(name, other):
    made = names.slug(name)
    assert re.fullmatch(r"[A-Za-z0-9_~+@%-][A-Za-z0-9_.~+@%-]*", made)
    assert names.of_slug(made) == name
    assert (made == names.slug(other)) == (name == other)


def test_a_name_too_long_for_a_file_is_refused():
    with pytest.raises(InputError, match="too long"):
        names.slug("a" * 250 + ".py:build")


def test_nothing_heavy_is_imported():
    code = "import sys, ventralmap.model_names; assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
