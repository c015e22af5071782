"""What the methods section says of each choice that a config offers."""

from __future__ import annotations

from ventralmap.stimulus_bootstrap import ENOUGH

ARCHITECTURES = {
    "alexnet": "Krizhevsky 2014",
    "convnext_tiny": "Liu et al. 2022",
    "densenet121": "Huang et al. 2017",
    "efficientnet_b0": "Tan & Le 2019",
    "googlenet": "Szegedy et al. 2015",
    "mobilenet_v2": "Sandler et al. 2018",
    **dict.fromkeys(("resnet18", "resnet34", "resnet50", "resnet101"), "He et al. 2016"),
    **dict.fromkeys(("vgg11", "vgg16", "vgg19"), "Simonyan & Zisserman 2015"),
    "vit_b_16": "Dosovitskiy et al. 2021",
}
METHODS = {"encoding": "encoding", "rsa": "RSA", "cka": "CKA"}
"""What tables call a method, and what a sentence does."""
DISTANCES = {
    "correlation": "1 − Pearson correlation",
    "euclidean": "squared Euclidean distance per feature",
    "cosine": "1 − cosine",
}
MAPS = {
    "ridge": "ridge regression (Hoerl & Kennard 1970)",
    "ridge_pca": "ridge regression (Hoerl & Kennard 1970) on the layer's first {components}"
    " principal components over the training images, or all where there are fewer",
    "pls": "partial least squares (Rosipal & Trejo 2001) of all neuroids at once, with {components}"
    " components or as many as the layer's rank over the training images",
    "ridge_srp": "ridge regression (Hoerl & Kennard 1970) on a sparse random projection of the"
    " layer's features",
}
"""By `encoding: method`; all are in ``solvers.SOLVERS``."""
ALPHA_BY = {
    "loo": "leave-one-out inside the training folds,",
    "folds": "5 folds of the training images, or as many as they have labels, which keep together"
    " what is held out together,",
}
"""By `encoding: alpha_by`; all are in ``solvers.ALPHA_BY``."""
DRAWN = (
    "the held-out images (of whole groups, objects or categories where these are held out;"
    f" {ENOUGH} different ones at most), the same for all layers and models, r weighted by how"
    " often each was drawn and moved so that its mean over resamples is the neuroid's score (Efron"
    " & Tibshirani 1993)"
)
FITS = (
    "The fits were kept; that other training images change them is allowed for (Nadeau &"
    " Bengio 2003)"
)
SMOOTHED = "drawn with a little noise for their median (Silverman & Young 1987)"
INTERVALS = {
    "neuroids": "the neuroids of each subject and, where there are several, of the subjects,"
    f" {SMOOTHED}, by Student's t. They are for other neuroids and subjects, and the same images.",
    "stimuli": f"{DRAWN}, by Student's t. {FITS}. The intervals are for other images and the same"
    " neuroids.",
    "both": f"{DRAWN}, of the neuroids of each subject, {SMOOTHED}, of both at once and,"
    " where there are several, of the subjects, by Student's t on the two-factor variance (Schütt"
    f" et al. 2023), its degrees of freedom by Satterthwaite 1946. {FITS}. The intervals are for"
    " other images, neuroids and subjects; of one subject, for other neuroids of that subject.",
}
"""By `encoding: interval`; all are in ``two_factor.SPREADS``."""

HELD_OUT = {
    "images": "single images or groups",
    "object": "whole objects",
    "category": "whole categories",
}
"""What the config's `encoding: generalisations` hold out."""


def named(method: str) -> str:
    """Name a method of the tables as a sentence does, and one that is not known as it is.

    What stands behind a space, as in ``rsa euclidean spearman``, is kept.
    """
    first, space, rest = method.partition(" ")
    return METHODS.get(first, first) + space + rest
