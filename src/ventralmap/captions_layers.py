"""The captions of the figures of what layers and first filters are like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ventralmap import macaque
from ventralmap.wording import listing, sentence


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
        f"{'First panel: r' if told else 'R'}eceptive field of the units in the middle of a layer,"
        " the thick line theoretical (side of the square that holds every pixel that they depend"
        " on), the thin one effective (where the gradient with respect to images of noise is at"
        " least 4.55 % of its largest value, as the side of a square of that area; Luo et al."
        " 2016).",
        "A theoretical field ends at the border of the image.",
        _areas() if table["field_degrees"].notna().any() else "",
        f"Second: {folds}; the grey line is chance." if told else "",
        "Third: score of each model's best layer for each area (in its colour; circles: encoding,"
        " squares: RSA; triangles: CKA; open: controls) over the accuracy of its last layer, as in"
        " Yamins et al. 2014."
        if told
        else "",
        "Values are those of model_layers.csv, without intervals.",
    )


def _areas() -> str:
    low, high = macaque.ECCENTRICITIES
    slopes = listing(f"{slope:g} ({area})" for area, slope in macaque.GROWTH.items())
    least, most = macaque.V4_OVER_V1
    return (
        f"Bars: receptive fields of macaques, of V1, V2 and V4 at {low:g}° to {high:g}° of"
        f" eccentricity: {slopes} times the eccentricity (Freeman & Simoncelli 2011), and V4"
        f" {least:g} to {most:g} times as wide as V1 (Desimone & Schein 1987); of IT, from the"
        " smallest to the largest of TE (Op de Beeck & Vogels 2000)."
    )


def filters(table: pd.DataFrame, images: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Write the caption of `ventralmap.figures.filters`; parameters as there."""
    without = [model for model, rows in images.items() if not rows]
    rows = table[table["dataset"] == table["dataset"].iloc[0]] if len(table) else table
    fitted = rows[rows["fit"] != "small"]
    kinds = fitted["fit"].value_counts().drop("good", errors="ignore")
    left_out = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    inside = int((rows["published"] == True).sum())  # noqa: E712, of objects and NaN
    return sentence(
        "First filters.",
        "First panel: weights of the first layer that sees more than a pixel, and, where it sees"
        " fewer than 5 × 5 pixels, which are too few to fit eight parameters to, of the first one"
        " that sees more: all weights before it together, rectifications left out."
        " Each is scaled to its largest weight, grey is zero; good fits come first.",
        "Second: Gabor functions fitted to the filters along their principal colour axis, by least"
        " squares from several starts (filled, good fits), and the peak of the amplitude spectrum"
        " of the others (open).",
        "Third: n_x and n_y of good fits, the width of the envelope across and along the bars in"
        " periods of the carrier (Ringach 2002). Grey: simple cells of macaque V1, by number of"
        f" cells in a bin (darkest {macaque.SIMPLE_CELLS.max()} of {macaque.SIMPLE_CELLS.sum()}),"
        " the histogram of the cells of Ringach 2002 in Dapello et al. 2020; outlined, the fullest"
        f" bins that hold {macaque.HELD:.0%}.",
        f"n: {len(fitted)} filters fitted, of which {int((fitted['fit'] == 'good').sum())} well,"
        f" {inside} of these inside of the outline"
        + (f"; left out are {left_out}" if left_out else "")
        + " (poor: less than .7 of the squares explained; narrow, wide: an envelope of half a pixel"
        " or as wide as the filter; fine: the highest frequency that pixels have).",
        f"No layer of {listing(without)} sees a small piece of the image." if without else "",
    )
