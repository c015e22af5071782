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
TWINS = {
    "twins.score": ("1", "score of the trained model, empty where the study does not have it"),
    "n_seeds": ("1", "number of untrained twins, each with parameters of its own seed"),
    "twin_mean": ("1", "mean score of the untrained twins"),
    "twin_sd": ("1", "standard deviation of the score over the untrained twins (n - 1)"),
    "twin_lowest": ("1", "lowest score of the untrained twins"),
    "twin_highest": ("1", "highest score of the untrained twins"),
}
