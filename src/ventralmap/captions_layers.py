"""The caption of the figure of what layers are like."""

from __future__ import annotations

import pandas as pd

from ventralmap.wording import sentence


def model_layers(table: pd.DataFrame) -> str:
    """Write the caption of `ventralmap.figures.model_layers`.

    Parameters
    ----------
    table
        ``model_layers.csv``.

    Returns
    -------
    str
        Plain text.
    """
    told = table["separability"].notna().any()
    folds = "cross-validated accuracy of a linear readout of the stimuli's categories"
    return sentence(
        "What the layers are like.",
        "Left: receptive field of the units in the middle of a layer, the thick line theoretical"
        " (side of the square that holds every pixel that they depend on), the thin one effective"
        " (where the gradient with respect to images of noise is at least 4.55 % of its largest"
        " value, as the side of a square of that area; Luo et al. 2016).",
        "A theoretical field ends at the border of the image.",
        f"Middle: {folds}; the grey line is chance." if told else "",
        "Right: score of each model's best layer for each area (in its colour; circles: encoding,"
        " squares: RSA; triangles: CKA; open: controls) over the accuracy of its last layer, as in"
        " Yamins et al. 2014."
        if told
        else "",
        "Values are those of model_layers.csv, without intervals.",
    )
