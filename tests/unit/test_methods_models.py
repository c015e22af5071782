import pytest

from ventralmap import energy_model, methods_models, model_names, references, registry
from ventralmap.method_words import ARCHITECTURES

ANGLE = {"images": "match", "degrees": 8, "models": {}}
SMALL, UNKNOWN = {"name": "a", "stimulus_degrees": 2.9}, {"name": "b", "stimulus_degrees": None}


def said(*names, datasets=(), **config):
    return methods_models.models({"models": names} | config, datasets)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["vgg19", "own.py:f"], "Models: vgg19 (Simonyan & Zisserman 2015), with the weights and"),
        (["vgg19", "own.py:f"], "Models from files of the study: own.py:f."),
        (["timm:x"], "Models: timm:x, with the weights and the preprocessing of timm."),
        (["vgg19+avgpool"], "Of vgg19+avgpool, max pooling was replaced by average pooling"),
        (["vgg19+lesion(a,.25)"], "a random 25% of the channels of a were set to zero."),
        (["vgg19+lesion(a,.25,1)"], "a random 25% of the channels of a were set to zero."),
        (["vgg19+lesion(a,.25,by=V4)"], "the 25% of the channels of a with the largest weights in"),
        (["vgg19+lesion(a)"], "all channels of a were set to zero."),
        (["vgg19", "vgg19+untrained"], "untrained twins have the same layers"),
        (["v+untrained", "v+untrained(1)"], "Where there are several, they differ in their seed."),
        (["gabor+normalised"], "divides responses by the energy of all orientations"),
    ],
)
def test_models_and_their_variants_are_described(names, words):
    assert words in said(*names)


def test_every_control_is_described_and_its_papers_are_listed():
    assert set(methods_models.CONTROLS) == set(model_names.CONTROLS)
    text = said("pixels", "gabor", "gabor+normalised", "hmax", *ARCHITECTURES)
    labels = [reference.label for reference in references.cited([text])]
    for label in (*ARCHITECTURES.values(), "Heeger 1992", "Serre et al. 2007"):
        assert label in labels
    assert energy_model.N_ORIENTATIONS == 8  # as the text says


def test_curated_models_have_their_paper():
    assert set(ARCHITECTURES) == set(registry.curated_models())


def test_the_size_of_images_is_stated():
    text = said("vgg19", datasets=[SMALL, UNKNOWN], visual_angle=ANGLE | {"models": {"vgg19": 4}})
    assert "Models were shown 8° of the visual field, vgg19 4°, as in Schrimpf et al. 2018" in text
    assert "which spanned 2.9° (a)" in text
    assert "Images of b, whose angle is not known, were shown as they are." in text
    text = said("vgg19", datasets=[SMALL], visual_angle=ANGLE | {"images": "as_is"})
    assert text.endswith("Images were shown whole, whatever angle they spanned in the experiment.")
