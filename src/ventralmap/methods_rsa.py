"""What the methods section says of RDMs of responses, fitted combinations of layers, and CKA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

RESPONSES = {
    "correlation": "1 − Pearson correlation over neuroids of the mean responses",
    "euclidean": "squared Euclidean distance per neuroid of the mean responses",
    "cosine": "1 − cosine of the mean responses",
    "crossnobis": "the crossnobis distance (Walther et al. 2016), over pairs of different"
    " repetitions, with the noise covariance of the repetitions shrunk towards its diagonal"
    " (Schäfer & Strimmer 2005)",
}
"""By `rsa: responses`; all are in ``response_rdms.DISTANCES``."""


def fitted(config: Config) -> str:
    """Say how combinations of layers were fitted and compared."""
    folds = (config.get("rsa") or {}).get("folds", "the")
    return (
        "Combinations of layers: RDMs of layers were weighted, without negative weights, to fit the"
        " mean RDM of subjects by least squares (Khaligh-Razavi & Kriegeskorte 2014; Storrs et al."
        f" 2021). Each subject and each of {folds} folds of the images was left out in turn; with"
        " one subject, images alone. The combination and the layer that was most similar in"
        " training were compared with what was left out."
    )


def cka(config: Config) -> str:
    """Say what alignment of layers and responses is."""
    return (
        "CKA: linear centred kernel alignment of layers and mean responses (Kornblith et al. 2019)"
        " per subject, from unbiased estimates (Song et al. 2012; Murphy et al. 2024). Resampled"
        " images count as often as they are drawn, pairs of an image with itself not at all;"
        " intervals and tests are from the two-factor bootstrap over images and subjects (Schütt et"
        " al. 2023), whose variance over images is corrected by leaving images out (Efron & Stein"
        " 1981), as resampling counts what belongs to pairs of them three times."
    )


def responses(settings: Config) -> str:
    """Say how RDMs of responses were made; nothing where there are none."""
    distance = RESPONSES.get(settings.get("responses", ""))
    if distance is None:
        return ""
    return (
        f"RDMs of responses, of each subject with three or more neuroids in an area: {distance}."
        " Areas with RDMs of their own are compared by these."
    )
