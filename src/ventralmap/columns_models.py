"""Units and meanings of the columns that are about models themselves."""

from __future__ import annotations

TEXT = ""
"""The unit of what is no number."""
MODELS = {
    "source": (TEXT, "where the network and its weights come from"),
    "weights_sha256": (TEXT, "SHA-256 of the file of weights, empty where there is none"),
    "fingerprint": (
        TEXT,
        "strongest output and its value for each of three fixed images, of pretrained networks",
    ),
    "fingerprint_check": (
        TEXT,
        "agrees: it is that which these weights are known to give; not known yet: there is none to"
        " compare it with",
    ),
    "n_params": ("1", "number of parameters of the network"),
    "preprocessing": (TEXT, "what is done to an image before the network sees it"),
    "n_layers": ("1", "number of layers that are mapped"),
    "degrees": ("°", "visual angle that the model sees of a square image, if all datasets agree"),
    "readout_accuracy": (
        "1",
        "cross-validated accuracy of a linear readout of the last layer, on the categories of the"
        " dataset that follows the colon",
    ),
    "readout_chance": ("1", "share of the largest category of the dataset that follows the colon"),
}
ALTERATIONS = {
    "intact": (TEXT, "the model without its variants"),
    "alterations.score": ("1", "score of the best layer of the altered model"),
    "intact_score": ("1", "score of the best layer of the intact model"),
    "change": ("1", "score minus intact_score"),
    "intact_best_layer": (TEXT, "best layer of the intact model"),
    "accuracy": (
        "1",
        "cross-validated accuracy of a linear readout of the last layer on the categories",
    ),
    "intact_accuracy": ("1", "the same of the intact model"),
    "accuracy_change": ("1", "accuracy minus intact_accuracy"),
}
LAYERS = {
    "field_px": (
        "pixels",
        "side of the smallest square that holds every pixel of the network's input that the units"
        " in the middle of the layer depend on",
    ),
    "field_degrees": ("°", "the same as visual angle, where the dataset's is known"),
    "field_whole": (TEXT, "whether that is the whole image"),
    "effective_px": (
        "pixels",
        "side of the square of the area in which their gradient with respect to images of noise is"
        " at least 4.55 % of its largest value",
    ),
    "effective_degrees": ("°", "the same as visual angle, where the dataset's is known"),
    "separability": (
        "1",
        "cross-validated accuracy of a linear readout of the layer on the categories, where the"
        " dataset has them",
    ),
    "separability_chance": ("1", "share of the largest category"),
}
FILTERS = {
    "filter": ("1", "channel of the layer, from 0"),
    "n_filters": ("1", "channels of the layer, of which at most 64 are taken, evenly"),
    "size_px": ("pixels", "side of the filter; of 3 pixels nothing is fitted"),
    "colour_share": (
        "1",
        "share of the squares of the weights along the filter's principal colour axis, the first"
        " singular vector of pixels x colours; what follows is of the filter along it",
    ),
    "achromatic": ("1", "cosine between that axis and grey: 1 black and white, 0 colour alone"),
    "peak_orientation": ("°", "orientation, as below, of the peak of the amplitude spectrum"),
    "peak_frequency_px": ("cycles/pixel", "frequency of the peak of the amplitude spectrum"),
    "peak_frequency_degrees": (
        "cycles/°",
        "the same in the visual field, where the dataset's degrees are known",
    ),
    "fit": (
        TEXT,
        "good; poor: the Gabor function explains less than .7; narrow: an envelope of half a pixel;"
        " wide: an envelope as wide as the filter; fine: a frequency of half a cycle per pixel;"
        " small: fewer than 5 pixels, not fitted",
    ),
    "explained": ("1", "share of the squares of the filter that the Gabor function explains"),
    "orientation": (
        "°",
        "direction in which the carrier varies, from the x axis towards the y axis (downwards); the"
        " bars are at right angles to it",
    ),
    "frequency_px": ("cycles/pixel", "frequency of the carrier"),
    "frequency_degrees": (
        "cycles/°",
        "the same in the visual field, where the dataset's degrees are known",
    ),
    "sigma_x_px": ("pixels", "standard deviation of the envelope across the bars"),
    "sigma_y_px": ("pixels", "standard deviation of the envelope along the bars"),
    "phase": ("°", "of the carrier in the middle of the envelope: 0 even, 90 odd"),
    "n_x": ("1", "sigma_x times frequency: width in periods of the carrier"),
    "n_y": ("1", "sigma_y times frequency: length in periods of the carrier"),
    "published": (
        TEXT,
        "of good fits, whether n_x and n_y lie in the region of simple cells of macaque V1 (Ringach"
        " 2002): the fullest bins of the histogram of Dapello et al. 2020 that hold 90 % of them",
    ),
}
TWINS = {
    "twins.score": ("1", "score of the trained model, empty where the study does not have it"),
    "n_seeds": ("1", "number of untrained twins, each with parameters of its own seed"),
    "twin_mean": ("1", "mean score of the untrained twins"),
    "twin_sd": ("1", "standard deviation of the score over the untrained twins (n - 1)"),
    "twin_lowest": ("1", "lowest score of the untrained twins"),
    "twin_highest": ("1", "highest score of the untrained twins"),
}
