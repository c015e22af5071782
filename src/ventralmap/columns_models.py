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
TWINS = {
    "twins.score": ("1", "score of the trained model, empty where the study does not have it"),
    "n_seeds": ("1", "number of untrained twins, each with parameters of its own seed"),
    "twin_mean": ("1", "mean score of the untrained twins"),
    "twin_sd": ("1", "standard deviation of the score over the untrained twins (n - 1)"),
    "twin_lowest": ("1", "lowest score of the untrained twins"),
    "twin_highest": ("1", "highest score of the untrained twins"),
}
